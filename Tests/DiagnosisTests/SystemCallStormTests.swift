import Diagnosis
import ProcFormats
import ProcSampling
import Testing
import Units

/// Storms of system calls and the busy servers that look like them, with figures that were measured.
struct SystemCallStormTests {
    /// A load as it was measured on one thread, in a virtual machine on an Intel CPU.
    struct Load: CustomTestStringConvertible {
        var name: String
        /// System time, percent of a CPU, and times a second that it went to sleep.
        var system: Double
        var sleeps = 0.0
        /// Calls a second, and the most frequent kinds of them.
        var rate: Int
        var calls: [CountedSystemCalls.Call]

        var testDescription: String { name }

        var thread: MadeThread {
            MadeThread(number: 4128).with {
                $0.name = "caller"
                ($0.user, $0.system) = (99.5 - system, system)
                $0.switches = UInt64(sleeps * 9)
            }
        }
    }

    /// So many calls of a thousand, of which so many of a thousand fail or return 0.
    private static func call(
        _ name: String, _ share: Int, of rate: Int, failed: Int = 0, zeros: Int = 0, sum: Int = 0,
        error: String? = nil
    ) -> CountedSystemCalls.Call {
        let count = rate / 1000 * share
        return CountedSystemCalls.Call(
            name: name, count: count, returned: count, failed: count * failed / 1000,
            zeros: count * zeros / 1000, sum: count * sum, error: error)
    }

    private static func load(
        _ name: String, _ system: Double, _ rate: Int, sleeps: Double = 0,
        _ calls: (Int) -> [CountedSystemCalls.Call]
    ) -> Load {
        Load(name: name, system: system, sleeps: sleeps, rate: rate, calls: calls(rate))
    }

    static let storms: [(Load, String)] = [
        (
            load("epoll", 47, 6_000_000) { [call("epoll_wait", 1000, of: $0, zeros: 1000)] },
            "epoll_wait 6.0M/s, all return 0"
        ),
        (
            load("getppid", 50, 9_400_000) { [call("getppid", 1000, of: $0)] },
            "getppid 9.4M/s, all succeed"
        ),
        (
            load("getppid on an AMD CPU", 68, 5_400_000) { [call("getppid", 1000, of: $0)] },
            "getppid 5.4M/s, all succeed"
        ),
        (
            load("read", 60, 5_200_000) { [call("read", 1000, of: $0, sum: 1)] },
            "read 5.2M/s, 1 byte each"
        ),
        (
            load("recv", 63, 4_500_000) {
                [call("recvfrom", 1000, of: $0, failed: 1000, error: "EAGAIN")]
            }, "recvfrom 4.5M/s, all fail with EAGAIN"
        ),
        (
            load("futex", 70, 5_300_000) {
                [call("futex", 1000, of: $0, failed: 1000, error: "EAGAIN")]
            }, "futex 5.3M/s, all fail with EAGAIN"
        ),
        (
            load("open", 78, 2_300_000) {
                [call("openat", 1000, of: $0, failed: 1000, error: "ENOENT")]
            }, "openat 2.3M/s, all fail with ENOENT"
        ),
        (
            load("send", 93, 500_000) { [call("sendto", 1000, of: $0, sum: 64)] },
            "sendto 500k/s, 64 bytes each"
        ),
        (
            load("Python's stat", 22, 700_000) {
                [call("newfstatat", 999, of: $0, zeros: 1000)]
            }, "newfstatat 699k/s, all return 0"
        ),
        (
            load("Node's existsSync", 46, 1_600_000) {
                [call("access", 998, of: $0, failed: 1000, error: "ENOENT")]
            }, "access 1.6M/s, all fail with ENOENT"
        ),
        (
            load("a pair", 60, 4_000_000) {
                [
                    call("epoll_wait", 500, of: $0),
                    call("read", 500, of: $0, failed: 700),
                ]
            }, "epoll_wait 2.0M/s, all succeed, and read 2.0M/s, 70 % fail"
        ),
    ]

    /// What serves, with as many requests as one thread can take.
    static let servers = [
        load("nginx", 73, 341_000, sleeps: 1050) {
            [call("recvfrom", 280, of: $0), call("writev", 200, of: $0)]
        },
        load("redis-server", 81, 310_000, sleeps: 12_600) {
            [call("read", 400, of: $0), call("write", 400, of: $0)]
        },
        load("redis-benchmark", 89, 753_000, sleeps: 67) {
            [call("read", 710, of: $0), call("write", 240, of: $0)]
        },
        load("wrk", 86, 282_000, sleeps: 8900) {
            [call("read", 400, of: $0), call("write", 400, of: $0)]
        },
    ]

    private func count(of load: Load, at second: Int, elapsed: Duration = .seconds(1))
        -> CountedSystemCalls
    {
        CountedSystemCalls(
            thread: load.thread.id, count: load.rate, calls: load.calls, elapsed: elapsed,
            cpuTime: nil, moment: Nanoseconds(UInt64(100_000 + second) * 1_000_000_000))
    }

    /// A machine after 20 s of it, counted as dxtop does.
    private func machine(
        _ load: Load, _ change: (inout MadeThread) -> Void = { _ in }
    ) -> MadeMachine {
        var machine = MadeMachine()
        let thread = load.thread.with(change)
        machine.run(seconds: 19, [thread])
        if machine.findings.uncounted.contains(where: { $0.thread == thread.id }) {
            machine.chronicle.note(count(of: load, at: 19))
        }
        machine.run(seconds: 1, [thread])
        return machine
    }

    private var getppid: Load { Self.storms[1].0 }

    @Test(arguments: storms)
    func `a storm is named by its calls once they are counted`(load: Load, calls: String) throws {
        let machine = machine(load)
        let finding = try #require(machine.finding(.systemCallStorm))
        #expect(finding.subject == .thread(load.thread.id, of: MadeMachine.id(2214)))
        #expect(finding.severity == .warning)
        #expect(finding.confidence == .high)
        #expect(finding.claim == "caller 4128 of streamd 2214: system-call storm, " + calls)
        #expect(machine.findings.findings.count == 1)
        #expect(machine.findings.uncounted.isEmpty)
    }

    @Test(arguments: servers)
    func `a server that sleeps is not even counted`(load: Load) {
        let machine = machine(load)
        #expect(machine.findings.findings.isEmpty)
        #expect(machine.findings.uncounted.isEmpty)
    }

    /// Two kinds of calls may make nine tenths of a benchmark's; what tells is that it sleeps.
    @Test(arguments: servers.filter { $0.name != "redis-benchmark" })
    func `a server that never slept would be counted, and nothing said of it`(load: Load) {
        var load = load
        load.sleeps = 0
        let machine = machine(load)
        #expect(machine.findings.findings.isEmpty)
        #expect(machine.findings.uncounted.isEmpty)
    }

    @Test func `before it is counted it is information`() throws {
        var machine = MadeMachine()
        machine.run(seconds: 6, [getppid.thread])
        #expect(machine.findings.uncounted.isEmpty)
        machine.run(seconds: 4, [getppid.thread])
        #expect(machine.findings.findings.isEmpty)
        #expect(machine.findings.uncounted.map(\.thread) == [getppid.thread.id])
        machine.run(seconds: 1, [getppid.thread])
        let finding = try #require(machine.finding(.systemCallStorm))
        #expect(machine.findings.uncounted.map(\.thread) == [getppid.thread.id])
        #expect(machine.findings.uncounted.map(\.process) == [MadeMachine.id(2214)])
        #expect(finding.severity == .info)
        #expect(finding.confidence == .medium)
        #expect(
            finding.claim
                == "caller 4128 of streamd 2214: perhaps a system-call storm, 50.3 % of its CPU time"
                + " is system time")
        #expect(finding.evidence.last == "0 sleeps in 9s")
        #expect(finding.meaning?.hasPrefix("its system calls were not counted") == true)
    }

    @Test func `what was counted stands on its own line, with what it means`() throws {
        let storm = try #require(machine(Self.storms[4].0).finding(.systemCallStorm))
        #expect(
            storm.evidence == [
                "99.5 % CPU over 10s: usr 36.5 % sys 63.0 %", "0 sleeps in 9s",
                "recvfrom 100 %: 4.5M system calls/s, counted for 1s",
            ])
        #expect(storm.meaning?.hasPrefix("it tries again at once what fails") == true)
        let poll = machine(Self.storms[0].0).finding(.systemCallStorm)
        #expect(poll?.meaning?.hasPrefix("it asks again and again") == true)
        let other = machine(getppid).finding(.systemCallStorm)
        #expect(other?.meaning?.hasPrefix("it makes the same call over and over") == true)
    }

    @Test func `a count that was made a while ago says so`() {
        var machine = machine(Self.storms[4].0)
        machine.run(seconds: 200, [Self.storms[4].0.thread])
        #expect(
            machine.finding(.systemCallStorm)?.evidence.last
                == "recvfrom 100 %: 4.5M system calls/s, counted for 1s, 3 min ago")
    }

    /// Each is just not a candidate, or just one.
    static let candidates: [(String, Bool, @Sendable (inout MadeThread) -> Void)] = [
        ("less CPU", false, { ($0.user, $0.system) = (19.9, 50) }),
        ("enough", true, { ($0.user, $0.system) = (20, 50) }),
        ("it would use more", true, { ($0.user, $0.system, $0.delay) = (10, 20, 40) }),
        ("system time", false, { ($0.user, $0.system) = (88, 10) }),
        ("a little more", true, { ($0.user, $0.system) = (88, 10.1) }),
        ("it sleeps", false, { $0.switches = 9 }),
        ("it hardly does", true, { $0.switches = 8 }),
        ("sleeps not known", false, { $0.switches = nil }),
        ("its system time is of page faults", false, { $0.faults = 200_000 }),
        ("some of it", true, { $0.faults = 199_000 }),
        (
            "reads and writes alone say nothing", false,
            { ($0.system, $0.readsAndWrites) = (9, .max) }
        ),
    ]

    @Test(arguments: candidates.indices)
    func `what is a candidate`(_ index: Int) {
        let (name, isOne, change) = Self.candidates[index]
        #expect((machine(getppid, change).finding(.systemCallStorm) != nil) == isOne, "\(name)")
    }

    @Test(
        arguments: [
            ("as many", 100_000, 90_000, true), ("too few", 99_999, 99_999, false),
            ("other calls", 100_000, 89_999, false),
        ])
    func `what is a storm`(name: String, count: Int, ofOne: Int, isStorm: Bool) {
        var load = getppid
        load.rate = count
        load.calls = [
            CountedSystemCalls.Call(name: "getppid", count: ofOne - 100, returned: ofOne),
            CountedSystemCalls.Call(name: "read", count: 100, returned: 100),
            CountedSystemCalls.Call(name: "write", count: count - ofOne, returned: count - ofOne),
        ]
        let machine = machine(load)
        #expect((machine.finding(.systemCallStorm) != nil) == isStorm, "\(name)")
        #expect(machine.findings.findings.count == (isStorm ? 1 : 0))
    }

    /// A socket is made, connect(2) is refused, the socket is closed, for ever.
    @Test(
        arguments: [
            ("refused", 60_000, 1000, true), ("too few", 59_999 / 3, 1000, false),
            ("some succeed", 60_000, 999, false),
        ])
    func `a round of calls in vain is a storm`(
        name: String, count: Int, failed: Int, isStorm: Bool
    ) throws {
        var load = getppid
        load.rate = count
        load.calls = ["close", "socket"].map {
            CountedSystemCalls.Call(name: $0, count: count / 3, returned: 1000)
        }
        load.calls.append(
            CountedSystemCalls.Call(
                name: "connect", count: count / 3, returned: 1000, failed: failed,
                error: "ECONNREFUSED"))
        let finding = machine(load).finding(.systemCallStorm)
        #expect((finding != nil) == isStorm, "\(name)")
        // A copy is work, whatever else always fails in its round.
        load.calls[0] = CountedSystemCalls.Call(
            name: "read", count: count / 3, returned: 1000, sum: 131_072_000)
        #expect(machine(load).finding(.systemCallStorm) == nil)
        guard let finding else { return }
        #expect(
            finding.claim.hasSuffix("system-call storm, connect 20k/s, all fail with ECONNREFUSED"))
        #expect(finding.meaning?.hasPrefix("it tries again at once what fails") == true)
    }

    /// dd moves 64 KiB with each of 227,000 reads and writes a second.
    @Test(arguments: [(4095, true), (4096, false), (65_536, false)])
    func `a copy is no storm`(bytes: Int, isStorm: Bool) {
        var load = getppid
        load.rate = 454_000
        load.calls = ["read", "write"].map {
            CountedSystemCalls.Call(name: $0, count: 227_000, returned: 1000, sum: 1000 * bytes)
        }
        #expect((machine(load).finding(.systemCallStorm) != nil) == isStorm)
        load.calls[1] = CountedSystemCalls.Call(
            name: "lseek", count: 227_000, returned: 1000, sum: 1000 * bytes)
        #expect(machine(load).finding(.systemCallStorm) != nil)
    }

    @Test func `a thread of the kernel makes no calls`() {
        var machine = MadeMachine()
        let thread = getppid.thread
        var process = MadeMachine.process(thread.process, anonymous: 0)
        process.isKernelThread = true
        process.threads = [thread.sample]
        for _ in 1...20 { machine.refresh([process], polls: [thread.id: thread.poll]) }
        #expect(machine.findings.findings.isEmpty)
        #expect(machine.findings.uncounted.isEmpty)
    }

    @Test func `a count over less than a second says nothing`() {
        var machine = MadeMachine()
        machine.run(seconds: 19, [getppid.thread])
        machine.chronicle.note(count(of: getppid, at: 19, elapsed: .milliseconds(999)))
        machine.run(seconds: 1, [getppid.thread])
        #expect(machine.finding(.systemCallStorm)?.severity == .info)
        #expect(!machine.findings.uncounted.isEmpty)
    }

    @Test func `who goes on is counted again after five minutes`() {
        var machine = machine(getppid)
        machine.run(seconds: 298, [getppid.thread])
        #expect(machine.findings.uncounted.isEmpty)
        machine.run(seconds: 1, [getppid.thread])
        #expect(machine.findings.uncounted.count == 1)
        // What was counted stands until then.
        #expect(machine.finding(.systemCallStorm)?.confidence == .high)
    }

    @Test func `who changed its ways is counted again after one`() {
        var machine = machine(getppid)
        machine.run(seconds: 2, [getppid.thread.with { ($0.user, $0.system) = (5, 5) }])
        machine.run(seconds: 56, [getppid.thread])
        #expect(machine.finding(.systemCallStorm)?.severity == .info)
        #expect(machine.findings.uncounted.isEmpty)
        machine.run(seconds: 2, [getppid.thread])
        #expect(machine.findings.uncounted.count == 1)
    }

    /// Whatever it does with its time.
    @Test(arguments: (0...200).map { Double($0) / 2 })
    func `no thread is a spin and a storm`(system: Double) {
        let machine = machine(getppid) { ($0.user, $0.system) = (100 - system, system) }
        #expect(machine.findings.findings.count <= 1)
        #expect(machine.findings.uncounted.count <= 1)
    }

    @Test func `storms are counted before spins, and who wants most CPU first`() {
        var machine = MadeMachine()
        let spin = MadeThread(number: 1)
        let weaker = getppid.thread.with { ($0.number, $0.user) = (2, 40) }
        machine.run(seconds: 20, [spin, weaker, getppid.thread])
        #expect(
            machine.findings.uncounted.map(\.thread) == [getppid.thread.id, weaker.id, spin.id])
    }

    @Test func `many threads of a process are told together`() throws {
        var machine = MadeMachine()
        let threads = (0..<4).map { index in getppid.thread.with { $0.number += index } }
        machine.run(seconds: 19, threads)
        var finding = try #require(machine.finding(.systemCallStorm))
        #expect(finding.severity == .info)
        #expect(
            finding.claim
                == "streamd 2214: 4 threads perhaps in a system-call storm, 50.3 % of their CPU time"
                + " is system time")
        machine.chronicle.note(count(of: getppid, at: 19))
        machine.run(seconds: 1, threads)
        finding = try #require(machine.finding(.systemCallStorm))
        #expect(finding.subject == .process(MadeMachine.id(2214)))
        #expect(finding.severity == .warning)
        #expect(
            finding.claim
                == "streamd 2214: 4 threads in a system-call storm, one of them: getppid 9.4M/s, all"
                + " succeed")
    }
}
