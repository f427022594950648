import ProcFormats
import Samples
import TestSupport
import Testing
import Units

@testable import History

/// Made-up machines, of which a refresh is a table of pid, start and KiB.
struct MemoryHistoryTests {
    static let boot: UInt64 = 1_000_000

    static func moment(_ seconds: Double) -> Nanoseconds {
        Nanoseconds((boot * 1_000_000_000) + UInt64(seconds * 1e9))
    }

    static func id(_ pid: Int32, start: Double = 0) -> ProcessIdentity {
        ProcessIdentity(
            pid: ProcessID(pid), startTime: ClockTicks(boot * 100 + UInt64(start * 100)))
    }

    static func process(
        _ id: ProcessIdentity, _ kibibytes: UInt64?, command: String? = nil, user: UInt32 = 7
    ) -> ProcessSample {
        ProcessSample(
            id: id, user: UserID(user), name: "streamd", command: command, state: .sleeping,
            memory: kibibytes.map { MemoryUse(anonymous: ByteCount(kibibytes: $0)) })
    }

    static func snapshot(
        _ sequence: Int, at seconds: Double? = nil, interval: Duration? = .seconds(1),
        _ processes: [ProcessSample], extent: Snapshot.Extent = .complete
    ) -> Snapshot {
        Snapshot(
            sequence: sequence, time: WallTime(seconds: Int64(sequence)),
            moment: moment(seconds ?? Double(sequence)), interval: interval,
            host: HostSample(name: "edge-07", kernelRelease: "6.18", cpuCount: 8),
            processes: processes, extent: extent)
    }

    /// A refresh each second from one to the number of amounts, all of one process.
    static func history(of id: ProcessIdentity, _ amounts: [UInt64?]) -> MemoryHistory {
        var history = MemoryHistory()
        for (index, amount) in amounts.enumerated() {
            history.record(snapshot(index + 1, [process(id, amount)]))
        }
        return history
    }

    static func kibibytes(_ curve: MemoryCurve) -> [Double?] {
        curve.values.map { $0.map { $0 / 1024 } }
    }

    // MARK: Curves

    @Test func aCurveHasTheLastAmountOfEachShare() {
        let id = Self.id(1)
        let history = Self.history(of: id, [2000, 2004, 2004, 3000, 2500, 2500])
        let curve = history.curve(of: .process(id), last: .seconds(8), points: 8)
        // The first two shares are before the recording.
        #expect(Self.kibibytes(curve) == [nil, nil, 2000, 2004, 2004, 3000, 2500, 2500])
        #expect(curve.step == .seconds(1))
        #expect(curve.end == Self.moment(6))
        #expect(curve.restarts == [])
        let coarse = history.curve(of: .process(id), last: .seconds(6), points: 3)
        #expect(Self.kibibytes(coarse) == [2004, 3000, 2500])
        let fine = history.curve(of: .process(id), last: .seconds(2), points: 4)
        #expect(Self.kibibytes(fine) == [3000, 2500, 2500, 2500])
        #expect(history.recorded == .seconds(5))
        #expect(history.latest == Self.moment(6))
    }

    @Test func aCurveMayEndBeforeTheLatestRefreshOrAfterIt() {
        let id = Self.id(1)
        let history = Self.history(of: id, [2000, 2010, 2020, 2030])
        let before = history.curve(
            of: .process(id), last: .seconds(2), points: 2, until: Self.moment(3))
        #expect(Self.kibibytes(before) == [2010, 2020])
        let after = history.curve(
            of: .process(id), last: .seconds(4), points: 4, until: Self.moment(6))
        #expect(Self.kibibytes(after) == [2020, 2030, nil, nil])
    }

    @Test func nothingIsKnownBeforeBirthAndAfterTheEnd() {
        let old = Self.process(Self.id(1), 5000)
        let young = Self.id(2)
        var history = MemoryHistory()
        for second in 1...6 {
            let isThere = (3...4).contains(second)
            history.record(
                Self.snapshot(second, isThere ? [old, Self.process(young, 4000)] : [old]))
        }
        let curve = history.curve(of: .process(young), last: .seconds(6), points: 6)
        #expect(Self.kibibytes(curve) == [nil, nil, 4000, 4000, nil, nil])
        #expect(Set(history.processes) == [old.id, young])
        #expect(history.value(of: .process(young), at: Self.moment(5)) == nil)
        #expect(
            history.value(of: .process(young), at: Self.moment(4)) == ByteCount(kibibytes: 4000))
    }

    @Test func aPidThatIsUsedAgainIsAnotherProcess() {
        let first = Self.id(1)
        let second = Self.id(1, start: 2)
        var history = MemoryHistory()
        history.record(Self.snapshot(1, [Self.process(first, 3000)]))
        history.record(Self.snapshot(2, [Self.process(second, 9000)]))
        let curve = history.curve(of: .process(second), last: .seconds(2), points: 2)
        #expect(Self.kibibytes(curve) == [nil, 9000])
        #expect(
            Self.kibibytes(history.curve(of: .process(first), last: .seconds(2), points: 2))
                == [3000, nil])
    }

    @Test func aProcessWithoutFiguresIsUnknownNotEnded() {
        let id = Self.id(1)
        var history = Self.history(of: id, [3000, nil, 3200])
        var curve = history.curve(of: .process(id), last: .seconds(3), points: 3)
        #expect(Self.kibibytes(curve) == [3000, nil, 3200])
        history.record(Self.snapshot(4, [Self.process(id, nil)], extent: .processesOnly))
        history.record(Self.snapshot(5, [Self.process(id, 3300)]))
        curve = history.curve(of: .process(id), last: .seconds(3), points: 3)
        #expect(Self.kibibytes(curve) == [3200, nil, 3300])
    }

    @Test func theOrderOfProcessesDoesNotMatter() {
        let ids = [Self.id(9), Self.id(3), Self.id(5)]
        var history = MemoryHistory()
        history.record(Self.snapshot(1, ids.map { Self.process($0, 2000) }))
        history.record(Self.snapshot(2, ids.reversed().map { Self.process($0, 3000) }))
        for id in ids {
            let curve = history.curve(of: .process(id), last: .seconds(2), points: 2)
            #expect(Self.kibibytes(curve) == [2000, 3000])
        }
    }

    @Test func theSameRefreshIsRecordedOnce() {
        let id = Self.id(1)
        var history = Self.history(of: id, [3000, 3100])
        history.record(Self.snapshot(2, at: 3, [Self.process(id, 9000)]))
        history.record(
            Self.snapshot(
                9, at: 3, [Self.process(id, 9000)],
                extent: .recorded(of: Snapshot.Totals(processes: 2, threads: 2))))
        #expect(history.latest == Self.moment(2))
        #expect(history.value(of: .process(id), at: Self.moment(2)) == ByteCount(kibibytes: 3100))
    }

    @Test func anEmptyHistoryKnowsNothing() {
        let history = MemoryHistory()
        #expect(history.latest == nil)
        #expect(history.recorded == .zero)
        #expect(history.curve(of: .hostMemory, last: .seconds(9), points: 2).values == [nil, nil])
        #expect(history.curve(of: .hostMemory, last: .seconds(9), points: 0).values == [])
        #expect(history.change(of: .hostMemory, last: .seconds(9)) == nil)
        #expect(history.value(of: .hostSwap, at: Nanoseconds(5)) == nil)
    }

    // MARK: The machine

    @Test func theMachineHasCurvesOfMemoryAndSwap() throws {
        var history = MemoryHistory()
        for second in 1...3 {
            var snapshot = Self.snapshot(second, [])
            let text = """
                MemTotal: 16000 kB
                MemFree: 100 kB
                MemAvailable: \(9000 - second * 1000) kB
                SwapTotal: \(second == 2 ? 0 : 2000) kB
                SwapFree: \(second == 2 ? 0 : 1500) kB

                """
            snapshot.host.memory = try MemoryInfo(parsing: Array(text.utf8).span)
            history.record(snapshot)
        }
        let memory = history.curve(of: .hostMemory, last: .seconds(3), points: 3)
        #expect(Self.kibibytes(memory) == [8000, 9000, 10_000])
        let swap = history.curve(of: .hostSwap, last: .seconds(3), points: 3)
        #expect(Self.kibibytes(swap) == [500, nil, 500])
        let change = try #require(history.change(of: .hostMemory, last: .seconds(60)))
        #expect(change.bytes == 2000 * 1024)
    }

    @Test func withoutTheFigureTheMachineHasNoCurve() throws {
        var history = MemoryHistory()
        var snapshot = Self.snapshot(1, [])
        snapshot.host.memory = try MemoryInfo(
            parsing: Array("MemTotal: 9 kB\nMemFree: 1 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n".utf8)
                .span)
        history.record(snapshot)
        #expect(history.value(of: .hostMemory, at: Self.moment(1)) == nil)
        #expect(history.value(of: .hostSwap, at: Self.moment(1)) == nil)
    }

    // MARK: Gaps

    @Test func aSleepIsAGap() {
        let process = Self.process(Self.id(1), 3000)
        var history = MemoryHistory()
        for (sequence, second) in [1.0, 2, 3, 8, 9].enumerated() {
            history.record(Self.snapshot(sequence, at: second, [process]))
        }
        let curve = history.curve(of: .process(process.id), last: .seconds(9), points: 9)
        #expect(Self.kibibytes(curve) == [3000, 3000, 3000, nil, nil, nil, nil, 3000, 3000])
        #expect(history.value(of: .process(process.id), at: Self.moment(5)) == nil)
    }

    @Test func aLateRefreshIsNoGap() {
        let process = Self.process(Self.id(1), 3000)
        var history = MemoryHistory()
        for (sequence, second) in [1.0, 3.5, 6].enumerated() {
            history.record(Self.snapshot(sequence, at: second, [process]))
        }
        #expect(history.runs.runs.count == 1)
    }

    @Test func aStoppedProgramIsAGapThoughRatesAreOverAllOfIt() {
        let process = Self.process(Self.id(1), 3000)
        var history = MemoryHistory()
        history.record(Self.snapshot(1, at: 1, [process]))
        history.record(Self.snapshot(2, at: 2, [process]))
        history.record(Self.snapshot(3, at: 3602, interval: .seconds(3600), [process]))
        #expect(history.runs.runs.count == 2)
    }

    @Test func anIntervalThatAPersonSetsIsNoGap() {
        let process = Self.process(Self.id(1), 3000)
        var history = MemoryHistory()
        history.record(Self.snapshot(1, at: 1, interval: nil, [process]))
        history.record(Self.snapshot(2, at: 1.25, interval: .milliseconds(250), [process]))
        history.record(Self.snapshot(3, at: 31.25, interval: .seconds(30), [process]))
        history.record(Self.snapshot(4, at: 61.25, interval: .seconds(30), [process]))
        #expect(history.runs.runs.count == 1)
    }

    @Test func gapsAreBounded() {
        let process = Self.process(Self.id(1), 3000)
        var history = MemoryHistory()
        for sequence in 0..<10_000 {
            history.record(Self.snapshot(sequence, at: Double(sequence) * 10, [process]))
        }
        #expect(history.runs.runs.count <= RecordedRuns.most)
        #expect(history.value(of: .process(process.id), at: Self.moment(10)) == nil)
        #expect(history.value(of: .process(process.id), at: Self.moment(99_990)) != nil)
        #expect(history.value(of: .process(process.id), at: Self.moment(99_985)) == nil)
    }

    // MARK: Changes

    @Test func aChangeTellsWhatItCovers() throws {
        let id = Self.id(1)
        let history = Self.history(of: id, (0..<100).map { 2000 + $0 * 50 })
        let change = try #require(history.change(of: .process(id), last: .seconds(10)))
        #expect(change.last == (2000 + 99 * 50) * 1024)
        #expect(abs(change.bytes - 500 * 1024) <= 5 * 1024)
        #expect(change.covered == .seconds(10))
        let all = try #require(history.change(of: .process(id), last: .seconds(3600)))
        #expect(all.covered == .seconds(99))
        #expect(all.first == 2000 * 1024)
        #expect(all.bytes == 99 * 50 * 1024)
        let before = try #require(
            history.change(of: .process(id), last: .seconds(10), until: Self.moment(20)))
        #expect(abs(before.bytes - 500 * 1024) <= 3 * 1024)
        #expect(history.change(of: .process(Self.id(2)), last: .seconds(10)) == nil)
    }

    /// Against what a curve of a point a second says, over gaps, unknown amounts and a restart of the
    /// count of them all.
    @Test func aChangeIsThatOfTheCurve() throws {
        var random = SeededRandom(seed: 11)
        let id = Self.id(1)
        var history = MemoryHistory()
        var amount: UInt64 = 50_000
        var second = 0
        for sequence in 1...3000 {
            second += Int.random(in: 0..<200, using: &random) == 0 ? 400 : 1
            amount += UInt64.random(in: 0..<2000, using: &random)
            let isKnown = Int.random(in: 0..<50, using: &random) > 0
            history.record(
                Self.snapshot(
                    sequence, at: Double(second), [Self.process(id, isKnown ? amount : nil)])
            )
        }
        let latest = second
        for span in [1, 5, 60, 300, 800] {
            for end in [latest, latest - 1, latest - 30, latest - 77] {
                let until = Self.moment(Double(end))
                // One more than the span has steps: the moment at which it begins.
                let points = history.curve(
                    of: .process(id), last: .seconds(span + 1), points: span + 1, until: until
                ).values
                let change = history.change(of: .process(id), last: .seconds(span), until: until)
                let known = points.compactMap { $0 }
                guard let first = known.first, let last = known.last, known.count > 1 else {
                    #expect(change == nil)
                    continue
                }
                #expect(change?.first == UInt64(first), "\(span) s to \(end)")
                #expect(change?.last == UInt64(last), "\(span) s to \(end)")
            }
        }
    }

    @Test func oneMomentIsNoChange() {
        let id = Self.id(1)
        let history = Self.history(of: id, [3000])
        #expect(history.change(of: .process(id), last: .seconds(10)) == nil)
    }

    @Test func jitterIsNoChangeAndCostsNothing() {
        let id = Self.id(1)
        let history = Self.history(of: id, (0..<600).map { 8_000_123 + UInt64($0 % 7) * 500 })
        #expect(history.change(of: .process(id), last: .seconds(500))?.bytes == 0)
        #expect(history.packedBytes == 0)
        // The present amount is exact all the same.
        #expect(
            history.value(of: .process(id), at: Self.moment(600))
                == ByteCount(kibibytes: 8_000_123 + (599 % 7) * 500))
    }

    @Test func aFallIsANegativeChange() throws {
        let id = Self.id(1)
        let history = Self.history(of: id, [9000, 4000])
        let change = try #require(history.change(of: .process(id), last: .seconds(10)))
        #expect(change.bytes == -5000 * 1024)
    }

    @Test func absurdFiguresDoNoHarm() {
        let id = ProcessIdentity(pid: ProcessID(1), startTime: ClockTicks(.max))
        let young = ProcessIdentity(pid: ProcessID(2), startTime: ClockTicks(.max))
        var history = MemoryHistory()
        for (sequence, moment) in [0, 1, 1 << 40, 1 << 63, UInt64.max].enumerated() {
            var process = Self.process(sequence < 3 ? id : young, nil, command: "c")
            process.memory = MemoryUse(
                anonymous: ByteCount(sequence % 2 == 0 ? .max : 1 << 62))
            var snapshot = Self.snapshot(sequence, [process])
            snapshot.moment = Nanoseconds(moment)
            snapshot.interval = .seconds(Int64.max)
            history.record(snapshot)
            for span in [Duration.zero, .seconds(-5), .seconds(1), .seconds(Int64.max)] {
                let curve = history.curve(of: .process(process.id), last: span, points: 7)
                #expect(curve.values.count == 7)
                _ = history.change(of: .process(process.id), last: span)
            }
        }
        #expect(history.latest == Nanoseconds(.max))
    }
}

extension MemoryHistory {
    /// The amount at a moment, by a curve of one point.
    func value(of subject: Subject, at moment: Nanoseconds) -> ByteCount? {
        let curve = curve(of: subject, last: .nanoseconds(1), points: 1, until: moment)
        return curve.values[0].map { ByteCount(UInt64($0)) }
    }
}
