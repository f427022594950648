/// A wait for a word of a program's memory to change; `futex(2)`.
public struct FutexWait: Hashable, Codable, Sendable {
    /// Of the word, in the process that waits.
    public var address: UInt64
    /// What the thread expects there is how a lock says that somebody waits for it: not how a
    /// condition variable or a semaphore does.
    public var isLock: Bool
    /// Threads of other processes may wait on it, too: in memory that they share.
    public var isShared: Bool

    public init(address: UInt64, isLock: Bool, isShared: Bool = false) {
        self.address = address
        self.isLock = isLock
        self.isShared = isShared
    }

    /// From the arguments of a futex call that sleeps.
    package init?(_ arguments: [UInt64]) {
        guard arguments.count >= 3 else { return nil }
        address = arguments[0]
        isShared = arguments[1] & Self.privateFlag == 0
        let expected = UInt32(truncatingIfNeeded: arguments[2])
        switch arguments[1] & 0x7F {
        case Self.lockPI, Self.lockPI2: isLock = true
        case Self.wait, Self.waitBitset:
            // All ones is how Rust parks a thread that has nothing to do.
            isLock =
                expected == Self.lockedWithWaiters
                || (expected & Self.waitersBit != 0 && expected != .max)
        default: isLock = false
        }
    }

    // linux/futex.h
    private static let wait: UInt64 = 0
    private static let lockPI: UInt64 = 6
    private static let waitBitset: UInt64 = 9
    private static let lockPI2: UInt64 = 13
    private static let privateFlag: UInt64 = 128
    /// A mutex of glibc, Rust and most who follow "Futexes Are Tricky" (Drepper, 2011).
    private static let lockedWithWaiters: UInt32 = 2
    /// FUTEX_WAITERS: a robust mutex of glibc, every mutex of musl.
    private static let waitersBit: UInt32 = 0x8000_0000
}
