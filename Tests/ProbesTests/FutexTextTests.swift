import Glibc
import ProcReading
import ProcSampling
import Testing
import Units

@testable import Probes

/// What is said of a word that a thread waits for. It is this program's own, as is the thread that
/// holds it, the first one.
struct FutexTextTests {
    private static let first = UInt32(getpid())
    private static let waiters: UInt32 = 0x8000_0000

    /// - Parameters:
    ///   - words: the one that is waited for, and what lies behind it.
    ///   - thread: the one that waits, which the process need not have.
    private func text(
        _ words: [UInt32], isLock: Bool = true, isShared: Bool = false, thread: Int32 = 0
    ) -> String {
        let process = ProcessID(getpid())
        return words.withUnsafeBytes { bytes in
            let wait = FutexWait(
                address: UInt64(UInt(bitPattern: bytes.baseAddress)), isLock: isLock,
                isShared: isShared)
            return wait.text(
                TaskHandle(ThreadID(thread), of: process), LockHolders(TaskHandle(process)))
        }
    }

    @Test func `who holds a lock is named, whatever kind of lock it is`() {
        let normal = text([2, 0, Self.first])
        #expect(normal.hasPrefix("0x"))
        #expect(normal.contains(", no other thread of this process, held by T\(Self.first) "))
        #expect(text([Self.waiters | Self.first, 0, 0]).contains(", held by T\(Self.first) "))
        #expect(text([2, 0, 0]).hasSuffix(", no other thread of this process"))
    }

    @Test func `nobody holds what is no lock`() {
        #expect(!text([2, 0, Self.first], isLock: false).contains("held by"))
        #expect(!text([Self.waiters | Self.first, 0, 0], isLock: false).contains("held by"))
    }

    @Test func `a thread may wait for itself`() {
        let own = text([2, 0, Self.first], thread: getpid())
        #expect(own.hasSuffix(", held by this very thread"))
    }

    @Test func `a word in shared memory is called so`() {
        let shared = text([2, 0, 0], isShared: true)
        #expect(shared.hasSuffix(", other processes may wait on it, too"))
    }
}
