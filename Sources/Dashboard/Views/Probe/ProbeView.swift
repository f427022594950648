import Fields
package import Probes
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

    func crumb(_ level: Level, _ state: State) -> String { state.probes.current?.title ?? "probe" }

    var about: [String] { page.about }
    var bindings: [Binding] { keys + Keymap.movement + Keymap.filter + Keymap.order }

    /// Over what a probe has found.
    private var keys: [Binding] {
        var bindings: [Binding] = []
        if let open = page.enterHelp {
            bindings.append(Binding([.enter], .open, ("Enter", open)))
        }
        let pages = ProbeKind.pages(with: page)
        if pages.count > 1 {
            let names = pages.map(\.name).joined(separator: ", ")
            bindings.append(
                Binding([.tab], .nextGrouping, ("Tab", names), hint: "Tab next page"))
        }
        if page.isTree { bindings += Keymap.folding }
        return bindings + [
            Binding(
                [.character("r")], .repeatProbe, ("r", "run the probe again"), hint: "r rerun"),
            Binding([.character("w")], .save, ("w", files), hint: "w save"),
            Binding(
                [.character("O")], .offers,
                ("O", "intrusive options: tell more, but stop the target or change the machine")),
        ]
    }

    /// "save as .svg (a flame graph), .folded (stacks), .json"
    private var files: String {
        let files = ProbeKind.kind(with: page)?.files ?? [.text]
        let names = files.map { file in
            "." + file.ending + (file.name.isEmpty ? "" : " (\(file.name))")
        }
        return "save as " + names.joined(separator: ", ")
    }

    var columns: [Column] { Column.columns(of: page) }

    var firstSort: FieldID { page.sort }

    /// With the head that it has in this report: "MEMORY" where pages are counted.
    func fitted(_ column: Table<FieldID>.Column, _ state: State) -> Table<FieldID>.Column {
        guard let head = state.probes.current?.table(page)?.heads[column.id] else { return column }
        var column = column
        column.title = head
        return column
    }

    var hasOwnOrder: Bool { page.isTree }

    func prepare(_ state: inout State) { state.prepareProbeRows(of: page) }

    func rows(_ arrangement: Arrangement) -> [Row] { arrangement.probeRows(isOrdered: hasOwnOrder) }
    func emptiness(_ state: State) -> String? { nil }

    func summaryHeight(_ state: State) -> Int {
        state.size.rows >= 14 ? Self.summaryLines : state.size.rows >= 8 ? 2 : 0
    }

    func groundsHeight(rows: Int) -> Int { rows >= 20 ? Self.groundLines : 0 }

    func subject(_ state: State) -> Subject? { state.probes.current?.subject.subject }

    func shellCommands(_ state: State) -> [ShellCommand] {
        state.probes.current.map { [$0.shellCommand] } ?? []
    }

    func open(_ state: inout State) -> [Effect] { [] }

    func perform(_ command: Command, _ state: inout State) -> [Effect]? {
        state.performOnProbe(command, page)
    }

    /// The ending of its name says as what.
    func save(to path: String, _ state: State) -> [Effect] {
        guard let probe = state.probes.current, let reading = probe.shown else { return [] }
        return [
            .saveReading(
                reading, of: probe.request.kind, about: probe.subject.description, path: path)
        ]
    }

    func leave(_ state: inout State) -> [Effect] { state.leaveProbe() }

    func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        guard let probe = state.probes.current else { return }
        var summary = layout.summary
        Self.drawRule(probe, page, state, into: &surface, in: summary.takeTop(min(1, summary.rows)))
        for line in Self.lines(probe, state, width: summary.columns - 2) {
            guard summary.rows > 0 else { break }
            let row = summary.takeTop(1)
            surface.put(
                line, at: Point(column: row.column + 1, row: row.row), within: row.columns - 1)
        }
        if probe.reading == nil { return }
        drawRows(state, into: &surface, layout)
        Self.drawGrounds(probe.table(page), state, into: &surface, in: layout.grounds)
    }

    // MARK: Title

    private static func drawRule(
        _ probe: ProbeUse, _ page: ProbePage, _ state: State, into surface: inout Surface,
        in rect: Rect
    ) {
        guard !rect.isEmpty else { return }
        surface.fill(rect, surface.glyphs.rule, style: .faint)
        let whose = probe.part.map { "  \($0.name) of " } ?? "  "
        surface.put(
            " \(probe.title.uppercased())\(whose)\(probe.subject.description) ",
            at: Point(column: rect.column + 1, row: rect.row), style: .heading)
        var parts = page.tabText.map { [$0] } ?? []
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
        _ probe: ProbeUse, _ state: State, width: Int
    ) -> [[StyledText]] {
        if case .refused(let refusal) = probe.phase { return words(of: refusal, width: width) }
        var lines = [progress(probe, now: state.now)]
        if probe.isEarlier { lines.append([StyledText("below: what was found before", .warning)]) }
        guard let report = probe.report else { return lines }
        lines += Wrapped.lines(report.conclusion, width: width).filter { !$0.isEmpty }
            .map { [StyledText($0, Style(.text, .bold))] }
        lines += report.notes.flatMap { Wrapped.lines($0, width: width) }
            .map { [StyledText($0, .faint)] }
        return lines
    }

    private static func words(of refusal: ProbeRefusal, width: Int) -> [[StyledText]] {
        var lines = Wrapped.lines("! " + refusal.reason, width: width)
            .map { [StyledText($0, .warning)] }
        lines += Wrapped.lines(refusal.remedy ?? "", width: width).map { [StyledText($0)] }
        if refusal.offer != nil {
            lines.append([StyledText("O", .accent), StyledText(" intrusive options")])
        }
        return lines
    }

    private static func progress(_ probe: ProbeUse, now: Duration) -> [StyledText] {
        var pieces: [StyledText] = []
        switch probe.phase {
        case .running(_, stopping: true):
            pieces.append(StyledText("stopping ...", .warning))
        case .running(let since, _):
            let passed = Int((now - since).seconds)
            pieces.append(StyledText("sampling \(passed) s", .good))
            if let time = probe.request.time {
                let left = Int(time.seconds) - passed
                pieces.append(StyledText(left > 0 ? ", \(left) s left" : ", finishing ..."))
            }
        case .finished(let time):
            pieces.append(StyledText("done in \(time.fineText)", .good))
        case .refused: break
        }
        if let method = probe.report?.method {
            pieces.append(StyledText("; \(method)", .faint))
        }
        if !probe.offers.isEmpty {
            pieces += [StyledText("   O", .accent), StyledText(" intrusive options", .faint)]
        }
        return pieces
    }

    // MARK: Rows

    private func drawRows(_ state: State, into surface: inout Surface, _ layout: Layout) {
        let list = state.level.list
        let rows = state.probeRows
        ListView.table(for: state).draw(
            into: &surface, in: layout.table, rows: list.rows.count, first: list.scroll,
            selected: list.selectedIndex
        ) { index, column in
            guard rows.indices.contains(list.rows[index].index) else { return .text("") }
            return Self.content(
                of: column, rows[list.rows[index].index], isOpen: Self.isOpen(index, list),
                isFlexible: page.columns.contains { $0.isFlexible && $0.id == column })
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
        of column: FieldID, _ row: ReportRow, isOpen: Bool, isFlexible: Bool
    ) -> Table<FieldID>.Content {
        guard let cell = row.cells[column] else { return .text("") }
        let text = StyledText(cell.text, Style(cell.tone))
        guard isFlexible else { return .text(text) }
        // So deep a chain would leave no room for the name.
        let indent = String(repeating: " ", count: min(row.depth, 24))
        let mark = row.hasChildren ? (isOpen ? "- " : "+ ") : row.depth > 0 ? "  " : ""
        return .pieces([StyledText(indent + mark, .faint), text])
    }

    private static func drawGrounds(
        _ table: ReportTable?, _ state: State, into surface: inout Surface, in rect: Rect
    ) {
        guard rect.rows > 1, let index = state.level.list.selectedIndex else { return }
        let place = state.level.list.rows[index].index
        let rows = state.probeRows
        guard rows.indices.contains(place) else { return }
        guard let grounds = table?.grounds(rows[place].id), !grounds.isEmpty else { return }
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
    /// What is on show and what Tab shows next, where a report has several pages.
    fileprivate var tabText: String? {
        let pages = ProbeKind.pages(with: self)
        guard pages.count > 1, let index = pages.firstIndex(of: self) else { return nil }
        return "\(name)  Tab \(pages[(index + 1) % pages.count].name)"
    }
}

extension Style {
    fileprivate init(_ tone: ReportTone) {
        self =
            switch tone {
            case .plain: .text
            case .faint: .faint
            case .kernel: .heading
            case .good: .good
            case .warning: .warning
            case .subject: .accent
            }
    }
}
