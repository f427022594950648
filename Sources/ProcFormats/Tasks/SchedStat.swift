public import Units

/// `/proc/PID/task/TID/schedstat`; `Documentation/scheduler/sched-stats.rst`. All zero on a kernel
/// that does not keep these figures. What does not parse is nil.
public struct SchedStat: ProcFormat, Hashable, Sendable {
    /// Time on a CPU.
    public var runTime: Nanoseconds?
    /// Time spent runnable, waiting for a CPU.
    public var runDelay: Nanoseconds?
    /// Times it was put on a CPU.
    public var timeslices: UInt64?

    /// Parses one read of the file. Allocates nothing.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        guard !cursor.isAtEnd else { throw ParseError(.truncated, at: 0) }
        runTime = cursor.unsigned("run time", &faults).map { Nanoseconds($0) }
        cursor.passSpace()
        runDelay = cursor.unsigned("run delay", &faults).map { Nanoseconds($0) }
        cursor.passSpace()
        timeslices = cursor.unsigned("timeslices", &faults)
    }
}
