public import Units

/// `/proc/PID/task/TID/io`; `proc_pid_io(5)`. Network traffic through `send` and `recv` is not in
/// it.
public struct TaskIO: Hashable, Codable, Sendable {
    /// `rchar`, `wchar`: bytes through read- and write-like calls, the page cache included.
    public var bytesRead: ByteCount
    public var bytesWritten: ByteCount
    /// `syscr`, `syscw`: how many such calls.
    public var readCalls: UInt64
    public var writeCalls: UInt64
    /// `read_bytes`, `write_bytes`: what went to and from disks.
    public var diskBytesRead: ByteCount
    public var diskBytesWritten: ByteCount

    /// Parses one read of the file.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        bytesRead = ByteCount(try cursor.line("rchar: "))
        bytesWritten = ByteCount(try cursor.line("wchar: "))
        readCalls = try cursor.line("syscr: ")
        writeCalls = try cursor.line("syscw: ")
        diskBytesRead = ByteCount(try cursor.line("read_bytes: "))
        diskBytesWritten = ByteCount(try cursor.line("write_bytes: "))
    }
}

extension ByteCursor {
    /// One line: its name, a number. The lines have had this order since 2.6.20.
    fileprivate mutating func line(_ name: StaticString) throws(ParseError) -> UInt64 {
        try expect(name)
        let number = try unsigned(UInt64.self)
        try expect(.newline)
        return number
    }
}
