public import Units

/// `/proc/PID/limits`; `proc_pid_limits(5)`, `getrlimit(2)`.
public struct ResourceLimits: Hashable, Sendable {
    /// "Max address space" (RLIMIT_AS), the soft limit; nil for "unlimited".
    public var addressSpace: ByteCount?

    /// Parses one read of the file.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            if cursor.skip("Max address space ") {
                cursor.skipBlanks()
                if !cursor.skip("unlimited ") { addressSpace = ByteCount(try cursor.unsigned()) }
                try cursor.skipLine()
                return
            }
            try cursor.skipLine()
        }
        throw ParseError(.truncated, at: bytes.count)
    }
}
