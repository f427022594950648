/// One process for good: numbers are used again, a number with its start time is not (within a
/// boot, and short of a full wrap of the pid counter in 10 ms).
public struct ProcessIdentity: Hashable, Codable, Sendable {
    public let pid: ProcessID
    /// Ticks since boot; field 22 of `/proc/PID/stat`, `proc_pid_stat(5)`.
    public let startTime: ClockTicks

    public init(pid: ProcessID, startTime: ClockTicks) {
        self.pid = pid
        self.startTime = startTime
    }
}

/// One thread for good.
public struct ThreadIdentity: Hashable, Codable, Sendable {
    public let tid: ThreadID
    /// Ticks since boot; field 22 of `/proc/PID/task/TID/stat`, `proc_pid_stat(5)`.
    public let startTime: ClockTicks

    public init(tid: ThreadID, startTime: ClockTicks) {
        self.tid = tid
        self.startTime = startTime
    }
}
