import ProcFormats
import Testing
import Units

/// What `capture-routes.py` made.
@Suite("Interfaces and routes by netlink")
struct RouteFormatTests {
    private func routes(_ name: String) throws -> [RouteMessage] {
        let bytes = try Fixture.bytes("6.18.44/routes/" + name)
        return try NetlinkAnswer(bytes, RouteMessage.init).messages
    }

    private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    @Test func links() throws {
        let bytes = try Fixture.bytes("6.18.44/routes/links")
        let links = try NetlinkAnswer(bytes, LinkMessage.init).messages
        #expect(Set(links.map(\.name)).isSuperset(of: ["lo", "left", "right"]))
        let loopback = try #require(links.first { $0.name == "lo" })
        #expect(loopback.index == 1 && loopback.mtu == 65536)
        #expect(loopback.isUp && loopback.isLoopback)
        let left = try #require(links.first { $0.name == "left" })
        #expect(left.mtu == 1450 && left.isUp && !left.isLoopback)
        let statistics = try #require(left.statistics)
        #expect(statistics.sentPackets > 0 && statistics.missed == 0)
    }

    @Test func routesOfVersion4() throws {
        let routes = try routes("routes-4")
        func route(to text: String) throws -> RouteMessage {
            let address = try address(text)
            return try #require(routes.first { $0.destination == address })
        }
        let start = try #require(routes.first { $0.destination == nil })
        #expect(start.prefixLength == 0 && start.table == 254)
        #expect(start.hops.map(\.gateway) == [try address("10.77.0.254")])
        let short = try route(to: "10.78.0.0")
        #expect(short.mtu == 1400 && short.metric == 20 && short.prefixLength == 16)
        #expect(start.mtu == nil && start.metric == nil)
        let hole = try route(to: "10.79.0.0")
        #expect(hole.kind == 6 && hole.hops.isEmpty)
        let split = try route(to: "10.80.0.0")
        #expect(
            split.hops.map(\.gateway) == [try address("10.77.0.2"), try address("10.77.0.3")])
        #expect(Set(split.hops.map(\.interface)) == Set(start.hops.map(\.interface)))
        #expect(
            try route(to: "10.83.0.0").hops.map(\.gateway) == [try address("fd00:77::2")],
            "a gateway of the other version")
        let other = try route(to: "10.81.0.0")
        #expect(other.table == 777 && other.origin == 4, "a table beyond one byte")
        #expect(other.source == (try address("10.77.0.1")))
        let own = try route(to: "10.77.0.1")
        #expect(own.table == 255 && own.kind == 2 && own.prefixLength == 32)
    }

    @Test func routesOfVersion6() throws {
        let routes = try routes("routes-6")
        let address = try address("fd00:78::")
        let bird = try #require(routes.first { $0.destination == address })
        #expect(bird.isV6 && bird.prefixLength == 48 && bird.mtu == 1300 && bird.origin == 12)
        #expect(bird.hops.map(\.gateway) == [try self.address("fd00:77::2")])
    }

    @Test func theChosenRoute() throws {
        let chosen = try #require(try routes("chosen-4").first)
        #expect(chosen.destination == (try address("10.78.5.5")) && chosen.prefixLength == 32)
        #expect(chosen.mtu == 1400)
        #expect(chosen.source == (try address("10.77.0.1")))
    }

    @Test("a request is a header, zeros and the address")
    func requests() throws {
        let request = RouteMessage.request(to: try address("10.78.5.5"))
        #expect(request.bytes.count == 16 + 12 + 8)
        #expect(Array(request.bytes[16..<18]) == [2, 32])
        #expect(Array(request.bytes[28...]) == [8, 0, 1, 0, 10, 78, 5, 5])
        #expect(RouteMessage.request(v6: true).bytes[16] == 10)
        #expect(LinkMessage.request.bytes.count == 32)
    }

    @Test("a next hop that is longer than its attribute is an error")
    func damagedHop() throws {
        var request = NetlinkRequest(kind: RouteMessage.kind, isDump: false)
        request.append([2] + Array(repeating: UInt8(0), count: 11))
        request.append(attribute: 9, [200, 0, 0, 0, 1, 0, 0, 0])
        let bytes = request.bytes
        #expect(throws: ParseError.self) { try NetlinkAnswer(bytes, RouteMessage.init) }
    }
}
