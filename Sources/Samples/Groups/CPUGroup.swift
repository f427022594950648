public import Units

/// A control group that has a CPU quota: `cpu.max` and `cpu.stat` of version 2, else their like of
/// version 1; `cgroups(7)`, `Documentation/scheduler/sched-bwc.rst`.
public struct CPUGroup: Hashable, Codable, Sendable {
    /// As `/proc/PID/cgroup` names it in the hierarchy that limits CPU.
    public var path: String
    /// How many CPUs' time all in it and below it may use: quota through period.
    public var limit: Double
    /// Periods in which something in it could run, and of these those in which the quota was used
    /// up, since the group began. Nil where `cpu.stat` cannot be read.
    public var periods: UInt64?
    public var throttledPeriods: UInt64?
    /// How long it was held back since it began, the times of all CPUs added up.
    public var throttledTime: Nanoseconds?
    /// The share of its periods since the refresh before in which the quota was used up; nil where
    /// there was none.
    public var throttled: Percent?

    public init(
        path: String, limit: Double, periods: UInt64? = nil, throttledPeriods: UInt64? = nil,
        throttledTime: Nanoseconds? = nil, throttled: Percent? = nil
    ) {
        self.path = path
        self.limit = limit
        self.periods = periods
        self.throttledPeriods = throttledPeriods
        self.throttledTime = throttledTime
        self.throttled = throttled
    }
}

extension Snapshot {
    /// The groups whose quota holds for a process: its own and those above it, its own first. Empty,
    /// too, where they are not known.
    public func cpuGroups(of process: ProcessSample) -> [CPUGroup] {
        guard !cpuGroups.isEmpty, let path = process.cpuGroup else { return [] }
        return GroupPath.lineage(of: path).compactMap { cpuGroups[$0] }
    }
}
