/// One message of what a netlink socket gives: `netlink(7)`, `struct nlmsghdr`. Numbers are in the
/// machine's byte order.
public struct NetlinkMessage: Hashable, Sendable {
    /// What its payload is; a number of the protocol's, or below 16 one of netlink's own.
    public var kind: UInt16
    public var flags: UInt16
    /// That of the request it answers.
    public var sequence: UInt32
    /// Where the payload stands in the bytes.
    public var payload: Range<Int>

    /// Parses the message that begins at `offset` and moves that to where the next begins; nil at
    /// the end. Allocates nothing.
    public init?(nextIn bytes: Span<UInt8>, at offset: inout Int) throws(ParseError) {
        guard offset < bytes.count else { return nil }
        guard bytes.count - offset >= Self.headerLength else {
            throw ParseError(.truncated, at: offset)
        }
        let length = Int(bytes.number(at: offset, as: UInt32.self))
        guard length >= Self.headerLength else { throw ParseError(.unexpected, at: offset) }
        guard length <= bytes.count - offset else { throw ParseError(.truncated, at: offset) }
        kind = bytes.number(at: offset + 4)
        flags = bytes.number(at: offset + 6)
        sequence = bytes.number(at: offset + 8)
        payload = (offset + Self.headerLength)..<(offset + length)
        offset = min(offset + length.aligned, bytes.count)
    }

    static let headerLength = 16

    /// NLM_F_DUMP_INTR: what is listed changed meanwhile, so that some of it may be missing.
    public var isTorn: Bool { flags & 0x10 != 0 }

    /// Whether there is nothing more to come for the request.
    public enum Ending: Hashable, Sendable {
        /// NLMSG_DONE, or NLMSG_ERROR with no error: an acknowledgement.
        case complete
        /// The kernel refused, or gave up on the way; `errno(3)`.
        case failed(errno: Int32)
    }

    /// Nil for a message that carries an answer.
    public func ending(in bytes: Span<UInt8>) throws(ParseError) -> Ending? {
        guard kind == Self.error || kind == Self.done else { return nil }
        guard payload.count >= 4 else { throw ParseError(.truncated, at: payload.lowerBound) }
        // A dump that fails says so in its NLMSG_DONE, too: with a module missing, for one.
        let result = bytes.number(at: payload.lowerBound, as: Int32.self)
        return result < 0 ? .failed(errno: 0 &- result) : .complete
    }

    private static let error: UInt16 = 2
    private static let done: UInt16 = 3
}

/// A request to the kernel, put together piece by piece; `netlink(7)`.
public struct NetlinkRequest: Hashable, Sendable {
    /// The whole message, its length kept right.
    public private(set) var bytes: [UInt8]
    /// It asks for everything there is, which comes in several messages up to NLMSG_DONE.
    public let isDump: Bool

    /// Begins a message of NLM_F_REQUEST, and NLM_F_DUMP with `isDump`.
    public init(kind: UInt16, isDump: Bool) {
        self.isDump = isDump
        bytes = []
        append(UInt32(0))
        append(kind)
        append(UInt16(1 | (isDump ? 0x300 : 0)))
        append(UInt64(0))  // sequence and port
    }

    /// Appends a number in the machine's byte order.
    public mutating func append(_ number: some FixedWidthInteger) {
        append(number.inMachineOrder)
    }

    public mutating func append(_ more: some Sequence<UInt8>) {
        bytes.append(contentsOf: more)
        set(UInt32(bytes.count), at: 0)
    }

    /// Appends an attribute with the padding it needs.
    public mutating func append(attribute kind: UInt16, _ payload: some Collection<UInt8>) {
        append(UInt16(NetlinkAttribute.headerLength + payload.count))
        append(kind)
        append(payload)
        append(repeatElement(0, count: payload.count.aligned - payload.count))
    }

    /// What the answer will carry.
    public var sequence: UInt32 {
        get { bytes.span.number(at: 8) }
        set { set(newValue, at: 8) }
    }

    private mutating func set(_ number: UInt32, at offset: Int) {
        guard bytes.count >= offset + 4 else { return }
        bytes.replaceSubrange(offset..<(offset + 4), with: number.inMachineOrder)
    }
}

extension FixedWidthInteger {
    /// Its bytes as the machine holds them.
    var inMachineOrder: [UInt8] { withUnsafeBytes(of: self) { Array($0) } }
}
