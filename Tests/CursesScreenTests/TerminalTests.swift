import Glibc
import Testing

/// A real program on a real (pseudo) terminal; nothing here is told what the code thinks it did.
@Suite(.serialized) struct TerminalTests {
    private static var host: String { PseudoTerminal.host }

    private static let leavesAlternateScreen = "\u{1b}[?1049l"
    private static let showsCursor = "\u{1b}[?25h"

    private func environment(
        _ term: String? = "xterm-256color", _ more: [String] = ["LANG=C.UTF-8"]
    ) -> [String] {
        more + (term.map { ["TERM=" + $0] } ?? []) + [
            "PATH=/usr/bin:/bin", "SWIFT_BACKTRACE=enable=no",
        ]
    }

    /// The program, once its first frame is complete.
    private func start(
        _ options: [String] = [], _ environment: [String]? = nil, columns: Int = 80, rows: Int = 24
    ) throws -> PseudoTerminal {
        let terminal = try PseudoTerminal(
            [Self.host] + options, environment: environment ?? self.environment(),
            columns: columns, rows: rows)
        try #require(terminal.waitFor("critical"), "\(terminal.text)")
        return terminal
    }

    private func expectRestored(_ terminal: PseudoTerminal) {
        #expect(terminal.modes.summary == terminal.initialModes.summary)
        #expect(terminal.text.contains(Self.leavesAlternateScreen))
        #expect(terminal.text.contains(Self.showsCursor))
    }

    private func signal(_ status: CInt?) -> CInt? { status.map { $0 & 0x7f } }
    private func code(_ status: CInt?) -> CInt? { status.map { ($0 >> 8) & 0xff } }

    // MARK: Every way out

    @Test func takesTheTerminal() throws {
        let terminal = try start()
        #expect(terminal.text.contains("\u{1b}[?1049h"))
        #expect(terminal.modes.c_lflag & tcflag_t(ICANON | ECHO) == 0)
        #expect(terminal.modes.c_lflag & tcflag_t(ISIG) != 0, "Ctrl-C and Ctrl-Z must work")
        #expect(terminal.modes.c_iflag & tcflag_t(IXON) != 0, "flow control is not ours")
    }

    @Test(arguments: [("q", CInt(0)), ("e", 1), ("x", 7)])
    func leavesByReturnErrorAndExit(_ key: String, _ expected: CInt) throws {
        let terminal = try start()
        terminal.forgetOutput()
        terminal.send(key)
        let status = terminal.waitForEnd()
        #expect(signal(status) == 0)
        #expect(code(status) == expected)
        expectRestored(terminal)
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func leavesBySignal(_ number: CInt) throws {
        let terminal = try start()
        terminal.forgetOutput()
        kill(terminal.process, number)
        #expect(signal(terminal.waitForEnd()) == number)
        expectRestored(terminal)
    }

    @Test func leavesByControlC() throws {
        let terminal = try start()
        terminal.forgetOutput()
        terminal.send("\u{3}")
        #expect(signal(terminal.waitForEnd()) == SIGINT)
        expectRestored(terminal)
    }

    @Test(arguments: [("s", SIGSEGV), ("a", SIGABRT), ("t", SIGILL)])
    func leavesByCrash(_ key: String, _ expected: CInt) throws {
        let terminal = try start()
        terminal.forgetOutput()
        terminal.send(key)
        let number = signal(terminal.waitForEnd())
        // A Swift trap is SIGILL on x86 and SIGTRAP on arm64.
        #expect(number == expected || expected == SIGILL && number == SIGTRAP)
        expectRestored(terminal)
    }

    @Test(arguments: [SIGSEGV, SIGBUS, SIGQUIT])
    func leavesByFatalSignalFromOutside(_ number: CInt) throws {
        let terminal = try start()
        terminal.forgetOutput()
        kill(terminal.process, number)
        #expect(signal(terminal.waitForEnd()) == number)
        expectRestored(terminal)
    }

    @Test func endsWhenItsLoopHangs() throws {
        let terminal = try start()
        terminal.forgetOutput()
        terminal.send("h")
        try #require(terminal.waitFor("hangs."))
        kill(terminal.process, SIGTERM)
        #expect(code(terminal.waitForEnd()) == 128 + SIGTERM)
        expectRestored(terminal)
    }

    /// Ctrl-S stops the tty's output; what the program sends then blocks sooner or later.
    @Test func endsWhenOutputIsStopped() throws {
        let terminal = try start()
        terminal.forgetOutput()
        terminal.send("\u{13}")
        terminal.send(String(repeating: "\u{c}", count: 3000))
        kill(terminal.process, SIGTERM)
        #expect(terminal.waitForEnd() != nil)
        expectRestored(terminal)
    }

    @Test func endsWhenTheConnectionIsLost() throws {
        let terminal = try start()
        terminal.hangUp()
        #expect(terminal.waitForEnd() != nil)
    }

    @Test func killedByNobodyItStays() throws {
        let terminal = try start()
        terminal.send("j")
        #expect(terminal.waitFor("character(\"j\")"))
        #expect(kill(terminal.process, 0) == 0)
    }

    // MARK: Job control and size

    @Test func suspendsAndResumes() throws {
        // A shell with job control between, as nobody else continues a stopped program.
        let script =
            "set -m; '\(Self.host)'; echo stopp''ed; read line; fg >/dev/null; echo en''ded"
        let terminal = try PseudoTerminal(
            ["/bin/bash", "--norc", "-c", script], environment: environment())
        try #require(terminal.waitFor("critical"))
        // Once it answers a key, the shell has given it the terminal for good.
        terminal.send("j")
        try #require(terminal.waitFor("character(\"j\")"))
        terminal.forgetOutput()
        terminal.send("\u{1a}")
        #expect(terminal.waitFor("stopped"), "\(terminal.text)")
        expectRestored(terminal)

        terminal.forgetOutput()
        terminal.resize(columns: 100, rows: 30)
        terminal.send("\n")
        #expect(terminal.waitFor("size 100x30."), "\(terminal.text)")
        #expect(terminal.waitFor("critical"))
        #expect(terminal.modes.c_lflag & tcflag_t(ICANON | ECHO) == 0)

        terminal.forgetOutput()
        terminal.send("q")
        #expect(terminal.waitFor("ended"))
        expectRestored(terminal)
    }

    @Test func redrawsAfterAStopFromOutside() throws {
        let terminal = try start()
        kill(terminal.process, SIGSTOP)
        terminal.forgetOutput()
        kill(terminal.process, SIGCONT)
        #expect(terminal.waitFor("critical"))
    }

    @Test func followsTheSize() throws {
        let terminal = try start()
        for (columns, rows) in [(1, 1), (3, 1), (1, 5), (200, 60), (80, 24)] {
            terminal.forgetOutput()
            terminal.resize(columns: columns, rows: rows)
            guard columns >= 80 else { continue }
            #expect(terminal.waitFor("size \(columns)x\(rows)."), "\(terminal.text)")
        }
    }

    /// A serial line does not know its size.
    @Test func assumesASizeWhereThereIsNone() throws {
        let terminal = try start(columns: 0, rows: 0)
        #expect(terminal.waitFor("size 80x24."))
    }

    // MARK: What the terminal can show

    private func contains(_ terminal: PseudoTerminal, sgr range: ClosedRange<Int>) -> Bool {
        terminal.text.split(separator: "\u{1b}[").dropFirst().contains { piece in
            guard let end = piece.firstIndex(of: "m") else { return false }
            let numbers = piece[..<end].split(separator: ";").map { Int($0) }
            return numbers.contains { $0.map(range.contains) ?? false }
        }
    }

    @Test(arguments: [("xterm-256color", 256), ("xterm", 8), ("linux", 8), ("vt100", 0)])
    func countsColors(_ term: String, _ colors: Int) throws {
        let terminal = try start([], environment(term))
        #expect(terminal.text.contains("colors \(colors) "))
        #expect(contains(terminal, sgr: 30...48) == (colors > 0))
    }

    @Test func noColorKeepsAttributes() throws {
        for terminal in [
            try start([], environment("xterm-256color", ["LANG=C.UTF-8", "NO_COLOR=1"])),
            try start(["--no-color"]),
        ] {
            #expect(!contains(terminal, sgr: 30...49))
            #expect(contains(terminal, sgr: 1...1), "bold")
            #expect(contains(terminal, sgr: 7...7), "reverse")
        }
        let empty = try start([], environment("xterm-256color", ["NO_COLOR="]))
        #expect(contains(empty, sgr: 30...48), "an empty NO_COLOR forbids nothing")
    }

    @Test func knowsUTF8() throws {
        for locale in ["LANG=C.UTF-8", "LC_ALL=en_XX.UTF-8", "LC_CTYPE=UTF-8"] {
            let terminal = try start([], environment("xterm", [locale]))
            #expect(terminal.text.contains("unicode true"), "\(locale)")
            #expect(terminal.text.contains("漢字"))
        }
    }

    @Test func asciiIsASCII() throws {
        for (options, variables) in [
            (["--ascii"], environment()), ([], environment("xterm", ["LANG=C"])),
            ([], environment("xterm", [])), ([], environment("linux")), ([], environment("vt220")),
        ] {
            let terminal = try start(options, variables)
            #expect(terminal.text.contains("unicode false"))
            #expect(!terminal.output.contains { $0 > 0x7e }, "\(variables)")
        }
    }

    @Test func nothingHostileGetsThrough() throws {
        let terminal = try start()
        #expect(terminal.text.contains("hostile \\e]0;title\\x07 \\u{202e}abc"))
        #expect(!terminal.output.contains(7))
    }

    /// No name, a name that says nothing, one that nobody knows, and no descriptions at all.
    @Test(arguments: [nil, "", "dumb", "unknown", "nonsense", "xterm-nonsense", "tmux-256color"])
    func drawsWithoutADescription(_ term: String?) throws {
        for folder in [[], ["TERMINFO=/nonexistent", "TERMINFO_DIRS=/nonexistent"]] {
            let terminal = try start([], environment(term, ["LANG=C.UTF-8"] + folder))
            terminal.send("\u{1b}[A")
            #expect(terminal.waitFor("up."))
            terminal.forgetOutput()
            terminal.send("q")
            #expect(code(terminal.waitForEnd()) == 0)
            expectRestored(terminal)
        }
    }

    @Test func needsATerminal() throws {
        let terminal = try PseudoTerminal(
            ["/bin/sh", "-c", "'\(Self.host)' | cat; echo status $?"], environment: environment())
        #expect(terminal.waitForEnd() != nil)
        #expect(terminal.text.contains("dxtop needs a terminal"))
    }

    @Test func sendsOnlyWhatChanged() throws {
        let terminal = try start()
        terminal.send("j")
        #expect(terminal.waitFor("character(\"j\")"))
        terminal.forgetOutput()
        terminal.send("k")
        #expect(terminal.waitFor("k"))
        #expect(terminal.output.count < 32, "\(terminal.text)")
    }
}
