import ProcFormats
import Testing
import Units

@testable import Samples

struct RatesTests {
    static let second = Nanoseconds(1_000_000_000)

    @Test func aShareIsUseOverTime() {
        let share = Rates.share(
            of: Nanoseconds(250_000_000), in: Self.second, quantum: Nanoseconds(4_000_000))
        #expect(share == Percent(25.0))
    }

    @Test func aThreadShowsNoMoreThanOneStepAboveAFullCPU() {
        let share = Rates.share(
            of: Nanoseconds(1_500_000_000), in: Self.second, quantum: Nanoseconds(4_000_000))
        #expect(share == Percent(100.4))
    }

    @Test func withoutTimeThereIsNoRate() {
        let nothing = Nanoseconds(0)
        #expect(Rates.share(of: Self.second, in: nothing, quantum: nothing) == nil)
        #expect(Rates.sum(of: Self.second, in: nothing) == nil)
        #expect(Rates.perSecond(1, in: nothing) == nil)
    }

    @Test func aProcessMayUseSeveralCPUs() {
        #expect(Rates.sum(of: Nanoseconds(3_000_000_000), in: Self.second) == Percent(300.0))
    }

    @Test(arguments: [
        // The ticks since the last reading decide.
        (3, 1, 0, 1000, 30.0), (0, 2, 1000, 0, 0.0),
        // None came: the whole life decides.
        (0, 0, 30, 10, 30.0),
        // Not one in its life: user time, as the kernel has it.
        (0, 0, 0, 0, 40.0),
    ])
    func theTotalSplitsByTicks(
        _ user: Int, _ system: Int, _ lifetimeUser: Int, _ lifetimeSystem: Int, expected: Double
    ) {
        let split = Rates.split(
            Percent(40.0), userTicks: UInt64(user), systemTicks: UInt64(system),
            lifetimeUser: ClockTicks(UInt64(lifetimeUser)),
            lifetimeSystem: ClockTicks(UInt64(lifetimeSystem)))
        #expect(abs(Double(split.user.rawValue) - expected) < 0.001)
        #expect(abs(split.user.rawValue + split.system.rawValue - 40) < 0.001)
    }
}
