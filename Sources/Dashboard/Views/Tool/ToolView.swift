import Probes
import Samples
import Screen
import Units

extension Place {
    package static let tool = Place(ToolView())
}

/// A tool at work: its card, then its output as it comes, with how long it still takes.
struct ToolView: View {
    func crumb(_ level: Level, _ state: State) -> String { state.tools.current?.tool.id ?? "tool" }

    var about: [String] {
        [
            "The card says what will run, what it does to the thread and for how long.",
            "Esc stops the tool; the thread is left running and untraced.",
        ]
    }

    var bindings: [Binding] { Self.keys + Keymap.profile + Keymap.tools }

    private static let keys: [Binding] = [
        Binding([.enter], .open, ("Enter", "on the card: start now; at the end: the next tool")),
        Binding([.up, .character("k")], .move(by: -1), ("up down, k j", "scroll")),
        Binding([.down, .character("j")], .move(by: 1)),
        Binding([.left], .scrollSideways(-8), ("left right", "scroll sideways")),
        Binding([.right], .scrollSideways(8)),
        Binding([.pageUp], .movePages(-1), ("PgUp PgDn", "scroll a page")),
        Binding([.pageDown], .movePages(1)),
        Binding(
            [.home, .character("g")], .first,
            ("Home End, g G", "the beginning, the end (and stay there)")),
        Binding([.end, .character("G")], .last),
        Binding([.character("/")], .search, ("/", "search"), hint: "/ search"),
        Binding([.character("n")], .searchAgain(forward: true), ("n N", "search on, back")),
        Binding([.character("N")], .searchAgain(forward: false)),
        Binding([.character("w")], .save, ("w", "save the output to a file"), hint: "w save"),
    ]

    func hints(_ hints: [String], _ state: State) -> [String] {
        guard let tool = state.tools.current else { return hints }
        var hints = hints
        if case .peer = tool.subject.target {
            let ofThreads = ToolCatalogue.threadTools.compactMap(\.key).map { "\($0) " }
            hints.removeAll { hint in ofThreads.contains { hint.hasPrefix($0) } }
        }
        switch tool.phase {
        case .card: return ["Enter start now", "Esc cancel", "? help"]
        case .running: return ["Esc stop"] + hints.filter { $0 != "Esc back" }
        case .finished: return hints
        }
    }

    func summaryHeight(_ state: State) -> Int {
        state.size.rows >= 14 ? 6 : state.size.rows >= 6 ? 2 : 0
    }

    func subject(_ state: State) -> Subject? { state.tools.current?.subject.subject }

    func wish(_ interest: inout Interest, _ state: State) {
        switch state.tools.current?.subject.target {
        case .thread(let target):
            interest.shownThreads = [target.thread]
            interest.shownProcesses = [target.process]
        case .peer(let peer): interest.network.routeTo = peer.address
        case nil: break
        }
    }

    func shellCommands(_ state: State) -> [ShellCommand] {
        (state.tools.current?.commands ?? []).map {
            ShellCommand($0, shows: state.tools.current?.tool.title ?? "")
        }
    }

    func perform(_ command: Command, _ state: inout State) -> [Effect]? {
        state.performOnOutput(command)
    }

    func save(to path: String, _ state: State) -> [Effect] {
        guard let tool = state.tools.current else { return [] }
        return [.save(path: path, contents: tool.fileContents)]
    }

    func leave(_ state: inout State) -> [Effect] { state.tools.leave() }

    func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        guard let tool = state.tools.current else { return }
        var summary = layout.summary
        surface.put(
            [
                StyledText(tool.tool.title, .heading),
                StyledText("  on \(tool.subject.description)"),
            ],
            at: summary.takeTop(1).origin)
        switch tool.phase {
        case .card(let startsAt):
            Self.drawCard(tool, startsIn: startsAt - state.now, into: &surface, layout)
        case .running, .finished:
            Self.drawOutput(tool, state, into: &surface, layout, summary)
        }
    }

    private static func drawCard(
        _ tool: ToolUse, startsIn: Duration, into surface: inout Surface, _ layout: Layout
    ) {
        var area = layout.summary
        area.size.rows += layout.columnHeads.rows + layout.rows.rows
        if area.rows > 8 { _ = area.takeTop(1) }
        let width = max(20, area.columns - 4)
        var rows: [[StyledText]] = tool.commands.flatMap { command in
            Wrapped.lines("$ " + command, width: width).map { [StyledText($0, .accent)] }
        }
        rows.append([])
        rows += EffectText.lines(tool.tool.effect, width: width)
        if tool.tool.usesDataFile {
            rows.append([StyledText("data     to a private file instead, removed at the end")])
        }
        rows.append([StyledText("limit    \(tool.tool.seconds) s, then it ends automatically")])
        let seconds = max(1, Int((startsIn.seconds).rounded(.up)))
        rows += [
            [],
            [
                StyledText("starts in \(seconds) s", .warning), StyledText("   "),
                StyledText("Enter", .accent), StyledText(" now   "),
                StyledText("Esc", .accent), StyledText(" cancel"),
            ],
        ]
        Card(title: tool.subject.description, rows: rows).draw(into: &surface, in: area)
    }

    private static func drawOutput(
        _ tool: ToolUse, _ state: State, into surface: inout Surface, _ layout: Layout,
        _ summary: Rect
    ) {
        var summary = summary
        for command in tool.commands.prefix(max(0, summary.rows - 2)) {
            surface.put("$ " + command, at: summary.takeTop(1).origin, style: .faint)
        }
        surface.put(progress(tool, now: state.now), at: summary.takeTop(1).origin)
        surface.put(remarks(tool), at: summary.takeTop(1).origin)
        tool.output.draw(into: &surface, in: layout.table)
    }

    /// Where it stands: seconds left, or how it ended and how it left its target.
    private static func progress(_ tool: ToolUse, now: Duration) -> [StyledText] {
        switch tool.phase {
        case .card:
            return []
        case .running(_, stopping: true):
            guard case .thread = tool.subject.target else {
                return [StyledText("stopping ...", .warning)]
            }
            return [StyledText("stopping: letting go of the thread ...", .warning)]
        case .running(let since, _):
            let passed = Int((now - since).seconds)
            let left = max(0, tool.tool.seconds - passed)
            return [
                StyledText("running \(passed) s, ", .good),
                StyledText(left > 0 ? "\(left) s left" : "finishing ..."),
            ]
        case .finished(let outcome, let time):
            return ended(outcome, after: time)
        }
    }

    private static func ended(_ outcome: ToolOutcome, after time: Duration) -> [StyledText] {
        let result = outcome.conclusion.map { StyledText("; " + $0, Style(.text, .bold)) }
        let ending =
            switch outcome.ending {
            case .done: StyledText("done in \(time.text)", .good)
            case .stopped: StyledText("stopped after \(time.text)", .warning)
            case .failed: StyledText("! failed", .warning)
            }
        return [ending] + (result.map { [$0] } ?? [])
    }

    /// How it left its target, what could come next, what is not to be seen any more.
    private static func remarks(_ tool: ToolUse) -> [StyledText] {
        var pieces: [StyledText] = []
        if case .finished(let outcome, _) = tool.phase {
            if let afterwards = outcome.targetAfterwards { pieces.append(StyledText(afterwards)) }
            if let next = tool.next {
                pieces += [StyledText("   "), StyledText("Enter", .accent)]
                pieces.append(StyledText(" " + next.title))
            }
        }
        if tool.output.droppedLines > 0 {
            pieces.append(
                StyledText("   \(tool.output.droppedLines) earlier lines dropped", .faint))
        }
        return pieces
    }
}
