import ProcFormats
import Testing
import Units

@testable import ProcSampling

struct SamplingPlanTests {
    private func plan(
        _ interest: Interest = Interest(), depth: SamplingDepth = .changes,
        gate: SamplingPlan.Gate = .clock
    ) -> SamplingPlan {
        SamplingPlan(interest: interest, depth: depth, gate: gate)
    }

    @Test func aProcessThatDidNotRunCostsNothing() {
        #expect(plan().reads(for: .init()) == [])
    }

    @Test func aProcessThatRanHasItsThreadsWalked() {
        #expect(plan().reads(for: .init(hasRun: true)) == [.stat, .threads])
    }

    @Test func aNewProcessIsReadInFull() {
        let reads = plan().reads(for: .init(isNew: true, lacksThreads: true))
        #expect(reads == [.stat, .threads, .everyThread, .rest, .openFiles])
    }

    @Test func theFirstSampleLeavesThreadsOut() {
        let reads = plan(depth: .processesOnly).reads(
            for: .init(isNew: true, hasRun: true, lacksThreads: true))
        #expect(reads == [])
    }

    @Test func aShownProcessHasItsMemoryRead() {
        #expect(plan().reads(for: .init(isShown: true)) == [.stat, .status, .openFiles])
    }

    /// It cannot grow, nor open a file: memory may be reclaimed from it.
    @Test func oneOnTheScreenThatStandsStillIsReadEveryFiveSeconds() {
        func reads(_ seconds: UInt64, hasRun: Bool) -> SamplingPlan.ProcessReads {
            let age = Nanoseconds(seconds * 1_000_000_000)
            return plan().reads(for: .init(hasRun: hasRun, isShown: true, sinceStatus: age))
        }
        #expect(reads(4, hasRun: false) == [])
        #expect(reads(5, hasRun: false) == [.stat, .status, .openFiles])
        #expect(reads(0, hasRun: true).isSuperset(of: [.stat, .status, .openFiles]))
    }

    @Test func withTicksOneThatSeemsToStandStillMayHaveRun() {
        let facts = SamplingPlan.ProcessFacts(isShown: true, sinceStatus: Nanoseconds(0))
        #expect(plan().reads(for: facts) == [])
        #expect(plan(gate: .ticks).reads(for: facts) == [.stat, .status, .openFiles])
    }

    /// Its `status` was read for another reason; a file is read a moment after the gate.
    @Test func descriptorsOfOneOnTheScreenHaveAnAgeOfTheirOwn() {
        let facts = SamplingPlan.ProcessFacts(
            isShown: true, sinceStatus: Nanoseconds(0), sinceOpenFiles: Nanoseconds(4_990_000_000))
        #expect(plan().reads(for: facts) == [.openFiles])
    }

    @Test func theSweepReadsWhatChangesWithoutCPU() {
        #expect(
            plan().reads(for: .init(isSwept: true)) == [.stat, .status, .rest, .openFiles])
        // Ticks hide up to 10 ms, so there its threads are part of it.
        #expect(
            plan(gate: .ticks).reads(for: .init(isSwept: true)).isSuperset(
                of: [.threads, .everyThread]))
    }

    @Test func sortingByRunDelayReadsEveryThreadThatMayHaveWaited() {
        let interest = Interest(columnsForAll: .runDelay)
        #expect(
            plan(interest).reads(for: .init(hasRun: true, isInScope: true)).contains(.everyThread))
        #expect(!plan(interest).reads(for: .init(hasRun: true)).contains(.everyThread))
        #expect(plan(interest).reads(for: .init(isInScope: true)) == [])
    }

    @Test func everythingIsEverything() {
        #expect(
            plan(depth: .everything).reads(for: .init())
                == [.stat, .threads, .everyThread, .status, .rest, .openFiles])
    }

    @Test func countsOfAProcessThatRunsAreNoOlderThanFiveSeconds() {
        func reads(_ seconds: UInt64, hasRun: Bool = true, counts: Bool = false) -> Bool {
            let age = Nanoseconds(seconds * 1_000_000_000)
            return plan().reads(
                for: .init(
                    hasRun: hasRun, hasManyThreads: true, sinceTaskLimit: age,
                    countsFiles: counts, sinceOpenFiles: age)
            ).isSuperset(of: counts ? [.taskLimit] : [.openFiles, .taskLimit])
        }
        #expect(!reads(4) && reads(5))
        #expect(!reads(3600, hasRun: false))
        #expect(reads(10, counts: true))
    }

    /// Before 6.2, each descriptor is a name to be read.
    @Test func descriptorsAreCountedOnlyOfWhoIsShown() {
        func reads(_ facts: SamplingPlan.ProcessFacts) -> Bool {
            var facts = facts
            facts.countsFiles = true
            facts.sinceOpenFiles = SamplingPlan.sweepPeriod
            return plan().reads(for: facts).contains(.openFiles)
        }
        #expect(!reads(.init(isNew: true, hasRun: true)))
        #expect(reads(.init(isShown: true)))
        #expect(reads(.init(isSwept: true)))
    }

    @Test func aProcessThatWaitsMayHaveBeenMovedToAnotherGroup() {
        func reads(_ waits: Bool, _ since: UInt64) -> Bool {
            plan().reads(
                for: .init(
                    hasRun: true, isWaiting: waits, sinceRest: Nanoseconds(since * 1_000_000_000))
            ).contains(.rest)
        }
        #expect(reads(true, 10))
        #expect(!reads(true, 9))
        #expect(!reads(false, 3600))
    }

    @Test func onlyHotAndShownThreadsCostExtraFiles() {
        let extras: SamplingPlan.ThreadReads = [.switches, .activity]
        #expect(plan().extraReads(of: Self.thread(cpu: 89), isWanted: false) == .switches)
        #expect(plan().extraReads(of: Self.thread(cpu: nil), isWanted: false) == [])
        #expect(plan().extraReads(of: Self.thread(cpu: 90), isWanted: false) == extras)
        #expect(plan().extraReads(of: Self.thread(cpu: 0), isWanted: true) == extras)
    }

    @Test(arguments: [(48, 42, true), (48, 0, true), (2, 97, true), (1.9, 98, false)])
    func threadsThatUseEnoughToMatterAreAskedWhetherTheyEverSleep(
        _ cpu: Double, _ wait: Double, _ isAsked: Bool
    ) {
        #expect(
            plan().extraReads(of: Self.thread(cpu: cpu, wait: wait), isWanted: false)
                == (isAsked ? .switches : []))
    }

    private static func thread(cpu: Double?, wait: Double? = nil) -> ThreadSample {
        ThreadSample(
            id: ThreadIdentity(tid: ThreadID(1), startTime: ClockTicks(1)), process: ProcessID(1),
            name: "task", state: .running, cpu: cpu.map { Percent($0) },
            runDelay: wait.map { Percent($0) })
    }

    @Test func wantedIsWhatIsShownChosenOrSortedBy() {
        let process = ProcessIdentity(pid: ProcessID(1), startTime: ClockTicks(1))
        let other = ProcessIdentity(pid: ProcessID(2), startTime: ClockTicks(1))
        let thread = ThreadIdentity(tid: ThreadID(1), startTime: ClockTicks(1))
        #expect(!plan().isWanted(thread, of: process))
        #expect(plan(Interest(shownThreads: [thread])).isWanted(thread, of: process))
        #expect(plan(Interest(selectedThread: thread)).isWanted(thread, of: process))
        let sorted = plan(Interest(columnsForAll: .switches, scope: .process(process)))
        #expect(sorted.isWanted(thread, of: process))
        #expect(!sorted.isWanted(thread, of: other))
    }

    @Test func veryManyProcessesAreSweptMoreSlowly() {
        #expect(SamplingPlan.sweepPeriod(ofProcesses: 1_000) == SamplingPlan.sweepPeriod)
        #expect(SamplingPlan.sweepPeriod(ofProcesses: 3_000) == Nanoseconds(150_000_000_000))
    }

    @Test(arguments: [1, 7, 100, 5_000], [100_000_000, 1_000_000_000, 10_000_000_000])
    func everythingIsSweptWithinItsPeriod(_ count: Int, _ interval: UInt64) {
        let fair = Double(count) * Double(interval) / Double(SamplingPlan.sweepPeriod.rawValue)
        var credit: Float = 0
        var swept = 0
        for _ in 0...(SamplingPlan.sweepPeriod.rawValue / interval) {
            let share = SamplingPlan.sweepShare(
                of: count, elapsed: Nanoseconds(interval), credit: &credit)
            // And not all at once.
            #expect(Double(share) <= fair + 1)
            swept += share
        }
        #expect(swept >= count)
    }

    @Test func theToleranceIsBelowTwoPercent() {
        let second = Nanoseconds(1_000_000_000)
        let tolerance = SamplingPlan.tolerance(elapsed: second, quantum: Nanoseconds(4_000_000))
        #expect(tolerance == 10_000_000)
    }

    // MARK: Very many threads that ran

    private func fact(
        _ index: Int, isWanted: Bool = false, isAsleep: Bool = true, cpu: Percent? = .zero
    ) -> SamplingPlan.ThreadFacts {
        SamplingPlan.ThreadFacts(
            index: index, isWanted: isWanted, isAsleep: isAsleep, cpu: cpu,
            fullReads: SamplingPlan.manyFullReads)
    }

    @Test func eachOfACrowdIsReadInFullInItsTurn() {
        let turns = (0..<SamplingPlan.fullTurns).map { turn in
            var plan = SamplingPlan(interest: Interest(), depth: .changes, gate: .clock)
            plan.turn = turn
            return Set((0..<100).filter { plan.isReadInFull(fact($0)) })
        }
        #expect(turns.reduce(into: Set()) { $0.formUnion($1) } == Set(0..<100))
        #expect(turns.map(\.count).reduce(0, +) == 100)
    }

    @Test func whoMattersIsReadInFullInAnyCrowd() {
        let plan = SamplingPlan(interest: Interest(), depth: .changes, gate: .clock)
        let index = SamplingPlan.fullTurns + 1
        #expect(!plan.isReadInFull(fact(index)))
        #expect(plan.isReadInFull(fact(index, isWanted: true)))
        #expect(plan.isReadInFull(fact(index, isAsleep: false)))
        #expect(plan.isReadInFull(fact(index, cpu: SamplingPlan.busyThread)))
        #expect(plan.isReadInFull(fact(index, cpu: nil)))
        var few = fact(index)
        few.fullReads = SamplingPlan.manyFullReads - 1
        #expect(plan.isReadInFull(few))
        let everything = SamplingPlan(interest: Interest(), depth: .everything, gate: .clock)
        #expect(everything.isReadInFull(fact(index)))
    }
}
