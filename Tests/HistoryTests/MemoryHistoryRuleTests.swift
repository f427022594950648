import Samples
import TestSupport
import Testing
import Units

@testable import History

/// Which processes have a curve, which curve continues another, and what it all may cost.
struct MemoryHistoryRuleTests {
    private typealias Made = MemoryHistoryTests

    /// 512 processes of 10 to 15 MiB, with pids from 1000 on.
    private static let crowd = (0..<512).map { index in
        Made.process(Made.id(1000 + Int32(index)), UInt64(10_240 + index * 10))
    }

    private static func hasCurve(_ process: ProcessSample, in history: MemoryHistory) -> Bool {
        history.processes.contains(process.id)
    }

    // MARK: Places

    @Test func whatIsBelowOneMebibyteHasNoCurve() {
        let id = Made.id(1)
        var history = Made.history(of: id, [100, 1023])
        #expect(history.processes.isEmpty)
        history.record(Made.snapshot(3, [Made.process(id, 1024)]))
        #expect(history.processes == [id])
    }

    @Test func kernelThreadsHaveNoCurve() {
        var thread = Made.process(Made.id(2), 9000)
        thread.isKernelThread = true
        var history = MemoryHistory()
        history.record(Made.snapshot(1, [thread]))
        #expect(history.processes.isEmpty)
    }

    @Test func aLargerOneTakesThePlaceOfTheLeast() {
        var history = MemoryHistory()
        history.record(Made.snapshot(1, Self.crowd))
        #expect(history.processes.count == 512)
        // Not a place for one that is hardly larger: they would take it from each other forever.
        let similar = Made.process(Made.id(1), 10_300)
        history.record(Made.snapshot(2, [similar] + Self.crowd))
        #expect(!Self.hasCurve(similar, in: history))
        let larger = Made.process(Made.id(2), 20_000)
        history.record(Made.snapshot(3, [larger] + Self.crowd))
        #expect(Self.hasCurve(larger, in: history))
        #expect(!Self.hasCurve(Self.crowd[0], in: history))
        #expect(history.processes.count == 512)
        // All the others have the curve they had.
        for process in Self.crowd.dropFirst() {
            let values = history.curve(of: .process(process.id), last: .seconds(3), points: 3)
            #expect(values.values.compactMap { $0 }.count == 3)
        }
    }

    @Test func aGrowingOneTakesThePlaceOfALargerThatStands() {
        var history = MemoryHistory()
        let id = Made.id(1)
        history.record(Made.snapshot(1, [Made.process(id, 2000)] + Self.crowd))
        #expect(!history.processes.contains(id))
        history.record(Made.snapshot(2, [Made.process(id, 2500)] + Self.crowd))
        #expect(!history.processes.contains(id))
        history.record(Made.snapshot(3, [Made.process(id, 3500)] + Self.crowd))
        #expect(history.processes.contains(id))
        // What it grew before it had a curve counts on, or it would lose the place at once.
        let larger = Made.process(Made.id(2), 14_000)
        history.record(Made.snapshot(4, [Made.process(id, 3500), larger] + Self.crowd))
        #expect(history.processes.contains(id))
        #expect(Self.hasCurve(larger, in: history))
    }

    @Test func oneThatEndedGivesWay() {
        var history = MemoryHistory()
        history.record(Made.snapshot(1, Self.crowd))
        let young = Made.process(Made.id(1), 2000)
        // It was there for two seconds: after as many more it counts nothing.
        history.record(Made.snapshot(2, Self.crowd))
        history.record(Made.snapshot(3, [young] + Self.crowd.dropLast()))
        #expect(!Self.hasCurve(young, in: history))
        history.record(Made.snapshot(4, [young] + Self.crowd.dropLast()))
        history.record(Made.snapshot(5, [young] + Self.crowd.dropLast()))
        #expect(Self.hasCurve(young, in: history))
        #expect(!Self.hasCurve(Self.crowd[511], in: history))
    }

    @Test func theCurveOfOneThatEndedGoesAfterTwoWeeks() {
        let ended = Made.process(Made.id(1), 9000)
        var history = MemoryHistory()
        history.record(Made.snapshot(1, [ended]))
        let day = 86_400.0
        history.record(Made.snapshot(2, at: 13.9 * day, []))
        #expect(Self.hasCurve(ended, in: history))
        history.record(Made.snapshot(3, at: 14.1 * day, []))
        #expect(!Self.hasCurve(ended, in: history))
    }

    // MARK: Restarts

    private static func service(
        _ pid: Int32, start: Double, _ kibibytes: UInt64 = 5000,
        command: String? = "/bin/streamd -p",
        user: UInt32 = 7
    ) -> ProcessSample {
        Made.process(Made.id(pid, start: start), kibibytes, command: command, user: user)
    }

    @Test func aRestartGoesOnWithTheCurve() throws {
        var history = MemoryHistory()
        let first = Self.service(1, start: 0)
        let second = Self.service(2, start: 4.5, 2000)
        history.record(Made.snapshot(1, [first]))
        history.record(Made.snapshot(2, [first]))
        history.record(Made.snapshot(3, []))
        history.record(Made.snapshot(4, []))
        // What it runs is known later than that it is there.
        var unread = second
        unread.command = nil
        history.record(Made.snapshot(5, [unread]))
        history.record(Made.snapshot(6, [unread]))
        #expect(
            history.curve(of: .process(second.id), last: .seconds(6), points: 6).restarts == [])
        history.record(Made.snapshot(7, [second]))
        let curve = history.curve(of: .process(second.id), last: .seconds(7), points: 7)
        #expect(Made.kibibytes(curve) == [5000, 5000, nil, nil, 2000, 2000, 2000])
        #expect(curve.restarts == [4])
        // Growth is that of the one process.
        let change = try #require(history.change(of: .process(second.id), last: .seconds(7)))
        #expect(change.bytes == 0)
        #expect(change.covered == .seconds(2))
        // The one that ended has its own curve, without what came after it.
        let old = history.curve(of: .process(first.id), last: .seconds(7), points: 7)
        #expect(Made.kibibytes(old) == [5000, 5000, nil, nil, nil, nil, nil])
    }

    @Test func restartsFollowOneAnother() {
        var history = MemoryHistory()
        for second in 1...10 {
            let number = (second - 1) / 2
            history.record(
                Made.snapshot(
                    second,
                    [
                        Self.service(
                            Int32(number + 1), start: Double(number) * 2 + 0.5,
                            UInt64(2000 + number))
                    ]))
        }
        let curve = history.curve(
            of: .process(Made.id(5, start: 8.5)), last: .seconds(10), points: 10)
        #expect(
            Made.kibibytes(curve) == [2000, 2000, 2001, 2001, 2002, 2002, 2003, 2003, 2004, 2004])
        #expect(curve.restarts == [2, 4, 6, 8])
    }

    private static let first = service(1, start: 0)

    @Test(arguments: [
        // A fork: the first one was still there when it began.
        service(2, start: 1.5),
        service(2, start: 4.5, command: "/bin/streamd -q"),
        service(2, start: 4.5, user: 8),
        service(2, start: 604.5),
    ])
    func isNoRestart(_ other: ProcessSample) {
        var history = MemoryHistory()
        history.record(Made.snapshot(1, [Self.first]))
        history.record(Made.snapshot(2, [Self.first]))
        history.record(Made.snapshot(3, [Self.first]))
        history.record(Made.snapshot(4, []))
        history.record(Made.snapshot(5, at: 606, [other]))
        let curve = history.curve(of: .process(other.id), last: .seconds(606), points: 606)
        #expect(curve.restarts == [])
        #expect(curve.values.compactMap { $0 }.count == 1)
    }

    @Test func onlyOneContinuesACurve() {
        var history = MemoryHistory()
        let second = Self.service(2, start: 2.5)
        let third = Self.service(3, start: 2.5)
        history.record(Made.snapshot(1, [Self.first]))
        history.record(Made.snapshot(2, [Self.first]))
        history.record(Made.snapshot(3, [second, third]))
        let restarts = [second, third].map { process in
            history.curve(of: .process(process.id), last: .seconds(3), points: 3).restarts
        }
        #expect(Set(restarts) == [[2], []])
    }

    @Test func aWorkerThatIsStillThereHasNoSuccessor() {
        var history = MemoryHistory()
        let fork = Self.service(2, start: 1.5)
        history.record(Made.snapshot(1, [Self.first]))
        history.record(Made.snapshot(2, [Self.first, fork]))
        history.record(Made.snapshot(3, [Self.first, fork]))
        #expect(history.curves.allSatisfy { $0.predecessor == nil })
    }

    // MARK: Bounds

    /// All change at every refresh, by more than rounding could hide. The limit is lowered, so that
    /// it is met soon.
    @Test func theBytesHoldWhateverRuns() throws {
        var random = SeededRandom(seed: 3)
        var history = MemoryHistory()
        history.mostPackedBytes = 200_000
        var samples = Self.crowd
        for sequence in 1...150 {
            for index in samples.indices {
                samples[index].memory = MemoryUse(
                    anonymous: ByteCount(
                        kibibytes: UInt64.random(in: 2000..<1 << 30, using: &random)))
            }
            history.record(Made.snapshot(sequence, at: Double(sequence) * 60, samples))
            #expect(history.packedBytes <= history.mostPackedBytes)
            #expect(history.packedBytes == history.curves.reduce(0) { $0 + $1.curve.byteCount })
        }
        // All have their latest, and some less than all.
        #expect(history.processes.count == 512)
        let known = samples.map { process in
            history.curve(of: .process(process.id), last: .seconds(150 * 60), points: 150).values
                .compactMap { $0 }.count
        }
        #expect(known.min() ?? 0 > 3)
        #expect(known.max() ?? 0 > known.min() ?? 0)
    }

    @Test func shortLivedProcessesDoNotPileUp() {
        var history = MemoryHistory()
        for second in 1...200 {
            let start = Double(second) - 0.5
            history.record(
                Made.snapshot(
                    second,
                    (0..<40).map { Made.process(Made.id(Int32($0) + 1, start: start), 90_000) }))
        }
        #expect(history.processes.count == 512)
        #expect(history.byteCount < 400_000)
    }
}
