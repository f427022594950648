import Fields
import Probes
import Diagnosis
import ProcFormats
import ProcSampling
import Screen
import TestSupport
import Testing
import Units

@testable import Dashboard

/// Views 4 and 5 in use.
struct NetworkTests {
    private func wish(_ scene: Scene) -> NetworkWish { scene.state.wantedInterest().network }

    // MARK: Lists

    @Test func numbersLeadToSocketsAndUDP() {
        var scene = Scene.network(place: .overview)
        #expect(wish(scene).tables.isEmpty)
        scene.press(.character("4"))
        #expect(scene.state.place == .sockets(of: nil))
        #expect(wish(scene).tables == .all)
        scene.press(.character("5"))
        #expect(scene.state.place == .udp)
        #expect(wish(scene).tables == .udp)
        #expect(wish(scene).follows == [Edge07.id(5), Edge07.id(6)])
    }

    @Test(
        arguments: [
            (":12201", [5]), ("close_wait", [2]), ("streamd", [1, 2, 3, 6, 7]),
            ("2214", [1, 2, 3, 6, 7]),
            ("10.9.1.", [2, 4]), ("9092", [3]), ("udp", [5, 6]), ("evil", [8]), ("7003", [3]),
            ("nothing", []),
        ] as [(String, [UInt64])])
    func anyPartFilters(text: String, cookies: [UInt64]) {
        var scene = Scene.network(columns: 160)
        scene.press(.character("/"))
        scene.type(text)
        let ids = scene.state.level.list.rows.map(\.id)
        #expect(Set(ids) == Set(cookies.map { .socket(Edge07.id($0)) }), "\(scene)")
    }

    @Test func lossesComeFirstInUDP() {
        let scene = Scene.network(place: .udp) { reading in
            reading.sockets.sockets.reverse()
        }
        #expect(scene.row(3).hasPrefix(">:12201"), "\(scene)")
        #expect(scene.row(3).contains("212!"), "\(scene)")
    }

    @Test func selectionStaysOnItsSocket() {
        var scene = Scene.network()
        scene.press(.down, .down)
        let selected = scene.state.level.list.selected
        #expect(selected != nil)
        scene.wait(.seconds(6))
        scene.sample(1) { snapshot in
            snapshot.network = Edge07.network(number: 90, at: snapshot.moment)
            snapshot.network?.sockets.sockets.reverse()
        }
        #expect(scene.state.level.list.selected == selected)
        // It closes: none is selected until one moves, to the row that has come into its place.
        scene.sample(1) { snapshot in
            snapshot.network?.number = 91
            snapshot.network?.sockets.sockets.removeAll { .socket($0.id) == selected }
        }
        #expect(scene.state.level.list.selectedIndex == nil)
        scene.press(.down)
        #expect(scene.state.level.list.selected != selected)
        #expect(scene.state.level.list.selectedIndex != nil)
    }

    @Test func orderIsHeldUnderAFinger() {
        var scene = Scene.network()
        scene.press(.down)
        let before = scene.state.level.list.rows.map(\.id)
        scene.sample(1) { snapshot in
            snapshot.network = Edge07.network(number: 90, at: snapshot.moment)
            snapshot.network?.sockets.sockets.reverse()
        }
        #expect(scene.state.level.list.rows.map(\.id) == before)
    }

    @Test(
        arguments: [
            ("receiveQueue", [5, 6, 1, 2]), ("retransmits", [3, 2]), ("local", [1, 6, 5, 2]),
            ("peer", [2, 4, 3]), ("process", [5, 1]), ("holder", [5, 7, 1, 6]),
            ("roundTrip", [3, 2]), ("drops", [5]), ("state", [2, 3]),
        ] as [(FieldID, [UInt64])])
    func everyColumnSorts(column: FieldID, first: [UInt64]) {
        var scene = Scene.network(columns: 160)
        scene.state.sort(by: column)
        scene.wait(.milliseconds(1))
        let ids = scene.state.level.list.rows.map(\.id).prefix(first.count)
        #expect(Array(ids) == first.map { .socket(Edge07.id($0)) }, "\(scene)")
    }

    @Test func hostileNamesStayInTheirRow() {
        let scene = Scene.network(columns: 160, glyphs: .blocks)
        #expect(scene.shows("@evil\\e[2J\\nname"), "\(scene)")
    }

    // MARK: Groups

    @Test func tabCountsByStateByPeerByProcess() {
        var scene = Scene.network()
        scene.press(.tab)
        #expect(scene.state.place == .socketGroups(by: .state))
        #expect(scene.shows("tcp CLOSE_WAIT"))
        scene.press(.tab)
        #expect(scene.shows("10.9.1.4"), "\(scene)")
        scene.press(.tab)
        #expect(scene.row(3).contains("5 streamd 2214"), "\(scene)")
        scene.press(.enter)
        #expect(scene.state.place == .sockets(of: .process(Scene.streamd)))
        #expect(scene.state.level.list.rows.count == 5, "\(scene)")
        #expect(scene.row(0).contains("Sockets > sockets of streamd 2214"), "\(scene)")
        scene.press(.escape, .tab)
        #expect(scene.state.place == .sockets(of: nil))
    }

    @Test func filterWorksOnGroups() {
        var scene = Scene.network()
        scene.press(.tab, .character("/"))
        scene.type("wait")
        #expect(scene.state.level.list.rows.count == 2, "\(scene)")
    }

    // MARK: Ways

    @Test func socketLeadsToItsThreadsAndBack() {
        var scene = Scene.network()
        scene.press(.character("/"))
        scene.type("51514")
        scene.press(.enter, .enter)
        #expect(scene.state.place == .socket(Edge07.id(2)))
        #expect(wish(scene).tables == .tcp)
        #expect(wish(scene).routeTo == IPAddress("10.9.1.4"))
        scene.press(.enter)
        #expect(scene.state.place == .threads(of: Scene.streamd))
        scene.press(.escape)
        #expect(scene.state.place == .socket(Edge07.id(2)))
        scene.press(.escape)
        #expect(scene.state.place == .sockets(of: nil))
        #expect(scene.state.level.list.filter == "51514")
    }

    @Test func processLeadsToItsSockets() {
        var scene = Scene.network(place: .overview)
        scene.press(.down, .home, .character("l"))
        #expect(scene.state.place == .sockets(of: .process(Scene.streamd)), "\(scene)")
        #expect(scene.state.level.list.rows.count == 5, "\(scene)")
        scene.press(.escape)
        #expect(scene.state.place == .overview)
    }

    @Test func socketWithoutAProcessSaysSo() {
        var scene = Scene.network(place: .socket(Edge07.id(4)))
        scene.press(.enter)
        #expect(scene.shows("no process holds it any more"), "\(scene)")
    }

    @Test func closedSocketKeepsItsName() {
        var scene = Scene.network(place: .udp)
        scene.press(.enter)
        scene.sample(1) { snapshot in
            snapshot.network?.number = 99
            snapshot.network?.sockets.sockets.removeAll { $0.id == Edge07.id(5) }
        }
        #expect(scene.row(0).contains("u :12201"), "\(scene)")
        #expect(scene.shows("This socket is closed"), "\(scene)")
    }

    // MARK: Names

    @Test func servicesAreNamedOnRequest() {
        var scene = Scene.network(columns: 160)
        #expect(!scene.shows(":gelf"))
        var wantsServices = false
        for case .readServices in scene.press(.character("n")) { wantsServices = true }
        #expect(wantsServices)
        let services = "gelf 12201/udp\nwrong 12201/tcp\n"
        _ = scene.state.update(
            .services(ServiceNames(parsing: Array(services.utf8).span)), at: scene.now)
        #expect(scene.shows(":gelf"), "\(scene)")
        // Numbers are found still.
        scene.press(.character("/"))
        scene.type(":12201")
        #expect(scene.state.level.list.rows.count == 1)
        scene.press(.enter, .character("n"))
        #expect(!scene.shows(":gelf"), "\(scene)")
    }

    @Test func hostsAreAskedForOnlyOnRequest() {
        var scene = Scene.network(columns: 160)
        func asked(_ effects: [Effect]) -> [IPAddress] {
            effects.flatMap { effect -> [IPAddress] in
                if case .askForNames(let addresses) = effect { addresses } else { [] }
            }
        }
        #expect(asked(scene.sample(3)).isEmpty)
        let addresses = asked(scene.press(.character("D")))
        #expect(Set(addresses.map(\.description)).isSuperset(of: ["10.9.1.4", "203.0.113.199"]))
        // Once is enough.
        #expect(asked(scene.sample(3)).isEmpty)
        for address in addresses where address.description == "10.9.1.4" {
            _ = scene.state.update(.hostName(address, "build-4.example.org"), at: scene.now)
        }
        scene.sample(1) { $0.network?.number += 1 }
        #expect(scene.shows(".example.org:51514"), "\(scene)")
        #expect(scene.shows("203.0.113.199:9092"), "\(scene)")
    }

    @Test func tabGoesThroughFindings() {
        var scene = Scene.network(place: .overview, seconds: 3)
        let count = scene.state.verdicts.findings.count
        #expect(count > 0)
        for _ in 0..<count {
            scene.press(.tab)
            #expect(scene.state.findings.selected != nil)
        }
        scene.press(.tab)
        #expect(scene.state.findings.selected == nil)
        // The finding of a socket leads to its row, which is marked.
        scene.press(.tab, .enter)
        #expect(scene.state.place == .udp, "\(scene)")
        #expect(scene.row(3).hasPrefix(">:12201"), "\(scene)")
    }

    @Test func unansweredHostsAreAskedForAgain() {
        var scene = Scene.network(columns: 160)
        func asks(_ effects: [Effect]) -> Bool {
            effects.contains { if case .askForNames = $0 { true } else { false } }
        }
        func stops(_ effects: [Effect]) -> Bool {
            effects.contains { if case .stopAsking = $0 { true } else { false } }
        }
        #expect(asks(scene.press(.character("D"))))
        #expect(stops(scene.press(.character("D"))))
        #expect(asks(scene.press(.character("D"))))
    }

    // MARK: Bursts, losses, routes

    @Test func burstIsAskedForByKey() {
        var scene = Scene.network(place: .udp)
        #expect(wish(scene).burst == nil)
        scene.press(.down, .character("b"))
        #expect(wish(scene).burst == NetworkWish.Burst(sockets: [Edge07.id(6)], number: 1))
        scene.press(.character("b"))
        #expect(wish(scene).burst?.number == 2)
        scene.press(.character("4"), .character("/"))
        scene.type("51514")
        scene.press(.enter, .enter, .character("b"))
        #expect(scene.shows("select a UDP socket first"), "\(scene)")
        #expect(wish(scene).burst?.number == 2)
    }

    @Test(arguments: [Place.udp, .socket(Edge07.id(5))])
    func whatTheBufferHoldsIsSaid(place: Place) {
        let scene = Scene.network(columns: 120, rows: 40, place: place) { reading in
            // 300 bytes each, and the headers.
            reading.counters[.ipReceived] = Counted(total: 1, rate: Rate(1000.0))
            reading.counters[.ipReceivedBytes] = Counted(total: 1, rate: Rate(328_000.0))
        }
        #expect(scene.shows("416K holds ~332 datagrams of about the mean size"), "\(scene)")
    }

    @Test func whoKeepsUpIsGivenNoAdvice() {
        let scene = Scene.network(place: .socket(Edge07.id(5))) { reading in
            reading.bursts[Edge07.id(5)]?.queue = Array(repeating: [0, 1280], count: 250)
                .flatMap(\.self)
            reading.bursts[Edge07.id(5)]?.dropped = 0
            reading.sockets.sockets[4].drops = Counted(total: 0, rate: .zero)
        }
        #expect(scene.shows("the reader keeps up"), "\(scene)")
        #expect(!scene.shows("next"), "\(scene)")
        #expect(Scene.network(place: .socket(Edge07.id(5))).shows("next"))
    }

    @Test func theStageThatLosesIsSelected() {
        var scene = Scene.network(place: .udp)
        scene.press(.character("w"))
        scene.sample(1) { $0.network?.number += 1 }
        #expect(scene.state.level.list.selected == .stage(.socket))
        #expect(scene.shows(">socket"), "\(scene)")
        #expect(!scene.shows("sort"), "\(scene)")
    }

    @Test func routesShowTheWayToAPeer() {
        var scene = Scene.network(place: .socket(Edge07.id(3)))
        scene.press(.character("r"))
        #expect(scene.state.place == .routes)
        #expect(wish(scene).wantsRoutes)
        #expect(wish(scene).routeTo == IPAddress("203.0.113.199"))
        scene.sample(1) { snapshot in
            snapshot.network?.number += 1
            snapshot.network?.routes = Edge07.routes()
            snapshot.network?.routes?.chosen = ChosenRoute(
                peer: IPAddress("203.0.113.199") ?? IPAddress(v4: 0),
                result: .success(
                    Route(
                        destination: IPAddress("203.0.113.199"), prefixLength: 32, isV6: false,
                        gateway: IPAddress("10.0.3.1"), interface: 2, interfaceName: "eth0",
                        mtu: 1400)), interfaceMTU: 1500)
        }
        #expect(scene.shows("route to 203.0.113.199: via 10.0.3.1 dev eth0"), "\(scene)")
        #expect(scene.shows("mtu 1400  ! eth0 allows 1500"), "\(scene)")
        #expect(scene.shows("eth0 allows 1500"), "\(scene)")
        scene.press(.enter)
        scene.type("nonsense")
        scene.press(.enter)
        #expect(scene.shows("an address is wanted"), "\(scene)")
        scene.press(.enter)
        scene.type("2001:db8::1")
        scene.press(.enter)
        #expect(wish(scene).routeTo == IPAddress("2001:db8::1"))
    }

    /// What a tool finds of a way is held against its interface, which is not known before `x`.
    @Test(arguments: [0, 1])
    func theRouteIsReadForTools(keysBefore: Int) {
        var scene = Scene.network(place: .sockets(of: nil))
        scene.press(.character("/"))
        scene.type("9092")
        scene.press(.enter)
        #expect(wish(scene).routeTo == nil)
        scene.press(.character("x"))
        for _ in 0..<keysBefore { scene.press(.enter) }
        let peer = IPAddress("203.0.113.199") ?? IPAddress(v4: 0)
        #expect(wish(scene).routeTo == peer)
        scene.sample(1) { snapshot in
            snapshot.network?.number += 1
            let route = Route(
                destination: peer, prefixLength: 32, isV6: false, interface: 2,
                interfaceName: "eth0")
            snapshot.network?.routes = RoutingReading(
                chosen: ChosenRoute(peer: peer, result: .success(route), interfaceMTU: 1500))
        }
        let effects = (keysBefore...1).flatMap { _ in scene.press(.enter) }
        let target = effects.lazy.compactMap { effect -> PeerTarget? in
            guard case .startTool(_, .peer(let target), _) = effect else { return nil }
            return target
        }.first
        #expect(target?.address == peer)
        #expect(target?.interfaceName == "eth0")
        #expect(target?.interfaceMTU == 1500)
    }

    // MARK: Namespaces

    @Test func namespacesAreChosenFromAList() {
        var scene = Scene.network(columns: 100)
        scene.press(.character("N"))
        #expect(wish(scene).wantsNamespaces)
        let other = NetworkNamespace(
            id: NamespaceID(4_026_532_000), names: ["web"], process: Edge07.edged,
            processCount: 3)
        scene.sample(1) { snapshot in
            let own = snapshot.network?.namespace
            snapshot.network?.number += 1
            snapshot.network?.namespaces = NamespaceList(
                namespaces: [own, other].compactMap(\.self), deniedProcesses: 2)
        }
        #expect(scene.shows("netns web"), "\(scene)")
        #expect(scene.shows("3+ processes: /usr/bin/journald"), "\(scene)")
        #expect(scene.shows("namespace of 2 processes unknown: no permission"), "\(scene)")
        scene.press(.down, .enter)
        #expect(wish(scene).namespace == other.id)
        #expect(!wish(scene).wantsNamespaces)
        // It is the one on show everywhere, and the Overview says so.
        scene.press(.character("5"))
        #expect(wish(scene).namespace == other.id)
        scene.press(.character("1"))
        #expect(wish(scene).namespace == other.id)
        scene.sample(1) { $0.network?.namespace = other }
        #expect(scene.shows("UDP netns web: 8.1k/s in"), "\(scene)")
        // A mark has its reason, whatever else has room.
        #expect(scene.shows("212 drops/s"), "\(scene)")
    }

    @Test func theNamespaceStaysOnTheWayToThreads() {
        var scene = Scene.network()
        let web = NetworkNamespace(id: NamespaceID(7), names: ["a b;reboot"], processCount: 1)
        scene.state.enter(web)
        scene.press(.home, .character("t"))
        #expect(scene.state.place == .threads(of: Scene.streamd), "\(scene)")
        #expect(wish(scene).namespace == web.id)
        #expect(wish(scene).tables.isEmpty)
        // What one pastes into a shell is one word.
        scene.press(.escape)
        scene.sample(1) { snapshot in
            snapshot.network?.number += 1
            snapshot.network?.namespace = web
        }
        scene.press(.character("y"))
        #expect(scene.shows("ip netns exec 'a b;reboot' ss -anpie"), "\(scene)")
    }

    @Test func burstsAreNeverCountedAnew() {
        var scene = Scene.network(place: .udp)
        scene.press(.character("b"))
        scene.state.enter(NetworkNamespace(id: NamespaceID(7), processCount: 1))
        #expect(wish(scene).burst == nil)
        scene.press(.home, .character("b"))
        #expect(wish(scene).burst?.number == 2)
    }

    // MARK: What is lacking

    @Test func aSocketThatIsNotReadIsNotCalledClosed() {
        let scene = Scene.network(place: .socket(Edge07.id(5))) {
            $0.sockets = SocketReading(tables: .all, isTorn: true)
        }
        #expect(scene.shows("reading sockets ..."), "\(scene)")
        let failed = Scene.network(place: .socket(Edge07.id(5))) {
            $0.sockets = SocketReading(tables: .all)
            $0.failure = .vanished(path: "/run/netns/web")
        }
        #expect(failed.shows("cannot be read any more"), "\(failed)")
    }

    @Test func whatRootWouldAddIsSaidOnce() {
        let scene = Scene.network { $0.sockets.owners.deniedProcesses = 12 }
        let lines = (0..<24).filter { scene.row($0).contains("root would add") }
        #expect(lines.count == 1, "\(scene)")
    }

    @Test func sourceWithoutFiguresIsNamed() {
        let scene = Scene.network { $0.sockets.source = .files(reason: "no module tcp_diag") }
        #expect(scene.shows("from /proc/net: no module tcp_diag"), "\(scene)")
    }

    @Test func vanishedNamespaceIsSaid() {
        let scene = Scene.network {
            $0.failure = .vanished(path: "/run/netns/web")
            $0.sockets = SocketReading()
        }
        #expect(scene.shows("that namespace is gone: N chooses another"), "\(scene)")
    }

    @Test func steppedBackTheSocketsOfThenAreThere() {
        var scene = Scene.network()
        let before = scene.rows(1..<23)
        scene.sample(1) { $0.network?.sockets.sockets.removeLast(4) }
        #expect(scene.rows(1..<23) != before)
        scene.press(.character("["))
        scene.sample(1)
        #expect(scene.rows(1..<23) == before, "\(scene)")
    }

    @Test func beforeTheFirstReadingItSaysSo() {
        var scene = Scene(place: .sockets(of: nil))
        scene.sample(1)
        #expect(scene.shows("reading sockets ..."), "\(scene)")
        scene.press(.character("5"))
        #expect(scene.shows("reading sockets ..."), "\(scene)")
    }
}
