/// `/proc/loadavg`; `proc_loadavg(5)`.
public struct LoadAverage: Hashable, Codable, Sendable {
    public var oneMinute: Double
    public var fiveMinutes: Double
    public var fifteenMinutes: Double
    /// Tasks that could run, and all tasks.
    public var runnable: Int
    public var tasks: Int

    /// Parses one read of the file.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        oneMinute = try cursor.decimalFraction()
        try cursor.expect(.space)
        fiveMinutes = try cursor.decimalFraction()
        try cursor.expect(.space)
        fifteenMinutes = try cursor.decimalFraction()
        try cursor.expect(.space)
        runnable = try cursor.signed()
        try cursor.expect(.slash)
        tasks = try cursor.signed()
        try cursor.expect(.space)  // the pid made last follows
    }
}
