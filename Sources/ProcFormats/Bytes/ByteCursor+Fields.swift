import Units

// Fields that may be damaged. Each of these moves past the field whatever stands there; where that is
// no value, notes so, and gives nil.
extension ByteCursor {
    /// A decimal number without a sign, up to the end of its field.
    @inline(__always)
    mutating func unsigned<Number: FixedWidthInteger & UnsignedInteger>(
        _ name: StaticString, _ faults: inout FieldFaults, as: Number.Type = Number.self
    ) -> Number? {
        let start = offset
        if let number = try? unsigned(Number.self), endsField { return number }
        passField(from: start, name, &faults)
        return nil
    }

    /// A decimal number that may have a minus sign.
    @inline(__always)
    mutating func signed<Number: FixedWidthInteger & SignedInteger>(
        _ name: StaticString, _ faults: inout FieldFaults, as: Number.Type = Number.self
    ) -> Number? {
        let start = offset
        if let number = try? signed(Number.self), endsField { return number }
        passField(from: start, name, &faults)
        return nil
    }

    /// A decimal number of things, which cannot be below zero.
    mutating func count(_ name: StaticString, _ faults: inout FieldFaults) -> Int? {
        let start = offset
        if let number = try? unsigned(UInt.self), endsField, let count = Int(exactly: number) {
            return count
        }
        passField(from: start, name, &faults)
        return nil
    }

    /// Hexadecimal digits without a prefix.
    mutating func hexadecimal<Number: FixedWidthInteger & UnsignedInteger>(
        _ name: StaticString, _ faults: inout FieldFaults, as: Number.Type = Number.self
    ) -> Number? {
        let start = offset
        if let digits = try? hexadecimalDigits(), endsField, let number = Number(exactly: digits) {
            return number
        }
        passField(from: start, name, &faults)
        return nil
    }

    /// A number like "12.34"; more than `most` cannot be.
    mutating func decimalFraction(
        _ name: StaticString, atMost most: Double = .infinity, _ faults: inout FieldFaults
    ) -> Double? {
        let start = offset
        if let number = try? decimalFraction(), endsField, number <= most { return number }
        passField(from: start, name, &faults)
        return nil
    }

    /// A number like "   1234 kB" that ends its line.
    mutating func kibibytes(_ name: StaticString, _ faults: inout FieldFaults) -> ByteCount? {
        skipBlanks()
        let start = offset
        if let amount = try? kibibytes(), current == .newline { return amount }
        offset = start
        passField(from: start, name, &faults)
        return nil
    }

    /// Whether no letter, digit, sign or point follows, which would belong to the field.
    @inline(__always)
    var endsField: Bool { current.map { !$0.isOfField } ?? false }

    @inline(never)
    private mutating func passField(
        from start: Int, _ name: StaticString, _ faults: inout FieldFaults
    ) {
        offset = start
        while let current, current.isOfField { offset += 1 }
        faults.note(name, bytes, start..<offset)
    }

    /// Moves past one space, if there is one: where there is none, the next field is missing, too.
    @inline(__always)
    mutating func passSpace() {
        if current == .space { offset += 1 }
    }

    /// Moves past `count` fields of this line, each with the space after it.
    mutating func passFields(_ count: Int) {
        for _ in 0..<count {
            while let current, current != .space, current != .newline { offset += 1 }
            passSpace()
        }
    }

    /// How many words with blanks between there are up to the end of this line; 0 where the bytes
    /// end before that.
    var columnsOfLine: Int {
        guard let end = firstOffset(of: .newline) else { return 0 }
        var columns = 0
        var isBlank = true
        for index in offset..<end {
            let isBlankHere = bytes[index] == .space
            if isBlank, !isBlankHere { columns += 1 }
            isBlank = isBlankHere
        }
        return columns
    }

    /// Moves past blanks and a word.
    mutating func skipColumn() {
        skipBlanks()
        while let current, current != .space, current != .newline { offset += 1 }
    }

    /// Moves past the next newline. The last line of a file that was cut has none: what it says is
    /// not to be relied on.
    mutating func passLine(_ faults: inout FieldFaults) {
        if let newline = firstOffset(of: .newline) {
            offset = newline + 1
        } else {
            if !isAtEnd { faults.note("the last line", bytes, offset..<bytes.count) }
            offset = bytes.count
        }
    }

    /// Moves past a line and notes it as one that says nothing.
    mutating func loseLine(
        _ name: StaticString, from start: Int, _ faults: inout FieldFaults
    ) {
        offset = start
        let end = firstOffset(of: .newline)
        faults.note(name, bytes, start..<(end ?? bytes.count))
        offset = end.map { $0 + 1 } ?? bytes.count
    }

    /// The row that begins at `offset`, which moves to where the next one begins; nil at the end of the
    /// bytes. Passes over rows that do not parse, and notes them as `name`.
    @inline(__always)
    static func nextRow<Row>(
        _ name: StaticString, in bytes: Span<UInt8>, at offset: inout Int,
        noting faults: inout FieldFaults,
        _ parse: (inout ByteCursor) throws(ParseError) -> Row
    ) -> Row? {
        var cursor = ByteCursor(bytes, at: max(offset, 0))
        defer { offset = cursor.offset }
        while !cursor.isAtEnd {
            let start = cursor.offset
            if let row = try? parse(&cursor) { return row }
            cursor.loseLine(name, from: start, &faults)
        }
        return nil
    }
}

extension UInt8 {
    /// A letter, a digit, a sign or a point, or any byte that no file has in a number's place.
    @inline(__always)
    fileprivate var isOfField: Bool {
        switch self {
        case .space, .tab, .newline, .colon, .slash: false
        default: true
        }
    }
}
