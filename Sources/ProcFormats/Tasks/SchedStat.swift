public import Units

/// `/proc/PID/task/TID/schedstat`; `Documentation/scheduler/sched-stats.rst`. All zero on a kernel
/// that does not keep these figures.
public struct SchedStat: Hashable, Sendable {
    /// Time on a CPU.
    public var runTime: Nanoseconds
    /// Time spent runnable, waiting for a CPU.
    public var runDelay: Nanoseconds
    /// Times it was put on a CPU.
    public var timeslices: UInt64

    /// Parses one read of the file. Allocates nothing.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        runTime = Nanoseconds(try cursor.unsigned())
        try cursor.expect(.space)
        runDelay = Nanoseconds(try cursor.unsigned())
        try cursor.expect(.space)
        timeslices = try cursor.unsigned()
        try cursor.expect(.newline)
    }
}
