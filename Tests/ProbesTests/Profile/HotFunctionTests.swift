import ProcSampling
import Synchronization
import TestTraits
import Testing
import Units

@testable import Probes

@Suite("Hot functions")
struct HotFunctionTests {
    @Test("the function that a spinner burns in is found", .needsRoot)
    func spinner() async throws {
        try await withWorkload("spin") { workload in
            let tid = try workload.target("poll").thread.tid
            let latest = Mutex<HotFunctions?>(nil)
            let sampling = HotFunctionSampling.start { reading in
                latest.withLock { $0 = reading }
            }
            defer { sampling.stop() }
            let found = try await eventually("the spinner") {
                latest.withLock { $0?.functions[tid] }
            }
            #expect(!found.frame.isUnnamed)
            #expect(found.frame.origin == .user)
            #expect(found.share > .zero)
            let reading = try #require(latest.withLock { $0 })
            #expect(reading.refusal == nil)
            #expect(reading.frequency > 0)
        }
    }

    @Test("a rate that costs too much is halved, down to a floor")
    func backingOff() {
        var rate = SamplingRate(cpuCount: 2)
        let begin = rate.frequency
        #expect(begin == SamplingRate.mostFrequency)
        var seen = [begin]
        // 2 % of a CPU.
        spend(.milliseconds(20), seconds: 100, &rate) { seen.append($0.frequency) }
        #expect(Set(seen) == [47, 23, 11, 5, 3])
        #expect(rate.frequency == SamplingRate.leastFrequency)
        #expect(rate.cost > HotFunctions.mostCost)
    }

    @Test("a rate that costs little goes up again, slowly")
    func recovering() {
        var rate = SamplingRate(cpuCount: 2)
        spend(.milliseconds(20), seconds: 100, &rate) { _ in }
        var rises = 0
        var last = rate.frequency
        spend(.milliseconds(1), seconds: 300, &rate) { rate in
            if rate.frequency > last { rises += 1 }
            #expect(rate.frequency - last <= max(1, last / 4))
            last = rate.frequency
        }
        #expect(rate.frequency == SamplingRate.mostFrequency)
        #expect(rises > 5)
        #expect(rate.cost < HotFunctions.mostCost)
    }

    @Test("many CPUs begin with few samples each", arguments: [1, 2, 64, 256, 4096])
    func manyCPUs(count: Int) {
        let rate = SamplingRate(cpuCount: count)
        let interrupts = Double(rate.frequency * count) * (SamplingRate.interruptTime / .seconds(1))
        #expect(rate.frequency == SamplingRate.leastFrequency || interrupts <= 0.005)
    }

    @Test("symbols of a large program use up what comes back slowly")
    func credit() {
        var rate = SamplingRate(cpuCount: 2)
        spend(.milliseconds(1), seconds: 5, &rate) { #expect($0.hasCredit(after: used)) }
        // Within a second, too.
        #expect(!rate.hasCredit(after: (clock.own + .milliseconds(700)).inNanoseconds))
        spend(.milliseconds(700), seconds: 1, &rate) { #expect(!$0.hasCredit(after: used)) }
        spend(.zero, seconds: 10, &rate) { #expect(!$0.hasCredit(after: used)) }
        spend(.zero, seconds: 60, &rate) { _ in }
        #expect(rate.hasCredit(after: used))
    }

    @Test("whatever a program has cost, others get names after some minutes")
    func debt() {
        var rate = SamplingRate(cpuCount: 2)
        spend(.seconds(60), seconds: 2, &rate) { _ in }
        #expect(!rate.hasCredit(after: used))
        spend(.zero, seconds: 120, &rate) { _ in }
        #expect(rate.hasCredit(after: used))
    }

    private var used: Nanoseconds { clock.own.inNanoseconds }

    /// Lets seconds go by, each with so much work of our own.
    private func spend(
        _ time: Duration, seconds: Int, _ rate: inout SamplingRate, check: (SamplingRate) -> Void
    ) {
        for _ in 0..<seconds {
            clock.now = clock.now + .seconds(1)
            clock.own += time
            rate.note(ownTime: clock.own.inNanoseconds, now: clock.now)
            check(rate)
        }
    }

    private let clock = Clock()

    private final class Clock {
        var now = ContinuousClock.now
        var own = Duration.zero
    }
}
