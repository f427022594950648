import Glibc
import Testing
import Units

@testable import ProcSampling

/// Beside `ip` and `nstat`, in a namespace where nobody else sends anything.
@Suite(
    .serialized, .needsNamespace)
struct LiveNetworkTests {
    /// One with a pair of interfaces, and routes of every kind.
    private func namespace() async throws -> TestNamespace {
        let namespace = try TestNamespace("counters")
        try await namespace.run {
            for line in [
                "link set lo up",
                "link add left mtu 1450 type veth peer name right",
                "link set left up",
                "link set right up",
                "address add 10.77.0.1/24 dev left",
                "address add fd00:77::1/64 dev left nodad",
                "route add default via 10.77.0.254",
                "route add 10.78.0.0/16 via 10.77.0.2 mtu 1400 metric 20",
                "route add blackhole 10.79.0.0/16",
                "route add 10.80.0.0/16 nexthop via 10.77.0.2 nexthop via 10.77.0.3",
                "route add 10.81.0.0/24 dev left table 77 proto static src 10.77.0.1",
                "route add unreachable 10.82.0.0/16",
                "-6 route add fd00:78::/48 via fd00:77::2 mtu 1300 proto bird",
            ] { try output(of: "ip " + line) }
        }
        return namespace
    }

    /// A datagram for a port where nobody listens.
    private static func sendToNobody() {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(9).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(descriptor, "x", 1, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func procReader() throws -> ProcReader { ProcReader(root: try ProcRoot()) }

    @Test func countersAreThoseOfNstat() async throws {
        try await namespace().run {
            for _ in 0..<5 { Self.sendToNobody() }
            let reader = CounterReader(reader: try Self.procReader(), folder: .thread)
            let before = reader.read().counters
            let text = try output(of: "nstat -asz")
            Self.sendToNobody()
            let after = reader.read().counters
            var theirs: [Substring: UInt64] = [:]
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                if words.count > 1, let number = UInt64(words[1]) { theirs[words[0]] = number }
            }
            var compared = 0
            for counter in NetworkCounter.allCases {
                let name = String(counter.rawValue.filter { $0 != "." })
                guard let number = theirs[name[...]] else { continue }
                let low = try #require(before[counter], "\(name)").total
                let high = try #require(after[counter], "\(name)").total
                #expect(low <= number && number <= high, "\(name): \(low)...\(high), \(number)")
                compared += 1
            }
            #expect(compared >= 45)
            #expect(before[.udpNoPorts]?.total == 5)
            #expect(theirs["UdpNoPorts"] == 5)
            #expect(after[.udpNoPorts]?.sinceStart == 1)
            #expect(after[.icmpUnreachableSent]?.total == 6)
        }
    }

    @Test func limitsAreThoseOfSysctl() async throws {
        try await namespace().run {
            try output(of: "sysctl -qw net.core.somaxconn=333")
            let limits = CounterReader(reader: try Self.procReader(), folder: .thread).read().limits
            #expect(limits.acceptQueueMost == 333)
            let fragments = try output(of: "sysctl -n net.ipv4.ipfrag_high_thresh")
            #expect(limits.fragmentMemoryMost == UInt64(fragments.dropLast()))
            #expect(limits.fragmentMemoryUsed == 0)
        }
        let limits = CounterReader(reader: try Self.procReader(), folder: .thread).read().limits
        let most = try output(of: "sysctl -n net.core.rmem_max")
        #expect(limits.receiveBufferMost == UInt64(most.dropLast()))
        #expect(limits.acceptQueueMost != 333)
        #expect(limits.udpMemoryMost != nil && limits.udpMemoryUsed != nil)
    }

    @Test func interfacesAreThoseOfIP() async throws {
        try await namespace().run {
            Self.sendToNobody()
            let socket = try NetlinkSocket(.route)
            let reader = InterfaceReader(
                reader: try Self.procReader(), folder: .thread, socket: socket)
            let interfaces = reader.read()
            let lines = try output(of: "ip -o link").split(separator: "\n")
            #expect(lines.count == interfaces.count)
            for line in lines {
                let words = line.split(separator: " ")
                let index = try #require(UInt32(words[0].dropLast()))
                let sample = try #require(interfaces.first { $0.id == index })
                #expect(words[1].hasPrefix(sample.name))
                let mtu = try #require(words.firstIndex(of: "mtu"))
                #expect(sample.mtu == UInt32(words[mtu + 1]))
                #expect(sample.isUp == words[2].contains("UP"))
                #expect(sample.isLoopback == (sample.name == "lo"))
            }
            let loopback = try #require(interfaces.first { $0.isLoopback })
            #expect(loopback.receivedPackets.total == 2, "the datagram and the answer")
            #expect(loopback.receivedPackets.rate == nil)

            usleep(50_000)
            Self.sendToNobody()
            let later = try #require(reader.read().first { $0.isLoopback })
            #expect(later.receivedPackets.sinceStart == 2)
            #expect(try #require(later.receivedPackets.rate) > .zero)

            let listed = InterfaceReader(
                reader: try Self.procReader(), folder: .thread, socket: nil
            ).read()
            #expect(Set(listed.map(\.name)) == Set(interfaces.map(\.name)))
            let other = try #require(listed.first { $0.isLoopback })
            #expect(other.receivedPackets == Counted(total: later.receivedPackets.total))
            #expect(other.mtu == nil)
        }
    }

    @Test func membersOfABridgeNameIt() async throws {
        try await TestNamespace("bridge").run {
            for line in ["link add bridge type bridge", "link add member master bridge type veth"] {
                try output(of: "ip " + line)
            }
            let interfaces = InterfaceReader(
                reader: try Self.procReader(), folder: .thread, socket: try NetlinkSocket(.route)
            ).read()
            let bridge = try #require(interfaces.first { $0.name == "bridge" })
            #expect(bridge.master == nil)
            #expect(interfaces.first { $0.name == "member" }?.master == bridge.id)
            #expect(interfaces.count { $0.master != nil } == 1)
        }
    }

    /// What `ip route` prints of a route, in words; first where it leads.
    private static func words(_ route: Route) -> [String] {
        let isHost = route.prefixLength == (route.isV6 ? 128 : 32)
        var words = [
            route.destination.map { isHost ? "\($0)" : "\($0)/\(route.prefixLength)" } ?? "default"
        ]
        if route.kind != "unicast" { words.append(route.kind) }
        if let gateway = route.gateway { words += ["via", "\(gateway)"] }
        if let name = route.interfaceName { words += ["dev", name] }
        if route.table == 255 { words += ["table", "local"] }
        if route.table != 255, route.table != 254 { words += ["table", "\(route.table)"] }
        if route.origin != "boot" { words += ["proto", route.origin] }
        if let metric = route.metric { words += ["metric", "\(metric)"] }
        if let source = route.source { words += ["src", "\(source)"] }
        if let mtu = route.mtu { words += ["mtu", "\(mtu)"] }
        return words
    }

    /// The lines of `ip route`, one for each next hop, in words; first where it leads.
    private static func lines(of text: String) -> [[String]] {
        var lines: [[String]] = []
        for line in text.split(separator: "\n") {
            // The hops stand behind backslashes.
            let parts = line.split(separator: "\\")
            for hop in parts.count == 1 ? [""] : parts.dropFirst() {
                var words = (parts[0] + " " + hop).split(whereSeparator: \.isWhitespace)
                    .map(String.init)
                let isDestination = words[0] == "default" || words[0].contains { ".:".contains($0) }
                if !isDestination { words.swapAt(0, 1) }
                lines.append(words)
            }
        }
        return lines
    }

    @Test func routesAreThoseOfIP() async throws {
        try await namespace().run {
            let reading = try RouteReader(socket: try NetlinkSocket(.route)).read()
            #expect(!reading.isCut)
            for version in ["-4", "-6"] {
                var lines = Self.lines(of: try output(of: "ip \(version) -o route show table all"))
                let routes = reading.routes.filter { $0.isV6 == (version == "-6") }
                #expect(routes.count == lines.count)
                for route in routes {
                    let words = Self.words(route)
                    let place = lines.firstIndex { line in
                        line[0] == words[0] && Set(words).isSubset(of: line)
                            && ["mtu", "via", "src"].allSatisfy {
                                line.contains($0) == words.contains($0)
                            }
                    }
                    if let place {
                        lines.remove(at: place)
                    } else {
                        Issue.record("ip does not show \(words): \(lines)")
                    }
                }
            }
            let fours = reading.routes.filter { !$0.isV6 }
            #expect(reading.routes.prefix(fours.count).allSatisfy { !$0.isV6 })
            let tables = fours.map(\.table)
            #expect(tables.first == 254 && tables.last == 255 && tables.contains(77))
            let main = fours.filter { $0.table == 254 }
            #expect(main.last?.destination == nil, "the default route is the least specific")
            #expect(main.first { $0.mtu != nil }?.mtu == 1400)
        }
    }

    @Test(arguments: [
        ("10.78.5.5", 1400), ("10.77.0.9", 1450), ("fd00:78::5", 1300), ("fd00:77::9", 1450),
        ("127.0.0.1", 65536), ("8.8.8.8", 1450),
    ])
    func theChosenRouteIsThatOfIP(address: String, mtu: UInt32) async throws {
        try await namespace().run {
            let peer = try #require(IPAddress(address))
            let reader = RouteReader(socket: try NetlinkSocket(.route))
            let chosen = reader.route(to: peer)
            let route = try chosen.result.get()
            #expect(chosen.mtu == mtu)
            let line = try output(of: "ip -o route get \(address)")
            let theirs = line.split(whereSeparator: \.isWhitespace)
            for (word, value) in [
                ("via", route.gateway?.description), ("dev", route.interfaceName),
                ("src", route.source?.description), ("mtu", route.mtu.map { "\($0)" }),
            ] {
                let place = theirs.firstIndex { $0 == word }
                #expect(place.map { String(theirs[$0 + 1]) } == value, "\(word) in \(line)")
            }
            #expect(theirs.contains("local") == (route.kind == "local"))
        }
    }

    @Test(arguments: [
        ("10.79.0.1", EINVAL), ("10.82.0.1", EHOSTUNREACH), ("fd99::1", ENETUNREACH),
    ])
    func noWayIsAnError(address: String, error: Int32) async throws {
        try await namespace().run {
            let peer = try #require(IPAddress(address))
            let reader = RouteReader(socket: try NetlinkSocket(.route))
            let chosen = reader.route(to: peer)
            #expect(chosen.mtu == nil)
            #expect(throws: ChosenRoute.RouteFailure(errno: error)) { try chosen.result.get() }
        }
    }
}
