import Diagnosis
import ProcFormats
import ProcSampling
import Testing
import Units

/// Threads that get into each other's way, on a made machine.
struct ContentionTests {
    private func said(_ kind: FindingKind, of threads: [MadeThread]) -> Finding? {
        var machine = MadeMachine()
        machine.run(seconds: 20, threads)
        return machine.finding(kind)
    }

    // MARK: One at a time

    private static let futex = Int32(
        (0..<512).first { SystemCallTable.name(of: $0) == "futex" } ?? 202)

    /// Threads that share a CPU: each runnable alone in so many of 50 samples.
    private func players(
        _ count: Int = 5, alone: Int = 9, together: Int = 1, occupied: Int = 48,
        lock: UInt64? = nil, call: Int32 = futex
    ) -> [MadeThread] {
        (0..<count).map { index in
            let runnable = alone + together
            return MadeThread(
                number: Int32(100 + index), name: "turn", user: 100 / Double(count),
                running: runnable, switches: 90,
                futexes: lock.map { [FutexWait(address: $0, isLock: true): 50 - runnable] } ?? [:],
                systemCalls: [call: 50 - runnable],
                turns: .init(samples: 50, runnable: runnable, alone: alone, occupied: occupied))
        }
    }

    @Test func threadsThatTakeTurnsAreNamed() throws {
        let finding = try #require(said(.serialised, of: players()))
        #expect(finding.severity == .warning && finding.confidence == .medium)
        #expect(finding.subject == .process(MadeMachine.id(2214)))
        #expect(
            finding.claim
                == "streamd 2214: serialised: 5 threads share one CPU's worth, by a lock, or a global lock of its runtime"
        )
        #expect(
            finding.evidence == [
                "100 % CPU together", "exactly one of them was runnable in 45 of 50 samples",
                "turn 100 18.0 %, turn 101 18.0 %, turn 102 18.0 %, turn 103 18.0 % of the time, and 1"
                    + " more",
                "asleep they waited for another thread in 100 % of the samples (futex)",
            ])
    }

    @Test func theLockIsNamedWhereItIsOne() throws {
        let finding = try #require(said(.serialised, of: players(lock: 0x7f00)))
        #expect(finding.confidence == .high)
        #expect(finding.claim.hasSuffix("by the lock at 0x7f00"))
    }

    /// It locks again before the others wake up.
    @Test func oneThreadMayHaveAllTurns() {
        var threads = players(alone: 0, together: 0, lock: 0x7f00)
        threads[0].turns = .init(samples: 50, runnable: 50, alone: 50, occupied: 50)
        (threads[0].running, threads[0].futexes, threads[0].systemCalls) = (50, [:], [:])
        #expect(said(.serialised, of: threads) != nil)
        for index in threads.indices { threads[index].futexes = [:] }
        #expect(said(.serialised, of: threads) == nil)
    }

    @Test func whoUsesOneCPUByChanceTakesNoTurns() {
        #expect(said(.serialised, of: players(occupied: 47)) == nil)
        #expect(said(.serialised, of: players(alone: 4, together: 6)) == nil)
        #expect(said(.serialised, of: players(2, alone: 23)) == nil)
        // Another call than one by which threads wait for each other: epoll_wait.
        #expect(said(.serialised, of: players(call: 232)) == nil)
        let two = players().map { $0.with { $0.user = 40 } }
        #expect(said(.serialised, of: two) == nil)
    }

    @Test func turnsThatWaverAreTurns() {
        var machine = MadeMachine()
        machine.run(seconds: 20, players())
        machine.run(seconds: 1, players(occupied: 40))
        #expect(machine.finding(.serialised) != nil)
        machine.run(seconds: 1, players(occupied: 37))
        #expect(machine.finding(.serialised) == nil)
        machine.run(seconds: 1, players(occupied: 40))
        #expect(machine.finding(.serialised) == nil)
    }

    // MARK: Circles

    private func waiter(_ number: Int32, for holder: Int32, switches: UInt64 = 0) -> MadeThread {
        MadeThread(
            number: number, name: "locked", user: 0, running: 0, switches: switches,
            futexes: [FutexWait(address: UInt64(0x1000 + holder), isLock: true): 50],
            holders: [ThreadID(holder): 50])
    }

    @Test func aCircleOfOwnersIsADeadlock() throws {
        let threads = [
            waiter(11, for: 12), waiter(12, for: 13), waiter(13, for: 11), waiter(14, for: 11),
        ]
        let finding = try #require(said(.deadlock, of: threads))
        #expect(finding.severity == .critical && finding.confidence == .high)
        #expect(
            finding.claim
                == "streamd 2214: deadlock, locked 11 waits for locked 12, locked 12 waits for locked 13, locked 13 waits for locked 11"
        )
        #expect(finding.evidence.last == "1 more threads wait for locks that are not given back")
    }

    /// Who gives up after a while opens the circle.
    @Test func aWaitWithALimitIsNoDeadlock() {
        #expect(said(.deadlock, of: [waiter(11, for: 12), waiter(12, for: 11)]) != nil)
        var limited = waiter(12, for: 11)
        limited.limitedWaits = 1
        #expect(said(.deadlock, of: [waiter(11, for: 12), limited]) == nil)
    }

    @Test func aThreadMayWaitForItself() throws {
        let finding = try #require(said(.deadlock, of: [waiter(11, for: 11)]))
        #expect(
            finding.claim
                == "streamd 2214: deadlock, locked 11 waits for a lock that it holds itself")
    }

    @Test func whoSleepsWithALockIsNoCircle() {
        let holder = MadeThread(number: 12, user: 0, running: 0)
        #expect(said(.deadlock, of: [waiter(11, for: 12), waiter(13, for: 12), holder]) == nil)
        // It went on once.
        #expect(
            said(.deadlock, of: [waiter(11, for: 12, switches: 1), waiter(12, for: 11)]) == nil)
    }

    // MARK: A holder without a CPU

    private func inversion(
        waiting: Int = 40, runnable: Int = 50, user: Double = 5, delay: Double = 95
    ) -> [MadeThread] {
        var waiter = waiter(11, for: 12)
        waiter.futexes = [FutexWait(address: 0x1000, isLock: true): waiting]
        waiter.holders = [ThreadID(12): waiting]
        waiter.schedule = .init(policy: .other)
        return [
            waiter,
            MadeThread(
                number: 12, name: "low", user: user, delay: delay, running: runnable,
                schedule: .init(policy: .other, nice: 19)),
        ]
    }

    @Test func whoHoldsALockAndGetsNoCPUIsNamed() throws {
        let finding = try #require(said(.priorityInversion, of: inversion()))
        #expect(finding.severity == .warning)
        #expect(
            finding.claim
                == "low 12 of streamd 2214 holds a lock and gets no CPU: locked 11 waits for it (priority inversion)"
        )
        #expect(
            finding.evidence.prefix(2) == [
                "locked 11 waits for it in 80.0 % of 50 samples",
                "low 12 is runnable in 100 % of 50 samples, and gets 5.0 % of a CPU, nice 19",
            ])
    }

    @Test func aHolderThatRunsOrSleepsIsNot() {
        #expect(said(.priorityInversion, of: inversion(user: 51, delay: 49)) == nil)
        #expect(said(.priorityInversion, of: inversion(runnable: 29)) == nil)
        #expect(said(.priorityInversion, of: inversion(waiting: 34)) == nil)
    }

    // MARK: Real time

    private func realTime(_ policy: SchedulingPolicy = .fifo, user: Double = 95) -> MadeThread {
        MadeThread(
            number: 7, name: "audio", user: user,
            schedule: .init(policy: policy, realTimePriority: 20))
    }

    @Test func aThreadOfRealTimeThatKeepsItsCPUIsNamed() throws {
        let finding = try #require(said(.realTimeHog, of: [realTime()]))
        #expect(finding.severity == .warning && finding.confidence == .high)
        #expect(
            finding.claim
                == "audio 7 of streamd 2214 keeps a CPU as SCHED_FIFO 20: others get what it leaves"
        )
        #expect(said(.realTimeHog, of: [realTime(user: 89)]) == nil)
        #expect(said(.realTimeHog, of: [realTime(.other)]) == nil)
    }
}
