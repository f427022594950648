public import Units

/// The routing tables of a namespace; `rtnetlink(7)`.
public struct RoutingReading: Codable, Sendable {
    /// Version 4 first; in each the main table first, then others, the most specific route first.
    public var routes: [Route]
    /// The way to the peer that was asked for.
    public var chosen: ChosenRoute?
    /// More routes than are kept, 10,000: only the first are here.
    public var isCut: Bool

    public init(routes: [Route] = [], chosen: ChosenRoute? = nil, isCut: Bool = false) {
        self.routes = routes
        self.chosen = chosen
        self.isCut = isCut
    }
}

public struct Route: Hashable, Codable, Sendable {
    /// Nil for the default route.
    public var destination: IPAddress?
    public var prefixLength: UInt8
    public var isV6: Bool
    public var gateway: IPAddress?
    /// The interface's index and name; nil for a route that leads nowhere.
    public var interface: UInt32?
    public var interfaceName: String?
    public var source: IPAddress?
    public var metric: UInt32?
    /// 254 is main, 255 local; `/etc/iproute2/rt_tables`.
    public var table: UInt32
    /// "unicast", "local", "broadcast", "blackhole", "unreachable" ...: `enum` RTN_.
    public var kind: String
    /// Who made it: "kernel", "boot", "static", "dhcp", "ra" ...: RTPROT_.
    public var origin: String
    /// `RTAX_MTU`; nil where the interface's holds.
    public var mtu: UInt32?

    public init(
        destination: IPAddress?, prefixLength: UInt8, isV6: Bool, gateway: IPAddress? = nil,
        interface: UInt32? = nil, interfaceName: String? = nil, source: IPAddress? = nil,
        metric: UInt32? = nil, table: UInt32 = 254, kind: String = "unicast",
        origin: String = "kernel", mtu: UInt32? = nil
    ) {
        self.destination = destination
        self.prefixLength = prefixLength
        self.isV6 = isV6
        self.gateway = gateway
        self.interface = interface
        self.interfaceName = interfaceName
        self.source = source
        self.metric = metric
        self.table = table
        self.kind = kind
        self.origin = origin
        self.mtu = mtu
    }
}

/// What the kernel answers when it is asked for the way to an address, as `ip route get` shows it.
public struct ChosenRoute: Codable, Sendable {
    public var peer: IPAddress
    @CodableResult public var result: Result<Route, RouteFailure>
    /// Of the interface it takes.
    public var interfaceMTU: UInt32?

    public struct RouteFailure: Error, Hashable, Codable, Sendable {
        /// ENETUNREACH: no route leads there.
        public var errno: Int32

        public init(errno: Int32) { self.errno = errno }
    }

    public init(
        peer: IPAddress, result: Result<Route, RouteFailure>, interfaceMTU: UInt32? = nil
    ) {
        self.peer = peer
        self.result = result
        self.interfaceMTU = interfaceMTU
    }

    /// What fits: of the route, learnt from the way or set, else of the interface.
    public var mtu: UInt32? { (try? result.get())?.mtu ?? interfaceMTU }
}
