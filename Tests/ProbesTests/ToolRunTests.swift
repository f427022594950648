import Glibc
import ProcFormats
import ProcSampling
import Subprocess
import SystemPackage
import TestTraits
import Testing
import Units

@testable import Probes

/// Every tool on live threads whose behaviour is known.
@Suite(.needsRoot)
struct ToolRunTests {
    func run(_ tool: Tool, on target: ThreadTarget, in environment: ToolEnvironment = .current())
        async throws -> (log: RunLog, outcome: ToolOutcome)
    {
        let log = RunLog()
        _ = ToolRun.start(tool, on: .thread(target), in: environment) { log.take($0) }
        return (log, try await log.finished())
    }

    func expectUntouched(_ target: ThreadTarget) throws {
        let reading = try #require(TargetReading.read(target))
        #expect(reading.startTime == target.thread.startTime)
        #expect(reading.tracer == nil)
        #expect(!reading.isHalted)
    }

    // MARK: - Results

    @Test(.needs("strace"), arguments: ["strace-summary", "strace-live"])
    func `strace of the spinner says that there was no system call`(id: String) async throws {
        let tool = try #require(ToolCatalogue.tool(withID: id)).running(seconds: 1)
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            let (_, outcome) = try await run(tool, on: target)
            #expect(outcome.ending == .done)
            let silence = try #require(outcome.conclusion)
            #expect(silence.hasPrefix("0 system calls in "))
            #expect(silence.contains(" s, while it "))
            #expect(outcome.targetAfterwards == "T\(target.thread.tid) runs on, untraced")
            try expectUntouched(target)
        }
    }

    @Test(
        .needs("strace", "perf"),
        arguments: ["strace-summary", "strace-live", "perf-trace"])
    func `system calls are named`(id: String) async throws {
        let tool = try #require(ToolCatalogue.tool(withID: id)).running(seconds: 1)
        try await withWorkload("syscalls", "getppid", "200") { workload in
            let target = try workload.target("caller")
            let (log, outcome) = try await run(tool, on: target)
            #expect(outcome.ending == .done)
            #expect(outcome.conclusion == nil)
            #expect(log.output.contains("getppid"))
            try expectUntouched(target)
        }
    }

    @Test(.needs("perf"))
    func `perf trace of the spinner says that there was no system call`() async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            let (_, outcome) = try await run(
                ToolCatalogue.perfTrace.running(seconds: 1), on: target)
            #expect(outcome.ending == .done)
            #expect(outcome.conclusion?.hasPrefix("0 system calls in ") == true)
        }
    }

    @Test(.needs("perf"), arguments: ["perf", "perf-dwarf"])
    func `perf names the functions of the loop, the hot ones first`(id: String) async throws {
        let tool = try #require(ToolCatalogue.tool(withID: id)).running(seconds: 2)
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            let (log, outcome) = try await run(tool, on: target)
            #expect(outcome.ending == .done)
            #expect(outcome.conclusion == nil)
            let lines = log.output.split(separator: "\n")
            let firstScreen = lines.prefix(18).joined(separator: "\n")
            #expect(firstScreen.contains("cnd_timedwait"))
            #expect(log.output.contains("rd_kafka_q_pop_serve"))
            #expect(log.output.contains("rd_kafka_consume0"), "the call chain")
            try expectUntouched(target)

            let data = try #require(log.commands.first).drop { $0 != "-o" }.dropFirst().first
            let folder = FilePath(try #require(data)).removingLastComponent()
            #expect(access(folder.string, F_OK) != 0, "\(folder) is left behind")
        }
    }

    @Test(.needs("perf"))
    func `perf of a sleeper says that it did not run`() async throws {
        try await withWorkload("idle", "1") { workload in
            let target = try workload.target("first")
            let (log, outcome) = try await run(ToolCatalogue.perf.running(seconds: 1), on: target)
            #expect(outcome.ending == .done)
            #expect(
                outcome.conclusion?.hasPrefix("no samples: \(target.label) did not run in ") == true
            )
            #expect(log.commands.count == 1)
        }
    }

    @Test(.needs("strace"))
    func `strace of a sleeper says that it did not run`() async throws {
        try await withWorkload("idle", "1") { workload in
            let target = try workload.target("first")
            let (_, outcome) = try await run(
                ToolCatalogue.straceSummary.running(seconds: 1), on: target)
            #expect(outcome.conclusion?.hasSuffix(" s: it did not run") == true)
        }
    }

    @Test(.needs("perf"))
    func `perf stat counts`() async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            let (log, outcome) = try await run(
                ToolCatalogue.perfStat.running(seconds: 1), on: target)
            #expect(outcome.ending == .done)
            #expect(log.output.contains("context-switches"))
        }
    }

    // MARK: - Stopping

    /// A trace that is over only when it is stopped.
    let endless = ToolCatalogue.straceSummary.running(seconds: 300)

    private func switches(of target: ThreadTarget) throws -> UInt64 {
        let path = "/proc/\(target.process.pid)/task/\(target.thread.tid)/status"
        let bytes = try smallFile(path)
        let status = try TaskStatus(parsing: bytes.span)
        return try #require(status.voluntarySwitches)
    }

    @Test(.needs("strace"))
    func `a stopped strace lets go of its target`() async throws {
        try await withWorkload("syscalls", "getppid", "200") { workload in
            let target = try workload.target("caller")
            let log = RunLog()
            let run = ToolRun.start(endless, on: .thread(target)) { log.take($0) }
            _ = try await eventually("strace traces") { TargetReading.read(target)?.tracer }
            // Each call stops it twice: by then some were counted.
            let before = try switches(of: target)
            _ = try await eventually("it has made calls") {
                let now = try? switches(of: target)
                return now ?? 0 > before + 20 ? true : nil as Bool?
            }
            run.stop()
            let outcome = try await log.finished()
            #expect(outcome.ending == .stopped)
            #expect(outcome.targetAfterwards == "\(target.label) runs on, untraced")
            #expect(log.output.contains("getppid"), "what it had counted so far")
            try expectUntouched(target)
        }
    }

    @Test(.needs("strace", "perf"), arguments: ["strace-live", "perf", "perf-trace"])
    func `the way out of the program leaves no tool behind`(id: String) async throws {
        let tool = try #require(ToolCatalogue.tool(withID: id))
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            let log = RunLog()
            let run = ToolRun.start(tool, on: .thread(target)) { log.take($0) }
            _ = try await eventually("it starts") { log.commands.first }
            await onOwnThread { stopAndWait([run], patience: .seconds(30)) }
            #expect(run.isFinished)
            try expectUntouched(target)
        }
    }

    @Test(.needs("strace"))
    func `a run stopped at once does not start to trace`() async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            let log = RunLog()
            let run = ToolRun.start(endless, on: .thread(target)) { log.take($0) }
            run.stop()
            run.stop()
            #expect(try await log.finished().ending == .stopped)
            try expectUntouched(target)
        }
    }

    @Test(.needs("strace"))
    func `a killed dxtop leaves a tracer that ends by itself`() async throws {
        try await withWorkload("spin") { (workload: Workload) -> Void in
            let pid = try workload.number("pid")
            let tid = try workload.number("poll")
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [pid = pid as Int32, tid = tid as Int32] in
                let target = try currentTarget(pid: pid, tid: tid)
                _ = ToolRun.start(ToolCatalogue.straceLive.running(seconds: 2), on: .thread(target))
                { _ in }
                _ = try await eventually("strace traces") { TargetReading.read(target)?.tracer }
                kill(getpid(), SIGKILL)
            }
            let target = try currentTarget(pid: pid, tid: tid)
            _ = try await eventually("strace has ended", within: .seconds(20)) {
                TargetReading.read(target).flatMap { $0.tracer == nil ? true : nil }
            }
            try expectUntouched(target)
        }
    }

    /// A tool made of a line of shell.
    func script(_ line: String) -> Tool {
        Tool(
            id: "script", title: "script", steps: [["timeout", "30", "sh", "-c", line]],
            effect: .nothing(""), seconds: 30, access: .tracing, counts: .other,
            packages: ["sh": PackageNames("dash"), "timeout": PackageNames("coreutils")])
    }

    @Test func `a tool that ignores the signals is killed with all it started`() async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            let log = RunLog()
            let tool = script("trap '' INT TERM; echo $$; while :; do sleep 0.1; done")
            let run = ToolRun.start(tool, on: .thread(target)) { log.take($0) }
            let pid = try await eventually("it prints its number") {
                log.output.last == "\n" ? pid_t(log.output.dropLast()) : nil as pid_t?
            }
            #expect(getsid(pid) != getsid(0), "Ctrl-C at the terminal would reach it")
            await onOwnThread { stopAndWait([run], patience: .milliseconds(200)) }
            #expect(try await log.finished().ending == .stopped)
            try await expectDeath(of: pid)
        }
    }

    @Test func `a tool left behind by the next one is waited for, too`() async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            // Each prints its number and ignores what asks it to end.
            let tool = script("trap '' INT TERM; echo $$; while :; do sleep 0.1; done")
            var runs: [ToolRun] = []
            var shells: [pid_t] = []
            for _ in 0..<2 {
                let log = RunLog()
                runs.append(ToolRun.start(tool, on: .thread(target)) { log.take($0) })
                shells.append(
                    try await eventually("it prints its number") {
                        log.output.last == "\n" ? pid_t(log.output.dropLast()) : nil as pid_t?
                    })
            }
            await onOwnThread { [runs] in stopAndWait(runs, patience: .milliseconds(200)) }
            let left = runs.count { !$0.isFinished }
            #expect(left == 0)
            for shell in shells { try await expectDeath(of: shell) }
        }
    }

    /// The kernel has told it to die; on a busy machine it does so when it next gets a CPU.
    private func expectDeath(of pid: pid_t) async throws {
        let shell = unchecked(pid: pid, tid: pid)
        _ = try await eventually("process \(pid) is dead, reaped or not") {
            switch TargetReading.read(shell)?.state {
            case nil, .zombie, .dead: true
            default: nil
            }
        }
    }

    @Test func `stopping means the tool that was started last`() async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            let logs = [RunLog(), RunLog()]
            var runs = ToolRuns()
            for log in logs {
                runs.add(
                    ToolRun.start(script("echo up; exec sleep 29"), on: .thread(target)) {
                        log.take($0)
                    })
                _ = try await eventually("it is up") { log.output == "up\n" ? true : nil }
            }
            runs.stopNewest()
            #expect(try await logs[1].finished().ending == .stopped)
            #expect(logs[0].outcome == nil)
            #expect(runs.count == 1)
            await onOwnThread { [runs] in
                var runs = runs
                runs.stopAndWait(patience: .seconds(30))
            }
            #expect(logs[0].outcome?.ending == .stopped)
            #expect(runs.count == 0)
        }
    }

    @Test(.needs("strace"))
    func `a program that blocks and ignores signals can stop its tools`() async throws {
        try await withWorkload("spin") { (workload: Workload) -> Void in
            let pid = try workload.number("pid")
            let tid = try workload.number("poll")
            await #expect(processExitsWith: .success) { [pid = pid as Int32, tid = tid as Int32] in
                var all = sigset_t()
                sigfillset(&all)
                pthread_sigmask(SIG_BLOCK, &all, nil)
                for number in [SIGINT, SIGTERM, SIGPIPE, SIGHUP] { Glibc.signal(number, SIG_IGN) }
                let target = try currentTarget(pid: pid, tid: tid)
                let log = RunLog()
                let endless = ToolCatalogue.straceSummary.running(seconds: 300)
                let run = ToolRun.start(endless, on: .thread(target)) { log.take($0) }
                _ = try await eventually("strace traces") { TargetReading.read(target)?.tracer }
                run.stop()
                // Before the tool's own limit, by its own grace: not by SIGKILL.
                #expect(try await log.finished().ending == .stopped)
                #expect(log.output.contains("detached"))
            }
        }
    }

    @Test(arguments: [
        ("exit 0", ToolOutcome.Ending.done), ("exit 124", .done), ("exit 130", .done),
        (
            "echo it broke; exit 3",
            .failed(reason: "sh exited with status 3: it broke", remedy: nil)
        ),
    ])
    func `how a tool ended decides`(line: String, ending: ToolOutcome.Ending) async throws {
        try await withWorkload("spin") { workload in
            let (_, outcome) = try await run(script(line), on: workload.target("poll"))
            #expect(outcome.ending == ending)
        }
    }

    @Test func `output comes while the tool runs, errors too`() async throws {
        try await withWorkload("spin") { workload in
            let log = RunLog()
            let run = ToolRun.start(
                script("echo one; echo two >&2; exec sleep 29"),
                on: .thread(try workload.target("poll"))
            ) { log.take($0) }
            _ = try await eventually("both lines") { log.output == "one\ntwo\n" ? true : nil }
            #expect(!run.isFinished)
            run.stop()
            #expect(try await log.finished().ending == .stopped)
        }
    }

    @Test func `what the result lacks is said before it`() async throws {
        try await withWorkload("spin") { workload in
            let tool = Tool(
                id: "script", title: "script", steps: [["echo", "result"]], effect: .nothing(""),
                seconds: 1, access: .performanceEvents, counts: .other,
                packages: ["echo": PackageNames("coreutils")])
            var environment = ToolEnvironment.current()
            environment.capabilities = []
            environment.perfEventParanoid = 2
            environment.hasSystemCallFilter = false
            environment.kernelPointersRestricted = 0
            let (log, outcome) = try await run(
                tool, on: workload.target("poll"), in: environment)
            #expect(outcome.ending == .done)
            #expect(
                log.output
                    == "# without kernel functions: kernel.perf_event_paranoid is 2\nresult\n")
        }
    }

    // MARK: - Failures

    @Test func `a missing program does not start`() async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            var environment = ToolEnvironment.current()
            environment.searchPath = []
            environment.distribution = .debian
            let (log, outcome) = try await run(
                ToolCatalogue.straceSummary, on: target, in: environment)
            #expect(
                outcome.ending
                    == .failed(reason: "strace is not installed", remedy: "apt install strace"))
            #expect(outcome.targetAfterwards == "\(target.label) runs on, untraced")
            #expect(log.commands == [])
        }
    }

    @Test(.needs("strace", "perf"), arguments: ToolCatalogue.threadTools)
    func `another thread with the same number is left alone`(_ tool: Tool) async throws {
        try await withWorkload("spin") { workload in
            let target = unchecked(
                pid: try workload.number("pid"), tid: try workload.number("poll"))
            let (log, outcome) = try await run(tool, on: target)
            #expect(
                outcome.ending
                    == .failed(
                        reason:
                            "\(target.label) has ended: its number belongs to another thread now",
                        remedy: nil))
            #expect(log.commands == [])
        }
    }

    @Test(.needs("strace"))
    func `a target that has ended is not searched`() async throws {
        let target = try await withWorkload("spin") { workload -> ThreadTarget in
            try workload.target("poll")
        }
        let (_, outcome) = try await run(ToolCatalogue.straceSummary, on: target)
        #expect(outcome.ending == .failed(reason: "\(target.label) has ended", remedy: nil))
        #expect(outcome.targetAfterwards == "\(target.label) has ended")
    }

    @Test(.needs("strace"))
    func `a target that ends meanwhile ends the trace`() async throws {
        let log = RunLog()
        let target = try await withWorkload("syscalls", "getppid", "200") {
            workload -> ThreadTarget in
            let target = try workload.target("caller")
            _ = ToolRun.start(ToolCatalogue.straceSummary, on: .thread(target)) { log.take($0) }
            _ = try await eventually("strace traces") { TargetReading.read(target)?.tracer }
            return target
        }
        let outcome = try await log.finished()
        #expect(outcome.ending == .done)
        #expect(outcome.targetAfterwards == "\(target.label) has ended")
    }

    @Test(.needs("strace"))
    func `a second tracer is refused, and the first one named`() async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            let first = ToolRun.start(ToolCatalogue.straceLive, on: .thread(target)) { _ in }
            let tracer = try await eventually("strace traces") {
                TargetReading.read(target)?.tracer
            }
            let (_, outcome) = try await run(ToolCatalogue.straceSummary, on: target)
            guard case .failed(let reason, .some) = outcome.ending else {
                Issue.record("\(outcome.ending)")
                return
            }
            let by = "\(tracer.pid) (strace)"
            #expect(reason == "\(target.label) is already traced by \(by): one tracer at a time")
            first.stop()
        }
    }

    /// Runs as nobody. The checks before the start are told that all is allowed, so that the tool
    /// itself fails.
    @Test(.needs("strace", "perf"), arguments: ["strace-summary", "perf", "perf-trace"])
    func `a tool that may not attach says what would help`(id: String) async throws {
        try await withWorkload("spin") { (workload: Workload) -> Void in
            let pid = try workload.number("pid")
            let tid = try workload.number("poll")
            await #expect(processExitsWith: .success) {
                [id = id as String, pid = pid as Int32, tid = tid as Int32] in
                try #require(setgroups(0, nil) == 0 && setgid(65534) == 0 && setuid(65534) == 0)
                let tool = try #require(ToolCatalogue.tool(withID: id))
                let target = try currentTarget(pid: pid, tid: tid)
                let log = RunLog()
                _ = ToolRun.start(tool, on: .thread(target)) { log.take($0) }
                let refused = try await log.finished()
                guard case .failed(_, .some) = refused.ending else {
                    Issue.record("\(refused)")
                    return
                }
                #expect(log.commands == [])

                var environment = ToolEnvironment.current()
                environment.capabilities = .all
                let second = RunLog()
                _ = ToolRun.start(tool, on: .thread(target), in: environment) { second.take($0) }
                let failed = try await second.finished()
                guard case .failed(let reason, let remedy?) = failed.ending else {
                    Issue.record("\(failed)")
                    return
                }
                #expect(second.commands.count == 1)
                #expect(reason.contains(" may not ") || reason.contains(" cannot "))
                #expect(remedy.contains("run dxtop as root"))
            }
        }
    }
}
