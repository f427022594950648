public import Units

/// `cpu.stat` of a control group: how its CPU quota was enforced;
/// `Documentation/admin-guide/cgroup-v2.rst`, `Documentation/scheduler/sched-bwc.rst`. A line that
/// this version or kernel does not have, or that is missing without the controller, is nil.
public struct CgroupCPUStat: ProcFormat, Hashable, Sendable {
    /// `nr_periods`: in which something in the group could run.
    public var periods: UInt64?
    /// `nr_throttled`: of these, in which the quota was used up.
    public var throttledPeriods: UInt64?
    /// `throttled_usec` of version 2, `throttled_time` (in nanoseconds) of version 1: how long the
    /// group was held back, on each CPU by itself.
    public var throttledTime: Nanoseconds?

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            if cursor.skip("nr_periods ") {
                periods = cursor.unsigned("nr_periods", &faults)
            } else if cursor.skip("nr_throttled ") {
                throttledPeriods = cursor.unsigned("nr_throttled", &faults)
            } else if cursor.skip("throttled_usec ") {
                throttledTime = cursor.unsigned("throttled_usec", &faults)
                    .map { Nanoseconds($0 &* 1000) }
            } else if cursor.skip("throttled_time ") {
                throttledTime = cursor.unsigned("throttled_time", &faults)
                    .map { Nanoseconds($0) }
            }
            cursor.passLine(&faults)
        }
    }
}

/// How much CPU time a control group may use in a period: `cpu.max` of version 2, or one of the two
/// files of version 1, `cpu.cfs_quota_us` and `cpu.cfs_period_us`. In microseconds.
public struct CgroupCPUQuota: ProcFormat, Hashable, Sendable {
    /// Nil for "max", and for what version 1 writes instead: -1.
    public var quota: UInt64?
    /// Version 2 only: version 1 has it in a file of its own.
    public var period: UInt64?

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        if !cursor.skip("max"), !cursor.skip("-1") { quota = try cursor.unsigned() }
        if cursor.current == .space {
            cursor.passSpace()
            period = cursor.unsigned("period", &faults)
        }
        try cursor.expect(.newline)
    }
}
