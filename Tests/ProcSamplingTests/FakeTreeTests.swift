import Glibc
import ProcFormats
import Testing
import Units

@testable import ProcSampling

/// Two states of a made-up tree, and what the sampler makes of them.
struct FakeTreeTests {
    let tree = FakeTree()

    private func sampler() throws -> Sampler {
        try tree.sampler()
    }

    /// The second of two samples, `change` in between. A pause gives rates a time to be over.
    private func second(
        _ interest: Interest = Interest(), depth: SamplingDepth = .everything,
        after change: () -> Void
    ) throws -> Snapshot {
        let sampler = try sampler()
        _ = sampler.sample(interest, depth: depth)
        change()
        tree.advance()
        tree.pass()
        return sampler.sample(interest, depth: depth)
    }

    private func thread(_ snapshot: Snapshot, _ tid: Int32) throws -> ThreadSample {
        try #require(snapshot.processes.flatMap(\.threads).first { $0.id.tid.rawValue == tid })
    }

    @Test func thisIsNoProcTree() {
        let empty = FakeTree()
        empty.remove("stat")
        #expect(throws: ProcError.absent(path: empty.path + "/stat")) {
            try ProcRoot(path: empty.path)
        }
        let text = ProcError.absent(path: "/x/stat").description
        #expect(text == "/x/stat: no such file; is this a /proc tree?")
    }

    @Test func aFileThatThisKernelLacksIsNoEndOfItsThread() throws {
        tree.setProcess(100, [(100, FakeTree.Task())])
        tree.remove("100/task/100/syscall")
        let sampler = try sampler()
        let first = sampler.sample(Interest(), depth: .everything)
        let thread = try #require(first.processes.first?.threads.first?.id)
        let detail = try #require(
            sampler.amend(Interest(selectedThread: thread))?.selectedThread)
        #expect(throws: ProcError.absent(path: "100/task/100/syscall")) {
            try detail.systemCall.get()
        }
    }

    /// Of a container's host: `/host/proc`, and `/host/sys/fs/cgroup` beside it.
    @Test func controlGroupsStandBesideTheTree() throws {
        tree.setProcess(1, [(1, FakeTree.Task())])
        let name = tree.path.split(separator: "/").last.map(String.init) ?? ""
        tree.write(
            "1/mountinfo", "41 31 0:41 / /\(name)/groups rw - cgroup2 cgroup2 rw\n")
        tree.write("1/cgroup", "0::/app.slice\n")
        tree.write("groups/app.slice/memory.current", "20971520\n")
        tree.write("groups/app.slice/memory.max", "67108864\n")
        let sampler = try sampler()
        var limit: ByteCount?
        // The group of a process is read beside the samples.
        for _ in 0..<200 where limit == nil {
            limit = sampler.sample(Interest(), depth: .everything).memoryGroups["/app.slice"]?.limit
            tree.pass()
            usleep(20_000)
        }
        #expect(limit == ByteCount(64 << 20))
    }

    @Test func processesAloneAreATree() throws {
        tree.setProcess(100, [(100, FakeTree.Task())])
        tree.remove("stat")
        tree.remove("uptime")
        let snapshot = try sampler().sample(Interest(), depth: .everything)
        #expect(snapshot.processes.map(\.id.pid.rawValue) == [100])
        #expect(snapshot.host.cpuCount == nil)
        #expect(snapshot.host.runnable == nil)
        #expect(snapshot.trouble.malformed == 0)
    }

    @Test func aCapturedTreeIsNotLive() throws {
        #expect(try !ProcRoot(path: tree.path).isLive)
        #expect(try ProcRoot().isLive)
    }

    @Test func theFirstSightHasNoRates() throws {
        tree.setProcess(100, [(100, FakeTree.Task(user: 50, schedule: (500_000_000, 0)))])
        let snapshot = try sampler().sample(Interest(), depth: .everything)
        let process = try #require(snapshot.processes.first)
        #expect(snapshot.interval == nil)
        #expect(process.cpu == nil)
        #expect(process.threads.map(\.cpu) == [nil])
        #expect(process.threads[0].totalTime == Nanoseconds(500_000_000))
    }

    @Test func userAndSystemSplitAsTheirTicksDo() throws {
        tree.setProcess(
            100, [(100, FakeTree.Task(user: 0, system: 10, schedule: (100_000_000, 0)))])
        let snapshot = try second {
            tree.setProcess(
                100, [(100, FakeTree.Task(user: 3, system: 11, schedule: (140_000_000, 0)))])
        }
        let sample = try thread(snapshot, 100)
        let (user, system) = (try #require(sample.user), try #require(sample.system))
        #expect(user.rawValue > 0)
        #expect(abs(user.rawValue / system.rawValue - 3) < 0.01)
        let cpu = try #require(sample.cpu)
        #expect(abs(user.rawValue + system.rawValue - cpu.rawValue) < 0.01)
    }

    @Test func runDelayAndSwitchesAreRates() throws {
        let before = FakeTree.Task(
            user: 1, schedule: (10_000_000, 1_000), voluntary: 5, involuntary: 7)
        tree.setProcess(100, [(100, before)])
        let snapshot = try second {
            let after = FakeTree.Task(
                user: 2, schedule: (20_000_000, 2_000_000), voluntary: 25, involuntary: 17)
            tree.setProcess(100, [(100, after)])
        }
        let sample = try thread(snapshot, 100)
        #expect(try #require(sample.runDelay) > .zero)
        let voluntary = try #require(sample.voluntarySwitches)
        let involuntary = try #require(sample.involuntarySwitches)
        #expect(abs(voluntary.rawValue / involuntary.rawValue - 2) < 0.01)
        #expect(sample.activity == .systemCall(0))
    }

    @Test func switchesOfATimeWithoutSamplesMakeNoRate() throws {
        func set(_ step: Int) {
            let task = FakeTree.Task(
                user: 1 + step, schedule: (1_000_000 * (step + 1), 0), voluntary: 1000 * step,
                involuntary: 0)
            tree.setProcess(100, [(100, task)])
        }
        set(0)
        let sampler = try sampler()
        let thread = try #require(sampler.sample(Interest(), depth: .everything).processes.first)
            .threads[0].id
        // It runs and switches while it is out of sight.
        for step in 1...3 {
            tree.pass(.milliseconds(60))
            set(step)
            tree.advance()
            _ = sampler.sample(Interest())
        }
        let shown = Interest(shownThreads: [thread])
        let amended = try #require(sampler.amend(shown)).processes[0].threads[0]
        #expect(amended.voluntarySwitches == nil)
        tree.pass(.milliseconds(60))
        set(4)
        tree.advance()
        let next = sampler.sample(shown).processes[0].threads[0]
        let rate = try #require(next.voluntarySwitches)
        // A thousand in 60 ms, not four thousand.
        #expect(abs(rate.rawValue - 1000 / 0.06) < 1)
    }

    @Test func aReusedProcessNumberIsAnotherProcess() throws {
        tree.setProcess(100, [(100, FakeTree.Task(name: "old", user: 90, start: 500))])
        let snapshot = try second {
            tree.setProcess(100, [(100, FakeTree.Task(name: "new", user: 95, start: 900))])
        }
        let process = try #require(snapshot.processes.first)
        #expect(process.id.startTime == ClockTicks(900))
        #expect(process.name == "new")
        #expect(process.cpu == nil)
        #expect(process.threads.map(\.cpu) == [nil])
    }

    @Test func aReusedThreadNumberIsAnotherThread() throws {
        let leader = FakeTree.Task(user: 1, schedule: (10_000_000, 0))
        tree.setProcess(
            100, [(100, leader), (101, FakeTree.Task(user: 5, schedule: (50_000_000, 0)))])
        let snapshot = try second {
            let other = FakeTree.Task(name: "other", user: 6, start: 900, schedule: (60_000_000, 0))
            tree.setProcess(100, [(100, leader), (101, other)])
        }
        let sample = try thread(snapshot, 101)
        #expect(sample.id.startTime == ClockTicks(900))
        #expect(sample.name == "other")
        #expect(sample.cpu == nil)
    }

    @Test func aThreadThatEndsTakesNothingFromItsProcess() throws {
        let leader = FakeTree.Task(user: 10, schedule: (100_000_000, 0))
        let other = FakeTree.Task(user: 90, schedule: (900_000_000, 0))
        tree.setProcess(100, [(100, leader), (101, other)])
        let snapshot = try second {
            tree.setProcess(100, [(100, leader)])
            // The kernel's sum for the process keeps what ended threads used.
            var sum = leader
            sum.user = 102
            tree.write("100/stat", FakeTree.stat(100, sum, 1))
        }
        let process = try #require(snapshot.processes.first)
        #expect(process.threads.map(\.id.tid.rawValue) == [100])
        #expect(process.threadCount == 1)
        #expect(try #require(process.cpu) > .zero)
        #expect(process.threads[0].cpu == .zero)
    }

    @Test func aNewThreadHasNoRateAndTheOthersKeepTheirs() throws {
        tree.setProcess(100, [(100, FakeTree.Task(user: 1, schedule: (10_000_000, 0)))])
        let snapshot = try second {
            tree.setProcess(
                100,
                [
                    (100, FakeTree.Task(user: 2, schedule: (20_000_000, 0))),
                    (101, FakeTree.Task(name: "late", user: 1, schedule: (10_000_000, 0))),
                ])
        }
        #expect(try #require(try thread(snapshot, 100).cpu) > .zero)
        #expect(try thread(snapshot, 101).cpu == nil)
        #expect(try thread(snapshot, 101).name == "late")
    }

    @Test(arguments: [nil, (run: 0, delay: 0)])
    func withoutScheduleFiguresTicksCount(_ schedule: (run: Int, delay: Int)?) throws {
        tree.setProcess(100, [(100, FakeTree.Task(user: 10, schedule: schedule))])
        let snapshot = try second {
            tree.setProcess(100, [(100, FakeTree.Task(user: 12, schedule: schedule))])
        }
        let sample = try thread(snapshot, 100)
        #expect(try #require(sample.cpu) > .zero)
        #expect(sample.totalTime == Nanoseconds(120_000_000))
        #expect(sample.runDelay == nil)
    }

    @Test func hostileNamesStayNames() throws {
        let names = ["a) R 1 (", "two\nlines", "\u{1B}[31m", ""]
        for (index, name) in names.enumerated() {
            tree.setProcess(100 + index, [(100 + index, FakeTree.Task(name: name))])
        }
        let snapshot = try sampler().sample(Interest(), depth: .everything)
        #expect(snapshot.processes.map(\.name) == names)
        #expect(snapshot.processes.flatMap(\.threads).map(\.name) == names)
        #expect(snapshot.trouble.malformed == 0)
    }

    @Test func aMalformedFileIsCountedWithItsPath() throws {
        tree.setProcess(100, [(100, FakeTree.Task()), (101, FakeTree.Task())])
        tree.write("100/task/101/stat", "101 (x) S 1 2 three")
        let snapshot = try sampler().sample(Interest(), depth: .everything)
        #expect(snapshot.processes.first?.threads.map(\.id.tid.rawValue) == [100])
        #expect(snapshot.trouble.malformed == 1)
        #expect(snapshot.trouble.malformedFiles.last?.hasPrefix("100/task/101/stat: ") == true)
    }

    @Test func whatVanishesHalfwayIsLeftOutWithoutNoise() throws {
        tree.setProcess(100, [(100, FakeTree.Task())])
        tree.setProcess(300, [(300, FakeTree.Task()), (301, FakeTree.Task())])
        tree.remove("300/task/301/stat")
        tree.remove("300/task/301/schedstat")
        let snapshot = try sampler().sample(Interest(), depth: .everything)
        #expect(snapshot.processes.map(\.id.pid.rawValue) == [100, 300])
        #expect(snapshot.processes[1].threads.map(\.id.tid.rawValue) == [300])
        #expect(snapshot.trouble == SamplingTrouble())
    }

    @Test func withoutStatTheNumberOfCPUsIsNotKnown() throws {
        let sampler = try sampler()
        tree.remove("stat")
        #expect(sampler.sample(Interest()).host.cpuCount == nil)
    }

    @Test func whatACapturedTreeHasInPartIsCounted() throws {
        tree.setProcess(100, [(100, FakeTree.Task())])
        tree.write("200/comm", "no stat\n")
        tree.setProcess(300, [(300, FakeTree.Task())])
        tree.remove("300/task")
        let sampler = try sampler()
        for _ in 0..<2 {
            let snapshot = sampler.sample(Interest(), depth: .everything)
            #expect(snapshot.processes.map(\.id.pid.rawValue) == [100])
            #expect(snapshot.trouble == SamplingTrouble(incomplete: 2))
        }
        tree.remove("200")
        tree.setProcess(300, [(300, FakeTree.Task())])
        tree.advance()
        tree.pass()
        let snapshot = sampler.sample(Interest(), depth: .everything)
        #expect(snapshot.trouble == SamplingTrouble())
        #expect(snapshot.processes[1].threads.count == 1)
    }

    @Test(arguments: [SamplingDepth.everything, .changes])
    func whereTheClockStandsStillThereAreNoRates(_ depth: SamplingDepth) throws {
        let task = FakeTree.Task(user: 50, schedule: (500_000_000, 0), voluntary: 3)
        tree.setProcess(100, [(100, task)])
        let sampler = try sampler()
        let id = try #require(sampler.sample(Interest(), depth: depth).processes.first).threads[0]
            .id
        let interest = Interest(shownThreads: [id])
        func expectNoRates(_ snapshot: Snapshot) {
            #expect(snapshot.interval == nil)
            #expect(snapshot.host.contextSwitches == nil)
            #expect(snapshot.ownCost.cpu != nil)
            let process = snapshot.processes[0]
            #expect(process.cpu == nil && process.hottestCPU == nil && process.minorFaults == nil)
            let thread = process.threads[0]
            #expect(thread.cpu == nil && thread.user == nil && thread.runDelay == nil)
            #expect(thread.minorFaults == nil && thread.voluntarySwitches == nil)
            #expect(thread.totalTime == Nanoseconds(500_000_000))
        }
        for _ in 0..<3 {
            tree.pass()
            expectNoRates(sampler.sample(interest, depth: depth))
        }
        // Another capture took its place: from one to the other there are rates, and then none.
        tree.advance()
        tree.pass()
        let moved = sampler.sample(interest, depth: depth)
        #expect(try #require(moved.interval) >= .milliseconds(200))
        #expect(moved.processes[0].cpu == .zero)
        #expect(moved.processes[0].threads[0].cpu == .zero)
        #expect(moved.host.contextSwitches == .zero)
        tree.pass()
        expectNoRates(sampler.sample(interest, depth: depth))
    }

    @Test func absurdFiguresAreHarmless() throws {
        let most = Int.max
        func set(_ figure: Int) {
            let tasks = (0..<6).map { index in
                (
                    tid: 100 + index,
                    task: FakeTree.Task(
                        user: figure / 10, system: figure / 10, minorFaults: figure,
                        schedule: (figure, figure), voluntary: figure, involuntary: figure)
                )
            }
            tree.setProcess(100, tasks)
            let process = FakeTree.Task(user: figure, system: figure / 3)
            tree.write("100/stat", FakeTree.stat(100, process, 6))
            tree.write("vmstat", "pgpgin \(figure)\npgpgout \(figure)\npgmajfault \(figure)\n")
            setMemory(figure)
        }
        let sampler = try tree.sampler(
            hierarchies: GroupHierarchies(
                memory: GroupHierarchy(isUnified: true, mountPoint: tree.path + "/cgroup")))
        let process = ProcessIdentity(pid: ProcessID(100), startTime: ClockTicks(500))
        var recording = History()
        var memory = MemoryHistory()
        var host = sampler.sample(Interest(), depth: .everything).host
        for (round, figure) in [0, most, 1, most / 2, most, 3, most].enumerated() {
            set(figure)
            tree.advance(by: round == 5 ? 1 << 50 : 1)
            tree.pass(.milliseconds(45))
            let interest = Interest(
                shownProcesses: [process], mappings: .init(process: process, number: round),
                columnsForAll: .all)
            var snapshot = sampler.sample(
                interest, depth: round % 2 == 0 ? .everything : .changes)
            host = snapshot.host
            expectAbsurd(snapshot, figure)
            recording.record(snapshot)
            memory.record(snapshot)
            _ = memory.change(of: .process(process), last: .seconds(60))
            #expect(
                SlowLaneTests.poll {
                    snapshot = sampler.amend(interest) ?? snapshot
                    return snapshot.mappings?.progress == .complete
                })
        }
        #expect(try #require(host.bytesReadFromDisk) > Rate(1e20))
        #expect(recording.snapshot(sequence: 7)?.processes.count == 1)
    }

    /// The most that a line in kB can say.
    private static let mostKibibytes = UInt64.max / 1024

    private func setMemory(_ figure: Int) {
        let kibibytes = figure == .max ? Self.mostKibibytes : UInt64(figure)
        let size = "\(min(kibibytes, Self.mostKibibytes)) kB\n"
        tree.write(
            "100/status",
            "Uid:\t1\t1\t1\t1\n"
                + ["VmSize", "VmHWM", "VmRSS", "RssAnon", "RssFile", "RssShmem", "VmSwap"]
                .map { "\($0):\t \(size)" }.joined())
        tree.write("100/statm", "\(UInt64.max) \(UInt64.max) \(figure) 1 0 50 0\n")
        tree.write("100/limits", "Max address space   \(UInt64(figure) * 2)  x  bytes\n")
        tree.write(
            "meminfo",
            ["MemTotal", "MemFree", "MemAvailable", "Cached", "SwapTotal", "SwapFree"]
                .map { "\($0): \(size)" }.joined())
        let entry =
            "0-ffffffffffffffff rw-p 0 0:0 0 \n"
            + ["Rss", "Pss", "Anonymous", "AnonHugePages", "Swap"]
            .map { "\($0): \(size)" }.joined()
            + "Shared_Hugetlb: \(size)Private_Hugetlb: \(size)VmFlags: rd ht\n"
        tree.write("100/smaps", entry + entry)
        tree.write("100/cgroup", "0::/s\n")
        tree.write("cgroup/s/memory.current", "\(figure / 2)\n")
        tree.write("cgroup/s/memory.max", "\(figure / 3)\n")
        tree.write(
            "cgroup/s/memory.stat", "inactive_file \(UInt64.max)\nactive_file \(UInt64.max)\n")
        tree.write("cgroup/s/memory.events", "max \(UInt64.max)\noom_kill \(UInt64.max)\n")
    }

    private func expectAbsurd(_ snapshot: Snapshot, _ figure: Int) {
        guard figure == .max, let process = snapshot.processes.first else { return }
        // Twice the most does not fit, so it is as much as does.
        #expect(process.memory?.undroppable == ByteCount(.max))
        for group in snapshot.limitingGroups(of: process) {
            #expect(group.reclaimable == ByteCount(.max))
            #expect(group.headroom == group.limit)
        }
    }

    @Test func aFileWithoutEndIsGivenUp() throws {
        try #require(symlink("/dev/zero", tree.path + "/loadavg") == 0)
        let reader = ProcReader(root: try ProcRoot(path: tree.path))
        #expect(throws: ProcError.failed(path: "loadavg", errno: EFBIG)) {
            try reader.read(.host("loadavg")) { bytes throws(ParseError) in bytes.count }
        }
        #expect(try sampler().sample(Interest()).host.load == nil)
    }

    @Test func filesThisKernelDoesNotHaveAreNil() throws {
        let host = try sampler().sample(Interest()).host
        #expect(host.cpuPressure == nil)
        #expect(host.memory == nil)
        #expect(host.majorFaults == nil)
        #expect(host.uptime == 1000)
        #expect(host.cpuCount == 1)
    }

    @Test func hostSharesAreOfTheTimeThatPassed() throws {
        let snapshot = try second { tree.write("stat", FakeTree.hostStat(busy: 125, idle: 975)) }
        let cpu = try #require(snapshot.host.cpu)
        #expect(cpu.user == Percent(25.0))
        #expect(cpu.idle == Percent(75.0))
        #expect(snapshot.host.cpus.map(\.shares) == [cpu])
        #expect(snapshot.host.majorFaults == nil)
    }

    @Test func memoryAndUserComeFromStatus() throws {
        tree.setProcess(100, [(100, FakeTree.Task())])
        let process = try #require(
            try sampler().sample(Interest(), depth: .everything).processes.first)
        #expect(process.user == UserID(1000))
        #expect(process.memory?.anonymous == ByteCount(kibibytes: 600))
        #expect(process.residentMemory == ByteCount(UInt64(250 * getpagesize())))
    }

    @Test func theFirstSampleListsProcessesWithoutThreads() throws {
        tree.setProcess(100, [(100, FakeTree.Task())])
        let sampler = try sampler()
        let first = sampler.sample(Interest(), depth: .processesOnly)
        #expect(first.extent == .processesOnly)
        #expect(first.processes.map(\.threads.count) == [0])
        let next = sampler.sample(Interest())
        #expect(next.extent == .complete)
        #expect(next.processes.map(\.threads.count) == [1])
        #expect(next.sequence == first.sequence + 1)
    }

    @Test func aChangedInterestAmendsTheLatestRefresh() throws {
        tree.setProcess(100, [(100, FakeTree.Task()), (101, FakeTree.Task())])
        let sampler = try sampler()
        let before = sampler.sample(Interest())
        let thread = before.processes[0].threads[1]
        #expect(thread.activity == nil)
        let amended = try #require(
            sampler.amend(Interest(shownThreads: [thread.id], selectedThread: thread.id)))
        #expect(amended.sequence == before.sequence)
        #expect(amended.processes[0].threads[1].activity == .systemCall(0))
        #expect(amended.processes[0].threads[0].activity == nil)
        #expect(amended.selectedThread?.id == thread.id)
    }
}

/// How many threads a busy process costs, and what the others are said to have used.
struct ThreadWalkTests {
    let tree = FakeTree()

    /// A process of fifty threads; those named use that many ticks of 10 ms more than before.
    private func setThreads(_ ticks: [Int: Int] = [:], processTicks: Int? = nil) {
        let threads = (0..<50).map { index -> (tid: Int, task: FakeTree.Task) in
            let used = 1 + (ticks[index] ?? 0)
            let task = FakeTree.Task(user: used, schedule: (used * 10_000_000, 0))
            return (tid: 100 + index, task: task)
        }
        tree.setProcess(100, threads)
        if let processTicks {
            tree.write("100/stat", FakeTree.stat(100, FakeTree.Task(user: 50 + processTicks), 50))
        }
    }

    private func refresh(_ sampler: Sampler, _ interest: Interest = Interest()) throws
        -> ProcessSample
    {
        tree.pass()
        tree.advance()
        return try #require(sampler.sample(interest).processes.first)
    }

    private func ran(_ process: ProcessSample) -> [Int32] {
        process.threads.filter { ($0.cpu ?? .zero) > .zero }.map(\.id.tid.rawValue)
    }

    @Test func readingStopsWhenTheProcessIsExplained() throws {
        setThreads()
        let sampler = try tree.sampler()
        _ = sampler.sample(Interest())
        // Nothing says yet who it is: the walk has to find it.
        setThreads([40: 4])
        #expect(ran(try refresh(sampler)) == [140])
        // Now it is known, and explains everything; one more has its turn in the sweep.
        setThreads([40: 8])
        let process = try refresh(sampler)
        #expect(ran(process) == [140])
        #expect(process.threads.filter { !$0.isCarriedOver }.count <= 2)
        #expect(process.hottestThread?.tid.rawValue == 140)
        #expect(process.threads.allSatisfy { $0.cpu != nil })
    }

    @Test func whatThreadsUsedThatHaveEndedIsKnownAsSuch() throws {
        setThreads()
        let sampler = try tree.sampler()
        _ = sampler.sample(Interest())
        setThreads([40: 1], processTicks: 31)
        let process = try refresh(sampler)
        let (cpu, ended) = (try #require(process.cpu), try #require(process.endedCPU))
        #expect(ended.rawValue > 0.9 * cpu.rawValue && ended < cpu)
        #expect(process.mayHaveBeenHotter)
        #expect(process.hottestBound == min(ended, Percent(100.0)))
        // All of it is a thread's that is still there.
        setThreads([40: 31], processTicks: 61)
        let next = try refresh(sampler)
        #expect(!next.mayHaveBeenHotter)
        #expect(next.hottestBound == next.hottestCPU)
    }

    @Test func aQuietThreadThatWakesIsFoundAtOnce() throws {
        setThreads()
        let sampler = try tree.sampler()
        _ = sampler.sample(Interest())
        setThreads([40: 4])
        _ = try refresh(sampler)
        setThreads([40: 8, 7: 5])
        #expect(ran(try refresh(sampler)) == [107, 140])
    }

    @Test func littleByLittleAHiddenThreadAddsUp() throws {
        setThreads()
        let sampler = try tree.sampler()
        _ = sampler.sample(Interest())
        setThreads([40: 4])
        _ = try refresh(sampler)
        // One tick each time is within the tolerance of two; the third is not.
        var found: [Int] = []
        for round in 1...3 {
            setThreads([40: 4 + 4 * round, 7: round])
            if ran(try refresh(sampler)).contains(107) { found.append(round) }
        }
        #expect(found.contains(3))
    }

    @Test func whatAThreadUsedBeforeIsNotThisIntervals() throws {
        setThreads()
        let sampler = try tree.sampler()
        let first = sampler.sample(Interest())
        let quiet = try #require(first.processes.first?.threads[7].id)
        setThreads([40: 4])
        _ = try refresh(sampler)
        setThreads([40: 8])
        _ = try refresh(sampler)
        // The process used 40 ms, thread 140 all of them; what 107 used is from earlier.
        setThreads([40: 12, 7: 8], processTicks: 12)
        tree.pass()
        tree.advance()
        let snapshot = sampler.sample(Interest(shownThreads: [quiet]))
        let threads = try #require(snapshot.processes.first?.threads)
        let interval = try #require(snapshot.interval).inNanoseconds.seconds
        let used = Double(try #require(threads[7].cpu).rawValue) / 100 * interval
        #expect(used > 0 && used < 0.015)
    }

    @Test func aProcessThatStandsStillIsMeasuredZero() throws {
        setThreads()
        let sampler = try tree.sampler()
        _ = sampler.sample(Interest())
        let process = try refresh(sampler)
        #expect(process.cpu == .zero)
        #expect(process.hottestCPU == .zero)
        #expect(process.threads.allSatisfy { $0.cpu == .zero && $0.user == .zero })
    }

    @Test func shownThreadsThatSleepMadeNoSwitches() throws {
        setThreads()
        let sampler = try tree.sampler()
        let first = sampler.sample(Interest())
        let shown = try #require(first.processes.first?.threads[7].id)
        let interest = Interest(shownThreads: [shown])
        #expect(try refresh(sampler, interest).threads[7].voluntarySwitches == nil)
        let process = try refresh(sampler, interest)
        #expect(process.threads[7].voluntarySwitches == .zero)
        #expect(process.threads[7].activity == .systemCall(0))
        #expect(process.threads[8].voluntarySwitches == nil)
    }
}
