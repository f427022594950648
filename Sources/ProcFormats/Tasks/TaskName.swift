/// `/proc/PID/task/TID/comm`; `proc_pid_comm(5)`. A program names its threads as it likes: any
/// bytes but NUL, newlines too.
public struct TaskName: Hashable, Sendable {
    /// What is not UTF-8 became U+FFFD; control characters are still in it.
    public var text: String

    /// Parses one read of the file: the name, then one newline of the kernel's.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        let end = bytes.count - 1
        guard end >= 0, bytes[end] == .newline else {
            throw ParseError(.truncated, at: bytes.count)
        }
        text = bytes.text(in: 0..<end)
    }
}
