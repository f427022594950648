import ProcFormats
import Testing
import Units

@testable import ProcSampling

/// Which threads are polled between the refreshes.
struct PollPlanTests {
    private static func second(_ second: Double) -> Nanoseconds {
        Nanoseconds(UInt64(second * 1e9))
    }

    private static func threads(
        _ count: Int, of pid: Int32, from first: Int32 = 0
    ) -> [PolledThread] {
        (0..<Int32(count)).map { index in
            PolledThread(
                id: ThreadIdentity(
                    tid: ThreadID(pid + first + index), startTime: ClockTicks(100)),
                process: process(pid), name: "worker", processName: "served")
        }
    }

    private static func process(_ pid: Int32) -> ProcessIdentity {
        ProcessIdentity(pid: ProcessID(pid), startTime: ClockTicks(100))
    }

    private static func crowd(
        _ count: Int, of pid: Int32, _ trial: SamplingPlan.Trial
    ) -> SamplingPlan.Crowd {
        SamplingPlan.Crowd(process: process(pid), threads: threads(count, of: pid), trial: trial)
    }

    @Test(
        arguments: [
            (69.9, 0, false, false), (70, nil, false, true), (50, 19, false, false),
            (50, 20, false, true), (4.9, 99, false, false),
            (39.9, 0, true, false), (40, nil, true, true), (20, 20, true, true),
        ] as [(Double, Double?, Bool, Bool)])
    func aThreadIsBusyIfItUsesOrWantsMostOfACPU(
        _ cpu: Double, _ delay: Double?, _ isKnown: Bool, _ isBusy: Bool
    ) {
        let plan = SamplingPlan(interest: Interest(), depth: .changes, gate: .clock)
        let thread = ThreadSample(
            id: Self.threads(1, of: 10)[0].id, process: ProcessID(10), name: "poll",
            state: .running, cpu: Percent(cpu), runDelay: delay.map { Percent($0) })
        #expect(plan.isBusy(thread, isKnown: isKnown) == isBusy)
    }

    @Test(arguments: [(3_900, false, false), (4_000, false, true), (2_000, true, true)])
    func aThreadIsBusyIfItWakesUpAllTheTime(wakeups: Int, isKnown: Bool, isBusy: Bool) {
        let plan = SamplingPlan(interest: Interest(), depth: .changes, gate: .clock)
        let thread = ThreadSample(
            id: Self.threads(1, of: 10)[0].id, process: ProcessID(10), name: "poll",
            state: .sleeping, cpu: Percent(8.0), voluntarySwitches: Rate(Double(wakeups)))
        #expect(plan.isBusy(thread, isKnown: isKnown) == isBusy)
    }

    @Test func onAQuietBoxNobodyIsPolled() {
        #expect(SamplingPlan.polled(.init()) == .init())
        #expect(!SamplingPlan.mayContend(2, nil))
        #expect(SamplingPlan.mayContend(3, nil))
        #expect(!SamplingPlan.mayContend(3, Rate(299.0)))
        #expect(SamplingPlan.mayContend(3, Rate(300.0)))
        #expect(SamplingPlan.stallSearch(blocked: 0, known: 0) == .init(most: 16, isOfAll: false))
    }

    @Test func threadsInStateDAreSearchedAmongAllWhileOneIsMissing() {
        #expect(SamplingPlan.stallSearch(blocked: 2, known: 1) == .init(most: 200, isOfAll: true))
        #expect(SamplingPlan.stallSearch(blocked: 1, known: 1).isOfAll == false)
        #expect(SamplingPlan.stallSearch(blocked: nil, known: 0).isOfAll == false)
    }

    @Test func noMoreThanSixtyFourArePolledAndEachOnce() {
        var facts = SamplingPlan.PollFacts()
        facts.busy = Self.threads(100, of: 1000)
        facts.stalled = Self.threads(20, of: 1000, from: 10) + Self.threads(3, of: 2000)
        facts.selected = Self.threads(1, of: 3000)[0]
        facts.crowds = [
            Self.crowd(40, of: 4000, .contends), Self.crowd(40, of: 5000, .due(since: .init(0))),
        ]
        let choice = SamplingPlan.polled(facts)
        #expect(choice.threads.count == SamplingPlan.mostPolled)
        #expect(Set(choice.threads).count == choice.threads.count)
        #expect(choice.threads.first == facts.selected)
        #expect(choice.threads.contains(facts.stalled[22]))
        // The contending ones get what is left, and there is no room for a trial.
        #expect(choice.threads.contains { $0.process == Self.process(4000) })
        #expect(choice.tried.isEmpty)
    }

    @Test func thoseThatArePolledAlreadyStay() {
        var facts = SamplingPlan.PollFacts()
        let all = Self.threads(100, of: 1000)
        facts.crowds = [Self.crowd(100, of: 1000, .contends)]
        facts.known = Set(all[90...].map(\.id))
        let chosen = SamplingPlan.polled(facts).threads
        #expect(chosen.count == 16)
        #expect(Set(chosen).isSuperset(of: all[90...]))
    }

    @Test func trialsTakeTurnsTheOneThatWaitsLongestFirst() {
        var facts = SamplingPlan.PollFacts()
        facts.crowds = [
            Self.crowd(9, of: 1000, .due(since: Self.second(50))),
            Self.crowd(9, of: 2000, .due(since: Self.second(40))),
            Self.crowd(9, of: 3000, .goesOn), Self.crowd(9, of: 4000, .rests),
            Self.crowd(9, of: 5000, .due(since: Self.second(60))),
            Self.crowd(9, of: 6000, .due(since: Self.second(0))),
        ]
        let choice = SamplingPlan.polled(facts)
        #expect(choice.tried == [6000, 2000, 1000].map(Self.process))
        #expect(choice.threads.count == 4 * 8)
        #expect(!choice.threads.contains { $0.process == Self.process(4000) })
    }

    /// On a slow box, or by a small budget, a round of many threads would come too seldom for any of
    /// them: busy ones first, and no crowds.
    @Test func whatAPollCostsDecidesHowManyThereAre() {
        func most(_ microseconds: Double, _ allowance: Double) -> Int {
            SamplingPlan.mostPolled(
                costOfOne: Nanoseconds(UInt64(microseconds * 1000)), allowance: allowance)
        }
        #expect(SamplingPlan.mostPolled(costOfOne: Nanoseconds(0), allowance: 0.02) == 64)
        #expect(most(8, 0.02) == 64)
        #expect(most(200, 0.02) == 10)
        #expect(most(20, 0.002) == 10)
        #expect(most(10_000, 0.002) == 8)
        for (cost, allowance) in [(8.0, 0.02), (200, 0.02), (20, 0.002)] {
            let round = Nanoseconds(UInt64(cost * 1000) * UInt64(most(cost, allowance)))
            let period = SamplingPlan.pollPeriod(after: round, allowance: allowance)
            // In ten seconds as many as make a verdict.
            #expect(period <= Nanoseconds(500_000_000))
        }
        var facts = SamplingPlan.PollFacts(most: 8)
        facts.busy = Self.threads(2, of: 1000)
        facts.crowds = [
            Self.crowd(8, of: 2000, .due(since: .init(0))), Self.crowd(40, of: 3000, .goesOn),
        ]
        let choice = SamplingPlan.polled(facts)
        #expect(choice.threads.prefix(2) == facts.busy[...])
        #expect(choice.threads.count == 8)
        #expect(choice.tried.isEmpty)
    }

    private static func poll(_ samples: Int, locked: Int, isLock: Bool = true) -> ThreadPoll {
        ThreadPoll(
            process: process(10), name: "worker", processName: "served", samples: samples,
            systemCalls: [202: locked],
            futexes: [FutexWait(address: 0x7f00, isLock: isLock): locked])
    }

    @Test func aTrialEndsAfterThreeSecondsUnlessThreadsWaitForALock() {
        func trial(_ began: Double?, _ polls: [ThreadPoll] = []) -> SamplingPlan.Trial {
            SamplingPlan.trial(began.map(Self.second), polls: polls, now: Self.second(100))
        }
        #expect(trial(nil) == .due(since: Self.second(0)))
        #expect(trial(97.5) == .goesOn)
        #expect(trial(97) == .rests)
        #expect(trial(91.5) == .rests)
        #expect(trial(91) == .due(since: Self.second(91)))
        let waits = Self.poll(20, locked: 5)
        #expect(trial(97, [waits, waits]) == .contends)
        #expect(trial(97, [waits]) == .rests)
        #expect(trial(97, [waits, Self.poll(20, locked: 4)]) == .rests)
        #expect(trial(97, [waits, Self.poll(4, locked: 4)]) == .rests)
        // An idle pool waits for work.
        let idle = Self.poll(20, locked: 20, isLock: false)
        #expect(trial(97, [idle, idle]) == .rests)
    }
}
