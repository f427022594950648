public import Units

/// `/proc/PID/smaps_rollup` (since 4.14): the sums over all mappings; `proc_pid_smaps(5)`.
public struct SmapsRollup: Hashable, Sendable {
    /// `Rss`, `Pss`, `Anonymous`, `Swap`.
    public var resident: ByteCount
    public var proportional: ByteCount
    public var anonymous: ByteCount
    public var swap: ByteCount
    /// `SwapPss`.
    public var proportionalSwap: ByteCount?

    /// Parses one read of the file.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var resident: ByteCount?
        var proportional: ByteCount?
        var anonymous: ByteCount?
        var swap: ByteCount?
        var cursor = ByteCursor(bytes)
        // The first line is that of a mapping from the first address to the last.
        try cursor.skipLine()
        while !cursor.isAtEnd {
            if cursor.skip("Rss:") {
                resident = try cursor.kibibytes()
            } else if cursor.skip("Pss:") {
                proportional = try cursor.kibibytes()
            } else if cursor.skip("Anonymous:") {
                anonymous = try cursor.kibibytes()
            } else if cursor.skip("Swap:") {
                swap = try cursor.kibibytes()
            } else if cursor.skip("SwapPss:") {
                proportionalSwap = try cursor.kibibytes()
            }
            try cursor.skipLine()
        }
        guard let resident, let proportional, let anonymous, let swap else {
            throw ParseError(.truncated, at: bytes.count)
        }
        self.resident = resident
        self.proportional = proportional
        self.anonymous = anonymous
        self.swap = swap
    }
}
