/// `/proc/uptime`; `proc_uptime(5)`.
public struct Uptime: Hashable, Sendable {
    /// Since boot, time asleep included.
    public var seconds: Double

    /// Parses one read of the file.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        seconds = try cursor.decimalFraction()
        try cursor.expect(.space)  // the idle time of all CPUs follows
    }
}
