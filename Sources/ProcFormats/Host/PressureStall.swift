public import Units

/// `/proc/pressure/cpu`, `io`, `memory`; `Documentation/accounting/psi.rst`.
public struct PressureStall: ProcFormat, Hashable, Codable, Sendable {
    public var some: Line?
    /// All tasks stalled at once; absent for cpu before 5.13.
    public var full: Line?

    /// What does not parse is nil.
    public struct Line: Hashable, Codable, Sendable {
        /// Share of the time, over 10, 60 and 300 s.
        public var average10: Percent?
        public var average60: Percent?
        public var average300: Percent?
        /// Time stalled since boot, in microseconds.
        public var totalMicroseconds: UInt64?
    }

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        guard !cursor.isAtEnd else { throw ParseError(.truncated, at: 0) }
        while !cursor.isAtEnd {
            if cursor.skip("some ") {
                some = Line(at: &cursor, &faults)
            } else if cursor.skip("full ") {
                full = Line(at: &cursor, &faults)
            }
            cursor.passLine(&faults)
        }
        if some == nil { faults.noteMissing("some") }
    }
}

extension PressureStall.Line {
    fileprivate init(at cursor: inout ByteCursor, _ faults: inout FieldFaults) {
        average10 = cursor.average("avg10=", &faults)
        average60 = cursor.average("avg60=", &faults)
        average300 = cursor.average("avg300=", &faults)
        if cursor.skip("total=") {
            totalMicroseconds = cursor.unsigned("total", &faults)
        } else {
            faults.noteMissing("total")
        }
    }
}

extension ByteCursor {
    /// A share behind its name, and the space after it.
    fileprivate mutating func average(
        _ name: StaticString, _ faults: inout FieldFaults
    ) -> Percent? {
        guard skip(name) else {
            faults.noteMissing(name)
            return nil
        }
        let share = decimalFraction(name, atMost: 100, &faults)
        passSpace()
        return share.map { Percent($0) }
    }
}
