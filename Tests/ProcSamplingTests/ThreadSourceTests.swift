import Glibc
import ProcFormats
import TestSupport
import Testing
import Units

@testable import ProcSampling

/// The three sources beside what the files of the same threads say.
@Suite(.serialized)
struct ThreadSourceTests {
    /// What the files say of a thread.
    private struct Files: Equatable {
        var figures: ThreadFigures
        var used: ThreadTimes
        var name: String

        init?(_ thread: Int32, of process: ProcessID, _ reader: ProcReader) {
            let files = ProcThreadSource(reader: reader)
            var name = ""
            guard let used = try? files.times(of: ThreadID(thread), in: process),
                let stat = try? files.stat(of: ThreadID(thread), in: process, updating: &name),
                let status = try? reader.read(
                    .thread(process, ThreadID(thread), "status"),
                    { bytes throws(ParseError) in try TaskStatus(parsing: bytes) }),
                let voluntary = status.voluntarySwitches,
                let involuntary = status.involuntarySwitches
            else { return nil }
            figures = ThreadFigures(stat)
            self.used = used
            self.used.switches = ThreadSwitches(voluntary: voluntary, involuntary: involuntary)
            self.name = name
        }
    }

    private func files(of process: ProcessID, _ reader: ProcReader) throws -> [Int32: Files] {
        var threads: [Int32] = []
        try reader.list(.process(process, "task"), into: &threads)
        return threads.reduce(into: [:]) { $0[$1] = Files($1, of: process, reader) }
    }

    private func expect<Value: Comparable>(
        _ value: Value?, between before: Value?, and after: Value?, _ what: String
    ) {
        guard let value, let before, let after else {
            Issue.record("\(what) is not known")
            return
        }
        #expect(before <= value && value <= after, "\(what): \(before) \(value) \(after)")
    }

    private func expect(
        _ used: ThreadTimes, between before: ThreadTimes, and after: ThreadTimes, _ what: String
    ) {
        expect(used.runTime, between: before.runTime, and: after.runTime, what + " run time")
        expect(used.runDelay, between: before.runDelay, and: after.runDelay, what + " delay")
        expect(
            used.switches?.voluntary, between: before.switches?.voluntary,
            and: after.switches?.voluntary, what + " voluntary")
        expect(
            used.switches?.involuntary, between: before.switches?.involuntary,
            and: after.switches?.involuntary, what + " involuntary")
    }

    private func expect(_ record: TaskRecord, between before: Files, and after: Files) {
        let figures = ThreadFigures(record, Machine.current.units)
        let what = "\(before.name) \(figures.id.tid)"
        expect(record.used, between: before.used, and: after.used, what)
        #expect(figures.id == before.figures.id)
        #expect(record.name == before.name || record.name == after.name)
        // What the files told before stands; how the rest splits may be seen otherwise by now.
        let passed = after.used.runTime.since(before.used.runTime)
        let ticks = Machine.current.units.ticks(passed) + ClockTicks(1)
        expect(
            figures.userTime, between: before.figures.userTime,
            and: before.figures.userTime.map { $0 + ticks }, what + " user")
        expect(
            figures.systemTime, between: before.figures.systemTime,
            and: before.figures.systemTime.map { $0 + ticks }, what + " system")
        expect(
            figures.minorFaults, between: before.figures.minorFaults,
            and: after.figures.minorFaults, what + " minor faults")
        expect(
            figures.majorFaults, between: before.figures.majorFaults,
            and: after.figures.majorFaults, what + " major faults")
        // One that is found asleep twice and did not run in between was asleep all the time.
        if before.used == after.used, before.figures.state == after.figures.state,
            before.figures.state != .running
        {
            #expect(figures.state == before.figures.state, "\(what)")
            #expect(figures.processor == before.figures.processor, "\(what)")
        }
    }

    /// Of this process and of others: what runs, sleeps, cannot be woken, comes, goes, has a bad name.
    @Test func everyFieldAgreesWithTheFiles() throws {
        let reader = ProcReader(root: try ProcRoot())
        let load = LoadThreads()
        defer { load.stop() }
        load.start(.idle, count: 30)
        load.start(.churn(300), count: 4)
        var random = SeededRandom(seed: 61)
        for _ in 0..<12 { load.start(.share(Double.random(in: 0.001...0.1, using: &random))) }
        let others = [
            try StartedWorkload("stall"), try StartedWorkload("names"),
            try StartedWorkload("idle", "40", "--spinners", "1", "--active", "50"),
            try StartedWorkload("switcher"),
        ]
        let processes = [ProcessID(getpid())] + others.map(\.pid)
        let iterator = try TaskIteratorSource(reader: reader)
        let taskstats = try TaskstatsSource(reader: reader)
        var compared = 0
        var told = Set<ThreadID>()
        for _ in 0..<12 {
            usleep(UInt32.random(in: 1000...200_000, using: &random))
            let before = try processes.map { try files(of: $0, reader) }
            try iterator.beginRefresh()
            taskstats.beginRefresh()
            var records: [[TaskRecord]] = []
            var times: [[Int32: ThreadTimes]] = []
            for (process, known) in zip(processes, before) {
                records.append(Array(try #require(iterator.records(of: process))))
                taskstats.expect(Array(known.keys))
                times.append(
                    known.keys.reduce(into: [:]) { times, thread in
                        times[thread] = try? taskstats.times(of: ThreadID(thread), in: process)
                    })
            }
            let after = try processes.map { try files(of: $0, reader) }
            for (index, before) in before.enumerated() {
                for (thread, first) in before {
                    guard let last = after[index][thread], last.figures.id == first.figures.id
                    else { continue }
                    if let used = times[index][thread] {
                        expect(used, between: first.used, and: last.used, "taskstats \(thread)")
                        compared += 1
                    }
                    let record = records[index].first { $0.tid == first.figures.id.tid }
                    if let record {
                        expect(record, between: first, and: last)
                        told.insert(record.tid)
                    } else {
                        // Told of before, and did not run since.
                        #expect(told.contains(first.figures.id.tid), "\(first)")
                    }
                }
            }
        }
        #expect(compared > 12 * 100)
        #expect(told.count > 100)
    }

    /// What a process with many threads used is what its clock says, whether it was read or added up,
    /// while threads run, sleep, come and end.
    @Test func whatAProcessUsedIsWhatItsClockSays() throws {
        let program = try StartedWorkload(
            "idle", "300", "--spinners", "1", "--active", "20", "--brief", "20")
        let sampler = Sampler(root: try ProcRoot(), source: .iterator)
        var added = 0
        for _ in 0..<40 {
            usleep(50_000)
            let before = try #require(CPUClock.read(program.pid))
            _ = sampler.sample(Interest())
            let after = try #require(CPUClock.read(program.pid))
            let process = try #require(sampler.processes.first { $0.pid == program.pid })
            let total = process.sample.totalTime
            #expect(before <= total && total <= after, "\(before) \(total) \(after)")
            if process.gateAt == process.toldAt { added += 1 }
        }
        // At most one refresh in twenty finds a thread that is about to end, and one after it.
        #expect(added >= 20)
    }

    /// Those of which a pass does not tell have used what they had used before.
    @Test func whoIsNotToldOfDidNotRun() throws {
        let reader = ProcReader(root: try ProcRoot())
        let program = try StartedWorkload("idle", "300", "--active", "30")
        let iterator = try TaskIteratorSource(reader: reader)
        var known: [ThreadID: ThreadTimes] = [:]
        var left = 0
        var late = 0
        for round in 0..<10 {
            usleep(150_000)
            let before = try files(of: program.pid, reader)
            try iterator.beginRefresh()
            var told = Set<ThreadID>()
            for record in try #require(iterator.records(of: program.pid)) {
                known[record.tid] = record.used
                told.insert(record.tid)
            }
            for (thread, files) in before where !told.contains(ThreadID(thread)) {
                guard round > 0, files.figures.state == .sleeping else { continue }
                if known[ThreadID(thread)] != files.used { late += 1 }
                left += 1
            }
        }
        #expect(left > 1000)
        // One that was interrupted on its way to sleep is told of late.
        #expect(late <= 1)
    }

    /// A thread that slept, and now uses 2 % of a CPU or more.
    @Test(arguments: ThreadSourceKind.allCases)
    func aThreadThatBeginsToRunIsSeenAtTheSecondRefresh(_ kind: ThreadSourceKind) throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer {
            close(ends[0])
            close(ends[1])
        }
        let load = LoadThreads()
        defer { load.stop() }
        load.start(.shareAfter(ends[0], 0.1))
        try #require(SlowLaneTests.poll { load.threads.count == 1 })
        let tid = load.threads[0]
        load.start(.idle, count: 300)
        try #require(SlowLaneTests.poll { load.threads.count == 301 })

        let sampler = Sampler(root: try ProcRoot(), source: kind)
        func cpu() throws -> Percent? {
            let snapshot = sampler.sample(Interest())
            #expect(snapshot.threadSources?.chosen == kind)
            return snapshot.processes.first { $0.id.pid.rawValue == getpid() }?.threads
                .first { $0.id.tid.rawValue == tid }?.cpu
        }
        _ = try cpu()
        usleep(100_000)
        _ = try cpu()
        write(ends[1], "x", 1)
        var isBusy = [false, false]
        var before = (used: LoadThreads.time(of: tid), at: Instant.now)
        for _ in 0..<60 {
            usleep(400_000)
            let now = (used: LoadThreads.time(of: tid), at: Instant.now)
            let shown = try cpu()
            let use = now.used - before.used
            isBusy = [isBusy[1], use > 0.02 * Instant.now.since(before.at).seconds]
            before = (LoadThreads.time(of: tid), .now)
            if isBusy == [true, true] { #expect(try #require(shown) > .zero) }
            if isBusy == [true, true], (shown ?? .zero) > .zero { return }
        }
        Issue.record("the thread never got its 2 %")
    }

    // MARK: Choosing

    /// Fails at the second refresh, as when rights are dropped.
    private final class EndingSource: FileBackedSource {
        let files: ProcThreadSource
        private var left = 1

        init(root: ProcRoot) { files = ProcThreadSource(reader: ProcReader(root: root)) }

        var kind: ThreadSourceKind { .iterator }

        func beginRefresh() throws(ThreadSourceRefusal) {
            left -= 1
            guard left >= 0 else { throw ThreadSourceRefusal("it ended") }
        }
    }

    @Test func whereASourceEndsTheNextBestGoesOn() throws {
        let program = try StartedWorkload("idle", "20")
        let root = try ProcRoot()
        let sampler = Sampler(
            root: root, machine: .current, slowLane: SlowLane(root: root),
            threads: EndingSource(root: root))
        func sample() throws -> (Snapshot, ProcessSample) {
            let snapshot = sampler.sample(Interest())
            return (snapshot, try #require(snapshot.processes.first { $0.id.pid == program.pid }))
        }
        let (before, first) = try sample()
        #expect(before.threadSources?.chosen == .iterator)
        usleep(60_000)
        let (after, second) = try sample()
        #expect(after.threadSources?.chosen == .taskstats)
        #expect(after.threadSources?.refusals[.iterator]?.description == "it ended")
        #expect(first.threads.map(\.id) == second.threads.map(\.id))
        #expect(first.threads.count == 21)
    }

    @Test func aCapturedTreeHasFilesOnly() throws {
        let tree = FakeTree()
        tree.setProcess(100, [(100, FakeTree.Task())])
        let sampler = try tree.sampler()
        #expect(sampler.sample(Interest(), depth: .processesOnly).threadSources == nil)
        let report = try #require(sampler.sample(Interest()).threadSources)
        #expect(report.chosen == .proc)
        #expect(report.refusals == [.iterator: .notLive, .taskstats: .notLive])
        #expect(throws: ThreadSourceRefusal.notLive) {
            try ProcRoot(path: tree.path).check(.iterator)
        }
    }
}
