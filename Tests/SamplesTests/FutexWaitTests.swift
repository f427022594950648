import ProcFormats
import Testing

@testable import Samples

struct FutexWaitTests {
    private static let address: UInt64 = 0x7ffc_0010

    private static func found(isLock: Bool, isShared: Bool = false) -> FutexWait {
        FutexWait(address: address, isLock: isLock, isShared: isShared)
    }

    @Test(
        arguments: [
            // pthread_mutex_lock of glibc: FUTEX_WAIT_PRIVATE, 2.
            (128, 2, true), (0, 2, true),
            // Mutex of Rust: FUTEX_WAIT_BITSET_PRIVATE, 2; of musl: with the bit for waiters.
            (137, 2, true), (128, 0x8000_0010, true),
            // A robust mutex of glibc: its owner's number, with the bit for waiters.
            (128, 0x8000_1023, true), (0, 0x8000_1023, true),
            // A lock that lends its priority.
            (134, 0, true), (141, 0, true), (6, 0, true), (13, 0, true),
            // pthread_cond_wait and sem_wait of glibc.
            (137, 0, false), (393, 0, false), (393, 4, false), (128, 1, false),
            // How Rust parks a thread.
            (137, 0xFFFF_FFFF, false),
            // Others that sleep: FUTEX_WAIT_REQUEUE_PI.
            (139, 2, false),
        ] as [(UInt64, UInt64, Bool)])
    func locksAreToldFromOtherWaits(
        _ operation: UInt64, _ expected: UInt64, _ isLock: Bool
    ) throws {
        let futex = try #require(FutexWait.futex)
        let wait = FutexWait(call: futex, [Self.address, operation, expected, 0, 0, 0])
        #expect(wait == Self.found(isLock: isLock, isShared: operation & 128 == 0))
        #expect(FutexWait(call: futex, [Self.address, operation]) == nil)
    }

    /// FUTEX_WAIT_BITSET with FUTEX_CLOCK_REALTIME: pthread_rwlock_wrlock of glibc, or pthread_cond_wait
    /// of its version 2.41.
    @Test(
        arguments: [
            (393, 3, true), (265, 3, true), (393, 2, true), (393, 0, false), (393, 1, false),
            (137, 3, false), (128, 3, false),
        ] as [(UInt64, UInt64, Bool)])
    func onlyMemoryTellsReadWriteLocks(
        _ operation: UInt64, _ expected: UInt64, _ isPerhaps: Bool
    ) throws {
        let futex = try #require(FutexWait.futex)
        let wait = try #require(
            FutexWait(call: futex, [Self.address, operation, expected, 0, 0, 0]))
        #expect(!wait.isLock)
        #expect(wait.isPerhapsLock == isPerhaps)
        #expect(
            wait.knownAsLock == Self.found(isLock: true, isShared: operation & 128 == 0))
    }

    @Test func aWaitWithATimeIsLimited() throws {
        let futex = try #require(FutexWait.futex)
        #expect(!FutexWait.isLimited(call: futex, [Self.address, 128, 2, 0, 0, 0]))
        #expect(FutexWait.isLimited(call: futex, [Self.address, 393, 2, 0x7ffc_8000, 0, 0]))
        #expect(FutexWait.isLimited(call: futex, [Self.address, 134, 0, 0x7ffc_8000, 0, 0]))
        #expect(!FutexWait.isLimited(call: 455, [Self.address, 2, 0xFFFF_FFFF, 0x82, 0, 0]))
        #expect(
            FutexWait.isLimited(call: 455, [Self.address, 2, 0xFFFF_FFFF, 0x82, 0x7ffc_8000, 1]))
    }

    /// Its flags: the word has 32 bits, and may be private.
    @Test(
        arguments: [
            (0x82, 2, true), (0x02, 2, true), (0x82, 0x8000_1023, true),
            (0x82, 0, false), (0x82, 4, false), (0x82, 1, false), (0x82, 0xFFFF_FFFF, false),
            // These numbers are operations in the older call.
            (0x86, 0, false), (0x8D, 0, false),
        ] as [(UInt64, UInt64, Bool)])
    func theNewerCallHasItsArgumentsElsewhere(
        _ flags: UInt64, _ expected: UInt64, _ isLock: Bool
    ) {
        let wait = FutexWait(call: 455, [Self.address, expected, 0xFFFF_FFFF, flags, 0, 1])
        #expect(wait == Self.found(isLock: isLock, isShared: flags & 128 == 0))
        #expect(FutexWait(call: 455, [Self.address, expected, 0xFFFF_FFFF]) == nil)
    }

    @Test func onlyTheseCallsAreWaitsForAWord() throws {
        let futex = try #require(FutexWait.futex)
        #if arch(x86_64)
            #expect(futex == 202)
        #endif
        // Older libraries do not know it.
        let name = SystemCallTable.name(of: FutexWait.futexWait)
        #expect(name == nil || name == "futex_wait")
        for number in [0, futex - 1, futex + 1, 449, 454, 456] {
            #expect(FutexWait(call: number, [Self.address, 128, 2, 0, 0, 0]) == nil, "\(number)")
        }
    }

    @Test func whatAThreadWaitsForIsFoundInItsFile() throws {
        let futex = try #require(FutexWait.futex)
        func found(_ line: String) throws -> FutexWait? {
            let bytes = Array(line.utf8)
            return FutexWait(try TaskSyscall(parsing: bytes.span))
        }
        let arguments = "0x7ffc0010 0x80 0x2 0x0 0x0 0x0"
        let lock = Self.found(isLock: true)
        #expect(try found("\(futex) \(arguments) 0x7ffc00000000 0x7f1200000000\n") == lock)
        let newer = "455 0x7ffc0010 0x2 0xffffffff 0x82 0x0 0x1"
        #expect(try found("\(newer) 0x7ffc00000000 0x7f1200000000\n") == lock)
        // In a 32-bit program these numbers are other calls.
        #if arch(x86_64) || arch(arm64)
            #expect(try found("\(futex) \(arguments) 0xffc00000 0xf7000000\n") == nil)
        #endif
        #expect(try found("running\n") == nil)
        #expect(try found("-1 0x7ffc00000000 0x7f1200000000\n") == nil)
    }
}
