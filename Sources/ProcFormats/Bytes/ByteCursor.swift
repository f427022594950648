import Glibc

/// A place in the bytes of one /proc file, moved on by what is read. It cannot outlive the bytes,
/// and allocates nothing.
struct ByteCursor: ~Escapable {
    let bytes: Span<UInt8>
    /// Counted from the first byte; never past the end.
    var offset: Int

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, at offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    var isAtEnd: Bool { offset >= bytes.count }

    /// The byte at hand, left where it is; nil at the end.
    var current: UInt8? { isAtEnd ? nil : bytes[offset] }

    /// Moves past one byte of any value.
    mutating func next() throws(ParseError) -> UInt8 {
        guard offset < bytes.count else { throw ParseError(.truncated, at: offset) }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// Moves past `byte`, which must stand here.
    mutating func expect(_ byte: UInt8) throws(ParseError) {
        guard offset < bytes.count else { throw ParseError(.truncated, at: offset) }
        guard bytes[offset] == byte else { throw ParseError(.unexpected, at: offset) }
        offset += 1
    }

    /// Moves past `literal`, which must stand here.
    mutating func expect(_ literal: StaticString) throws(ParseError) {
        guard skip(literal) else {
            let isCut = bytes.count - offset < literal.utf8CodeUnitCount
            throw ParseError(isCut ? .truncated : .unexpected, at: offset)
        }
    }

    /// Moves past `literal` if it stands here, and tells whether it did.
    mutating func skip(_ literal: StaticString) -> Bool {
        let length = literal.utf8CodeUnitCount
        guard length <= bytes.count - offset else { return false }
        for index in 0..<length where bytes[offset + index] != literal.utf8Start[index] {
            return false
        }
        offset += length
        return true
    }

    /// Moves past spaces and tabs, as many as there are.
    mutating func skipBlanks() {
        while offset < bytes.count, bytes[offset] == .space || bytes[offset] == .tab { offset += 1 }
    }

    /// Moves past `count` fields, each followed by one space.
    mutating func skipFields(_ count: Int) throws(ParseError) {
        for _ in 0..<count {
            while try next() != .space {}
        }
    }

    /// Moves past the next newline.
    mutating func skipLine() throws(ParseError) {
        guard let newline = firstOffset(of: .newline) else {
            throw ParseError(.truncated, at: bytes.count)
        }
        offset = newline + 1
    }

    /// Moves past the next newline and returns where the rest of this line stands, without it.
    mutating func restOfLine() throws(ParseError) -> Range<Int> {
        let start = offset
        try skipLine()
        return start..<(offset - 1)
    }

    /// Where `byte` stands next, from here on.
    func firstOffset(of byte: UInt8) -> Int? {
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress,
                let found = memchr(base + offset, Int32(byte), buffer.count - offset)
            else { return nil }
            return UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    /// Where `byte` stands last, from here on.
    func lastOffset(of byte: UInt8) -> Int? {
        var last = firstOffset(of: byte)
        while let found = last {
            let after = ByteCursor(bytes, at: found + 1)
            guard let next = after.firstOffset(of: byte) else { return found }
            last = next
        }
        return nil
    }
}

extension UInt8 {
    static let newline = UInt8(ascii: "\n")
    static let tab = UInt8(ascii: "\t")
    static let space = UInt8(ascii: " ")
    static let minus = UInt8(ascii: "-")
    static let point = UInt8(ascii: ".")
    static let slash = UInt8(ascii: "/")
    static let colon = UInt8(ascii: ":")
    static let openParenthesis = UInt8(ascii: "(")
    static let closeParenthesis = UInt8(ascii: ")")
}
