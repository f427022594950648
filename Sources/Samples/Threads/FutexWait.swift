package import ProcFormats

/// A wait for a word of a program's memory to change: `futex(2)`, or futex_wait, which Linux has
/// since 6.7.
public struct FutexWait: Hashable, Codable, Sendable {
    /// Of the word, in the process that waits.
    public var address: UInt64
    /// What the thread expects there is how a lock says that somebody waits for it: not how a
    /// condition variable or a semaphore does.
    public var isLock: Bool
    /// It may be a read-write lock of glibc, or a condition variable of its version 2.41 and later: only
    /// memory tells, where a lock names its holder.
    public var isPerhapsLock: Bool
    /// Threads of other processes may wait on it, too: in memory that they share.
    public var isShared: Bool

    public init(
        address: UInt64, isLock: Bool, isPerhapsLock: Bool = false, isShared: Bool = false
    ) {
        self.address = address
        self.isLock = isLock
        self.isPerhapsLock = isPerhapsLock
        self.isShared = isShared
    }

    /// The same, of which memory told that it is a lock.
    package var knownAsLock: FutexWait {
        FutexWait(address: address, isLock: true, isShared: isShared)
    }

    /// Nil for a thread that is in neither, and in a 32-bit program on a 64-bit kernel, whose calls
    /// have other numbers.
    package init?(_ syscall: TaskSyscall) {
        guard syscall.isNative, case .blocked(let number, let arguments) = syscall.record else {
            return nil
        }
        self.init(call: number, arguments)
    }

    /// From a call that sleeps, by its number in this machine's own ABI; nil for another call. What
    /// the thread expects in the word is not kept: it only tells locks from others, and all waits
    /// for one word shall be the same.
    package init?(call number: Int32, _ arguments: [UInt64]) {
        let operation: UInt64
        let flags: UInt64
        let expected: UInt32
        isPerhapsLock = false
        if number == Self.futex, arguments.count >= 3 {
            operation = arguments[1] & 0x7F
            flags = arguments[1]
            expected = UInt32(truncatingIfNeeded: arguments[2])
        } else if number == Self.futexWait, arguments.count >= 4 {
            // Its flags tell how wide the word is, where the older call has an operation.
            operation = Self.wait
            flags = arguments[3]
            expected = UInt32(truncatingIfNeeded: arguments[1])
        } else {
            return nil
        }
        address = arguments[0]
        isShared = flags & Self.privateFlag == 0
        switch operation {
        case Self.lockPI, Self.lockPI2: isLock = true
        case Self.waitBitset
        where flags & Self.clockRealtime != 0
            && (expected == Self.lockedWithWaiters || expected == Self.lockedForWriting):
            // So glibc waits with or without a limit, but not for a plain mutex.
            isLock = false
            isPerhapsLock = true
        case Self.wait, Self.waitBitset:
            // All ones is how Rust parks a thread that has nothing to do.
            isLock =
                expected == Self.lockedWithWaiters
                || (expected & Self.waitersBit != 0 && expected != .max)
        default: isLock = false
        }
    }

    /// The number of futex(2) on this machine.
    static let futex: Int32? = (0..<1024).first { SystemCallTable.name(of: $0) == "futex" }
    /// The same on all machines. libseccomp before 2.5.5 does not know it by name.
    static let futexWait: Int32 = 455

    // linux/futex.h
    private static let wait: UInt64 = 0
    private static let lockPI: UInt64 = 6
    private static let waitBitset: UInt64 = 9
    private static let lockPI2: UInt64 = 13
    /// The same bit in both calls.
    private static let privateFlag: UInt64 = 128
    private static let clockRealtime: UInt64 = 256
    /// A mutex of glibc, Rust and most who follow "Futexes Are Tricky" (Drepper, 2011).
    private static let lockedWithWaiters: UInt32 = 2
    /// A read-write lock of glibc: it is held for writing, and somebody waits.
    private static let lockedForWriting: UInt32 = 3
    /// FUTEX_WAITERS: a robust mutex of glibc, every mutex of musl.
    private static let waitersBit: UInt32 = 0x8000_0000
}

extension FutexWait {
    /// The caller gave a time after which it gives up.
    package static func isLimited(call number: Int32, _ arguments: [UInt64]) -> Bool {
        if number == futex, arguments.count >= 4 { return arguments[3] != 0 }
        return number == futexWait && arguments.count >= 5 && arguments[4] != 0
    }
}
