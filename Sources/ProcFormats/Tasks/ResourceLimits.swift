public import Units

/// `/proc/PID/limits`; `proc_pid_limits(5)`, `getrlimit(2)`.
public struct ResourceLimits: Hashable, Sendable {
    /// "Max open files" (RLIMIT_NOFILE), the soft limit; nil for "unlimited".
    public var openFiles: UInt64?
    /// "Max address space" (RLIMIT_AS), the soft limit; nil for "unlimited".
    public var addressSpace: ByteCount?

    /// Parses one read of the file.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            if cursor.skip("Max open files ") {
                openFiles = try cursor.softLimit()
            } else if cursor.skip("Max address space ") {
                // It comes after all others that are wanted.
                addressSpace = try cursor.softLimit().map { ByteCount($0) }
                try cursor.skipLine()
                return
            }
            try cursor.skipLine()
        }
        throw ParseError(.truncated, at: bytes.count)
    }
}

extension ByteCursor {
    /// The first of the two limits on a line, behind its name.
    fileprivate mutating func softLimit() throws(ParseError) -> UInt64? {
        skipBlanks()
        return skip("unlimited ") ? nil : try unsigned()
    }
}
