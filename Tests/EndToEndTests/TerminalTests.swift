import Glibc
import Testing

/// Every way in and out of a terminal.
@Suite(.serialized) struct TerminalTests {
    @Test func resizesDownToOneCellAndBack() async throws {
        let directory = try TemporaryDirectory()
        let bytes = "\(directory.path)/bytes"
        let program = Program.dxtop("--view", "threads")
        try await Terminal.run(program, recording: bytes) { terminal in
            try await terminal.waitForThreads()
            for (columns, rows) in [(1, 1), (40, 10), (200, 60), (3, 2), (80, 24)] {
                let before = try contents(ofFile: bytes).count
                try await terminal.resize(to: .init(columns: columns, rows: rows))
                try await wait(for: "it to draw at \(columns)x\(rows)") {
                    try contents(ofFile: bytes).count > before
                }
                let end = try await terminal.end
                #expect(end == nil, "at \(columns)x\(rows)")
            }
            let screen = try await terminal.waitForThreads()
            #expect(
                screen.rows.allSatisfy { row in row.reduce(0) { $0 + displayWidth(of: $1) } <= 80 })
            try await terminal.resize(to: .init(columns: 200, rows: 60))
            try await terminal.wait(for: "a row below the 40th") { screen in
                screen.firstThread != nil && screen.rows.lastIndex { !$0.isEmpty } ?? 0 > 40
            }
        }
    }

    @Test func quitAsksOnce() async throws {
        try await Terminal.run(.dxtop()) { terminal in
            try await terminal.wait(for: "the overview") { $0.contains("PID") }
            try await terminal.send("q")
            try await terminal.wait(for: "the question", until: \.asksToQuit)
            try await terminal.send("Escape")
            try await terminal.wait(for: "no question") { !$0.asksToQuit }
            try await terminal.send("q")
            try await terminal.wait(for: "the question again", until: \.asksToQuit)
            let early = try await terminal.end
            #expect(early == nil)
            try await terminal.send("y")
            let end = try await terminal.waitForEnd(deadline: .seconds(5))
            #expect(end == .exited(0))
        }
    }

    @Test func quitTwiceQuits() async throws {
        try await Terminal.run(.dxtop()) { terminal in
            try await terminal.wait(for: "the overview") { $0.contains("PID") }
            try await terminal.send("q")
            try await terminal.wait(for: "the question", until: \.asksToQuit)
            try await terminal.send("q")
            let end = try await terminal.waitForEnd(deadline: .seconds(5))
            #expect(end == .exited(0))
        }
    }

    @Test func commandQuitsAtOnce() async throws {
        try await Terminal.run(.dxtop("--view", "threads")) { terminal in
            try await terminal.waitForThreads()
            try await terminal.type(":q")
            try await terminal.send("Enter")
            let end = try await terminal.waitForEnd(deadline: .seconds(5))
            #expect(end == .exited(0))
        }
    }

    @Test func controlCQuitsAtOnce() async throws {
        try await Terminal.run(.dxtop("--view", "threads")) { terminal in
            try await terminal.waitForThreads()
            try await terminal.send("C-c")
            let end = try await terminal.waitForEnd(deadline: .seconds(5))
            // By the signal, as a shell expects it of whoever was interrupted, or as any other end.
            #expect(end == .signalled(Int(SIGINT)) || end == .exited(0))
        }
    }

    @Test func suspendsToTheShellAndComesBack() async throws {
        try await inShell { terminal, dxtop in
            try await terminal.type("\(dxtop) --view threads")
            try await terminal.send("Enter")
            try await terminal.waitForThreads()
            try await terminal.send("C-z")
            try await terminal.wait(for: "the shell") { $0.contains("Stopped") }
            try await expectSaneTerminal(terminal)

            try await terminal.type("fg")
            try await terminal.send("Enter")
            try await terminal.wait(for: "the threads again") {
                $0.contains("THREADS") && !$0.contains("Stopped")
            }
            try await terminal.send("C-c")
            try await terminal.wait(for: "the shell's screen") {
                $0.contains("ready>") && !$0.contains("THREADS")
            }
            try await expectSaneTerminal(terminal)
        }
    }

    @Test(arguments: [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGSEGV, SIGABRT])
    func restoresTheTerminalOnSignal(number: Int32) async throws {
        try await inShell { terminal, dxtop in
            try await terminal.type("\(dxtop) --view threads")
            try await terminal.send("Enter")
            try await terminal.waitForThreads()
            let process = try #require(try child(named: "dxtop", of: terminal.processID))
            kill(process, number)
            try await wait(for: "it to end") { !isRunning(process) }
            try await terminal.wait(for: "the shell's screen") {
                $0.contains("ready>") && !$0.contains("THREADS")
            }
            try await expectSaneTerminal(terminal)
        }
    }

    @Test func lostTerminalEndsIt() async throws {
        try await Terminal.run(.dxtop("--view", "threads")) { terminal in
            try await terminal.waitForThreads()
            await terminal.hangUp()
            try await wait(for: "dxtop to end", deadline: .seconds(5)) {
                !isRunning(terminal.processID)
            }
        }
    }

    /// A shell with job control, and how it calls dxtop.
    private func inShell(
        _ body: (Terminal, String) async throws -> Void
    ) async throws {
        var shell = Program(path: "/bin/bash", arguments: ["--norc", "--noprofile", "-i"])
        // Swift's own report of a crash, where a toolchain is at hand, would ask for a key first.
        shell.environment = ["PS1": "ready> ", "SWIFT_BACKTRACE": "enable=no"]
        try await Terminal.run(shell, size: .init(columns: 120, rows: 30)) { terminal in
            try await terminal.wait(for: "the prompt") { $0.contains("ready>") }
            try await body(terminal, Program.dxtop().path)
        }
    }

    /// Echo, lines and newlines as a shell wants them, asked of the terminal itself.
    private func expectSaneTerminal(_ terminal: Terminal) async throws {
        try await terminal.type("stty -a | tr ' ' '\\n' | grep -cxE 'icanon|echo|isig|opost|icrnl'")
        try await terminal.send("Enter")
        try await terminal.wait(for: "a sane terminal (5 settings)") { $0.rows.contains("5") }
        try await terminal.type("clear")
        try await terminal.send("Enter")
    }
}

/// A child (or a child's child) of a process with this name.
private func child(named name: String, of process: pid_t) throws -> pid_t? {
    let path = "/proc/\(process)/task/\(process)/children"
    let children = String(decoding: try contents(ofFile: path), as: UTF8.self)
        .split(separator: " ").compactMap { pid_t($0) }
    for child in children {
        if status("Name", ofThread: child, of: child) == name { return child }
        if let found = try EndToEndTests.child(named: name, of: child) { return found }
    }
    return nil
}
