/// An interface as RTM_NEWLINK tells of it: `rtnetlink(7)`, `struct ifinfomsg` and IFLA_ attributes
/// of `include/uapi/linux/if_link.h`.
public struct LinkMessage: Hashable, Sendable {
    public var index: UInt32
    public var name: String
    /// In bytes.
    public var mtu: UInt32?
    /// The bond or bridge that it belongs to, by index; nil where it stands alone.
    public var master: UInt32?
    /// IFF_UP and IFF_LOOPBACK.
    public var isUp: Bool
    public var isLoopback: Bool
    /// Nil where the kernel sends none.
    public var statistics: Statistics?

    /// `struct rtnl_link_stats64`, by the names there.
    public struct Statistics: Hashable, Sendable {
        public var receivedPackets: UInt64
        public var sentPackets: UInt64
        /// `rx_dropped` and `tx_dropped`.
        public var dropped: UInt64
        public var sendDropped: UInt64
        /// `rx_missed_errors`.
        public var missed: UInt64
        /// `rx_over_errors` and `rx_fifo_errors` together.
        public var overrun: UInt64
        /// `rx_crc_errors`, `rx_frame_errors` and `rx_length_errors` together.
        public var damaged: UInt64
    }

    /// The kind of the messages, and of the request for them.
    public static let kind: UInt16 = 16
    public static let requestKind: UInt16 = 18

    /// Asks for every interface.
    public static var request: NetlinkRequest {
        var request = NetlinkRequest(kind: requestKind, isDump: true)
        request.append(repeatElement(0, count: headerLength))
        return request
    }

    private static let headerLength = 16

    /// Parses a message; nil if it is of another kind.
    public init?(_ message: NetlinkMessage, in bytes: Span<UInt8>) throws(ParseError) {
        guard message.kind == Self.kind else { return nil }
        var offset = message.payload.lowerBound
        guard message.payload.count >= Self.headerLength else {
            throw ParseError(.truncated, at: offset)
        }
        index = bytes.number(at: offset + 4)
        let flags: UInt32 = bytes.number(at: offset + 8)
        isUp = flags & 1 != 0
        isLoopback = flags & 8 != 0
        name = ""
        offset += Self.headerLength
        while let attribute = try NetlinkAttribute(
            nextIn: bytes, at: &offset, before: message.payload.upperBound)
        {
            switch attribute.kind {
            case 3: name = attribute.text(in: bytes)  // IFLA_IFNAME
            case 4: mtu = attribute.number(in: bytes)  // IFLA_MTU
            case 10: master = attribute.number(in: bytes)  // IFLA_MASTER
            case 23: statistics = Statistics(attribute, in: bytes)  // IFLA_STATS64
            default: break
            }
        }
    }
}

extension LinkMessage.Statistics {
    fileprivate init?(_ attribute: NetlinkAttribute, in bytes: Span<UInt8>) {
        // The places of the first 16 of its numbers, which every kernel with this attribute has.
        func number(_ place: Int) -> UInt64 {
            attribute.number(in: bytes, at: place * 8) ?? 0
        }
        guard attribute.payload.count >= 16 * 8 else { return nil }
        receivedPackets = number(0)
        sentPackets = number(1)
        dropped = number(6)
        sendDropped = number(7)
        damaged = number(10) &+ number(12) &+ number(13)
        overrun = number(11) &+ number(14)
        missed = number(15)
    }
}
