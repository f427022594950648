// The smallest program with a terminal, for the tests of CursesScreen: shows what it knows, and
// ends in the way that a key asks for.
import CursesScreen
import Glibc
import Screen

struct Failure: Error {}

/// Follows a pointer that leads nowhere.
func fault() {
    UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1
}

func frame(_ terminal: CursesTerminal, _ last: String) -> Surface {
    let capabilities = terminal.capabilities
    var surface = Surface(
        size: terminal.size, glyphs: capabilities.unicode ? .blocks : .ascii)
    let lines = [
        "size \(terminal.size.columns)x\(terminal.size.rows).",
        "colors \(capabilities.colors) unicode \(capabilities.unicode).", "last \(last).",
        "wide 漢字 e\u{301} |", "hostile \u{1b}]0;title\u{7} \u{202e}abc",
    ]
    for (row, line) in lines.enumerated() {
        surface.put(line, at: Point(column: 0, row: row))
    }
    for role in Role.allCases {
        let row = lines.count + Int(role.rawValue)
        surface.put("\(role)", at: Point(column: 0, row: row), style: Style(role, .bold))
        Meter(0.55, style: Style(role)).draw(
            into: &surface, in: Rect(column: 12, row: row, columns: 20, rows: 1))
    }
    surface.reverse(Rect(column: 0, row: 5, columns: surface.size.columns, rows: 1))
    return surface
}

/// As many figures as a screenful of threads has. A key changes one of them, another one all, a
/// third moves all rows up by one.
struct Table {
    var one = 0
    var all = 0
    var first = 0

    /// A word of which no letter stays when the number changes, so that it is sent whole.
    static func word(_ number: Int) -> String {
        String(repeating: Character(Unicode.Scalar(UInt8(97 + number % 26))), count: 3)
    }

    func frame(_ terminal: CursesTerminal) -> Surface {
        var surface = Surface(size: terminal.size, glyphs: .blocks)
        for row in 0..<surface.size.rows - 1 {
            for column in 0..<10 {
                let figure = (31 * (first + row) + 17 * column + 7919 * all) % 1000
                surface.put(
                    "\(figure / 10).\(figure % 10)", at: Point(column: 8 * column, row: row),
                    style: row < 2 ? .critical : figure < 300 ? .faint : .text)
            }
        }
        surface.put(
            "one \(Self.word(one)) all \(Self.word(all)) first \(Self.word(first)).",
            at: Point(column: 0, row: surface.size.rows - 1))
        return surface
    }
}

enum Outcome {
    case quit
    case signals(TerminalSignals)
    case hungUp
}

/// The loop that dxtop has, without samples.
func run(_ terminal: CursesTerminal) throws -> Outcome {
    var last = "none"
    var table = Table()
    let showsTable = CommandLine.arguments.contains("--table")
    while true {
        let isBehind = !terminal.present(
            showsTable ? table.frame(terminal) : frame(terminal, last))
        var ready = [
            pollfd(fd: terminal.keyDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: terminal.signalDescriptor, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&ready, 2, isBehind ? 20 : -1)
        let signals = terminal.takeSignals()
        if !signals.isDisjoint(with: .ending) { return .signals(signals) }
        if signals.contains(.suspend) { terminal.suspend() }
        if signals.contains(.resume) { terminal.resume() }
        if signals.contains(.resize) { terminal.updateSize() }
        while let key = terminal.nextKey() {
            last = "\(key)"
            switch key {
            case .character("q"): return .quit
            case .character("s"): fault()
            case .character("a"): abort()
            case .character("t"): preconditionFailure("as asked")
            case .character("x"): exit(7)
            case .character("e"): throw Failure()
            case .character("h"):
                terminal.present(frame(terminal, "hangs"))
                while true { pause() }
            case .control("l"): terminal.redraw()
            case .character("1"): table.one += 1
            case .character("*"): table.all += 1
            case .character("v"): table.first += 1
            default: break
            }
        }
        if terminal.hasHungUp { return .hungUp }
    }
}

let options = CursesTerminal.Options(
    ascii: CommandLine.arguments.contains("--ascii"),
    color: !CommandLine.arguments.contains("--no-color"),
    slow: CommandLine.arguments.contains("--slow"))
do {
    switch try CursesTerminal.withTerminal(options, run) {
    case .quit: print("done")
    case .signals(let signals): CursesTerminal.die(of: signals)
    case .hungUp: exit(1)
    }
} catch {
    let message = "terminal-host: \(error)\n"
    _ = write(STDERR_FILENO, message, message.utf8.count)
    exit(1)
}
