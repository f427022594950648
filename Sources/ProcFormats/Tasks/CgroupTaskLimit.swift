/// `pids.max` of a control group: how many tasks (threads count) may be in it and below it;
/// `Documentation/admin-guide/cgroup-v2.rst`.
public struct CgroupTaskLimit: ProcFormat, Hashable, Sendable {
    /// Nil for "max".
    public var tasks: UInt64?

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        if !cursor.skip("max") { tasks = try cursor.unsigned() }
        try cursor.expect(.newline)
    }
}
