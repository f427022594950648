/// `/proc/PID/cmdline`; `proc_pid_cmdline(5)`. A process may write what it likes here.
public struct TaskCommandLine: Hashable, Sendable {
    /// The arguments with a space between each; nil for kernel threads and zombies, which have
    /// none. What is not UTF-8 became U+FFFD; control characters are still in it.
    public var text: String?

    /// What is kept of a longer line, in bytes: Java's may be a megabyte.
    public static let maximumLength = 4096

    /// Parses one read of the file. Any bytes will do.
    public init(parsing bytes: Span<UInt8>) {
        // Programs that set their title, like nginx, leave NULs behind it.
        var end = bytes.count
        while end > 0, bytes[end - 1] == 0 { end -= 1 }
        guard end > 0 else { return }

        if end > Self.maximumLength {
            end = Self.maximumLength
            // Not in the middle of a character: at most three bytes go on with one.
            for _ in 0..<3 where bytes[end] & 0xC0 == 0x80 { end -= 1 }
        }
        text = String(unsafeUninitializedCapacity: end) { buffer in
            for index in 0..<end {
                buffer[index] = bytes[index] == 0 ? .space : bytes[index]
            }
            return end
        }
    }
}
