import Glibc
import TestTraits
import Testing

/// Built-in looks without a terminal, on programs whose behaviour is known.
@Suite(.serialized) struct ProbeCommandTests {
    private func document(_ program: Program) async throws -> JSON {
        let outcome = try await run(program, deadline: .seconds(60))
        try #require(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.errors == "")
        return try JSON(parsing: outcome.output)
    }

    /// A function of a profile, by its name.
    private func function(_ name: String, in profile: JSON) -> JSON? {
        profile["functions"]?.items.first { $0["name"] == .string(name) }
    }

    @Test func theFunctionsThatBurnAreNamed() async throws {
        try await Workload.run("spin") { workload in
            let poll = try workload.thread("poll")
            let profile = try await document(
                .dxtop("profile", "--tid", "\(poll)", "--seconds", "2", "--json"))
            #expect(profile["tid"] == .number(Double(poll)))
            #expect(profile["pid"] == .number(Double(workload.processID)))
            #expect(profile["frequency"] == .number(99))
            let samples = try #require(profile["samples"]?.number)
            #expect(samples > 5, "\(profile)")
            let burner = try #require(function("rd_kafka_q_pop_serve", in: profile))
            #expect(burner["module"] == .string("workload"))
            #expect(try #require(burner["total_percent"]?.number) > 50, "\(profile)")
            let own = profile["functions"]?.items.compactMap { $0["self_percent"]?.number } ?? []
            #expect((99...101).contains(own.reduce(0, +)), "\(own)")
            let chains = profile["stacks"]?.items ?? []
            #expect(chains.compactMap { $0["samples"]?.number }.reduce(0, +) <= samples)
        }
    }

    @Test func filesOfAProfileAreReadByOthers() async throws {
        try await Workload.run("spin") { workload in
            let pid = "\(workload.processID)"
            let folded = try await run(
                .dxtop("profile", "--pid", pid, "--seconds", "1", "--folded"))
            #expect(folded.exitCode == 0, "\(folded)")
            #expect(folded.lines.contains { $0.contains(";rd_kafka_consume0;") })
            for line in folded.lines {
                #expect(line.split(separator: " ").last.flatMap { Int($0) } ?? 0 > 0, "\(line)")
            }
            let graph = try await run(.dxtop("profile", "--pid", pid, "--seconds", "1", "--svg"))
            #expect(graph.output.hasPrefix("<?xml"))
            #expect(graph.output.hasSuffix("</svg>\n"))
            #expect(graph.output.contains(">thread poll</text>"))
        }
    }

    @Test func aThreadThatSleepsHasNoSamplesAndThatIsSaid() async throws {
        try await Workload.run("spin") { workload in
            let outcome = try await run(
                .dxtop("profile", "--tid", "\(workload.processID)", "--seconds", "1"))
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(outcome.lines.contains { $0.hasPrefix("0 samples in ") }, "\(outcome)")
        }
    }

    @Test func anInterruptEndsItEarlyWithWhatThereIs() async throws {
        try await Workload.run("spin") { workload in
            let line =
                #"timeout --preserve-status -s INT 2 "$0" profile --tid "$1" "#
                + "--seconds 3600 --json"
            let profile = try await document(
                .shell(line, Program.dxtop().path, "\(try workload.thread("poll"))"))
            #expect(function("rd_kafka_consume0", in: profile) != nil)
            #expect(try #require(profile["seconds"]?.number) < 3600)
        }
    }

    @Test func systemCallsAreCountedByName() async throws {
        try await Workload.run("syscalls", "getppid", "5000") { workload in
            let caller = try workload.thread("caller")
            let count = try await document(
                .dxtop("syscalls", "--tid", "\(caller)", "--seconds", "2", "--json"))
            #expect(count["tid"] == .number(Double(caller)))
            #expect(count["conclusion"]?.string?.isEmpty == false)
            let calls = count["calls"]?.items ?? []
            guard count["method"] == .string("counted") else {
                // Without tracepoints nothing is counted, and nothing is made up.
                #expect(count["total"] == .null)
                #expect(calls.allSatisfy { $0["count"] == .null })
                return
            }
            let call = try #require(calls.first { $0["name"] == .string("getppid") })
            #expect(try #require(call["count"]?.number) > 1000, "\(count)")
            #expect(call["errors"] == .number(0))
            #expect(calls.contains { $0["name"] == .string("clock_nanosleep") })
        }
    }

    @Test func aSpinnerMakesNoSystemCall() async throws {
        try await Workload.run("spin") { workload in
            let count = try await document(
                .dxtop(
                    "syscalls", "--tid", "\(try workload.thread("poll"))", "--seconds", "1",
                    "--json"))
            #expect(count["calls"] == .array([]), "\(count)")
            #expect(count["total"] == .number(0) || count["method"] == .string("polled"))
        }
    }

    @Test func whereAThreadSleepsIsSaid() async throws {
        try await Workload.run("spin") { workload in
            let waits = try await document(
                .dxtop("waits", "--tid", "\(workload.processID)", "--seconds", "1", "--json"))
            #expect(try #require(waits["looks"]?.number) > 0)
            let place = try #require(waits["places"]?.items.first)
            #expect(place["running"] == .bool(false), "\(waits)")
            #expect(place["system_call"] == .string("rt_sigtimedwait"), "\(waits)")
        }
    }

    @Test func threadsWithEqualStacksAreTogether() async throws {
        try await Workload.run("spin") { workload in
            let listing = try await document(
                .dxtop("stacks", "--pid", "\(workload.processID)", "--json"))
            #expect(listing["stopped"] == .bool(false))
            let groups = listing["groups"]?.items ?? []
            let threads = groups.flatMap { $0["threads"]?.items ?? [] }
            #expect(threads.count == 14, "\(listing)")
            let workers = try #require(
                groups.first { group in
                    group["threads"]?.items.contains { $0["name"] == .string("worker-0") } == true
                })
            #expect(workers["count"] == .number(4), "\(workers)")
            let names = workers["frames"]?.items.compactMap { $0["name"]?.string } ?? []
            #expect(names.contains("worker"), "\(names)")
        }
    }

    @Test(arguments: ["profile", "syscalls", "waits"])
    func aThreadThatIsNotThereIsNamed(command: String) async throws {
        let outcome = try await run(.dxtop(command, "--tid", "2147483647"))
        #expect(outcome.exitCode == 1, "\(outcome)")
        #expect(outcome.output == "")
        #expect(outcome.errors.contains("2147483647"))
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }

    /// The numbers of one pid namespace name other processes in another, or none.
    @Test(.needsRoot) func aProcessOfAnotherNamespaceIsNotSaidToHaveEnded() async throws {
        try await Workload.run("spin") { workload in
            var program = Program.dxtop("profile", "--pid", "\(workload.processID)")
            program.arguments = ["--pid", "--fork", program.path] + program.arguments
            program.path = "/usr/bin/unshare"
            let outcome = try await run(program)
            #expect(outcome.exitCode == 1, "\(outcome)")
            #expect(outcome.errors.contains("is not of this pid namespace"), "\(outcome)")
            #expect(!outcome.errors.contains("has ended"), "\(outcome)")
        }
    }

    @Test(.needsRoot) func aRefusalSaysWhatWouldHelp() async throws {
        let directory = try TemporaryDirectory()
        try await Workload.run("spin") { workload in
            let program = Program.dxtop("profile", "--tid", "\(try workload.thread("poll"))")
            let outcome = try await run(program.asNobody(in: directory))
            #expect(outcome.exitCode == 1, "\(outcome)")
            #expect(outcome.output == "")
            let lines = outcome.errors.split(separator: "\n")
            #expect(lines.count == 2, "\(outcome)")
            #expect(lines.first?.contains("; ") == true, "\(outcome)")
            #expect(lines.last?.hasPrefix("--stopping would: ") == true, "\(outcome)")
        }
    }

    @Test(arguments: [
        ["profile"], ["profile", "--tid", "1", "--all"], ["profile", "--all", "--seconds", "0"],
        ["profile", "--all", "--frequency", "5000"], ["profile", "--all", "--json", "--svg"],
        ["profile", "--all", "--faults", "--frequency", "9"], ["syscalls"], ["waits"], ["stacks"],
        ["syscalls", "--tid", "1", "--traced", "--mount-tracefs"],
    ])
    func wrongArgumentsAreExplained(arguments: [String]) async throws {
        let outcome = try await run(Program(path: Program.dxtop().path, arguments: arguments))
        #expect(outcome.exitCode == 2 || outcome.exitCode == 64, "\(outcome)")
        #expect(outcome.output == "")
        #expect(outcome.errors.hasPrefix("Error: "), "\(outcome)")
    }
}
