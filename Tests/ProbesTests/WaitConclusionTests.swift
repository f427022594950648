import ProcFormats
import ProcSampling
import Testing
import Units

@testable import Probes

/// The sentence for what was found, from made figures.
struct WaitConclusionTests {
    private func conclusion(
        _ sites: [WaitReading.Site], cpu: Duration?, delay: Duration? = .zero,
        hasEnded: Bool = false
    ) -> String {
        var reading = WaitReading(
            request: WaitRequest(target: unchecked(pid: 2214, tid: 4127)), elapsed: .seconds(5),
            samples: sites.reduce(0) { $0 + $1.samples }, sites: sites)
        reading.cpuTime = cpu
        reading.runDelay = delay
        return WaitConclusion(reading, hasEnded: hasEnded).text
    }

    private func futex(_ samples: Int) -> WaitReading.Site {
        WaitReading.Site(
            activity: .systemCall("futex", waitChannel: "futex_wait_queue"), samples: samples,
            object: "0x7f3a40, with 36 other threads of this process")
    }

    private func running(_ samples: Int) -> WaitReading.Site {
        WaitReading.Site(activity: .running, samples: samples)
    }

    @Test func `a sleeper, and what it waits for`() {
        #expect(
            conclusion([futex(245), running(5)], cpu: .milliseconds(100))
                == "asleep 98.0 % of 5.0s, in futex: 0x7f3a40, with 36 other threads of this"
                + " process; it used 100ms of CPU")
    }

    @Test func `one that runs all the time`() {
        #expect(conclusion([running(250)], cpu: .seconds(5)) == "it used 5.0s of CPU in 5.0s")
    }

    @Test func `one that could run and gets no CPU`() {
        let text = conclusion([running(250)], cpu: .milliseconds(500), delay: .milliseconds(4400))
        #expect(text.hasPrefix("runnable in 100 % of the samples, but used only 500ms of CPU"))
        #expect(text.contains("it waited 4.4s for one"))
    }

    @Test func `of several sites the most frequent is told`() {
        let read = WaitReading.Site(
            activity: .systemCall("read", waitChannel: nil), samples: 50, object: "fd 3, /x")
        #expect(
            conclusion([futex(200), read], cpu: nil)
                == "asleep 100 % of 5.0s, mostly (80.0 %) in futex: 0x7f3a40, with 36 other"
                + " threads of this process")
    }

    @Test func `what ended meanwhile`() {
        #expect(conclusion([], cpu: nil, hasEnded: true).contains("ended before"))
        #expect(conclusion([futex(3)], cpu: nil, hasEnded: true).hasSuffix("; then it ended"))
    }

    @Test func `without rights, the state`() {
        let site = WaitReading.Site(activity: .state(.diskSleep), samples: 10)
        #expect(conclusion([site], cpu: nil).hasSuffix("where no signal wakes it (state D)"))
    }
}
