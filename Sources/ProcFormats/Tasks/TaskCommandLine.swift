/// `/proc/PID/cmdline`; `proc_pid_cmdline(5)`. A process may write what it likes here.
public struct TaskCommandLine: Hashable, Sendable {
    /// The arguments with a space between each; nil for kernel threads and zombies, which have
    /// none. What is not UTF-8 became U+FFFD; control characters are still in it.
    public var text: String?

    /// What is kept of a longer line, in bytes: Java's may be a megabyte. What a program is often
    /// stands at the end, behind its class path: so much of the beginning, a gap that shows, and the
    /// end.
    public static let maximumLength = 16 << 10
    static let keptOfBeginning = 4 << 10
    static let gap: StaticString = " ... "

    /// Parses one read of the file. Any bytes will do.
    public init(parsing bytes: Span<UInt8>) {
        // Programs that set their title, like nginx, leave NULs behind it.
        var count = bytes.count
        while count > 0, bytes[count - 1] == 0 { count -= 1 }
        guard count > 0 else { return }

        guard count > Self.maximumLength else {
            text = String(unsafeUninitializedCapacity: count) { buffer in
                Self.copy(bytes, 0..<count, to: buffer, at: 0)
            }
            return
        }
        let gap = Self.gap.utf8CodeUnitCount
        var end = Self.keptOfBeginning
        var start = count - (Self.maximumLength - end - gap)
        // Not in the middle of a character: at most three bytes go on with one.
        for _ in 0..<3 where bytes[end] & 0xC0 == 0x80 { end -= 1 }
        for _ in 0..<3 where bytes[start] & 0xC0 == 0x80 { start += 1 }
        text = String(unsafeUninitializedCapacity: Self.maximumLength) { buffer in
            let first = Self.copy(bytes, 0..<end, to: buffer, at: 0)
            for index in 0..<gap { buffer[first + index] = Self.gap.utf8Start[index] }
            return Self.copy(bytes, start..<count, to: buffer, at: first + gap)
        }
    }

    /// Returns where it ends in the buffer.
    private static func copy(
        _ bytes: Span<UInt8>, _ range: Range<Int>, to buffer: UnsafeMutableBufferPointer<UInt8>,
        at place: Int
    ) -> Int {
        for (offset, index) in range.enumerated() {
            buffer[place + offset] = bytes[index] == 0 ? .space : bytes[index]
        }
        return place + range.count
    }
}
