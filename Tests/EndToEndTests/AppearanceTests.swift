import Testing

/// What it draws with, on terminals that can do less.
@Suite(.serialized) struct AppearanceTests {
    /// Of this process alone: what else runs on the machine may be hotter.
    private func threads(of workload: Workload, _ options: String...) -> Program {
        var program = Program.dxtop("--view", "threads", "--pid", "\(workload.processID)")
        program.arguments += options
        return program
    }

    @Test func plainLocaleGetsPlainASCII() async throws {
        try await Workload.run("spin") { workload in
            var program = threads(of: workload)
            program.environment = ["LC_ALL": "C"]
            try await expectASCII(program)
        }
    }

    @Test func asciiOptionGetsPlainASCII() async throws {
        try await Workload.run("spin") { workload in
            try await expectASCII(threads(of: workload, "--ascii"))
        }
    }

    @Test func utf8LocaleGetsBlocks() async throws {
        try await Workload.run("spin") { _ in
            let wide = Terminal.Size(columns: 120, rows: 40)
            try await Terminal.run(.dxtop("--view", "threads"), size: wide) { terminal in
                try await terminal.wait(for: "a sparkline of blocks") { screen in
                    screen.rows.joined().unicodeScalars.contains {
                        (0x2581...0x2588).contains($0.value)
                    }
                }
            }
        }
    }

    @Test func coloursStandOutUnlessRefused() async throws {
        try await Workload.run("spin") { workload in
            try await Terminal.run(threads(of: workload)) { terminal in
                try await terminal.waitForThreads()
                try await terminal.wait(for: "a colour", escapes: true) { !$0.colours.isEmpty }
            }
            var quiet = threads(of: workload)
            quiet.environment = ["NO_COLOR": "1"]
            for program in [quiet, threads(of: workload, "--no-color")] {
                try await Terminal.run(program) { terminal in
                    try await terminal.wait(for: "poll") {
                        $0.firstThread?.contains("poll") == true
                    }
                    let screen = try await terminal.capture(escapes: true)
                    #expect(screen.colours == [])
                    // What is hot or selected still is seen: bold, reverse.
                    #expect(screen.attributes.contains(7))
                    #expect(screen.attributes.contains(1))
                }
            }
        }
    }

    @Test(arguments: ["nonsense", "vt100", "linux", "xterm-256color", "xterm-mono"])
    func worksOnTerminal(type: String) async throws {
        try await Workload.run("spin") { workload in
            var program = threads(of: workload)
            program.environment = ["TERM": type]
            try await Terminal.run(program) { terminal in
                try await terminal.waitForThreads()
                try await terminal.openThread("poll")
                try await terminal.type(":q")
                try await terminal.send("Enter")
                let end = try await terminal.waitForEnd()
                #expect(end == .exited(0))
            }
        }
    }

    private func expectASCII(_ program: Program) async throws {
        try await Terminal.run(program) { terminal in
            try await terminal.wait(for: "poll") { $0.firstThread?.contains("poll") == true }
            let table = try await terminal.capture(escapes: true)
            #expect(table.isASCII, "\(table)")
            try await terminal.openThread("poll")
            let detail = try await terminal.capture(escapes: true)
            #expect(detail.isASCII, "\(detail)")
        }
    }
}
