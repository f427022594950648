import Glibc
import ProcFormats
import Synchronization
import Testing
import Units

@testable import ProcSampling

/// One pass after the other over a network that the test makes.
struct NetworkReaderTests {
    /// What is there, and what was asked of it.
    private final class MadeSource: NetworkSource {
        var counted = NetworkCounters()
        var rows: [SocketSample] = []
        var asked: [SocketTables] = []
        /// What it costs to read them.
        var cost = Nanoseconds(0)
        var isVanished = false
        var isEntered = false
        var canLeave = true
        var routesRead = 0
        var openQueue: BurstLane.OpenQueue?

        func enter() throws(ProcError) {
            if isVanished { throw .vanished(path: "net:[7]") }
            isEntered = true
        }

        func leave() throws(StrandedThread) {
            guard canLeave else { throw StrandedThread() }
            isEntered = false
        }

        func counters() -> CounterReader.Reading {
            CounterReader.Reading(counters: counted, softnet: [], limits: NetworkLimits())
        }

        func interfaces() -> [InterfaceSample] { [InterfaceSample(id: 1, name: "lo")] }

        func sockets(_ tables: SocketTables, at moment: Nanoseconds) -> SocketReading {
            #expect(isEntered)
            asked.append(tables)
            let began = CPUTime.ofThread
            while CPUTime.ofThread.since(began) < cost {}
            let rows = rows.filter { row in
                switch row.transport {
                case .tcp:
                    tables.contains(.tcp) || (tables.contains(.listening) && row.state == .listen)
                case .udp: tables.contains(.udp)
                case .unixStream: tables.contains(.unix)
                default: false
                }
            }
            return SocketReading(sockets: rows, tables: tables)
        }

        func routes() -> RoutingReading? {
            routesRead += 1
            return RoutingReading()
        }

        func route(to peer: IPAddress) -> ChosenRoute? {
            ChosenRoute(peer: peer, result: .failure(.init(errno: ENETUNREACH)))
        }

        var opensQueueReader: BurstLane.OpenQueue? { openQueue }
    }

    private static func row(
        _ cookie: UInt64, _ transport: Transport, _ state: SocketState = .close
    ) -> SocketSample {
        SocketSample(
            id: SocketID(namespace: own, cookie: cookie), transport: transport, local: .none,
            peer: .none, state: state)
    }

    private static let own = NamespaceID(1)
    private let source = MadeSource()
    private let bursts = BurstLane(changed: {})
    private let reader: NetworkReader

    init() throws {
        source.rows = [
            Self.row(1, .tcp, .established), Self.row(2, .tcp, .listen), Self.row(3, .udp),
            Self.row(4, .unixStream),
        ]
        reader = NetworkReader(root: try ProcRoot(), own: Self.own, bursts: bursts) {
            [source] _ in source
        }
    }

    private func refresh(_ wish: NetworkWish = NetworkWish()) throws -> NetworkReading {
        let step = reader.step(.init(wish: wish, isRefresh: true))
        #expect(step.isComplete)
        return try #require(step.reading)
    }

    private func cookies(_ reading: NetworkReading) -> [UInt64] {
        reading.sockets.sockets.map(\.id.cookie)
    }

    @Test func aReadingHasItsNumberAndItsTime() throws {
        let first = try refresh()
        #expect(first.number == 1)
        #expect(first.interval == nil)
        #expect(first.namespace.isOwn)
        #expect(first.interfaces.map(\.name) == ["lo"])
        let second = try refresh()
        #expect(second.number == 2)
        #expect(second.interval == Duration(second.moment.since(first.moment)))
    }

    @Test func whatIsNotShownIsCarriedOver() throws {
        // Too many to be read without a reason.
        source.counted[.tcpEstablished] = Counted(total: 5000)
        let first = try refresh()
        #expect(source.asked == [[.closeWait, .listening], .udp])
        #expect(cookies(first) == [2, 3])
        #expect(first.sockets.tables == [.udp, .closeWait, .listening])
        #expect(first.sockets.fromBefore.isEmpty)
        source.rows.removeAll()
        let second = try refresh()
        #expect(source.asked.count == 2)
        #expect(cookies(second) == [2, 3])
        #expect(second.sockets.tables == [.udp, .closeWait, .listening])
        // Nothing lost any: they stand as they were.
        #expect(second.sockets.fromBefore == second.sockets.tables)
        #expect(second.revision > first.revision)
    }

    @Test func fewConnectionsAreReadAndNotKept() throws {
        #expect(try cookies(refresh()) == [1, 2, 3])
        #expect(source.asked == [.tcp, .udp])
        let second = try refresh()
        #expect(cookies(second) == [2, 3])
        #expect(second.sockets.tables == [.udp, .closeWait, .listening])
    }

    @Test func whatIsWishedForIsReadEachTimeAndNotKeptForNobody() throws {
        let all = NetworkWish(tables: .all)
        #expect(try cookies(refresh(all)) == [1, 2, 3, 4])
        #expect(try refresh(all).sockets.tables == .all)
        #expect(
            source.asked == [.tcp, .udp, .raw, .unix, .packet, .tcp, .udp, .raw, .unix, .packet])
        let after = try refresh()
        #expect(cookies(after) == [2, 3])
        #expect(after.sockets.tables == [.udp, .closeWait, .listening])
        #expect(after.sockets.fromBefore == after.sockets.tables)
        #expect(source.asked.count == 10)
    }

    @Test func aLossAndItsTableAreReadAtOnce() throws {
        source.counted[.udpErrors] = Counted(total: 5)
        source.counted[.udp6BufferErrors] = Counted(total: 1)
        source.counted[.listenOverflows] = Counted(total: 0)
        _ = try refresh()
        source.asked = []
        _ = try refresh()
        #expect(source.asked == [])
        source.counted[.udp6BufferErrors] = Counted(total: 2)
        _ = try refresh()
        #expect(source.asked == [.udp])
        // And a while longer.
        _ = try refresh()
        #expect(source.asked == [.udp, .udp])
        source.counted[.listenOverflows] = Counted(total: 3)
        _ = try refresh()
        #expect(source.asked == [.udp, .udp, [.closeWait, .listening], .udp])
    }

    @Test func betweenRefreshesOnlyWhatIsMissingIsRead() throws {
        source.counted[.udpErrors] = Counted(total: 5)
        let first = try refresh()
        source.counted[.udpErrors] = Counted(total: 9)
        source.asked = []
        let order = NetworkLane.Order(wish: NetworkWish(tables: [.udp, .unix], wantsRoutes: true))
        let step = reader.step(order)
        let second = try #require(step.reading)
        #expect(step.isNews)
        #expect(source.asked == [.unix])
        #expect(cookies(second) == [2, 3, 4])
        #expect(second.number == first.number)
        #expect(second.moment == first.moment)
        #expect(second.counters[.udpErrors]?.total == 5)
        #expect(second.routes != nil)
        #expect(try refresh().routes == nil)
    }

    /// Each refresh takes longer than a search may, and the next one follows at once.
    @Test func ownersAreFoundHoweverDearThePasses() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var status = stat()
        try #require(fstat(descriptor, &status) == 0)
        source.rows = [Self.row(3, .udp)]
        source.rows[0].inode = UInt32(status.st_ino)
        source.cost = Nanoseconds(25_000_000)
        let me = try #require(try ProcRoot().identity(of: ProcessID(getpid())))
        let order = NetworkLane.Order(
            wish: NetworkWish(tables: .udp), processes: [me], isRefresh: true)
        for _ in 0..<20 where reader.step(order).reading?.sockets.sockets.first?.owner == nil {}
        let reading = try #require(reader.step(order).reading)
        #expect(
            reading.sockets.sockets.first?.owner
                == SocketOwner(process: me, descriptor: descriptor))
    }

    @Test func routesAreReadSeldomTheWayToAPeerEachTime() throws {
        let wish = NetworkWish(wantsRoutes: true, routeTo: IPAddress("10.0.0.1"))
        _ = try refresh(wish)
        let reading = try refresh(wish)
        #expect(source.routesRead == 1)
        #expect(reading.routes?.chosen?.peer == IPAddress("10.0.0.1"))
    }

    @Test func aNamespaceThatIsGoneIsSaidToBe() throws {
        var step = reader.step(.init(wish: NetworkWish(namespace: NamespaceID(7)), isRefresh: true))
        while !step.isComplete { step = reader.step(nil) }
        let reading = try #require(step.reading)
        #expect(reading.failure == .vanished(path: "net:[7]"))
        #expect(reading.namespace.id == NamespaceID(7))
        #expect(!reading.namespace.isOwn)
        // Ours is there as before.
        #expect(try refresh().failure == nil)
    }

    @Test func aThreadThatDoesNotComeBackReadsNoMore() throws {
        #expect(!reader.step(.init(isRefresh: true)).isLast)
        source.canLeave = false
        let step = reader.step(.init(isRefresh: true))
        #expect(step.isLast)
        // What it read there is right.
        #expect(step.reading?.number == 2)
    }

    @Test func norIfItCameToNothingThere() {
        source.isVanished = true
        source.canLeave = false
        #expect(reader.step(.init(isRefresh: true)).isLast)
    }

    @Test func whatDropsIsSampledClosely() throws {
        let queue = Queue()
        source.openQueue = { { _ in queue.sample() } }
        var row = Self.row(3, .udp)
        row.drops = Counted(total: 10)
        source.rows = [row]
        _ = try refresh(NetworkWish(tables: .udp))
        #expect(bursts.facts.running.isEmpty)
        row.drops = Counted(total: 12, rate: Rate(Float(2)), sinceStart: 2)
        source.rows = [row]
        _ = try refresh(NetworkWish(tables: .udp))
        #expect(bursts.facts.running == [row.id])
        // It closes: the burst ends early, and once the socket is gone nothing is kept of it.
        #expect(SlowLaneTests.poll { queue.samples.load(ordering: .relaxed) > 3 })
        queue.isClosed.store(true, ordering: .relaxed)
        #expect(SlowLaneTests.poll { bursts.facts.running.isEmpty })
        let burst = try #require(bursts.bursts(in: Self.own)[row.id])
        #expect(burst.isComplete)
        #expect(burst.queue.allSatisfy { $0 == 900 })
        #expect(burst.queue.count >= 3)
        #expect(burst.charged == burst.queue.map { $0 + 50 })
        #expect(burst.buffer == ByteCount(1000))
        // Drops wrapped meanwhile.
        #expect(burst.dropped == UInt64(burst.queue.count - 1))
        source.rows = []
        _ = try refresh(NetworkWish(tables: .udp))
        #expect(bursts.bursts(in: Self.own).isEmpty)
    }

    /// A queue that stands still and drops one with each sample.
    private final class Queue: Sendable {
        let isClosed = Atomic(false)
        private let drops = Atomic(UInt32.max - 1)
        let samples = Atomic(0)

        func sample() -> QueueSample? {
            guard !isClosed.load(ordering: .relaxed) else { return nil }
            samples.add(1, ordering: .relaxed)
            let drops = drops.wrappingAdd(1, ordering: .relaxed).newValue
            return QueueSample(queue: 900, charged: 950, buffer: 1000, drops: drops)
        }
    }

    @Test func aPersonsBurstThatHasNoRoomBeginsWhenThereIs() throws {
        let queue = Queue()
        source.openQueue = { { _ in queue.sample() } }
        source.rows = (101...117).map { Self.row($0, .udp) }
        let sockets = source.rows.map(\.id)
        var wish = NetworkWish(tables: .udp, follows: Array(sockets.dropLast()))
        _ = try refresh(wish)
        #expect(bursts.facts.running.count == 16)
        wish.burst = NetworkWish.Burst(sockets: [sockets[16]], number: 1)
        _ = try refresh(wish)
        #expect(!bursts.facts.running.contains(sockets[16]))
        queue.isClosed.store(true, ordering: .relaxed)
        #expect(SlowLaneTests.poll { bursts.facts.running.isEmpty })
        for _ in 0..<2 {
            _ = try refresh(wish)
            #expect(SlowLaneTests.poll { bursts.facts.running.isEmpty })
            #expect(bursts.bursts(in: Self.own)[sockets[16]]?.number == 1, "once")
        }
    }

    @Test func whereAThreadIsStrandedNoMoreBurstsBegin() throws {
        source.openQueue = { () throws(StrandedThread) in throw StrandedThread() }
        let socket = Self.row(3, .udp).id
        _ = try refresh(NetworkWish(tables: .udp, follows: [socket]))
        #expect(SlowLaneTests.poll { bursts.facts.running.isEmpty })
        #expect(bursts.bursts(in: Self.own).isEmpty)
        // On another thread it may go better.
        let queue = Queue()
        source.openQueue = { { _ in queue.sample() } }
        #expect(
            SlowLaneTests.poll {
                _ = try? refresh(NetworkWish(tables: .udp, follows: [socket]))
                return bursts.bursts(in: Self.own)[socket] != nil
            })
        queue.isClosed.store(true, ordering: .relaxed)
    }

    @Test func aPersonsBurstBeginsOnceForEachTimeItIsAskedFor() throws {
        source.openQueue = { { _ in nil } }
        let socket = Self.row(3, .udp).id
        var wish = NetworkWish(tables: .udp)
        _ = try refresh(wish)
        wish.burst = NetworkWish.Burst(sockets: [socket], number: 1)
        for _ in 0..<2 {
            _ = try refresh(wish)
            #expect(SlowLaneTests.poll { bursts.facts.running.isEmpty })
        }
        #expect(bursts.bursts(in: Self.own)[socket]?.number == 1)
        wish.burst = NetworkWish.Burst(sockets: [socket], number: 2)
        _ = try refresh(wish)
        #expect(SlowLaneTests.poll { bursts.bursts(in: Self.own)[socket]?.number == 2 })
    }
}
