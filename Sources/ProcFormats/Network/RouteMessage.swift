public import Units

/// A route as RTM_NEWROUTE tells of it: `rtnetlink(7)`, `struct rtmsg` and RTA_ attributes of
/// `include/uapi/linux/rtnetlink.h`.
public struct RouteMessage: Hashable, Sendable {
    public var isV6: Bool
    /// Nil for the default route.
    public var destination: IPAddress?
    public var prefixLength: UInt8
    /// RTA_PREFSRC: the address that packets are sent from.
    public var source: IPAddress?
    public var metric: UInt32?
    /// RTA_TABLE; 254 is main, 255 local.
    public var table: UInt32
    /// RTN_: 1 unicast, 2 local ...
    public var kind: UInt8
    /// RTPROT_: who made it.
    public var origin: UInt8
    /// RTAX_MTU of its metrics; nil where the interface's holds.
    public var mtu: UInt32?
    /// An exception to a route, learnt on the way: RTM_F_CLONED.
    public var isCached: Bool
    /// Where it leads: several of a multipath route, none of one that leads nowhere.
    public var hops: [Hop]

    public struct Hop: Hashable, Sendable {
        /// The interface's index; nil where the kernel leaves it open.
        public var interface: UInt32?
        public var gateway: IPAddress?

        public init(interface: UInt32? = nil, gateway: IPAddress? = nil) {
            self.interface = interface
            self.gateway = gateway
        }
    }

    /// The kind of the messages, and of the requests for them.
    public static let kind: UInt16 = 24
    public static let requestKind: UInt16 = 26

    private static let headerLength = 12

    /// Asks for every route of a version.
    public static func request(v6: Bool) -> NetlinkRequest {
        var request = NetlinkRequest(kind: requestKind, isDump: true)
        request.append(family(v6))
        request.append(repeatElement(0, count: headerLength - 1))
        return request
    }

    /// Asks for the way that a packet to `peer` would take now.
    public static func request(to peer: IPAddress) -> NetlinkRequest {
        var request = NetlinkRequest(kind: requestKind, isDump: false)
        let address = peer.bytes
        request.append(family(peer.isV6))
        request.append(UInt8(address.count * 8))
        request.append(repeatElement(0, count: headerLength - 2))
        request.append(attribute: Attribute.destination, address)
        return request
    }

    private static func family(_ isV6: Bool) -> UInt8 { isV6 ? 10 : 2 }

    fileprivate enum Attribute {
        static let destination: UInt16 = 1
        static let outputInterface: UInt16 = 4
        static let gateway: UInt16 = 5
        static let priority: UInt16 = 6
        static let preferredSource: UInt16 = 7
        static let metrics: UInt16 = 8
        static let multipath: UInt16 = 9
        static let table: UInt16 = 15
        /// A gateway of the other version.
        static let via: UInt16 = 18
        /// RTAX_MTU, one of the metrics.
        static let mtu: UInt16 = 2
    }

    /// Parses a message; nil if it is of another kind, or of neither version.
    public init?(_ message: NetlinkMessage, in bytes: Span<UInt8>) throws(ParseError) {
        guard message.kind == Self.kind else { return nil }
        var offset = message.payload.lowerBound
        guard message.payload.count >= Self.headerLength else {
            throw ParseError(.truncated, at: offset)
        }
        let family = bytes[offset]
        guard family == Self.family(true) || family == Self.family(false) else { return nil }
        isV6 = family == Self.family(true)
        prefixLength = bytes[offset + 1]
        table = UInt32(bytes[offset + 4])
        origin = bytes[offset + 5]
        kind = bytes[offset + 7]
        isCached = bytes.number(at: offset + 8, as: UInt32.self) & 0x200 != 0
        hops = []
        var hop = Hop()
        offset += Self.headerLength
        while let attribute = try NetlinkAttribute(
            nextIn: bytes, at: &offset, before: message.payload.upperBound)
        {
            switch attribute.kind {
            case Attribute.destination: destination = attribute.address(in: bytes)
            case Attribute.preferredSource: source = attribute.address(in: bytes)
            case Attribute.priority: metric = attribute.number(in: bytes)
            case Attribute.table: table = attribute.number(in: bytes) ?? table
            case Attribute.metrics: mtu = try Self.mtu(of: attribute, in: bytes)
            case Attribute.multipath: hops = try Self.hops(of: attribute, in: bytes)
            default: hop.take(attribute, in: bytes)
            }
        }
        if hops.isEmpty, hop != Hop() { hops = [hop] }
    }

    private static func mtu(
        of metrics: NetlinkAttribute, in bytes: Span<UInt8>
    ) throws(ParseError) -> UInt32? {
        var offset = metrics.payload.lowerBound
        while let metric = try NetlinkAttribute(
            nextIn: bytes, at: &offset, before: metrics.payload.upperBound)
        {
            if metric.kind == Attribute.mtu { return metric.number(in: bytes) }
        }
        return nil
    }

    /// `struct rtnexthop`, one after the other, each with attributes of its own.
    private static func hops(
        of multipath: NetlinkAttribute, in bytes: Span<UInt8>
    ) throws(ParseError) -> [Hop] {
        let headerLength = 8
        var hops: [Hop] = []
        var start = multipath.payload.lowerBound
        while multipath.payload.upperBound - start >= headerLength {
            let length = Int(bytes.number(at: start, as: UInt16.self))
            guard length >= headerLength else { throw ParseError(.unexpected, at: start) }
            let end = start + length
            guard end <= multipath.payload.upperBound else {
                throw ParseError(.truncated, at: start)
            }
            var hop = Hop(interface: bytes.number(at: start + 4))
            var offset = start + headerLength
            while let attribute = try NetlinkAttribute(nextIn: bytes, at: &offset, before: end) {
                hop.take(attribute, in: bytes)
            }
            hops.append(hop)
            start += length.aligned
        }
        return hops
    }
}

extension RouteMessage.Hop {
    fileprivate mutating func take(_ attribute: NetlinkAttribute, in bytes: Span<UInt8>) {
        switch attribute.kind {
        case RouteMessage.Attribute.outputInterface: interface = attribute.number(in: bytes)
        case RouteMessage.Attribute.gateway: gateway = attribute.address(in: bytes)
        case RouteMessage.Attribute.via:
            // Behind the two bytes of its version.
            gateway = attribute.address(in: bytes, from: 2)
        default: break
        }
    }
}

extension NetlinkAttribute {
    /// An address that fills it from byte `start` on; nil where that is of no known length.
    func address(in bytes: Span<UInt8>, from start: Int = 0) -> IPAddress? {
        let first = payload.lowerBound + start
        switch payload.upperBound - first {
        case 4:
            return IPAddress(v4: bytes.networkNumber(at: first))
        case 16:
            return IPAddress(
                high: bytes.networkNumber(at: first), low: bytes.networkNumber(at: first + 8))
        default:
            return nil
        }
    }
}
