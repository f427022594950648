import Fields
import Probes
import Samples
import Screen
import Units

extension Place {
    package static func probe(_ page: ProbePage) -> Place { Place(ProbeView(page: page)) }
}

/// A probe at work and what it has found: a sentence, then rows to look through.
struct ProbeView: View {
    let page: ProbePage

    /// A title, how far it is, what it means, what to know.
    private static let summaryLines = 5
    /// A rule, and what belongs to the selected row.
    private static let groundLines = 4

    func crumb(_ level: Level, _ state: State) -> String { state.probe?.title ?? "probe" }

    var about: [String] {
        switch page {
        case .functions:
            [
                "Functions by the share of samples in themselves; TOTAL% with what they called.",
                "Names come from symbols in the program, its debug file or the kernel's table.",
            ]
        case .callTree:
            [
                "Who called whom, from the outermost function down, with the share of samples.",
                "The way of most samples is open at first.",
            ]
        case .threads: ["Whose samples they are; Enter looks at one thread alone."]
        case .systemCalls:
            [
                "System calls by name. Counted by the kernel's tracepoints where these may be",
                "read, without stopping the target; else polled, which sees only long calls.",
            ]
        case .waits:
            [
                "Where a thread is found when one looks again and again: on a CPU, or asleep in",
                "which call, for what. Nothing of it stops the thread.",
            ]
        case .stacks:
            [
                "The stack of every thread, equal ones together. Read from outside: nobody is",
                "stopped. ? is a guess; O offers the exact way, which stops each for a moment.",
            ]
        }
    }

    var bindings: [Binding] { keys + Keymap.movement + Keymap.filter + Keymap.order }

    /// Over what a probe has found.
    private var keys: [Binding] {
        let open: (keys: String, text: String)? =
            switch page {
            case .functions: ("Enter", "the calls that lead to the selected function")
            case .callTree: ("Enter", "unfold or fold what the selected call calls")
            case .threads: ("Enter", "the functions of the selected thread alone")
            case .stacks: ("Enter", "unfold or fold a stack; of a thread, its detail")
            case .systemCalls, .waits: nil
            }
        var bindings: [Binding] = []
        if let open { bindings.append(Binding([.enter], .open, open)) }
        if ProbePage.ofProfile.contains(page) {
            bindings.append(
                Binding(
                    [.tab], .nextGrouping, ("Tab", "functions, the tree of calls, threads"),
                    hint: "Tab pages"))
        }
        if page == .callTree || page == .stacks { bindings += Keymap.folding }
        let files =
            ProbePage.ofProfile.contains(page)
            ? "save: .svg a flame graph, .folded stacks, .json" : "save as text"
        return bindings + [
            Binding([.character("r")], .repeatProbe, ("r", "look again"), hint: "r again"),
            Binding([.character("w")], .save, ("w", files), hint: "w save"),
            Binding(
                [.character("O")], .offers,
                ("O", "what would tell more, but stops the target or changes the machine")),
        ]
    }

    var columns: [Column] { Column.columns(of: page) }

    var firstSort: FieldID {
        switch page {
        case .functions: "selfShare"
        case .callTree, .threads: "totalShare"
        case .systemCalls: "callCount"
        case .waits: "share"
        case .stacks: "threads"
        }
    }

    var hasOwnOrder: Bool { page == .callTree || page == .stacks }

    func prepare(_ state: inout State) {
        let list = state.list
        state.probe?.makeRows(of: page, unfolded: list.unfolded, folded: list.folded)
    }

    func rows(_ arrangement: Arrangement) -> [Row] { arrangement.probeRows(isOrdered: hasOwnOrder) }
    func emptiness(_ state: State) -> String? { nil }

    func summaryHeight(_ state: State) -> Int {
        state.size.rows >= 14 ? Self.summaryLines : state.size.rows >= 8 ? 2 : 0
    }

    func groundsHeight(rows: Int) -> Int { rows >= 20 ? Self.groundLines : 0 }

    func subject(_ state: State) -> Subject? { state.probe?.subject.subject }

    func shellCommands(_ state: State) -> [ShellCommand] {
        state.probe.map { [ProbeCommands.shell($0)] } ?? []
    }

    func open(_ state: inout State) -> [Effect] { [] }

    func perform(_ command: Command, _ state: inout State) -> [Effect]? {
        state.performOnProbe(command, page)
    }

    func leave(_ state: inout State) -> [Effect] { state.leaveProbe() }

    func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        guard let probe = state.probe else { return }
        var summary = layout.summary
        Self.drawRule(probe, page, state, into: &surface, in: summary.takeTop(min(1, summary.rows)))
        for line in Self.lines(probe, state, width: summary.columns - 2) {
            guard summary.rows > 0 else { break }
            let row = summary.takeTop(1)
            surface.put(
                line, at: Point(column: row.column + 1, row: row.row), within: row.columns - 1)
        }
        if probe.reading == nil { return }
        Self.drawRows(state, into: &surface, layout)
        Self.drawGrounds(state, into: &surface, in: layout.grounds)
    }

    // MARK: Title

    private static func drawRule(
        _ probe: ProbeState, _ page: ProbePage, _ state: State, into surface: inout Surface,
        in rect: Rect
    ) {
        guard !rect.isEmpty else { return }
        surface.fill(rect, surface.glyphs.rule, style: .faint)
        let whose = probe.thread.map { "  T\($0) of " } ?? "  "
        surface.put(
            " \(probe.title.uppercased())\(whose)\(probe.subject.description) ",
            at: Point(column: rect.column + 1, row: rect.row), style: .heading)
        var parts = page.name.map { [$0] } ?? []
        let list = state.level.list
        if !list.filter.isEmpty { parts.insert("/\(list.filter)  \(list.rows.count) shown", at: 0) }
        guard !parts.isEmpty else { return }
        let text = " \(parts.joined(separator: "  ")) "
        surface.put(
            text, at: Point(column: rect.column + rect.columns - text.count - 1, row: rect.row))
    }

    // MARK: Words

    /// How far it is, then what it means, then what to know about it.
    private static func lines(
        _ probe: ProbeState, _ state: State, width: Int
    ) -> [[StyledText]] {
        if case .refused(let refusal) = probe.phase { return words(of: refusal, width: width) }
        var lines = [progress(probe, now: state.now)]
        if probe.isEarlier { lines.append([StyledText("below: what was found before", .warning)]) }
        let (conclusion, notes) = findings(probe)
        lines += Wrapped.lines(conclusion, width: width).filter { !$0.isEmpty }
            .map { [StyledText($0, Style(.text, .bold))] }
        lines += notes.flatMap { Wrapped.lines($0, width: width) }.map { [StyledText($0, .faint)] }
        return lines
    }

    private static func words(of refusal: ProbeRefusal, width: Int) -> [[StyledText]] {
        var lines = Wrapped.lines("! " + refusal.reason, width: width)
            .map { [StyledText($0, .warning)] }
        lines += Wrapped.lines(refusal.remedy ?? "", width: width).map { [StyledText($0)] }
        if refusal.offer != nil {
            lines.append([StyledText("O", .accent), StyledText(" what can be done all the same")])
        }
        return lines
    }

    private static func progress(_ probe: ProbeState, now: Duration) -> [StyledText] {
        var pieces: [StyledText] = []
        switch probe.phase {
        case .running(_, stopping: true):
            pieces.append(StyledText("stopping ...", .warning))
        case .running(let since, _):
            let passed = Int((now - since).seconds)
            pieces.append(StyledText("looking \(passed) s", .good))
            if let seconds = probe.seconds {
                let left = seconds - passed
                pieces.append(StyledText(left > 0 ? ", \(left) s left" : ", finishing ..."))
            }
        case .finished(let time):
            pieces.append(StyledText("done in \(time.fineText)", .good))
        case .refused: break
        }
        if let method = method(probe.reading) { pieces.append(StyledText("; \(method)", .faint)) }
        if !probe.offers.isEmpty {
            pieces += [StyledText("   O", .accent), StyledText(" what would tell more", .faint)]
        }
        return pieces
    }

    /// How it looked: who reads figures must know.
    private static func method(_ reading: ProbeReading?) -> String? {
        switch reading {
        case .profile(let profile):
            switch profile.method {
            case .perfEvents(let kernel):
                profile.countsPages
                    ? "page faults, by perf events"
                    : "by perf events, \(kernel ? "user and kernel" : "user functions only")"
            case .stops: "by stopping the thread each time"
            }
        case .systemCalls(let count):
            switch count.method {
            case .counted: "counted by tracepoints, the target runs on"
            case .polled: "polled: short calls stay unseen"
            case .traced: "traced: the target is stopped at each call"
            }
        case .waits(let waits): "\(waits.looks) looks from outside"
        case .stacks(let listing):
            switch listing.request.method {
            case .withoutStopping: "read from outside, nothing was stopped"
            case .stopping:
                "each thread stopped, for \(listing.longestStop?.fineText ?? "-") at most"
            }
        case nil: nil
        }
    }

    private static func findings(_ probe: ProbeState) -> (conclusion: String, notes: [String]) {
        switch probe.reading {
        case .profile(let whole):
            ((probe.profile ?? whole).summary, whole.notes)
        case .systemCalls(let count): (count.conclusion, count.notes)
        case .waits(let waits): (waits.conclusion, waits.notes)
        case .stacks(let listing): (listing.summary, listing.notes)
        case nil: ("", [])
        }
    }

    // MARK: Rows

    private static func drawRows(_ state: State, into surface: inout Surface, _ layout: Layout) {
        let list = state.level.list
        let rows = state.probeRows
        ListView.table(for: state).draw(
            into: &surface, in: layout.table, rows: list.rows.count, first: list.scroll,
            selected: list.selectedIndex
        ) { index, column in
            guard rows.indices.contains(list.rows[index].index) else { return .text("") }
            return content(of: column, rows[list.rows[index].index], isOpen: isOpen(index, list))
        }
        if list.rows.isEmpty, !list.filter.isEmpty, !layout.rows.isEmpty {
            surface.put(
                " nothing matches \"\(list.filter)\"; Esc shows all again",
                at: layout.rows.origin, style: .faint)
        }
    }

    /// What stands below a row is on the screen.
    private static func isOpen(_ index: Int, _ list: ListState) -> Bool {
        list.rows.indices.contains(index + 1)
            && list.rows[index + 1].depth > list.rows[index].depth
    }

    private static func content(
        of column: FieldID, _ row: ProbeRow, isOpen: Bool
    ) -> Table<FieldID>.Content {
        let cell = row.cells[column] ?? ProbeRow.Cell(text: "")
        let text = StyledText(cell.text, cell.style)
        guard column == "function" || column == "stack" else { return .text(text) }
        // So deep a chain would leave no room for the name.
        let indent = String(repeating: " ", count: min(row.depth, 24))
        let mark = row.hasChildren ? (isOpen ? "- " : "+ ") : row.depth > 0 ? "  " : ""
        return .pieces([StyledText(indent + mark, .faint), text])
    }

    private static func grounds(of row: ProbeRow, _ state: State) -> [String] {
        guard state.place == .probe(.functions), let profile = state.probe?.profile,
            let frame = ProfileRows.frame(ofFunction: row.id)
        else { return row.grounds }
        return ProfileRows(profile).heaviestChain(through: frame).map { [$0] } ?? []
    }

    private static func drawGrounds(
        _ state: State, into surface: inout Surface, in rect: Rect
    ) {
        guard rect.rows > 1, let index = state.level.list.selectedIndex else { return }
        let place = state.level.list.rows[index].index
        let rows = state.probeRows
        guard rows.indices.contains(place) else { return }
        let grounds = grounds(of: rows[place], state)
        guard !grounds.isEmpty else { return }
        var rest = rect
        surface.fill(rest.takeTop(1), surface.glyphs.rule, style: .faint)
        for line in grounds.flatMap({ Wrapped.lines($0, width: rect.columns - 2) }) {
            guard rest.rows > 0 else { return }
            let row = rest.takeTop(1)
            surface.put(line, at: Point(column: row.column + 1, row: row.row))
        }
    }
}

extension ProbePage {
    /// What is on show, where a profile has several pages.
    fileprivate var name: String? {
        switch self {
        case .functions: "functions  Tab calls"
        case .callTree: "calls  Tab threads"
        case .threads: "threads  Tab functions"
        case .systemCalls, .waits, .stacks: nil
        }
    }
}

extension ProbeState {
    /// For the way here and the title.
    var title: String {
        switch request {
        case .profile(let request):
            switch request.event {
            case .cpuClock: "profile"
            case .pageFaults: "page faults"
            }
        case .systemCalls: "system calls"
        case .waits: "off-CPU"
        case .stacks: "stacks"
        }
    }

    var fileName: String { title.replacing(" ", with: "-") }
}
