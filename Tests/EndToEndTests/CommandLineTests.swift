import Glibc
import TestTraits
import Testing

/// What it does without a terminal, for pipes and scripts.
@Suite(.serialized) struct CommandLineTests {
    private static let threadKeys: Set = [
        "pid", "tid", "start_time_ticks", "name", "process", "state", "cpu_percent", "user_percent",
        "system_percent", "run_delay_percent", "voluntary_switches_per_second",
        "involuntary_switches_per_second", "minor_faults_per_second", "major_faults_per_second",
        "system_call", "wait_channel", "processor", "hot",
    ]
    private static let processKeys: Set = [
        "pid", "start_time_ticks", "ppid", "user", "name", "command", "state", "cpu_percent",
        "hottest_thread_percent", "threads", "rss_bytes",
    ]

    @Test func snapshotIsOneDocumentWithTheNamesAndUnitsPromised() async throws {
        try await Workload.run("spin") { workload in
            let outcome = try await run(.dxtop("snapshot", "--json"))
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.errors == "")
            let document = try JSON(parsing: outcome.output)
            #expect(document["schema"] == .number(1))
            #expect(document["host"]?.keys.isEmpty == false)

            let processes = document["processes"]?.items ?? []
            #expect(processes.contains { $0["pid"] == .number(1) })
            for process in processes {
                #expect(process.keys.isSuperset(of: Self.processKeys), "\(process)")
            }
            let threads = document["threads"]?.items ?? []
            for thread in threads { #expect(thread.keys == Self.threadKeys, "\(thread)") }

            let poll = Double(try workload.thread("poll"))
            let row = try #require(threads.first { $0["tid"] == .number(poll) })
            #expect(row["name"] == .string("poll"))
            #expect(row["pid"] == .number(Double(workload.processID)))
            #expect(row["state"] == .string("R"))
            // How much of a CPU it gets depends on what else runs here, whether it wants one not:
            // what it does not get it waits for.
            let cpu = try #require(row["cpu_percent"]?.number)
            let wait = row["run_delay_percent"]?.number ?? 0
            #expect(row["hot"] == .bool(cpu + wait >= 90 && cpu >= 5))
        }
    }

    @Test(.needsRoot) func whatMayNotBeReadIsNullNotZero() async throws {
        let directory = try TemporaryDirectory()
        try await Workload.run("spin") { workload in
            let program = Program.dxtop(
                "watch", "threads", "--pid", "\(workload.processID)", "--count", "1", "--json")
            let outcome = try await run(program.asNobody(in: directory))
            #expect(outcome.exitCode == 0, "\(outcome)")
            let rows = try JSON(parsing: outcome.output)["threads"]?.items ?? []
            #expect(rows.count == 14)
            for row in rows {
                // That a thread runs is seen without rights; what one waits in is not.
                if row["state"] != .string("R") { #expect(row["system_call"] == .null, "\(row)") }
                #expect(row["cpu_percent"]?.number != nil, "\(row)")
            }
        }
    }

    @Test func watchPrintsOneObjectALine() async throws {
        let outcome = try await run(
            .dxtop("watch", "threads", "--interval", "0.5", "--count", "2", "--json"))
        #expect(outcome.exitCode == 0)
        #expect(outcome.errors == "")
        #expect(outcome.lines.count == 2)
        for line in outcome.lines {
            let object = try JSON(parsing: line)
            #expect(object["schema"] == .number(1))
            #expect(object["time"]?.string?.contains("T") == true)
            #expect(object["threads"]?.items.isEmpty == false)
        }
    }

    @Test func watchProcessesAsText() async throws {
        let outcome = try await run(
            .dxtop("watch", "processes", "--interval", "0.5", "--count", "2"))
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.lines.filter { $0.contains("PID") && $0.contains("CPU%") }.count == 2)
        #expect(!outcome.output.contains("\u{1B}"))
    }

    @Test(arguments: ["", "--json"])
    func aProcessThatHasEndedIsNotPrinted(option: String) async throws {
        // The shell waits for both, so nothing of the process is left when it has ended.
        let line = """
            "$0" idle 1 --seconds 3 >/dev/null &
            "$1" watch threads --pid $! --interval 1 $2
            """
        let outcome = try await run(
            .shell(line, Program.workload().path, Program.dxtop().path, option))
        #expect(outcome.exitCode == 1, "\(outcome)")
        #expect(outcome.errors.contains("has ended"))
        #expect(!outcome.lines.isEmpty)
        for line in outcome.lines where line.hasPrefix("{") {
            #expect(try JSON(parsing: line)["threads"]?.items.isEmpty == false, "\(line)")
        }
    }

    @Test(arguments: ["snapshot --json", "watch threads --interval 0.2", "watch processes --json"])
    func closedPipeEndsItQuietly(arguments: String) async throws {
        let line = #""$0" \#(arguments) | head -n 1 >/dev/null; exit ${PIPESTATUS[0]}"#
        var program = Program.shell(line, Program.dxtop().path)
        program.path = "/bin/bash"
        let outcome = try await run(program)
        #expect(outcome.errors == "")
        // Done, or ended by SIGPIPE as the shell counts it.
        #expect(outcome.exitCode == 0 || outcome.exitCode == 128 + SIGPIPE, "\(outcome)")
    }

    @Test(arguments: [
        ("help >/dev/full", "No space left on device"),
        ("--version >/dev/full", "No space left on device"),
        ("snapshot --json >&-", "Bad file descriptor"), ("help >&-", "Bad file descriptor"),
    ])
    func outputThatCannotBeWrittenFails(arguments: String, reason: String) async throws {
        let outcome = try await run(.shell(#""$0" \#(arguments)"#, Program.dxtop().path))
        #expect(outcome.exitCode == 1, "\(outcome)")
        #expect(outcome.errors == "dxtop: cannot write: \(reason)\n")
    }

    @Test(arguments: [
        ["--nonsense"], ["--interval", "soon"], ["--interval", "0"], ["--view", "kitchen"],
        ["watch", "paint"], ["watch"], ["--pid", "-1"],
        ["--interval", "-1"], ["--hot", "-5"], ["watch", "threads", "--count", "-1"],
    ])
    func wrongArgumentsAreExplained(arguments: [String]) async throws {
        let outcome = try await run(Program(path: Program.dxtop().path, arguments: arguments))
        #expect(outcome.exitCode == 2 || outcome.exitCode == 64, "\(outcome)")
        #expect(outcome.output == "")
        let first = try #require(outcome.errors.split(separator: "\n").first)
        #expect(first.hasPrefix("Error: ") || first.hasPrefix("dxtop: "), "\(outcome.errors)")
        #expect(!first.contains("Missing value"))
    }

    @Test func withoutATerminalTheDashboardSaysSo() async throws {
        let outcome = try await run(.dxtop())
        #expect(outcome.exitCode == 1, "\(outcome)")
        #expect(outcome.output == "")
        #expect(outcome.errors.split(separator: "\n").count == 1)
        #expect(outcome.errors.contains("terminal"))
    }

    @Test func readsAnotherTree() async throws {
        let outcome = try await run(
            .dxtop("watch", "processes", "--proc", "/proc", "--count", "1", "--json"))
        #expect(outcome.exitCode == 0, "\(outcome)")
        let missing = try await run(.dxtop("snapshot", "--proc", "/nowhere"))
        #expect(missing.exitCode == 1, "\(missing)")
        #expect(missing.errors.contains("/nowhere"))
        #expect(missing.errors.split(separator: "\n").count == 1)
    }
}
