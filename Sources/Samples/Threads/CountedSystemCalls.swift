public import Units

/// That every system call of a thread was counted for a while, and how many there were: what proves
/// that it spins in user space, or that it storms the kernel.
public struct CountedSystemCalls: Hashable, Sendable {
    public var thread: ThreadIdentity
    /// Calls that it entered.
    public var count: Int
    /// For how long it was counted.
    public var elapsed: Duration
    /// CPU time that the thread used meanwhile; nil if it could not be read.
    public var cpuTime: Duration?
    /// When the counting ended, on the clock of `Snapshot.moment`.
    public var moment: Nanoseconds

    public init(
        thread: ThreadIdentity, count: Int, elapsed: Duration, cpuTime: Duration?,
        moment: Nanoseconds
    ) {
        self.thread = thread
        self.count = count
        self.elapsed = elapsed
        self.cpuTime = cpuTime
        self.moment = moment
    }
}
