import ProcFormats
import ProcSampling
import Testing
import Units

@testable import Probes

struct CallConclusionTests {
    static let thread = ThreadTarget(
        process: ProcessIdentity(pid: ProcessID(2214), startTime: ClockTicks(1)),
        thread: ThreadIdentity(tid: ThreadID(4127), startTime: ClockTicks(2)))

    func count(
        _ total: Int?, _ calls: [SystemCallCount.Call] = [], seconds: Double = 10,
        method: SystemCallCount.Method = .counted, cpu: Double? = nil, lost: Int = 0
    ) -> SystemCallCount {
        SystemCallCount(
            request: SystemCallRequest(target: .thread(Self.thread)), method: method,
            elapsed: .seconds(seconds), total: total, calls: calls, lost: lost,
            cpuTime: cpu.map { .seconds($0) }, moment: Nanoseconds(77))
    }

    func call(
        _ name: String, _ count: Int, errors: Int = 0, time: Double = 0
    ) -> SystemCallCount.Call {
        SystemCallCount.Call(
            name: name, count: count, errors: errors, time: .seconds(time), returned: count)
    }

    @Test func `no call while the CPU burns is a spin in user space`() {
        let conclusion = CallConclusion(count: count(0, cpu: 9.97), isThread: true)
        #expect(
            conclusion.text
                == "0 system calls in 10 s (counted) "
                + "while it used 9.97 s of CPU: it spins or computes in user space")
    }

    @Test func `no call means what else the thread did`() {
        var conclusion = CallConclusion(count: count(0, cpu: 0), isThread: true)
        #expect(conclusion.text == "0 system calls in 10 s (counted): it did not run")
        conclusion.sleptIn = "epoll_wait"
        #expect(
            conclusion.text == "0 system calls in 10 s (counted): asleep in epoll_wait all the time"
        )
        #expect(
            CallConclusion(count: count(0, method: .traced), isThread: true).text
                == "0 system calls in 10 s (traced)")
        #expect(
            CallConclusion(count: count(0, cpu: 0.5), isThread: true).text
                == "0 system calls in 10 s (counted) "
                + "while it used 0.5 s of CPU")
        #expect(
            CallConclusion(count: count(0, cpu: 0), isThread: false).text
                == "0 system calls in 10 s (counted): none of it ran")
    }

    @Test func `a storm is named, from a hundred thousand a second on`() {
        let storm = count(2_120_000, [call("getppid", 2_100_000), call("read", 20_000)])
        #expect(
            CallConclusion(count: storm, isThread: true).text
                == "2,120,000 system calls in 10 s (counted), 212k/s: 99 % of them getppid; "
                + "a storm of system calls")
        let below = count(999_990, [call("getppid", 999_990)])
        #expect(
            CallConclusion(count: below, isThread: true).text
                == "999,990 system calls in 10 s (counted), 100k/s: all getppid")
    }

    @Test func `where its time goes, and what fails`() {
        let waits = count(410, [call("epoll_wait", 205, time: 9.7), call("read", 205)])
        #expect(
            CallConclusion(count: waits, isThread: true).text
                == "410 system calls in 10 s (counted), 41/s: 50 % of them epoll_wait; "
                + "97 % of the time in epoll_wait")
        // Times of several threads add up to more than the time.
        #expect(!CallConclusion(count: waits, isThread: false).text.contains("of the time"))
        let fails = count(100, [call("openat", 90, errors: 90), call("read", 10, errors: 1)])
        #expect(
            CallConclusion(count: fails, isThread: true).text
                == "100 system calls in 10 s (counted), 10/s: 90 % of them openat; "
                + "all of its openat calls fail")
        var sleeper = CallConclusion(count: count(1, [call("read", 1)]), isThread: true)
        sleeper.sleepsIn = "futex"
        #expect(
            sleeper.text
                == "1 system call in 10 s (counted), 0.1/s: all read; asleep in futex at the end")
    }

    @Test func `shares are of the calls that were named`() {
        let some = count(1000, [call("write", 60), call("read", 40)], lost: 900)
        #expect(
            CallConclusion(count: some, isThread: true).text
                == "1,000 system calls in 10 s (counted), 100/s: 60 % of those named write")
    }

    @Test func `polling concludes no more than it saw`() {
        var spins = CallConclusion(count: count(nil, method: .polled), isThread: true)
        spins.samples = 500
        spins.samplesRunning = 500
        spins.sleeps = 0
        spins.fileCalls = 0
        #expect(
            spins.text
                == "Found running in each of 500 samples in 10 s; it never went to sleep, "
                + "read and wrote nothing: very likely it makes no system calls")
        spins.fileCalls = 4000
        #expect(
            spins.text
                == "Found running in each of 500 samples in 10 s; it never went to sleep, "
                + "calls of read and write 400 times a second")
        spins.samplesRunning = 499
        #expect(spins.text.hasPrefix("Found in no call in 500 samples in 10 s"))

        let met = [SystemCallCount.Call(name: "epoll_wait", pollShare: Percent(98.0))]
        var sleeps = CallConclusion(count: count(nil, met, method: .polled), isThread: true)
        sleeps.samples = 500
        sleeps.samplesRunning = 10
        sleeps.sleeps = 410
        #expect(
            sleeps.text
                == "Asleep in epoll_wait in 98 % of 500 samples in 10 s, running in 2 %; "
                + "it went to sleep 41 times a second")
    }

    @Test func `a thread's count is a value for its verdict, a guess and a process's are not`() {
        let counted = count(0, cpu: 9.97).counted
        #expect(
            counted
                == CountedSystemCalls(
                    thread: Self.thread.thread, count: 0, elapsed: .seconds(10),
                    cpuTime: .seconds(9.97), moment: Nanoseconds(77)))
        #expect(count(nil, method: .polled).counted == nil)
        var process = count(5)
        process.request.target = .process(Self.thread.process)
        #expect(process.counted == nil)
        // Who is stopped at each call makes few.
        #expect(count(5, method: .traced).counted == nil)
        #expect(count(0, method: .traced).counted != nil)
    }

    @Test func `its verdict learns of the most frequent calls and what they achieve`() throws {
        let names = ["read", "poll", "write", "close", "open"]
        let calls = names.enumerated().map { index, name in
            SystemCallCount.Call(
                name: name, count: 50 - index, errors: 30, returned: 40, zeros: 3, sum: 7,
                error: "EAGAIN")
        }
        let counted = try #require(count(300, calls, lost: 60).counted)
        #expect(counted.calls.map(\.name) == ["read", "poll", "write", "close"])
        #expect(counted.named == 240)
        #expect(
            counted.calls.first
                == CountedSystemCalls.Call(
                    name: "read", count: 50, returned: 40, failed: 30, zeros: 3, sum: 7,
                    error: "EAGAIN"))
    }
}

struct CallTallyTests {
    @Test func `calls have names, and the most frequent come first`() {
        var tally = CallTally(total: 12)
        tally.calls[0] = .init(entered: 4)
        tally.calls[1] = .init(entered: 7)
        tally.calls[100_000] = .init(entered: 1)
        #expect(tally.named(isNative: true).map(\.name) == ["write", "read", "syscall 100000"])
        #expect(tally.named(isNative: false).first?.name == "32-bit syscall 1")
        #expect(tally.lost == 0)
        tally.total = 20
        #expect(tally.lost == 8)
    }

    @Test func `returns bring time and failures`() {
        var tally = CallTally(total: 3)
        tally.calls[3] = .init(entered: 3)
        tally.addReturn(of: 3, after: .microseconds(2), hasFailed: true)
        tally.addReturn(of: 3, after: .microseconds(4), hasFailed: false)
        #expect(
            tally.named(isNative: true) == [
                .init(name: "close", count: 3, errors: 1, time: .microseconds(6), returned: 2)
            ])
    }

    @Test func `results tell errors from what was achieved`() {
        var tally = CallTally(total: 5)
        tally.calls[0] = .init(entered: 5)
        for result in [0, 4096, 1, -11, -11] {
            tally.addReturn(of: 0, after: .zero, result: result)
        }
        var read = tally.named(isNative: true).first
        #expect(read?.errors == 2 && read?.zeros == 1 && read?.sum == 4097)
        #expect(read?.error == "EAGAIN")
        // An address that looks negative is none.
        tally.addReturn(of: 0, after: .zero, result: -4096)
        tally.addReturn(of: 0, after: .zero, result: -4)
        read = tally.named(isNative: true).first
        #expect(read?.errors == 3)
        #expect(read?.error == nil)
    }

    @Test func `samples are shares`() {
        var tally = CallTally()
        tally.samples = 8
        tally.calls[0] = .init(samples: 6)
        #expect(tally.named(isNative: true) == [.init(name: "read", pollShare: Percent(75.0))])
    }
}
