internal import Glibc
internal import ProcFormats
internal import SystemPackage
internal import Units

/// Reads the routing tables of a network namespace, and asks for the way to one peer. Belongs to
/// one thread.
final class RouteReader {
    /// A router of the Internet's core has a million routes: nobody reads them here.
    static let mostRoutes = 10_000

    private let socket: NetlinkSocket

    /// - Parameter socket: one of `.route`, opened in the namespace.
    init(socket: NetlinkSocket) { self.socket = socket }

    /// All tables.
    func read() throws(Errno) -> RoutingReading {
        let names = try interfaces().mapValues(\.name)
        var reading = RoutingReading()
        for isV6 in [false, true] {
            var routes: [Route] = []
            do throws(Errno) {
                try socket.ask(RouteMessage.request(v6: isV6)) { message, bytes in
                    guard let route = try? RouteMessage(message, in: bytes), !route.isCached
                    else { return }
                    let room = Self.mostRoutes - reading.routes.count - routes.count
                    let all = Route.each(of: route, names: names)
                    routes += all.prefix(room)
                    reading.isCut = reading.isCut || all.count > room
                }
            } catch {
                // A kernel without version 6 has no routes of it.
                guard isV6 else { throw error }
            }
            reading.routes += routes.sorted(by: Route.comesFirst)
        }
        return reading
    }

    /// The way to `peer`, as `ip route get` shows it.
    func route(to peer: IPAddress) -> ChosenRoute {
        do throws(Errno) {
            let interfaces = try interfaces()
            let names = interfaces.mapValues(\.name)
            var chosen: Route?
            try socket.ask(RouteMessage.request(to: peer.unmapped)) { message, bytes in
                guard let route = try? RouteMessage(message, in: bytes) else { return }
                chosen = Route.each(of: route, names: names).first
            }
            guard let chosen else { throw Errno.networkUnreachable }
            return ChosenRoute(
                peer: peer, result: .success(chosen),
                interfaceMTU: chosen.interface.flatMap { interfaces[$0]?.mtu })
        } catch {
            return ChosenRoute(
                peer: peer, result: .failure(ChosenRoute.RouteFailure(errno: error.rawValue)))
        }
    }

    private func interfaces() throws(Errno) -> [UInt32: LinkMessage] {
        Dictionary(try socket.links().map { ($0.index, $0) }) { $1 }
    }
}

extension Route {
    /// A route for each next hop, or one that leads nowhere.
    static func each(of message: RouteMessage, names: [UInt32: String]) -> [Route] {
        let hops = message.hops.isEmpty ? [RouteMessage.Hop()] : message.hops
        return hops.map { hop in
            Route(
                destination: message.destination, prefixLength: message.prefixLength,
                isV6: message.isV6, gateway: hop.gateway, interface: hop.interface,
                interfaceName: hop.interface.flatMap { names[$0] }, source: message.source,
                metric: message.metric, table: message.table,
                kind: RouteNames.kind(message.kind), origin: RouteNames.origin(message.origin),
                mtu: message.mtu)
        }
    }

    /// The main table, then others, and the addresses of the machine itself last, which are what
    /// one looks for least.
    static func comesFirst(_ a: Route, _ b: Route) -> Bool {
        func rank(_ route: Route) -> (Int, UInt32, Int, UInt64, UInt64, UInt32) {
            let table = route.table
            return (
                table == 254 ? 0 : table == 255 ? 2 : 1, table, -Int(route.prefixLength),
                route.destination?.high ?? 0, route.destination?.low ?? 0, route.metric ?? 0
            )
        }
        return rank(a) < rank(b)
    }
}

/// Numbers of routes by the names that `ip route` prints.
enum RouteNames {
    /// RTN_ of `include/uapi/linux/rtnetlink.h`.
    static func kind(_ number: UInt8) -> String {
        let names = [
            "none", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole",
            "unreachable", "prohibit", "throw", "nat", "xresolve",
        ]
        return Int(number) < names.count ? names[Int(number)] : "\(number)"
    }

    /// RTPROT_, as `/etc/iproute2/rt_protos` has them.
    static func origin(_ number: UInt8) -> String {
        switch number {
        case 0: "unspec"
        case 1: "redirect"
        case 2: "kernel"
        case 3: "boot"
        case 4: "static"
        case 8: "gated"
        case 9: "ra"
        case 10: "mrt"
        case 11: "zebra"
        case 12: "bird"
        case 13: "dnrouted"
        case 14: "xorp"
        case 15: "ntk"
        case 16: "dhcp"
        case 18: "keepalived"
        case 42: "babel"
        case 99: "openr"
        case 186: "bgp"
        case 187: "isis"
        case 188: "ospf"
        case 189: "rip"
        case 192: "eigrp"
        default: "\(number)"
        }
    }
}
