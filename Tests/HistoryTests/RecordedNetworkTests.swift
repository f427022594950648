import Samples
import Testing
import Units

@testable import History

/// What is kept of sockets, and of a moment that comes again.
struct RecordedNetworkTests {
    private static func socket(
        _ cookie: UInt64, _ transport: Transport = .tcp, _ state: SocketState = .established,
        inode: UInt32 = 7, queue: UInt64 = 0, isOwned: Bool = false
    ) -> SocketSample {
        let owner = SocketOwner(
            process: ProcessIdentity(pid: ProcessID(1), startTime: ClockTicks(50)), descriptor: 3)
        return SocketSample(
            id: SocketID(namespace: NamespaceID(1), cookie: cookie), transport: transport,
            local: .none, peer: .none, state: state, inode: inode, owner: isOwned ? owner : nil,
            receiveQueue: queue)
    }

    private static func reading(
        _ number: Int, revision: Int = 0, tables: SocketTables = .all, _ sockets: [SocketSample]
    ) -> NetworkReading {
        var reading = NetworkReading(
            number: number, moment: Nanoseconds(1), namespace: NetworkNamespace(id: NamespaceID(1)),
            sockets: SocketReading(sockets: sockets, tables: tables))
        reading.revision = revision
        reading.counters[.udpErrors] = Counted(total: UInt64(number), rate: Rate(1.0))
        return reading
    }

    private static func snapshot(
        _ sequence: Int, cpu: Double = 1, _ reading: NetworkReading?
    ) -> Snapshot {
        var snapshot = HistoryTests.snapshot(
            sequence, threads: [HistoryTests.thread(11, cpu: cpu)])
        snapshot.network = reading
        return snapshot
    }

    @Test func aMomentThatComesAgainIsAsItWasTheLastTime() throws {
        var history = History()
        let (old, new) = (Self.socket(1, queue: 5), Self.socket(1, queue: 9))
        for sequence in 1...5 {
            // At first with what was read before.
            history.record(Self.snapshot(sequence, Self.reading(sequence - 1, [old])))
            var again = Self.snapshot(
                sequence, cpu: 2,
                Self.reading(sequence, tables: .tcp, [new, Self.socket(UInt64(sequence + 1))]))
            again.processes[0].threads[0].activity = .systemCall(Int32(sequence))
            history.record(again)
        }
        #expect(history.sequences == 1...5)
        #expect(history.time(from: 1, to: 5) == .seconds(4))
        for sequence in 1...5 {
            let then = try #require(history.snapshot(sequence: sequence))
            let network = try #require(then.network)
            #expect(network.number == sequence)
            #expect(network.sockets.tables == .tcp)
            #expect(network.sockets.sockets.map(\.id.cookie) == [1, UInt64(sequence + 1)])
            #expect(network.sockets.sockets[0].receiveQueue == 9)
            #expect(network.counters[.udpErrors]?.total == UInt64(sequence))
            #expect(then.recordedTotals?.sockets.total == 2)
            #expect(then.processes[0].threads[0].activity == .systemCall(Int32(sequence)))
            #expect(then.processes[0].threads[0].cpu == Percent(2.0))
        }
        #expect(history.cpuCurve(of: HistoryTests.thread(11, cpu: 1).id).count == 5)
    }

    /// Owners are found meanwhile, or a table is read that a person asked for.
    @Test func moreOfAReadingTakesItsPlace() throws {
        var history = History()
        history.record(Self.snapshot(1, Self.reading(1, tables: .udp, [Self.socket(1, .udp)])))
        history.record(
            Self.snapshot(
                1,
                Self.reading(
                    1, revision: 1, [Self.socket(1, .udp, isOwned: true), Self.socket(2)])))
        let sockets = try #require(history.snapshot(sequence: 1)?.network?.sockets)
        #expect(sockets.tables == .all)
        #expect(sockets.sockets.map(\.id.cookie) == [2, 1])
        #expect(sockets.sockets.map { $0.owner != nil } == [false, true])
    }

    @Test func anEarlierMomentIsLeftOut() {
        var history = History()
        history.record(Self.snapshot(2, Self.reading(2, [Self.socket(1)])))
        history.record(Self.snapshot(1, Self.reading(1, [])))
        #expect(history.sequences == 2...2)
        #expect(history.snapshot(sequence: 2)?.network?.number == 2)
    }

    /// A box after a storm of connections: what is over goes first, and all are counted.
    @Test func whatIsOpenIsKeptBeforeWhatIsOver() throws {
        let over = (0..<5000).map { Self.socket(UInt64($0), .tcp, .timeWait, inode: 0) }
        let listeners = (0..<9).map { Self.socket(UInt64(10_000 + $0), .tcp, .listen) }
        let owned = (0..<20).map {
            Self.socket(UInt64(20_000 + $0), .tcp, .established, isOwned: true)
        }
        let unix = (0..<18).map { Self.socket(UInt64(30_000 + $0), .unixStream) }
        var history = History()
        for sequence in 1...3 {
            history.record(
                Self.snapshot(sequence, Self.reading(sequence, over + listeners + owned + unix)))
            let then = try #require(history.snapshot(sequence: sequence))
            let kept = Set(try #require(then.network).sockets.sockets.map(\.id))
            #expect(kept.count == 4096)
            #expect(kept.isSuperset(of: (listeners + owned + unix).map(\.id)))
            let totals = try #require(then.recordedTotals).sockets
            #expect(totals[.tcp] == 5029)
            #expect(totals[.unix] == 18)
            #expect(totals.total == 5047)
        }
    }

    /// Of sockets alike, a large table does not push out a small one.
    @Test func aSmallTableIsKeptWhole() throws {
        let tcp = (0..<5000).map { Self.socket(UInt64($0), isOwned: true) }
        let unix = (0..<300).map { Self.socket(UInt64(10_000 + $0), .unixStream, isOwned: true) }
        let busy = Self.socket(20_000, queue: 1)
        var history = History()
        history.record(Self.snapshot(1, Self.reading(1, tcp + unix + [busy])))
        let kept = try #require(history.snapshot(sequence: 1)?.network).sockets.sockets
        let counts = SocketCounts(kept)
        #expect(counts[.unix] == 300)
        #expect(counts[.tcp] == 4096 - 300)
        #expect(kept.contains { $0.id == busy.id })
    }
}
