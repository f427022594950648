import Units

// A number that the end of the bytes cuts off is `truncated`, never a smaller number: every line of
// every file ends in a newline, so more must follow.
extension ByteCursor {
    /// Moves past a decimal number without a sign.
    @inline(__always)
    mutating func unsigned<Number: FixedWidthInteger & UnsignedInteger>(
        _: Number.Type = Number.self
    ) throws(ParseError) -> Number {
        let start = offset
        let value = try magnitude()
        guard let number = Number(exactly: value) else { throw ParseError(.overflow, at: start) }
        return number
    }

    /// Moves past a decimal number that may have a minus sign.
    @inline(__always)
    mutating func signed<Number: FixedWidthInteger & SignedInteger>(
        _: Number.Type = Number.self
    ) throws(ParseError) -> Number {
        let start = offset
        let isNegative = current == .minus
        if isNegative { offset += 1 }
        let value = try magnitude()
        guard let number = isNegative ? Number(negating: value) : Number(exactly: value) else {
            throw ParseError(.overflow, at: start)
        }
        return number
    }

    /// Moves past digits; a byte that is none must follow them.
    @inline(__always)
    private mutating func magnitude() throws(ParseError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        while offset < bytes.count {
            let digit = bytes[offset] &- .zero
            guard digit < 10 else {
                guard offset > start else { throw ParseError(.notANumber, at: offset) }
                return value
            }
            // Nineteen digits always fit; only the twentieth can be too much.
            if offset - start < 19 {
                value = value &* 10 &+ UInt64(digit)
            } else {
                let (tens, isOver) = value.multipliedReportingOverflow(by: 10)
                let (sum, isOverToo) = tens.addingReportingOverflow(UInt64(digit))
                guard !isOver, !isOverToo else { throw ParseError(.overflow, at: start) }
                value = sum
            }
            offset += 1
        }
        throw ParseError(.truncated, at: offset)
    }

    /// Moves past "0x" and hexadecimal digits.
    mutating func hexadecimal() throws(ParseError) -> UInt64 {
        try expect("0x")
        return try hexadecimalDigits()
    }

    /// Moves past hexadecimal digits without a prefix.
    mutating func hexadecimalDigits() throws(ParseError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        while offset < bytes.count {
            guard let digit = bytes[offset].hexadecimalDigit else {
                guard offset > start else { throw ParseError(.notANumber, at: offset) }
                return value
            }
            guard value >> 60 == 0 else { throw ParseError(.overflow, at: start) }
            value = value << 4 | UInt64(digit)
            offset += 1
        }
        throw ParseError(.truncated, at: offset)
    }

    /// Moves past a number like "12.34", as the kernel writes averages: digits, a point, digits.
    mutating func decimalFraction() throws(ParseError) -> Double {
        let whole = try unsigned(UInt64.self)
        try expect(.point)
        let start = offset
        let fraction = try unsigned(UInt64.self)
        var scale = 1.0
        for _ in start..<offset { scale *= 10 }
        return Double(whole) + Double(fraction) / scale
    }

    /// Moves past "   1234 kB". The kernel's kB are 1024 bytes.
    mutating func kibibytes() throws(ParseError) -> ByteCount {
        skipBlanks()
        let start = offset
        let number = try unsigned(UInt64.self)
        guard number <= UInt64.max / 1024 else { throw ParseError(.overflow, at: start) }
        try expect(" kB")
        return ByteCount(kibibytes: number)
    }
}

extension SignedInteger {
    /// Minus `magnitude`; nil if that does not fit.
    fileprivate init?(negating magnitude: UInt64) {
        // The lowest number has no positive counterpart, so the bits say it, not a minus.
        guard magnitude <= Int64.min.magnitude else { return nil }
        self.init(exactly: Int64(bitPattern: 0 &- magnitude))
    }
}

extension UInt8 {
    fileprivate static let zero = UInt8(ascii: "0")

    var hexadecimalDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
