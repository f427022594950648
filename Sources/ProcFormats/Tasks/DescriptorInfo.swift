/// The first lines of `/proc/PID/fdinfo/N`; `proc_pid_fdinfo(5)`.
public struct DescriptorInfo: ProcFormat, Hashable, Sendable {
    /// `flags`: how it was opened; `open(2)`.
    public var flags: UInt64?
    /// `mnt_id` (since 3.15): the number of its mount in `mountinfo`.
    public var mount: Int?

    /// O_WRONLY or O_RDWR.
    public var isForWriting: Bool { flags.map { $0 & 3 != 0 } ?? false }

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        guard !cursor.isAtEnd else { throw ParseError(.truncated, at: 0) }
        while !cursor.isAtEnd {
            if cursor.skip("flags:") {
                cursor.skipBlanks()
                // Octal: its digits are read as a decimal number's.
                let start = cursor.offset
                if let digits: UInt64 = cursor.unsigned("flags", &faults) {
                    flags = UInt64(String(digits), radix: 8)
                    if flags == nil { faults.note("flags", bytes, start..<cursor.offset) }
                }
            } else if cursor.skip("mnt_id:") {
                cursor.skipBlanks()
                mount = cursor.count("mnt_id", &faults)
            }
            cursor.passLine(&faults)
        }
    }
}
