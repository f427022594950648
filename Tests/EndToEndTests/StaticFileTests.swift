import Glibc
import TestTraits
import Testing

/// One file that runs where there is nothing else.
@Suite(.serialized, .needsRoot) struct StaticFileTests {
    @Test func needsNoSharedLibrary() async throws {
        let needs = try await run(
            Program(path: "/usr/bin/ldd", arguments: [try await StaticFile.path]))
        #expect(needs.errors.contains("not a dynamic executable"), "\(needs)")
    }

    @Test func saysWhatItIs() async throws {
        let file = try await run(StaticFile.inEmptyTree(as: .nobody, "--version"))
        #expect(file.output.contains("static, commit "), "\(file)")
        let other = try await run(.dxtop("--version"))
        #expect(other.output.contains("needs shared libraries"), "\(other)")
        #expect(file.lines.first?.prefix { $0 != "(" } == other.lines.first?.prefix { $0 != "(" })
    }

    @Test(arguments: [StaticFile.User.root, .nobody])
    func commandsWorkInAnEmptyTree(user: StaticFile.User) async throws {
        let snapshot = try await run(StaticFile.inEmptyTree(as: user, "snapshot", "--json"))
        #expect(snapshot.exitCode == 0, "\(snapshot.errors)")
        let document = try JSON(parsing: snapshot.output)
        #expect(document["processes"]?.items.isEmpty == false)
        #expect(document["host"]?["cpu_count"]?.number ?? 0 > 0)

        let threads = try await run(
            StaticFile.inEmptyTree(
                as: user, "watch", "threads", "--count", "2", "--interval", "0.2"))
        #expect(threads.lines.count { $0.contains("CPU%") } == 2, "\(threads)")

        let doctor = try await run(StaticFile.inEmptyTree(as: user, "doctor"))
        #expect(doctor.exitCode == 0 && doctor.output.contains("processes"), "\(doctor)")
    }

    @Test(arguments: [StaticFile.User.root, .nobody])
    func dashboardWorksInAnEmptyTree(user: StaticFile.User) async throws {
        var program = try await StaticFile.inEmptyTree(as: user, "--view", "threads")
        program.environment = ["TERM": "no-such-terminal", "LC_ALL": "en_US.UTF-8"]
        try await Terminal.run(program) { terminal in
            let screen = try await terminal.waitForThreads()
            // UTF-8 as the environment has it, though no file here tells what that is.
            #expect(screen.contains("─"), "\(screen)")
            try await terminal.send("1")
            try await terminal.wait(for: "the overview") { $0.contains("PROCESSES") }
            try await terminal.send("?")
            try await terminal.wait(for: "help") { $0.contains("KEYS") }
            try await terminal.send("Escape")
            try await terminal.wait(for: "no help") { !$0.contains("KEYS") }
            try await terminal.send("C-c")
            #expect(try await terminal.waitForEnd() == .exited(0))
        }
    }

    @Test func nothingInTheEnvironmentMeansASCII() async throws {
        var program = try await StaticFile.inEmptyTree(as: .nobody, "--view", "threads")
        program.environment = ["TERM": nil, "LC_ALL": nil, "LANG": nil, "LC_CTYPE": nil]
        try await Terminal.run(program) { terminal in
            let screen = try await terminal.waitForThreads()
            #expect(screen.description.utf8.allSatisfy { $0 < 128 }, "\(screen)")
        }
    }
}
