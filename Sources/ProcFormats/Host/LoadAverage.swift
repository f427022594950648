/// `/proc/loadavg`; `proc_loadavg(5)`. What does not parse is nil.
public struct LoadAverage: ProcFormat, Hashable, Codable, Sendable {
    public var oneMinute: Double?
    public var fiveMinutes: Double?
    public var fifteenMinutes: Double?
    /// Tasks that could run, and all tasks.
    public var runnable: Int?
    public var tasks: Int?

    /// As many tasks as a kernel can have: PID_MAX_LIMIT of `linux/threads.h`.
    static let most = 4_194_304.0

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        guard !cursor.isAtEnd else { throw ParseError(.truncated, at: 0) }
        oneMinute = cursor.decimalFraction("load 1", atMost: Self.most, &faults)
        cursor.passSpace()
        fiveMinutes = cursor.decimalFraction("load 5", atMost: Self.most, &faults)
        cursor.passSpace()
        fifteenMinutes = cursor.decimalFraction("load 15", atMost: Self.most, &faults)
        cursor.passSpace()
        runnable = cursor.count("runnable", &faults)
        if cursor.current == .slash { cursor.offset += 1 }
        tasks = cursor.count("tasks", &faults)  // the pid made last follows
    }
}
