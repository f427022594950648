import Diagnosis
import ProcSampling
import Testing
import Units

/// How much a quota holds back, in words; the rest is in `ProcessDetectorTests`.
@Suite struct CgroupThrottleTests {
    /// - Parameter milliseconds: for which all CPUs together hold the group back each second.
    private func throttled(_ milliseconds: UInt64) -> Finding? {
        var machine = MadeMachine()
        for second in 0..<(10 as UInt64) {
            let group = CPUGroup(
                path: "/newuser", limit: 0.1, periods: 10 * second, throttledPeriods: 10 * second,
                throttledTime: Nanoseconds(1_000_000 * milliseconds * second))
            machine.refresh([], cpuGroups: [group])
        }
        return machine.finding(.cgroupThrottle)
    }

    /// Several CPUs lose more time together than passes: "17.1 s of the last 9.0 s" is no sentence.
    @Test(
        arguments: [
            (1900, "1.9 CPUs"), (1000, "1.0 CPU"), (50, "0.05 CPUs"), (1, "less than 0.01 CPUs"),
        ] as [(UInt64, String)])
    func whatIsHeldBackIsAMeanNumberOfCPUs(_ milliseconds: UInt64, _ text: String) throws {
        let finding = try #require(throttled(milliseconds))
        #expect(
            finding.claim
                == "group /newuser limited to 0.1 CPUs, throttled in 100 % of periods, held back by"
                + " \(text) over the last 9.0 s")
    }

    @Test func theEvidenceSaysWhereTheMeanComesFrom() throws {
        let finding = try #require(throttled(1900))
        #expect(
            finding.evidence == [
                "quota used up in 90 of the last 90 periods (cpu.stat)",
                "held back by 1.9 CPUs on average: 17.1 s of CPU time, all CPUs added up, in 9.0 s",
            ])
    }
}
