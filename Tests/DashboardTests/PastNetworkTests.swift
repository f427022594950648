import Diagnosis
import ProcSampling
import Screen
import TestSupport
import Testing
import Units

@testable import Dashboard

/// Networks at a moment before, and while the screen stands.
struct PastNetworkTests {
    private static let found: SocketTables = [.udp, .listening, .closeWait]

    /// What is read while no view shows sockets.
    private static func remnant(_ reading: inout NetworkReading) {
        reading.sockets.tables = found
        reading.sockets.sockets.removeAll {
            $0.transport != .udp
                && !($0.transport == .tcp && ($0.state == .listen || $0.state == .closeWait))
        }
    }

    @Test func aScreenThatStandsChangesNothingInWhatIsRead() {
        var scene = Scene.network()
        scene.state.enter(NetworkNamespace(id: NamespaceID(7), processCount: 1))
        let live = scene.state.wantedInterest()
        #expect(live.network.tables == .all && live.network.namespace == NamespaceID(7))
        scene.press(.character("z"))
        #expect(scene.state.wantedInterest() == live)
        scene.press(.character("["), .character("["))
        #expect(scene.state.wantedInterest() == live)
    }

    @Test(arguments: [Place.sockets(of: nil), .socketGroups(by: .state)])
    func whatWasNotReadIsNotCounted(place: Place) {
        var scene = Scene.network(place: place, change: Self.remnant)
        scene.sample(2) { snapshot in
            snapshot.network = Edge07.network(number: snapshot.sequence, at: snapshot.moment)
        }
        scene.press(.character("["), .character("["))
        #expect(scene.row(1).contains("tcp - udp 2 unix - raw - packet -"), "\(scene)")
        let lack = "not read at this moment: tcp except LISTEN and CLOSE_WAIT; unix, raw, packet"
        #expect(scene.shows(lack), "\(scene)")
        #expect(!scene.shows("recorded:"), "\(scene)")
        if place == .socketGroups(by: .state) { #expect(scene.row(3).contains(lack), "\(scene)") }
        scene.press(.character("]"))
        #expect(scene.row(1).contains("tcp 4 udp 2 unix 2"), "\(scene)")
        #expect(!scene.shows("not read"), "\(scene)")
    }

    @Test func aListWithoutRowsSaysThatItWasNotRead() {
        var scene = Scene.network {
            $0.sockets = SocketReading(tables: Self.found)
        }
        scene.press(.character("z"))
        let lack = "not read at this moment: tcp except LISTEN and CLOSE_WAIT; unix, raw, packet"
        #expect(scene.row(3).contains(lack), "\(scene)")
        #expect(!scene.shows("reading sockets"), "\(scene)")
        var udp = Scene.network(place: .udp) { $0.sockets = SocketReading(tables: [.listening]) }
        udp.press(.character("z"))
        #expect(udp.row(3).contains("not read at this moment: udp"), "\(udp)")
    }

    @Test func whatIsOlderThanTheMomentIsCalledSo() {
        var scene = Scene.network(place: .udp) { reading in
            Self.remnant(&reading)
            reading.sockets.fromBefore = Self.found
        }
        #expect(!scene.shows("as read some seconds before"), "\(scene)")
        scene.press(.character("["))
        #expect(scene.shows("as read some seconds before: udp"), "\(scene)")
        #expect(scene.shows(":12201"), "\(scene)")
    }

    /// The sampler reads networks beside the refresh: the moment comes first with what was read
    /// before, then again.
    @Test(arguments: [Place.udp, .sockets(of: nil), .losses, .overview])
    func liveFrozenAndSteppedBackAreEqual(place: Place) {
        var scene = Scene.network(rows: 30, place: place, seconds: 0)
        func network(_ snapshot: Snapshot, drops: UInt64) -> NetworkReading {
            var reading = Edge07.network(number: Int(drops), at: snapshot.moment)
            let dropped = Counted(
                total: 9148 + drops, rate: Rate(Double(drops)), sinceStart: 9148 + drops)
            reading.sockets.sockets[4].drops = dropped
            reading.sockets.sockets[4].receiveQueue = 1000 * drops
            reading.counters[.udpErrors] = dropped
            reading.counters[.udpBufferErrors] = dropped
            return reading
        }
        func refresh(_ drops: UInt64) {
            scene.sample { $0.network = network($0, drops: drops - 1) }
            var again = scene.snapshot
            again.network = network(again, drops: drops)
            _ = scene.state.update(.sample(again), at: scene.now)
        }
        for second in 1...20 { refresh(UInt64(100 + 10 * second)) }
        let live = scene.rows(1..<29)
        scene.press(.character("z"))
        #expect(scene.rows(1..<29) == live, "\(scene)")
        refresh(500)
        refresh(600)
        #expect(scene.rows(1..<29) == live, "\(scene)")
        scene.press(.character("["))
        #expect(scene.rows(1..<29) != live, "\(scene)")
        scene.press(.character("]"))
        #expect(scene.rows(1..<29) == live, "\(scene)")
    }

    /// Whoever presses `z` between the two sees what is recorded.
    @Test func whatComesLaterOfTheMomentIsShownThoughTheScreenStands() {
        var scene = Scene.network(place: .udp)
        scene.press(.character("z"))
        var again = scene.snapshot
        again.network?.number += 1
        again.network?.sockets.sockets[4].drops = Counted(
            total: 12_345, rate: Rate(77.0), sinceStart: 12_345)
        _ = scene.state.update(.sample(again), at: scene.now)
        #expect(scene.row(3).contains("12345"), "\(scene)")
        let frozen = scene.rows(1..<23)
        scene.sample(2)
        #expect(scene.rows(1..<23) == frozen, "\(scene)")
        scene.press(.character("["), .character("]"))
        #expect(scene.rows(1..<23) == frozen, "\(scene)")
    }

    @Test func allAreCountedThoughNotAllAreKept() {
        var scene = Scene.network { reading in
            reading.sockets.sockets += (0..<5000).map { number in
                SocketSample(
                    id: Edge07.id(UInt64(1000 + number)), transport: .tcp, local: .none,
                    peer: .none, state: .timeWait)
            }
        }
        #expect(scene.row(1).contains("tcp 5004 udp 2 unix 2"), "\(scene)")
        scene.state.size = Size(columns: 120, rows: 24)
        scene.press(.character("["))
        #expect(scene.row(1).contains("tcp 5004 udp 2 unix 2"), "\(scene)")
        #expect(scene.row(1).contains("recorded: 4,096 of 5,008 sockets kept"), "\(scene)")
        scene.press(.character("/"))
        scene.type("streamd")
        #expect(scene.state.level.list.rows.count == 5, "\(scene)")
    }

    /// Recorded rows stand in another order than the kernel's: no place in one is a place in the
    /// other.
    @Test func rowsOfOneReadingAreOrderedAnewForTheRecording() {
        var scene = Scene.network(columns: 160, seconds: 3) { $0.sockets.sockets.reverse() }
        scene.sample()
        func shown(_ scene: Scene) -> [String] { scene.rows(2..<23).map { String($0.dropFirst()) } }
        let live = Set(shown(scene))
        scene.press(.character("["))
        #expect(Set(shown(scene)) == live, "\(scene)")
        scene.press(.character("]"))
        #expect(Set(shown(scene)) == live, "\(scene)")
    }

    @Test func routesAreNotRecorded() {
        var scene = Scene.network(place: .routes) { $0.routes = Edge07.routes() }
        scene.press(.enter)
        scene.type("10.9.9.9")
        scene.press(.enter)
        #expect(scene.shows("asking for the route to 10.9.9.9"), "\(scene)")
        scene.press(.character("["))
        #expect(scene.row(3).contains("not recorded; Space goes on live"), "\(scene)")
        #expect(!scene.shows("none") && !scene.shows("asking"), "\(scene)")
    }
}
