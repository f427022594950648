import ProcFormats
import Samples
import Testing
import Units

@testable import History

struct HistoryTests {
    static func thread(_ tid: Int32, cpu: Double, state: TaskState = .running) -> ThreadSample {
        ThreadSample(
            id: ThreadIdentity(tid: ThreadID(tid), startTime: ClockTicks(100)),
            process: ProcessID(1), name: "worker-\(tid)", state: state, processor: 3,
            totalTime: Nanoseconds(5_000_000_000), cpu: Percent(cpu), user: Percent(cpu),
            system: .zero, runDelay: Percent(0.25), voluntarySwitches: Rate(411.0),
            involuntarySwitches: .zero, minorFaults: nil, majorFaults: .zero,
            activity: .waitChannel("futex_wait"))
    }

    static func snapshot(
        _ sequence: Int, at seconds: Int? = nil, uptime: Int? = nil,
        interval: Duration? = .seconds(1),
        threads: [ThreadSample]
    ) -> Snapshot {
        var host = HostSample(name: "edge-07", kernelRelease: "6.18", cpuCount: 8)
        host.uptime = 1000 + Double(uptime ?? sequence)
        let hottest = threads.max { ($0.cpu ?? .zero) < ($1.cpu ?? .zero) }
        let process = ProcessSample(
            id: ProcessIdentity(pid: ProcessID(1), startTime: ClockTicks(50)), user: UserID(7),
            name: "streamd", command: "/opt/streamd", state: .sleeping,
            cpu: Percent(threads.reduce(0) { $0 + Double($1.cpu?.rawValue ?? 0) }),
            hottestCPU: hottest?.cpu, hottestThread: hottest?.id,
            threadCount: threads.count, residentMemory: ByteCount(kibibytes: 2048),
            threads: threads)
        return Snapshot(
            sequence: sequence, time: WallTime(seconds: Int64(seconds ?? sequence)),
            interval: interval, host: host, processes: [process])
    }

    @Test func aMomentComesBackAsItWas() throws {
        var history = History()
        let samples = [Self.thread(11, cpu: 99.81), Self.thread(12, cpu: 0.25)]
        history.record(Self.snapshot(5, threads: samples))
        #expect(history.snapshot(sequence: 4) == nil)
        let moment = try #require(history.snapshot(sequence: 5))
        #expect(moment.recordedTotals == Snapshot.Totals(processes: 1, threads: 2))
        #expect(moment.host.name == "edge-07")
        let process = try #require(moment.processes.first)
        #expect(process.command == "/opt/streamd")
        #expect(process.user == UserID(7))
        #expect(process.residentMemory == ByteCount(kibibytes: 2048))
        #expect(process.memory == nil)
        #expect(process.hottestThread == samples[0].id)
        let thread = try #require(process.threads.first)
        #expect(thread.id == samples[0].id)
        #expect(thread.name == "worker-11")
        #expect(thread.cpu == Percent(99.81))
        #expect(thread.voluntarySwitches == Rate(411.0))
        #expect(thread.minorFaults == nil)
        #expect(thread.majorFaults == .zero)
        #expect(thread.processor == 3)
        #expect(thread.activity == .waitChannel("futex_wait"))
        #expect(thread.totalTime == Nanoseconds(5_000_000_000))
    }

    @Test func theCurveTellsNothingUsedFromNotKnown() {
        var history = History(threads: RowLimits(rows: 300, changes: 128, changesAtOnce: 0))
        let thread = Self.thread(11, cpu: 50)
        history.record(Self.snapshot(1, interval: nil, threads: [thread]))
        history.record(Self.snapshot(2, threads: [thread]))
        history.record(Self.snapshot(3, threads: []))
        // So many others are hotter that its row was cut.
        let others = (100..<300).map { Self.thread(Int32($0), cpu: 60) }
        history.record(Self.snapshot(4, threads: others + [Self.thread(11, cpu: 1)]))
        let curve = history.cpuCurve(of: thread.id)
        #expect(curve.map(\.cpu) == [nil, Percent(50.0), .zero, nil])
        #expect(curve.map(\.time.seconds) == [1, 2, 3, 4])
    }

    @Test func beforeItBeganAThreadUsedNothingThatIsKnown() {
        var history = History()
        history.record(Self.snapshot(1, threads: []))
        // Uptime at that moment was 1001 s.
        let young = ThreadIdentity(tid: ThreadID(9), startTime: ClockTicks(100_100))
        let old = ThreadIdentity(tid: ThreadID(9), startTime: ClockTicks(99_000))
        #expect(history.cpuCurve(of: young).map(\.cpu) == [nil])
        #expect(history.cpuCurve(of: old).map(\.cpu) == [.zero])
    }

    @Test func aPauseIsAGap() {
        var history = History()
        let thread = Self.thread(11, cpu: 50)
        history.record(Self.snapshot(1, at: 1, threads: [thread]))
        history.record(Self.snapshot(2, at: 600, uptime: 600, threads: [thread]))
        let curve = history.cpuCurve(of: thread.id)
        #expect(curve.map(\.cpu) == [Percent(50.0), nil, Percent(50.0)])
        #expect(curve.map(\.age) == [.seconds(599), .seconds(599), .zero])
        #expect(history.time(from: 1, to: 2) == .seconds(599))
    }

    @Test func aClockThatIsSetNeitherMakesAGapNorHidesOne() {
        var history = History()
        let thread = Self.thread(11, cpu: 50)
        history.record(Self.snapshot(1, at: 1, threads: [thread]))
        history.record(Self.snapshot(2, at: 86_400, threads: [thread]))
        history.record(Self.snapshot(3, at: 3, threads: [thread]))
        #expect(history.cpuCurve(of: thread.id).map(\.age) == [.seconds(2), .seconds(1), .zero])
        // The machine slept and its clock was wrong by as much.
        history.record(Self.snapshot(4, at: 4, uptime: 300, threads: [thread]))
        #expect(
            history.cpuCurve(of: thread.id).map { $0.cpu == nil } == [
                false, false, false, true, false,
            ])
    }

    @Test func queriesEndWhereTheyAreToldTo() {
        var history = History()
        for sequence in 1...100 {
            let state: TaskState = sequence > 50 ? .diskSleep : .running
            history.record(
                Self.snapshot(
                    sequence, threads: [Self.thread(11, cpu: Double(sequence), state: state)]))
        }
        let thread = Self.thread(11, cpu: 0).id
        let curve = history.cpuCurve(of: thread, last: .seconds(2), until: 40)
        #expect(curve.map(\.cpu) == [Percent(38.0), Percent(39.0), Percent(40.0)])
        #expect(curve.last?.age == .zero)
        #expect(history.states(of: thread, until: 40).counts == [.running: 40])
        #expect(history.cpuCurve(of: thread, until: 0).isEmpty)
        let process = ProcessIdentity(pid: ProcessID(1), startTime: ClockTicks(50))
        #expect(history.cpuCurve(of: process, until: 40).count == 40)
    }

    @Test func afterItsEndAThreadUsedNothingThatIsKnown() {
        var history = History()
        let thread = Self.thread(11, cpu: 50)
        for sequence in 1...4 {
            history.record(Self.snapshot(sequence, threads: sequence == 1 ? [thread] : []))
        }
        #expect(history.lastSequence(of: thread.id) == 1)
        #expect(
            history.cpuCurve(of: thread.id, lastSeen: 2).map(\.cpu)
                == [Percent(50.0), .zero, nil, nil])
    }

    @Test func stepsGoByTime() {
        var history = History()
        for sequence in 1...10 { history.record(Self.snapshot(sequence, threads: [])) }
        // Slower, then a sleep of the machine.
        history.record(Self.snapshot(11, uptime: 40, interval: .seconds(30), threads: []))
        history.record(Self.snapshot(12, uptime: 400, threads: []))
        #expect(history.sequence(.seconds(-5), from: 10) == 5)
        #expect(history.sequence(.seconds(-35), from: 11) == 5)
        #expect(history.sequence(.seconds(-60), from: 12) == 11)
        #expect(history.sequence(.seconds(60), from: 11) == 12)
        #expect(history.sequence(.seconds(60), from: 12) == 12)
        #expect(history.sequence(.seconds(-60), from: 3) == 1)
        #expect(history.sequence(.seconds(-60), from: 99) == nil)
        #expect(history.time(from: 9, to: 99) == nil)
    }

    @Test func statesAreCountedOverTheLastMinute() {
        var history = History()
        for sequence in 1...100 {
            let state: TaskState = sequence % 4 == 0 ? .diskSleep : .running
            history.record(
                Self.snapshot(sequence, threads: [Self.thread(11, cpu: 50, state: state)]))
        }
        let states = history.states(of: Self.thread(11, cpu: 0).id)
        #expect(states.polls == 61)
        #expect(states.counts == [.diskSleep: 16, .running: 45])
    }

    @Test func shownThreadsAreKeptThoughTheyUseNothing() {
        var history = History()
        let idle = Self.thread(11, cpu: 0, state: .sleeping)
        history.record(Self.snapshot(1, threads: [idle]), shown: [idle.id])
        #expect(history.states(of: idle.id).counts == [.sleeping: 1])
    }

    @Test func theSameRefreshIsRecordedOnce() {
        var history = History()
        history.record(Self.snapshot(1, threads: []))
        history.record(Self.snapshot(1, threads: []))
        #expect(history.moments.count == 1)
    }

    @Test func nearestFindsTheClosestMoment() {
        var history = History()
        #expect(history.nearest(to: 3) == nil)
        #expect(history.sequences == nil)
        for sequence in [10, 11, 20] { history.record(Self.snapshot(sequence, threads: [])) }
        #expect(history.sequences == 10...20)
        #expect([0, 10, 14, 17, 99].map { history.nearest(to: $0) } == [10, 10, 11, 20, 20])
    }

    @Test func aWholeProcessHasACurve() {
        var history = History()
        history.record(
            Self.snapshot(1, threads: [Self.thread(11, cpu: 30), Self.thread(12, cpu: 40)]))
        let process = ProcessIdentity(pid: ProcessID(1), startTime: ClockTicks(50))
        #expect(history.cpuCurve(of: process).map(\.cpu) == [Percent(70.0)])
    }

    /// Twenty-five different sets of busy threads out of five thousand, over and over: for more than
    /// five times as long as moments are kept.
    @Test func memoryIsBoundedByConstruction() {
        let sets = (0..<25).map { (set: Int) -> Snapshot in
            let threads = (0..<200).map { (index: Int) -> ThreadSample in
                Self.thread(Int32(set * 200 + index + 1), cpu: Double(index % 90 + 1))
            }
            return Self.snapshot(0, threads: threads)
        }
        var history = History()
        var peak = 0
        for sequence in 1...5_000 {
            var snapshot = sets[sequence % sets.count]
            snapshot.sequence = sequence
            history.record(snapshot)
            if sequence % 250 == 0 { peak = max(peak, history.byteCount) }
        }
        #expect(history.moments.count == 901)
        #expect(history.threads.subjects.count <= 5_000)
        // 128 rows of 52 bytes and as many ends at a moment, and what stands.
        #expect(peak < 12_000_000)
    }

    @Test func fiveThousandThreadsThatStandStillAreAllKept() {
        let all = Self.snapshot(
            0, threads: (1...5_000).map { Self.thread($0, cpu: Double($0) / 100) })
        var history = History()
        for sequence in 1...1_000 {
            var snapshot = all
            snapshot.sequence = sequence
            history.record(snapshot)
        }
        #expect(history.byteCount < 8_000_000)
        #expect(history.snapshot(sequence: 1000)?.processes.first?.threads.count == 5_000)
    }

    /// Every second all of them have other figures.
    @Test func ofFiveThousandThreadsThatAllWorkTheHottestAreKept() throws {
        var history = History()
        for sequence in 1...400 {
            let threads = (1...5_000).map {
                Self.thread($0, cpu: Double($0) / 100 + Double(sequence % 7) / 10_000)
            }
            history.record(Self.snapshot(sequence, threads: threads))
        }
        #expect(history.byteCount < 8_000_000)
        // All are there, as long as there is room for so many changes at once.
        #expect(history.snapshot(sequence: 2)?.processes.first?.threads.count == 5_000)
        let then = try #require(history.snapshot(sequence: 400))
        #expect(then.recordedTotals == Snapshot.Totals(processes: 1, threads: 5_000))
        let kept = try #require(then.processes.first).threads.map(\.id.tid.rawValue)
        #expect(Set(kept) == Set(4_873...5_000))
    }

    @Test func anotherNameIsAnotherSubjectThatMakesRoomInTheEnd() {
        var history = History()
        for sequence in 1...40_000 {
            let thread = Self.thread(Int32(sequence), cpu: 50)
            history.record(Self.snapshot(sequence, interval: .milliseconds(500), threads: [thread]))
        }
        #expect(history.moments.count == History.mostMoments)
        #expect(history.threads.subjects.count == History.mostMoments)
        #expect(history.byteCount < 4_100_000)
    }

    @Test func rowsAreAsSmallAsPromised() {
        #expect(MemoryLayout<RecordedThreadRow?>.stride == 48)
        #expect(MemoryLayout<RowLog<RecordedThreadRow>.Change>.stride == 52)
        #expect(MemoryLayout<RecordedProcessRow?>.stride == 88)
        #expect(MemoryLayout<RowLog<RecordedProcessRow>.Change>.stride == 92)
        #expect(MemoryLayout<RowLog<RecordedProcessorRow>.Change>.stride == 32)
        #expect(MemoryLayout<RowLog<RecordedSocketRow>.Change>.stride <= 304)
        #expect(MemoryLayout<RecordedGroupRow>.stride == 24)
    }
}
