public import Units

/// The largest packet that comes through to a peer whole, found by pings that may not be cut into
/// fragments.
public struct PathMTUResult: Hashable, Sendable {
    public var peer: IPAddress
    /// Some ping was answered. If none was, nothing is known of sizes.
    public var answersAtAll: Bool
    /// The largest packet that was answered, in bytes with all headers; nil where none was.
    public var pathMTU: Int?
    /// One byte more does not come through, or the interface does not allow it.
    public var isExact: Bool
    /// The kernel, or a router by ICMP, said that more is too long. If not, what is longer vanishes
    /// without a word: a black hole.
    public var isICMPReported: Bool
    /// The router that said so; nil where the kernel knew.
    public var reporter: IPAddress?
    /// Where the way begins, as far as it is known.
    public var interfaceName: String?
    public var interfaceMTU: Int?
    public var time: WallTime

    public init(
        peer: IPAddress, answersAtAll: Bool, pathMTU: Int? = nil, isExact: Bool = true,
        isICMPReported: Bool = false, reporter: IPAddress? = nil, interfaceName: String? = nil,
        interfaceMTU: Int? = nil, time: WallTime
    ) {
        self.peer = peer
        self.answersAtAll = answersAtAll
        self.pathMTU = pathMTU
        self.isExact = isExact
        self.isICMPReported = isICMPReported
        self.reporter = reporter
        self.interfaceName = interfaceName
        self.interfaceMTU = interfaceMTU
        self.time = time
    }
}

extension PathMTUResult {
    /// Bytes of headers in a packet before the payload of UDP, or of a ping: both have 8 of their
    /// own.
    public static func headers(isV6: Bool) -> Int { isV6 ? 40 + 8 : 20 + 8 }

    /// No packet of version 4 is longer, whatever the interface allows.
    private static let longestPacket = 65535

    /// What fits into one datagram of UDP without fragments.
    public var datagramPayload: Int? {
        pathMTU.map { max(0, $0 - Self.headers(isV6: peer.isV6)) }
    }

    /// Something on the way lets less through than the interface; nil where that is not known.
    public var isBelowInterface: Bool? {
        guard let pathMTU, let interfaceMTU, isExact else { return nil }
        return pathMTU < min(interfaceMTU, Self.longestPacket)
    }

    /// For people: "path MTU to 10.1.2.3 is 1400 bytes (UDP payload 1372); the interface veth0
    /// allows 1500".
    public var sentence: String {
        guard let pathMTU, let datagramPayload else {
            return "\(peer) does not answer pings: its path MTU is unknown"
        }
        var text = "path MTU to \(peer) is \(isExact ? "" : "at least ")\(pathMTU) bytes"
        text += " (UDP payload \(datagramPayload))"
        let interface = "the interface" + (interfaceName.map { " " + $0 } ?? "")
        if isBelowInterface == false {
            text += ", as much as \(interface) allows"
        } else if let interfaceMTU {
            text += "; \(interface) allows \(interfaceMTU)"
        }
        if !isExact { text += "; not all larger sizes could be tried" }
        if isBelowInterface == true, !isICMPReported {
            text += "; longer packets are dropped silently"
        }
        return text
    }
}
