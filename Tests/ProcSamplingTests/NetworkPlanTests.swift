import Testing
import Units

@testable import ProcSampling

/// What is read of networks, and which queues are sampled closely.
struct NetworkPlanTests {
    private func seconds(_ count: UInt64) -> Nanoseconds { Nanoseconds(count * 1_000_000_000) }

    private func tables(
        _ wish: SocketTables = [], udp: SamplingPlan.TableFacts, tcp: SamplingPlan.TableFacts,
        connections: SamplingPlan.ConnectionFacts = .init(count: 5000), at second: UInt64
    ) -> SocketTables {
        SamplingPlan.socketTables(
            wish, udp: udp, tcp: tcp, connections: connections, now: seconds(second))
    }

    @Test(arguments: [
        (4096 as UInt64, nil as UInt64?, nil as UInt64?, true), (4097, nil, nil, false),
        (5000, 28_232, nil, false), (22_600, 28_232, nil, true), (5000, nil, 95, true),
        (5000, nil, 89, false),
    ])
    func allConnectionsAreReadWhereItIsCheapOrTellsSomething(
        _ count: UInt64, _ ports: UInt64?, _ troubledAt: UInt64?, _ isRead: Bool
    ) {
        let read = SamplingPlan.TableFacts(readAt: seconds(99))
        var facts = SamplingPlan.ConnectionFacts(count: count, ports: ports)
        facts.table.lossAt = troubledAt.map(seconds)
        #expect(tables(udp: read, tcp: read, connections: facts, at: 100).contains(.tcp) == isRead)
        // And again after ten seconds, or while there is trouble.
        facts.table.readAt = seconds(99)
        let isTroubled = troubledAt == 95
        #expect(
            tables(udp: read, tcp: read, connections: facts, at: 100).contains(.tcp) == isTroubled)
    }

    @Test func atFirstWhatMayLoseIsRead() {
        #expect(tables(udp: .init(), tcp: .init(), at: 1) == [.udp, .closeWait, .listening])
    }

    @Test func whatIsNotShownIsReadEveryTenSeconds() {
        let read = SamplingPlan.TableFacts(readAt: seconds(100))
        #expect(tables(udp: read, tcp: read, at: 109) == [])
        #expect(tables(udp: read, tcp: read, at: 110) == [.udp, .closeWait, .listening])
        #expect(tables(.unix, udp: read, tcp: read, at: 109) == .unix)
        #expect(tables(.tcp, udp: read, tcp: read, at: 110) == [.tcp, .udp])
    }

    @Test func whileThereAreLossesItIsReadEachTime() {
        let read = SamplingPlan.TableFacts(readAt: seconds(100))
        var losing = read
        losing.lossAt = seconds(100)
        #expect(tables(udp: losing, tcp: read, at: 101) == .udp)
        #expect(tables(udp: read, tcp: losing, at: 101) == [.closeWait, .listening])
        losing.readAt = seconds(110)
        #expect(tables(udp: losing, tcp: read, at: 109) == .udp)
        #expect(tables(udp: losing, tcp: losing, at: 111) == [])
    }

    @Test func aTableThatIsDearIsReadLessOften() {
        let read = SamplingPlan.TableFacts(
            readAt: seconds(100), cost: Nanoseconds(400_000_000))
        #expect(tables(udp: read, tcp: read, at: 119) == [])
        #expect(tables(udp: read, tcp: read, at: 120) == [.udp, .closeWait, .listening])
        #expect(!SamplingPlan.isRoutingDue(read, now: seconds(119)))
        #expect(SamplingPlan.isRoutingDue(read, now: seconds(120)))
    }

    @Test func losingDearTableTakesATenthOfTheTime() {
        let losing = SamplingPlan.TableFacts(
            readAt: seconds(100), cost: Nanoseconds(300_000_000), lossAt: seconds(100))
        #expect(tables(udp: losing, tcp: losing, at: 102) == [])
        #expect(tables(udp: losing, tcp: losing, at: 103) == [.udp, .closeWait, .listening])
    }

    @Test func whatChangesSeldomIsReadSeldom() {
        let read = Instant(nanoseconds: 100_000_000_000)
        #expect(SamplingPlan.areSettingsDue(readAt: nil, now: read))
        #expect(!SamplingPlan.areSettingsDue(readAt: read, now: read.advanced(by: seconds(9))))
        #expect(SamplingPlan.areSettingsDue(readAt: read, now: read.advanced(by: seconds(10))))
        #expect(SamplingPlan.isNamespaceSearchDue(nil, now: seconds(1)))
        #expect(!SamplingPlan.isNamespaceSearchDue(seconds(100), now: seconds(104)))
        #expect(SamplingPlan.isNamespaceSearchDue(seconds(100), now: seconds(105)))
    }

    @Test func aSearchForOwnersThatIsDearComesLessOften() {
        #expect(SamplingPlan.ownerSearchPause(after: Nanoseconds(1000)) == seconds(10))
        #expect(SamplingPlan.ownerSearchPause(after: seconds(1)) == seconds(50))
    }

    // MARK: Bursts

    @Test func samplesThatAreDearAreTakenLessOften() {
        #expect(SamplingPlan.burstPeriod(after: Nanoseconds(160_000)) == SamplingPlan.burstPeriod)
        #expect(
            SamplingPlan.burstPeriod(after: Nanoseconds(20_000_000)) == Nanoseconds(100_000_000))
    }

    private func socket(_ cookie: UInt64) -> SocketID {
        SocketID(namespace: NamespaceID(1), cookie: cookie)
    }

    private func chosen(_ facts: SamplingPlan.BurstFacts, at second: UInt64 = 1000) -> [UInt64] {
        SamplingPlan.bursts(facts, now: seconds(second)).map(\.cookie)
    }

    @Test func whatIsAskedForComesFirstThenTheWorstThenWhatIsFollowed() {
        var facts = SamplingPlan.BurstFacts()
        facts.followed = [socket(1), socket(2)]
        facts.dropping = [(socket(3), Rate(Float(5))), (socket(4), Rate(Float(50)))]
        facts.asked = [socket(5)]
        #expect(chosen(facts) == [5, 4, 3, 1, 2])
        facts.running = [socket(4), socket(1)]
        #expect(chosen(facts) == [5, 3, 2])
    }

    @Test func thereIsRoomForSixteenAndForEightThatDrop() {
        var facts = SamplingPlan.BurstFacts()
        facts.dropping = (1...20).map { (socket($0), Rate(Float($0))) }
        #expect(chosen(facts) == [20, 19, 18, 17, 16, 15, 14, 13])
        facts.followed = (101...120).map(socket)
        #expect(chosen(facts) == [20, 19, 18, 17, 16, 15, 14, 13] + Array(101...108))
        facts.running = Set((201...214).map(socket))
        #expect(chosen(facts) == [20, 19])
    }

    @Test func aQueueIsNotSampledAgainAtOnceUnlessSomebodyAsks() {
        var facts = SamplingPlan.BurstFacts()
        facts.dropping = [(socket(1), Rate(Float(1)))]
        facts.followed = [socket(2)]
        facts.endedAt = [socket(1): seconds(1000), socket(2): seconds(1000)]
        #expect(chosen(facts, at: 1009) == [])
        #expect(chosen(facts, at: 1010) == [1])
        #expect(chosen(facts, at: 1029) == [1])
        #expect(chosen(facts, at: 1030) == [1, 2])
        facts.asked = [socket(2)]
        #expect(chosen(facts, at: 1001) == [2])
    }
}
