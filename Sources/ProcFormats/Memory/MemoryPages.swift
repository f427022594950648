public import Units

/// `/proc/PID/statm`; `proc_pid_statm(5)`. All zero for a task without memory of its own.
public struct MemoryPages: Hashable, Sendable {
    /// Field 1: all mappings, touched or not.
    public var size: PageCount
    /// Field 2.
    public var resident: PageCount
    /// Field 3: resident pages of files and of shared memory. Nil where field 6 (data) is 0, as no
    /// program's can be, which has a stack: a sandbox (gVisor) writes zeros for what it does not
    /// count.
    public var shared: PageCount?

    /// Parses one read of the file. The fields after the sixth are not read.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        size = PageCount(try cursor.unsigned())
        try cursor.expect(.space)
        resident = PageCount(try cursor.unsigned())
        try cursor.expect(.space)
        let shared = PageCount(try cursor.unsigned())
        try cursor.expect(.space)
        try cursor.skipFields(2)  // text, lib
        let data = try cursor.unsigned(UInt64.self)
        self.shared = data > 0 ? shared : nil
    }

    /// What is neither: anonymous memory, before kernels counted that by itself (4.5).
    public var anonymous: PageCount? {
        shared.map { PageCount(resident.rawValue - min(resident.rawValue, $0.rawValue)) }
    }
}
