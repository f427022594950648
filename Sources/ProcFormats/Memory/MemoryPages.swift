public import Units

/// `/proc/PID/statm`; `proc_pid_statm(5)`. All zero for a task without memory of its own.
public struct MemoryPages: Hashable, Sendable {
    /// Field 1: all mappings, touched or not.
    public var size: PageCount
    /// Field 2.
    public var resident: PageCount
    /// Field 3: resident pages of files and of shared memory.
    public var shared: PageCount

    /// Parses one read of the file. The fields after the third are not looked at.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        size = PageCount(try cursor.unsigned())
        try cursor.expect(.space)
        resident = PageCount(try cursor.unsigned())
        try cursor.expect(.space)
        shared = PageCount(try cursor.unsigned())
    }

    /// What is neither: anonymous memory, before kernels counted that by itself (4.5).
    public var anonymous: PageCount {
        PageCount(resident.rawValue - min(resident.rawValue, shared.rawValue))
    }
}
