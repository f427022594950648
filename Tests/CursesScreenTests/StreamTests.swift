import Testing

/// What goes over the wire for a change of the picture, byte by byte.
@Suite(.serialized) struct StreamTests {
    private static let screenful = 80 * 24
    /// Both ways to clear all of an xterm.
    private static let clears = ["\u{1b}[2J", "\u{1b}[H\u{1b}[J"]

    /// A screenful of figures, complete.
    private func start(
        _ term: String = "xterm-256color", _ options: String...
    ) throws -> PseudoTerminal {
        let terminal = try PseudoTerminal(
            [PseudoTerminal.host, "--table"] + options,
            environment: ["TERM=" + term, "LANG=C.UTF-8", "PATH=/usr/bin:/bin"])
        try #require(terminal.waitFor("first aaa."), "\(terminal.text)")
        terminal.forgetOutput()
        return terminal
    }

    /// The bytes sent for a key, up to those that show its effect.
    private func bytes(
        _ terminal: PseudoTerminal, for keys: String, until effect: String
    ) throws -> Int {
        terminal.forgetOutput()
        terminal.send(keys)
        try #require(terminal.waitFor(effect), "\(terminal.text)")
        return terminal.output.count
    }

    private func isCleared(_ terminal: PseudoTerminal) -> Bool {
        Self.clears.contains { terminal.text.contains($0) }
    }

    @Test func oneFigureIsItsDigitsAndAWayThere() throws {
        let terminal = try start()
        #expect(try bytes(terminal, for: "1", until: "bbb") <= 16, "\(terminal.text)")
    }

    /// Keys without an effect, and each of them presents the picture anew.
    @Test func anUnchangedScreenSendsNothing() throws {
        let terminal = try start()
        // After the first the cursor is where the next one finds it.
        _ = try bytes(terminal, for: "1", until: "bbb")
        let alone = try bytes(terminal, for: "1", until: "ccc")
        for _ in 0..<20 { terminal.send("n") }
        #expect(try bytes(terminal, for: "1", until: "ddd") == alone, "\(terminal.text)")
    }

    /// Every figure another one, and a third of them in another style: still no more than a new
    /// picture, and nothing is cleared for it.
    @Test(arguments: ["xterm-256color", "screen-256color", "linux", "vt100"])
    func allFiguresAreOneScreenfulAtMost(_ term: String) throws {
        let terminal = try start(term)
        let whole = try bytes(terminal, for: "\u{c}", until: "first aaa.")
        #expect(isCleared(terminal))
        for word in ["bbb", "ccc", "ddd", "eee", "fff"] {
            let changed = try bytes(terminal, for: "*", until: word)
            #expect(changed <= whole * 5 / 4)
            #expect(changed <= 2 * Self.screenful)
            #expect(!isCleared(terminal))
        }
    }

    /// Moving down a long list is what a person waits for.
    @Test(arguments: ["xterm-256color", "screen-256color", "vt100"])
    func scrollingSendsTheNewRow(_ term: String) throws {
        let terminal = try start(term)
        #expect(try bytes(terminal, for: "v", until: "bbb") < Self.screenful / 4)
        #expect(!isCleared(terminal))
    }

    /// On a slow line a new picture goes in parts, all of which arrive.
    @Test func aSlowLineGetsThePictureInParts() throws {
        let terminal = try start("xterm-256color", "--slow")
        #expect(!terminal.text.contains("\u{1b}[3"), "no colours")
        terminal.forgetOutput()
        terminal.send("*")
        try #require(terminal.waitFor("bbb"), "\(terminal.text)")
        #expect(terminal.output.allSatisfy { $0 < 0x7f })
        #expect(!isCleared(terminal))
    }

    /// Ctrl-S: what the terminal does not take is not piled up but left out.
    @Test func whatAStoppedTerminalDoesNotTakeIsLeftOut() throws {
        let terminal = try start()
        terminal.send("\u{13}")
        for _ in 0..<200 { terminal.send("*") }
        terminal.send("\u{11}")
        terminal.send("1")
        try #require(terminal.waitFor("bbb"), "\(terminal.text)")
        #expect(terminal.output.count < 3 * Self.screenful)
    }

    /// No description's way to leave the alternate character set, which is never entered.
    @Test func stylesAreBrief() throws {
        let terminal = try start()
        _ = try bytes(terminal, for: "*", until: "bbb")
        #expect(!terminal.text.contains("\u{1b}(B"))
    }
}
