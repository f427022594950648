import Diagnosis
import ProcFormats
import ProcSampling
import Testing
import Units

/// Threads that wake up all the time: for nothing, for work, by signals.
struct WakeupStormTests {
    typealias Call = CountedSystemCalls.Call

    /// What is said of a thread that wakes up so often, after its calls were counted for a second.
    private func findings(wakeups: Int, _ calls: [Call]?, threads: Int = 1) -> [Finding] {
        let sleepers = (0..<threads).map { index in
            MadeThread(number: Int32(4128 + index)).with {
                $0.name = "sleeper"
                ($0.user, $0.system) = (4, 12)
                ($0.running, $0.switches) = (8, UInt64(9 * wakeups))
                $0.wakeups = Double(wakeups)
            }
        }
        let sleeper = sleepers[0]
        var machine = MadeMachine()
        machine.run(seconds: 8, sleepers)
        if let calls {
            machine.chronicle.note(
                CountedSystemCalls(
                    thread: sleeper.id, count: calls.reduce(0) { $0 + $1.count }, calls: calls,
                    elapsed: .seconds(1), cpuTime: .milliseconds(160),
                    moment: Nanoseconds(UInt64(100_000 + machine.second) * 1_000_000_000)))
        }
        machine.run(seconds: 2, sleepers)
        return machine.findings.findings.filter { [.wakeupStorm, .signalStorm].contains($0.kind) }
    }

    static func call(
        _ name: String, _ count: Int, failed: Int = 0, zeros: Int = 0, error: String? = nil
    ) -> Call {
        Call(name: name, count: count, returned: count, failed: failed, zeros: zeros, error: error)
    }

    static let idle: [[Call]] = [
        [call("clock_nanosleep", 9_000, zeros: 9_000)],
        [call("epoll_wait", 9_000, zeros: 8_900), call("read", 100)],
        [call("futex", 9_000, failed: 8_950, error: "ETIMEDOUT")],
        // Eight are woken, and one gets what there is.
        [call("poll", 9_000), call("read", 9_000, failed: 7_900, error: "EAGAIN")],
    ]

    @Test(arguments: idle) func wakingForNothingIsNamed(calls: [Call]) throws {
        let finding = try #require(findings(wakeups: 9_000, calls).first)
        #expect(finding.kind == .wakeupStorm)
        #expect(finding.severity == .warning)
        #expect(
            finding.claim
                == "sleeper 4128 of streamd 2214: wakes up 9.0k times a second and finds nothing to do"
        )
    }

    /// Redis and nginx under load, and two threads that hand a byte to and fro.
    @Test(arguments: [
        [call("epoll_wait", 12_600), call("read", 12_600), call("write", 12_600)],
        [
            call("epoll_wait", 8_900), call("recvfrom", 9_000, failed: 1_000, error: "EAGAIN"),
            call("writev", 8_000), call("openat", 8_000),
        ],
        [call("read", 60_000), call("write", 60_000)],
        [call("epoll_ctl", 12_000), call("epoll_wait", 12_600), call("read", 600)],
    ]) func wakingForWorkIsNot(calls: [Call]) {
        #expect(findings(wakeups: 12_600, calls).isEmpty)
    }

    /// The kernel lets those sleep on who come too late.
    @Test func aHerdIsNamedThoughItsCallsSucceed() throws {
        let calls = [Self.call("poll", 900), Self.call("read", 900)]
        let finding = try #require(findings(wakeups: 4_800, calls).first)
        #expect(finding.kind == .wakeupStorm)
        #expect(finding.evidence.first == "of 4.8k wakeups a second 900 ended a wait")
        #expect(finding.meaning?.hasPrefix("it is woken for what is gone when it comes") == true)
    }

    @Test func theOthersOfAHerdAreToldBeforeTheyAreCounted() throws {
        let calls = [Self.call("poll", 900), Self.call("read", 900)]
        let found = findings(wakeups: 4_800, calls, threads: 8)
        #expect(found.count == 1)
        #expect(
            found.first?.evidence.last
                == "7 more of its threads wake up more than 4.0k times a second, too")
    }

    /// They sleep in other calls than in those that wait for several things, or more than once in one.
    @Test(arguments: [
        [
            call("select", 900),
            Call(name: "write", count: 900, returned: 900, sum: 900 * 131_072),
        ],
        [
            call("poll", 900),
            Call(name: "recvfrom", count: 900, returned: 900, sum: 900 * 65_536),
        ],
        [call("read", 4_500), call("poll", 450)],
        [call("futex", 2_000), call("epoll_wait", 400)],
        [call("epoll_wait", 900), call("fsync", 900)],
    ]) func whoSleepsInOtherCallsIsNoHerd(calls: [Call]) {
        #expect(findings(wakeups: 4_800, calls).isEmpty)
    }

    @Test func nothingIsSaidBeforeItsCallsAreCounted() {
        #expect(findings(wakeups: 9_000, nil).isEmpty)
    }

    @Test func aTimerOfAMillisecondIsNoStorm() {
        #expect(findings(wakeups: 1_000, [Self.call("nanosleep", 1_000)]).isEmpty)
    }

    @Test func signalsAreNamed() throws {
        let calls = [
            Self.call("rt_sigreturn", 20_000),
            Self.call("pause", 20_000, failed: 20_000, error: "EINTR"),
        ]
        let found = findings(wakeups: 20_000, calls)
        #expect(found.map(\.kind) == [.signalStorm])
        #expect(
            found.first?.claim
                == "sleeper 4128 of streamd 2214: interrupted by 20k signals a second")
    }
}
