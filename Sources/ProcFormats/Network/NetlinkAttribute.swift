/// One attribute of a netlink message: `struct nlattr` in `include/uapi/linux/netlink.h`, the same
/// as `struct rtattr` of `rtnetlink(7)`.
public struct NetlinkAttribute: Hashable, Sendable {
    /// Without the two bits that tell of nesting and byte order.
    public var kind: UInt16
    /// Where the payload stands in the bytes.
    public var payload: Range<Int>

    /// Parses the attribute that begins at `offset` and moves that to where the next begins; nil at
    /// `end`, which is where the message, or the attribute that holds this one, ends. Allocates
    /// nothing.
    public init?(nextIn bytes: Span<UInt8>, at offset: inout Int, before end: Int)
        throws(ParseError)
    {
        guard offset < end else { return nil }
        guard end <= bytes.count, end - offset >= Self.headerLength else {
            throw ParseError(.truncated, at: min(offset, bytes.count))
        }
        let length = Int(bytes.number(at: offset, as: UInt16.self))
        guard length >= Self.headerLength else { throw ParseError(.unexpected, at: offset) }
        guard length <= end - offset else { throw ParseError(.truncated, at: offset) }
        kind = bytes.number(at: offset + 2, as: UInt16.self) & 0x3FFF
        payload = (offset + Self.headerLength)..<(offset + length)
        offset = min(offset + length.aligned, end)
    }

    static let headerLength = 4

    /// The number that it is, or that stands `position` bytes after its start, in the machine's byte
    /// order; nil where this kernel's attribute ends before that.
    public func number<Number: FixedWidthInteger & BitwiseCopyable>(
        in bytes: Span<UInt8>, at position: Int = 0, as: Number.Type = Number.self
    ) -> Number? {
        guard payload.count >= position + MemoryLayout<Number>.size else { return nil }
        return bytes.number(at: payload.lowerBound + position)
    }

    /// Text up to its terminating NUL; what is not UTF-8 becomes U+FFFD.
    public func text(in bytes: Span<UInt8>) -> String {
        var end = payload.lowerBound
        while end < payload.upperBound, bytes[end] != 0 { end += 1 }
        return bytes.text(in: payload.lowerBound..<end)
    }
}

extension Int {
    /// Rounded up to where the next message or attribute may begin.
    var aligned: Int { (self + 3) & ~3 }
}

extension Span<UInt8> {
    /// A number in the machine's byte order, wherever it stands. All of it must be there.
    func number<Number: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as: Number.Type = Number.self
    ) -> Number {
        // Any bytes are a number.
        bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self)
    }

    /// A number in network byte order, wherever it stands.
    func networkNumber<Number: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as: Number.Type = Number.self
    ) -> Number {
        Number(bigEndian: number(at: offset))
    }
}
