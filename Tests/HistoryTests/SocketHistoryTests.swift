import History
import Samples
import Testing
import Units

/// Curves of some sockets.
struct SocketHistoryTests {
    private func reading(
        _ number: Int, _ sockets: [SocketSample], namespace: UInt64 = 1,
        tables: SocketTables = .all, isTorn: Bool = false
    ) -> NetworkReading {
        NetworkReading(
            number: number, moment: Nanoseconds(UInt64(number) * 2_000_000_000),
            namespace: NetworkNamespace(id: NamespaceID(namespace)),
            sockets: SocketReading(sockets: sockets, tables: tables, isTorn: isTorn))
    }

    private func id(_ cookie: UInt64) -> SocketID {
        SocketID(namespace: NamespaceID(1), cookie: cookie)
    }

    private func sample(
        _ cookie: UInt64, queue: UInt64 = 0, drops: UInt64? = nil, roundTrip: UInt32? = nil,
        retransmits: UInt64? = nil
    ) -> SocketSample {
        SocketSample(
            id: id(cookie), transport: roundTrip == nil ? .udp : .tcp, local: .none, peer: .none,
            state: .established, receiveQueue: queue, sendQueue: 7,
            drops: drops.map { Counted(total: $0, sinceStart: $0) },
            tcp: roundTrip.map {
                TCPFigures(
                    roundTripMicroseconds: $0, retransmits: retransmits.map { Counted(total: $0) })
            })
    }

    @Test func figuresReadingByReading() {
        var history = SocketHistory()
        history.record(
            reading(1, [sample(1, queue: 100, roundTrip: 50, retransmits: 3)]), shown: [])
        history.record(
            reading(2, [sample(1, queue: 200, roundTrip: 60, retransmits: 8)]), shown: [])
        history.record(
            reading(2, [sample(1, queue: 999, roundTrip: 60, retransmits: 9)]), shown: [])
        #expect(history.curve(of: id(1), .receiveQueue) == [100, 200])
        #expect(history.curve(of: id(1), .sendQueue) == [7, 7])
        #expect(history.curve(of: id(1), .roundTrip) == [50, 60])
        #expect(history.curve(of: id(1), .retransmits) == [nil, 5])
        #expect(history.curve(of: id(1), .drops) == [nil, nil])
        #expect(history.span(of: id(1)) == .seconds(2))
        #expect(history.curve(of: id(2), .drops).isEmpty && history.span(of: id(2)) == .zero)
    }

    @Test func whatWasNotReadIsAGap() {
        var history = SocketHistory()
        history.record(reading(1, [sample(1, drops: 5)]), shown: [])
        history.record(reading(2, [], tables: [.tcp]), shown: [])
        history.record(reading(3, [], namespace: 2), shown: [])
        history.record(reading(4, [], isTorn: true), shown: [])
        history.record(reading(5, [sample(1, drops: 9)]), shown: [])
        #expect(history.curve(of: id(1), .drops) == [nil, nil, nil, nil, 4])
        #expect(history.curve(of: id(1), .receiveQueue) == [0, nil, nil, nil, 0])
        #expect(history.span(of: id(1)) == .seconds(8))
    }

    @Test func whatClosedIsForgottenUnlessItIsShown() {
        var history = SocketHistory()
        history.record(reading(1, [sample(1, queue: 1), sample(2, queue: 1)]), shown: [id(2)])
        history.record(reading(2, []), shown: [id(2)])
        #expect(history.curve(of: id(1), .receiveQueue).isEmpty)
        #expect(history.curve(of: id(2), .receiveQueue) == [1, nil])
    }

    @Test func theOldestReadingsGo() {
        var history = SocketHistory()
        for number in 1...130 {
            history.record(reading(number, [sample(1, queue: UInt64(number))]), shown: [])
        }
        let curve = history.curve(of: id(1), .receiveQueue)
        #expect(curve.count == SocketHistory.mostReadings)
        #expect(curve.first == 11 && curve.last == 130)
        #expect(history.span(of: id(1)) == .seconds(2 * 119))
    }

    @Test func placesGoToThoseThatAreShownThenThoseThatLose() {
        var history = SocketHistory()
        let queues = (1...300).map { sample(UInt64($0), queue: 1) }
        let drops = (1001...1100).map { sample(UInt64($0), drops: 1) }
        let quiet = [sample(5000, drops: 0), sample(5001, drops: 0)].map {
            var sample = $0
            sample.sendQueue = 0
            return sample
        }
        let all = queues + drops + quiet
        history.record(reading(1, all), shown: [id(5000)])
        history.record(reading(2, all.reversed()), shown: [id(5000)])
        func isKept(_ sample: SocketSample) -> Bool {
            history.curve(of: sample.id, .receiveQueue).count == 2
        }
        #expect(isKept(quiet[0]) && !isKept(quiet[1]))
        #expect(drops.allSatisfy(isKept))
        #expect(queues.filter(isKept).count == SocketHistory.mostSockets - 101)
        #expect(all.filter(isKept).count == SocketHistory.mostSockets)
    }
}
