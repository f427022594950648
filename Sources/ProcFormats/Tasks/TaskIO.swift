public import Units

/// `/proc/PID/task/TID/io`; `proc_pid_io(5)`. Network traffic through `send` and `recv` is not in
/// it. What does not parse is nil.
public struct TaskIO: ProcFormat, Hashable, Codable, Sendable {
    /// `rchar`, `wchar`: bytes through read- and write-like calls, the page cache included.
    public var bytesRead: ByteCount?
    public var bytesWritten: ByteCount?
    /// `syscr`, `syscw`: how many such calls.
    public var readCalls: UInt64?
    public var writeCalls: UInt64?
    /// Both kinds of calls together.
    public var calls: UInt64? {
        guard let readCalls, let writeCalls else { return nil }
        return readCalls &+ writeCalls
    }

    /// `read_bytes`, `write_bytes`: what went to and from disks.
    public var diskBytesRead: ByteCount?
    public var diskBytesWritten: ByteCount?

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        guard !cursor.isAtEnd else { throw ParseError(.truncated, at: 0) }
        while !cursor.isAtEnd {
            if cursor.skip("rchar: ") {
                bytesRead = cursor.unsigned("rchar", &faults).map { ByteCount($0) }
            } else if cursor.skip("wchar: ") {
                bytesWritten = cursor.unsigned("wchar", &faults).map { ByteCount($0) }
            } else if cursor.skip("syscr: ") {
                readCalls = cursor.unsigned("syscr", &faults)
            } else if cursor.skip("syscw: ") {
                writeCalls = cursor.unsigned("syscw", &faults)
            } else if cursor.skip("read_bytes: ") {
                diskBytesRead = cursor.unsigned("read_bytes", &faults).map { ByteCount($0) }
            } else if cursor.skip("write_bytes: ") {
                diskBytesWritten = cursor.unsigned("write_bytes", &faults).map { ByteCount($0) }
            }
            cursor.passLine(&faults)
        }
    }
}
