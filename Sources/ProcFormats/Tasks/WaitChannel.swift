/// `/proc/PID/task/TID/wchan`; `proc_pid_wchan(5)`.
public struct WaitChannel: Hashable, Sendable {
    /// The function of the kernel the thread waits in; nil while it runs, or where the reader has
    /// no right to know: the kernel writes "0" for both.
    public var function: String?

    /// Parses one read of the file. Any bytes will do: the kernel writes a bare name, with no
    /// newline to tell its end.
    public init(parsing bytes: Span<UInt8>) {
        let name = bytes.text(in: bytes.indices)
        function = name.isEmpty || name == "0" ? nil : name
    }
}
