import ProcFormats
import Synchronization
import Testing
import Units

@testable import ProcSampling

struct CPUBudgetTests {
    private static let second = Nanoseconds(1_000_000_000)

    private func milliseconds(_ count: UInt64) -> Nanoseconds { Nanoseconds(count * 1_000_000) }

    @Test func workWithinTheAllowanceIsNeverHeldUp() {
        var budget = CPUBudget(share: Percent(Float(1)), cpuCount: 2)
        for _ in 0..<1000 {
            budget.settle(
                used: milliseconds(20), sampling: milliseconds(10), elapsed: Self.second)
            #expect(budget.pause == Nanoseconds(0))
        }
    }

    /// Whatever the refreshes cost, over the whole time no more is used than was paid in, saved up at
    /// first, and overdrawn by the last.
    @Test(arguments: [25, 100, 1_000, 30_000])
    func theAverageKeepsWithinTheAllowance(cost: UInt64) {
        var budget = CPUBudget(share: Percent(Float(1)), cpuCount: 2)
        var time = Nanoseconds(0)
        var used: UInt64 = 0
        var pause = Self.second
        for _ in 0..<500 {
            budget.settle(used: milliseconds(cost), sampling: milliseconds(cost), elapsed: pause)
            used += milliseconds(cost).rawValue
            pause = max(Self.second, budget.pause)
            time = time + pause
        }
        let allowed = 0.02 * (time.seconds + CPUBudget.mostSaved.seconds)
        #expect(Double(used) / 1e9 <= allowed + Double(cost) / 1e3)
        // Nor is it held up for longer than need be.
        #expect(Double(used) / 1e9 > 0.95 * 0.02 * time.seconds)
    }

    @Test func aBurstIsPaidFromWhatWasSaved() {
        var budget = CPUBudget(share: Percent(Float(1)), cpuCount: 1)
        budget.settle(used: milliseconds(90), sampling: milliseconds(90), elapsed: Self.second)
        #expect(budget.pause == Nanoseconds(0))
        budget.settle(used: milliseconds(40), sampling: milliseconds(40), elapsed: Self.second)
        #expect(budget.pause.rawValue / 1_000_000 == 2_000)
    }

    /// The first reading of all may take more than is there, on a slow box many times as much.
    @Test func theStartIsPaidBackInPartsAndHoldsNothingUp() {
        var budget = CPUBudget(share: Percent(Float(0.1)), cpuCount: 2)
        budget.settleStart(used: milliseconds(500))
        #expect(budget.pause == Nanoseconds(0))
        #expect((budget.loan / 1e6).rounded() == 480)
        // Three quarters of what comes in are there for refreshes.
        budget.settle(used: milliseconds(1), sampling: milliseconds(1), elapsed: Self.second)
        #expect(budget.pause == Nanoseconds(0))
        budget.settle(used: milliseconds(3), sampling: milliseconds(3), elapsed: Self.second)
        #expect((Double(budget.pause.rawValue) / 1e6).rounded() == 500)
        // Paid back, all of it is, and what was saved up is as much as ever.
        for _ in 0..<1000 {
            budget.settle(used: Nanoseconds(0), sampling: Nanoseconds(0), elapsed: Self.second)
        }
        #expect(budget.loan == 0)
        #expect((budget.balance / 1e6).rounded() == 20)
    }

    @Test func aStartThatTakesLittleIsPaidFromWhatWasSaved() {
        var budget = CPUBudget(share: Percent(Float(1)), cpuCount: 2)
        budget.settleStart(used: milliseconds(50))
        #expect(budget.loan == 0)
        #expect((budget.balance / 1e6).rounded() == 150)
    }

    /// Drawing for somebody who keeps a key pressed is not held against the refreshes for ever.
    @Test func drawingHoldsUpForTenSecondsAtMost() {
        var budget = CPUBudget(share: Percent(Float(1)), cpuCount: 1)
        budget.settle(used: milliseconds(60_000), sampling: milliseconds(5), elapsed: Self.second)
        #expect(budget.pause == CPUBudget.mostSaved)
    }

    /// So small a part of the CPUs does not pay for ten refreshes a second of a debug build.
    @Test func theLoopHoldsItselfBackAndSaysSo() throws {
        let seen = Mutex<[Snapshot]>([])
        let loop = try SamplingLoop.start(
            root: try ProcRoot(), interval: .milliseconds(100), budget: Percent(0.3)
        ) { snapshot in seen.withLock { $0.append(snapshot) } }
        defer { loop.stop() }
        try #require(SlowLaneTests.poll { seen.withLock { $0.last?.ownCost.isHeldBack == true } })
        let late = try #require(seen.withLock { $0.last })
        #expect(try #require(late.interval) > .milliseconds(105))
    }

    @Test func whatAPersonAskedForIsExcused() throws {
        let seen = Mutex<[Snapshot]>([])
        let loop = try SamplingLoop.start(
            root: try ProcRoot(), interval: .milliseconds(100), budget: Percent(0.1)
        ) { snapshot in seen.withLock { $0.append(snapshot) } }
        defer { loop.stop() }
        loop.excuse(true)
        // Held back, this many would take minutes.
        #expect(SlowLaneTests.poll { seen.withLock { $0.count } >= 20 })
    }
}
