import Diagnosis
import ProcFormats
import ProcSampling
import Testing
import Units

/// Page faults, on both sides of the thresholds.
struct PageFaultStormTests {
    private func found(
        seconds: Int, faults: Double = 988_000, growing: Double = 0, cpu: Double = 99,
        delay: Double = 0
    ) -> Finding? {
        var machine = MadeMachine()
        for second in 0..<seconds {
            var process = MadeMachine.process(2214, anonymous: 67e6)
            process.minorFaults = Rate(faults)
            process.residentMemory = ByteCount(UInt64(67e6 + growing * Double(second)))
            (process.cpu, process.runDelay) = (Percent(cpu), Percent(delay))
            machine.refresh([process])
        }
        return machine.finding(.pageFaultStorm)
    }

    @Test func aStormIsNamedWithItsRate() throws {
        let finding = try #require(found(seconds: 12))
        #expect(finding.claim == "streamd 2214: page-fault storm, 988k/s")
        #expect(finding.severity == .warning && finding.confidence == .medium)
        #expect(finding.evidence[0].hasPrefix("988k page faults/s over 11s, as of "))
        #expect(finding.advice.hasPrefix("dxtop profile --pid 2214 --faults: "))
        #expect(finding.since == MadeMachine.time(1))
    }

    @Test func itTakesTenSecondsOfManyFaults() {
        #expect(found(seconds: 11) != nil)
        #expect(found(seconds: 10) == nil)
        #expect(found(seconds: 60, faults: 199_000) == nil)
    }

    /// Beside others it faults as fast, whenever it gets a CPU.
    @Test func waitingForACPUMakesNoStormAnyBetter() {
        #expect(found(seconds: 12, faults: 100_000, cpu: 49, delay: 51) != nil)
        #expect(found(seconds: 12, faults: 100_000, cpu: 51, delay: 49) == nil)
        #expect(found(seconds: 12, faults: 100_000, cpu: 24, delay: 76) == nil)
        #expect(found(seconds: 12, faults: 100_000, cpu: 49) == nil)
    }

    /// A cache that fills faults as fast, and keeps what it touches.
    @Test func whoFillsItsMemoryIsWell() {
        #expect(found(seconds: 60, growing: 988_000 * 4096) == nil)
        #expect(found(seconds: 60, growing: 988_000 * 4096 * 0.4) != nil)
    }
}
