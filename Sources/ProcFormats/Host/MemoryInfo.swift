public import Units

/// `/proc/meminfo`; `proc_meminfo(5)`.
public struct MemoryInfo: Hashable, Codable, Sendable {
    public var total: ByteCount
    public var free: ByteCount
    /// `MemAvailable` (since 3.14).
    public var available: ByteCount?
    public var buffers: ByteCount?
    public var cached: ByteCount?
    public var swapTotal: ByteCount
    public var swapFree: ByteCount

    /// Parses one read of the file.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var total: ByteCount?
        var free: ByteCount?
        var swapTotal: ByteCount?
        var swapFree: ByteCount?
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            if cursor.skip("MemTotal:") {
                total = try cursor.kibibytes()
            } else if cursor.skip("MemFree:") {
                free = try cursor.kibibytes()
            } else if cursor.skip("MemAvailable:") {
                available = try cursor.kibibytes()
            } else if cursor.skip("Buffers:") {
                buffers = try cursor.kibibytes()
            } else if cursor.skip("Cached:") {
                cached = try cursor.kibibytes()
            } else if cursor.skip("SwapTotal:") {
                swapTotal = try cursor.kibibytes()
            } else if cursor.skip("SwapFree:") {
                swapFree = try cursor.kibibytes()
            }
            try cursor.skipLine()
        }
        guard let total, let free, let swapTotal, let swapFree else {
            throw ParseError(.truncated, at: bytes.count)
        }
        self.total = total
        self.free = free
        self.swapTotal = swapTotal
        self.swapFree = swapFree
    }
}
