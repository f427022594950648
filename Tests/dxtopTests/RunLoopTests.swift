import Dashboard
import Glibc
import ProcFormats
import ProcSampling
import Screen
import Synchronization
import TestSupport
import Testing
import Units

@testable import dxtop

/// The dashboard at work on a made machine, on a terminal that a test plays: no tmux, no curses.
struct RunLoopTests {
    private func run(_ script: [ScriptedTerminal.Step]) throws -> (
        ScriptedTerminal, TerminalSignals
    ) {
        let terminal = try ScriptedTerminal(script)
        let state = State(
            settings: Settings(), size: terminal.size, interval: .milliseconds(200),
            userNames: Edge07.users)
        var loop = try RunLoop(
            state: state, terminal: terminal, budget: Percent(Float(100)),
            source: { _ in MadeSource() })
        return (terminal, loop.run())
    }

    @Test func theFirstPictureWaitsForNoSample() throws {
        let (terminal, _) = try run([.keys([.control("c")]), .signal(.interrupt)])
        #expect(terminal.pictures.first?.contains("dxtop") == true)
    }

    @Test func samplesAreShownAndKeysMove() throws {
        let (terminal, signals) = try run([
            .when("streamd", .keys([.character("2")])),
            .when("THREADS", .keys([.character(":"), .character("q"), .enter])),
        ])
        #expect(signals == [])
        #expect(terminal.pictures.contains { $0.contains("THREADS") && $0.contains("poll") })
    }

    @Test func quittingAsksAndTheAnswerCounts() throws {
        let (terminal, _) = try run([
            .when("streamd", .keys([.character("q")])),
            .when("Quit dxtop?", .keys([.escape])),
            .when("PROCESSES", .keys([.character("q"), .character("y")])),
        ])
        #expect(terminal.pictures.contains { $0.contains("Quit dxtop?") })
    }

    @Test func aSignalToEndIsTheParentsToSee() throws {
        let (_, signals) = try run([.when("streamd", .signal(.terminate))])
        #expect(signals == .terminate)
        // Ctrl-C is a way to quit.
        let (_, interrupt) = try run([.when("streamd", .signal(.interrupt))])
        #expect(interrupt == [])
    }

    @Test func aLostTerminalEndsIt() throws {
        let (_, signals) = try run([.when("streamd", .hangUp)])
        #expect(signals == .hangUp)
    }

    @Test func anotherSizeIsDrawn() throws {
        let (terminal, _) = try run([
            .when("streamd", .resize(Size(columns: 40, rows: 10))),
            .whenColumns(40, .keys([.character(":"), .character("q"), .enter])),
        ])
        #expect(terminal.sizes.contains(Size(columns: 40, rows: 10)))
    }

    @Test func aTerminalThatTakesNothingGetsTheLastPictureOnly() throws {
        let (terminal, _) = try run([
            .when("streamd", .keys([.character("3")])),
            .when("Memory", .refuse(pictures: 3)),
            .keys([.character("4")]),
            .when("Sockets", .keys([.character(":"), .character("q"), .enter])),
        ])
        #expect(terminal.refused == 3)
    }
}

/// A machine that is always the same, a refresh further each time.
private final class MadeSource: SampleSource {
    let traits = SourceTraits(isLive: true, machine: .foreign)
    private var snapshot = Edge07.snapshot()

    func sample(_ interest: Interest, depth: SamplingDepth) -> Snapshot? {
        snapshot.sequence += 1
        return snapshot
    }
}

/// A terminal that a test plays: when a picture shows what is waited for, the next step is taken.
private final class ScriptedTerminal: Terminal {
    indirect enum Step {
        case keys([Key])
        case signal(TerminalSignals)
        case resize(Size)
        case hangUp
        /// The terminal is busy for so many pictures.
        case refuse(pictures: Int)
        /// Once a picture has this text, or so many columns.
        case when(String, Step)
        case whenColumns(Int, Step)
    }

    private(set) var size = Size(columns: 100, rows: 30)
    let capabilities = TerminalCapabilities(colors: 0, unicode: false)
    let pause: Duration? = nil
    private let keyPipe: Pipe
    private let signalPipe: Pipe
    private(set) var hasHungUp = false
    private(set) var pictures: [String] = []
    private(set) var sizes: [Size] = []
    private(set) var refused = 0

    private var script: ArraySlice<Step>
    private var keys: ArraySlice<Key> = []
    private var signals: TerminalSignals = []
    private var newSize: Size?
    private var busy = 0

    init(_ script: [Step]) throws {
        self.script = script[...]
        (keyPipe, signalPipe) = (try Pipe(), try Pipe())
    }

    var keyDescriptor: CInt { keyPipe.output }
    var signalDescriptor: CInt { signalPipe.output }
    /// Always writable.
    var outputDescriptor: CInt { keyPipe.input }

    func present(_ surface: borrowing Surface) -> Bool {
        guard busy == 0 else {
            busy -= 1
            refused += 1
            return false
        }
        let rows = (0..<surface.size.rows).map { surface.text(row: $0) }
        sizes.append(surface.size)
        pictures.append(rows.joined(separator: "\n"))
        goOn()
        return true
    }

    /// Takes the steps that are due.
    private func goOn() {
        while let step = script.first {
            guard take(step) else { return }
            script = script.dropFirst()
        }
    }

    private func take(_ step: Step) -> Bool {
        switch step {
        case .keys(let keys):
            self.keys += keys
            keyPipe.raise()
        case .signal(let signals):
            self.signals.formUnion(signals)
            signalPipe.raise()
        case .resize(let size):
            newSize = size
            signals.insert(.resize)
            signalPipe.raise()
        case .hangUp:
            hasHungUp = true
            keyPipe.raise()
        case .refuse(let pictures): busy = pictures
        case .when(let text, let step):
            guard pictures.last?.contains(text) == true else { return false }
            return take(step)
        case .whenColumns(let columns, let step):
            guard sizes.last?.columns == columns else { return false }
            return take(step)
        }
        return true
    }

    func nextKey() -> Key? {
        keyPipe.drain()
        return keys.popFirst()
    }

    func takeSignals() -> TerminalSignals {
        signalPipe.drain()
        defer { signals = [] }
        return signals
    }

    func updateSize() -> Bool {
        guard let newSize, newSize != size else { return false }
        size = newSize
        return true
    }

    func redraw() {}
    func suspend() {}
    func resume() {}
}

/// Readable from `raise` to `drain`.
private final class Pipe {
    let output: CInt
    let input: CInt

    init() throws {
        var ends: [CInt] = [-1, -1]
        try #require(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        (output, input) = (ends[0], ends[1])
    }

    deinit {
        close(output)
        close(input)
    }

    func raise() {
        var byte: UInt8 = 1
        write(input, &byte, 1)
    }

    func drain() {
        var bytes = [UInt8](repeating: 0, count: 64)
        read(output, &bytes, bytes.count)
    }
}
