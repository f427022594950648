import Glibc
import Synchronization
import Testing
import Units

@testable import ProcSampling

/// When networks are read, and who waits for what.
struct NetworkLaneTests {
    private final class Log: Sendable {
        /// The orders, and nil where work went on without one.
        let orders = Mutex<[NetworkLane.Order?]>([])
        let changes = Atomic(0)
        let isHeld = Atomic(false)
        /// So many pieces of work follow each order.
        let pieces = Atomic(0)
        let work = Atomic(0)
        /// The next piece is the last of its thread.
        let isLast = Atomic(false)

        var tables: [SocketTables?] { orders.withLock { $0.map { $0?.wish.tables } } }

        /// Work that takes as long as it is held.
        func step(_ order: NetworkLane.Order?, _ number: inout Int) -> NetworkLane.Step {
            orders.withLock { $0.append(order) }
            while isHeld.load(ordering: .relaxed) { usleep(1000) }
            spin(microseconds: work.load(ordering: .relaxed))
            if order != nil { number += 1 }
            let left = pieces.load(ordering: .relaxed)
            if left > 0 { pieces.store(left - 1, ordering: .relaxed) }
            let own = NetworkNamespace(id: NamespaceID(1), isOwn: true)
            return NetworkLane.Step(
                reading: NetworkReading(
                    number: number, moment: .sinceBoot, namespace: own),
                isNews: order?.wish.tables.isEmpty == false, isComplete: left == 0,
                isLast: isLast.exchange(false, ordering: .relaxed))
        }

        private func spin(microseconds: Int) {
            let end = CPUTime.ofThread + Nanoseconds(UInt64(microseconds) * 1000)
            while CPUTime.ofThread < end {}
        }
    }

    private func lane(_ log: Log) -> NetworkLane {
        NetworkLane(changed: { log.changes.add(1, ordering: .relaxed) }) { _ in
            var number = 0
            return { log.step($0, &number) }
        }
    }

    @Test func eachRefreshIsAPass() {
        let log = Log()
        let lane = lane(log)
        #expect(lane.reading == nil)
        lane.refresh(NetworkWish(), processes: [])
        #expect(SlowLaneTests.poll { lane.reading?.number == 1 })
        lane.refresh(NetworkWish(), processes: [])
        #expect(SlowLaneTests.poll { lane.reading?.number == 2 })
        #expect(log.changes.load(ordering: .relaxed) == 0)
        lane.refresh(NetworkWish(tables: .udp), processes: [])
        #expect(SlowLaneTests.poll { log.changes.load(ordering: .relaxed) == 1 })
        #expect(log.orders.withLock { $0.allSatisfy { $0?.isRefresh == true } })
    }

    @Test func onlyANewWishIsAPassBetweenRefreshes() {
        let log = Log()
        let lane = lane(log)
        lane.refresh(NetworkWish(tables: .udp), processes: [])
        lane.wait(atMost: .seconds(20))
        lane.want(NetworkWish(tables: .udp))
        lane.want(NetworkWish(tables: .all))
        lane.wait(atMost: .seconds(20))
        #expect(log.tables == [.udp, .all])
        #expect(log.orders.withLock { $0.map { $0?.isRefresh } } == [true, false])
    }

    @Test func whatIsAskedForMeanwhileIsOnePassForTheNewestWish() {
        let log = Log()
        let lane = lane(log)
        log.isHeld.store(true, ordering: .relaxed)
        lane.refresh(NetworkWish(), processes: [])
        #expect(SlowLaneTests.poll { log.tables.count == 1 })
        lane.refresh(NetworkWish(tables: .udp), processes: [])
        lane.refresh(NetworkWish(tables: .tcp), processes: [])
        lane.want(NetworkWish(tables: .unix))
        log.isHeld.store(false, ordering: .relaxed)
        lane.wait(atMost: .seconds(20))
        #expect(log.tables == [[], .unix])
        // It is a refresh, though what came last was not.
        #expect(log.orders.withLock { $0.last??.isRefresh } == true)
    }

    @Test func whoWaitsIsAnsweredWhenAllIsThereAndNotForEver() {
        let log = Log()
        let lane = lane(log)
        log.pieces.store(3, ordering: .relaxed)
        lane.refresh(NetworkWish(), processes: [])
        lane.wait(atMost: .seconds(20))
        #expect(log.tables == [[], nil, nil, nil])
        log.isHeld.store(true, ordering: .relaxed)
        lane.refresh(NetworkWish(), processes: [])
        lane.wait(atMost: .milliseconds(20))
        #expect(lane.reading?.number == 1)
        log.isHeld.store(false, ordering: .relaxed)
        lane.wait(atMost: .seconds(20))
        #expect(lane.reading?.number == 2)
    }

    @Test func itTakesAFifthOfTheTimeAtMost() {
        let log = Log()
        let lane = lane(log)
        log.work.store(10_000, ordering: .relaxed)
        let began = Instant.now
        for number in 1...4 {
            lane.refresh(NetworkWish(), processes: [])
            #expect(SlowLaneTests.poll { lane.reading?.number == number })
        }
        // The rests between four pieces of 10 ms are three of 40 ms at least.
        #expect(Instant.now.since(began).rawValue >= 120_000_000)
        #expect(log.tables.count == 4)
    }

    @Test func aReadingOfAnotherNamespaceIsNotShown() {
        let lane = lane(Log())
        lane.refresh(NetworkWish(), processes: [])
        lane.wait(atMost: .seconds(20))
        #expect(lane.reading != nil)
        lane.want(NetworkWish(namespace: NamespaceID(7)))
        #expect(lane.reading == nil)
        lane.want(NetworkWish(namespace: NamespaceID(1)))
        #expect(lane.reading != nil)
    }

    /// What its thread alone holds on to.
    private final class Token: Sendable {
        static let alive = Atomic(0)
        init() { Self.alive.add(1, ordering: .relaxed) }
        deinit { Self.alive.subtract(1, ordering: .relaxed) }
    }

    @Test func afterTheLastPieceOfAThreadThereIsAnotherThread() {
        let log = Log()
        let lane = lane(log)
        log.isLast.store(true, ordering: .relaxed)
        log.pieces.store(3, ordering: .relaxed)
        lane.refresh(NetworkWish(), processes: [])
        lane.wait(atMost: .seconds(20))
        #expect(log.tables == [[]], "what is left is not for a thread that is lost")
        #expect(lane.reading?.number == 1)
        for number in 1...2 {
            lane.refresh(NetworkWish(tables: .udp), processes: [])
            lane.wait(atMost: .seconds(20))
            #expect(lane.reading?.number == number, "by a new thread, which stays")
        }
    }

    @Test func itsThreadEndsWithIt() {
        var lane: NetworkLane? = NetworkLane(changed: {}) { _ in
            let token = Token()
            return { _ in withExtendedLifetime(token) { NetworkLane.Step() } }
        }
        lane?.refresh(NetworkWish(), processes: [])
        lane?.wait(atMost: .seconds(20))
        #expect(Token.alive.load(ordering: .relaxed) == 1)
        lane = nil
        #expect(SlowLaneTests.poll { Token.alive.load(ordering: .relaxed) == 0 })
    }
}
