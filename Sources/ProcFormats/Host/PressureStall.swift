public import Units

/// `/proc/pressure/cpu`, `io`, `memory`; `Documentation/accounting/psi.rst`.
public struct PressureStall: Hashable, Codable, Sendable {
    public var some: Line
    /// All tasks stalled at once; absent for cpu before 5.13.
    public var full: Line?

    public struct Line: Hashable, Codable, Sendable {
        /// Share of the time, over 10, 60 and 300 s.
        public var average10: Percent
        public var average60: Percent
        public var average300: Percent
        /// Time stalled since boot, in microseconds.
        public var totalMicroseconds: UInt64
    }

    /// Parses one read of the file.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        try cursor.expect("some ")
        some = try Line(at: &cursor)
        if cursor.isAtEnd { return }
        try cursor.expect("full ")
        full = try Line(at: &cursor)
    }
}

extension PressureStall.Line {
    fileprivate init(at cursor: inout ByteCursor) throws(ParseError) {
        try cursor.expect("avg10=")
        average10 = Percent(try cursor.decimalFraction())
        try cursor.expect(" avg60=")
        average60 = Percent(try cursor.decimalFraction())
        try cursor.expect(" avg300=")
        average300 = Percent(try cursor.decimalFraction())
        try cursor.expect(" total=")
        totalMicroseconds = try cursor.unsigned()
        try cursor.expect(.newline)
    }
}
