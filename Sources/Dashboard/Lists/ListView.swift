import Probes
import ProcSampling
import Screen
import Units

/// The table of processes or threads that most views have in common.
enum ListView {
    static func table(for state: State) -> Table<ColumnID> {
        let list = state.level.list
        let columns = state.columns
        // Words begin with a, times that are left with the shortest.
        let sortsText =
            columns.first { $0.id == list.sort }?.isNumber == false || list.sort == .timeLeft
        return Table(
            columns: columns.map { column in
                var column = state.place.view.fitted(column.inTable, state)
                // Names of functions are longer than those of system calls.
                if column.id == .activity, state.shownFunctions.isOn {
                    column.width = .flexible(minimum: 22)
                    column.rank = 0
                }
                if column.id == .samples, state.probe?.profile?.countsPages == true {
                    column.title = "MEMORY"
                }
                // The one that sorts must be seen.
                if column.id == list.sort { column.rank = 0 }
                return column
            },
            // The way of a datagram has an order of its own.
            order: state.place.view.hasOwnOrder
                ? nil
                : Table.Order(column: list.sort, isDescending: sortsText == list.isReversed))
    }

    static func draw(
        _ state: State, _ snapshot: Snapshot, into surface: inout Surface, _ layout: Layout
    ) {
        let list = state.level.list
        draw(
            table(for: state), state, snapshot, first: list.scroll, into: &surface,
            in: layout.table)
        if list.rows.isEmpty { drawEmpty(state, into: &surface, in: layout.rows) }
    }

    /// Draws the heads and as many rows as fit, from row `first` on.
    static func draw(
        _ table: Table<ColumnID>, _ state: State, _ snapshot: Snapshot, first: Int,
        into surface: inout Surface, in area: Rect
    ) {
        let list = state.level.list
        // Once for all cells.
        let (figures, groups) = (state.memoryFigures, state.mappingGroups)
        let network = state.networkRows
        table.draw(
            into: &surface, in: area, rows: list.rows.count, first: first,
            selected: state.selectedFinding != nil && state.place.view is OverviewView
                ? nil : list.selectedIndex
        ) { index, column in
            let row = list.rows[index]
            switch row.id {
            case .mappings, .mapping:
                return content(of: column, MappingReader(row, in: groups), row)
            case .socket, .socketGroup, .route, .stage, .part:
                return network.map { NetworkCells($0).content(of: column, row) } ?? .text("")
            // Its view draws it.
            case .probe: return .text("")
            case .process, .thread: break
            }
            let reader = RowReader(
                row, in: snapshot, userNames: state.userNames,
                namesThreads: state.place.view.namesThreads, memory: figures,
                hotFunctions: state.shownFunctions, isCoarse: state.settings.isSlow)
            return content(of: column, reader, row, state, snapshot)
        }
    }

    private static func content(
        of column: ColumnID, _ reader: RowReader, _ row: Row, _ state: State, _ snapshot: Snapshot
    ) -> Table<ColumnID>.Content {
        // Only for the columns that show it: a process's threads may have to be looked through. In
        // view 3 it is not the subject.
        let isMemory = state.place.view is MemoryView
        let isHot =
            [.curve, .command, .name, .cpu, .hottest].contains(column) && !isMemory
            && state.isHot(row, in: snapshot)
        let style = isHot ? Style.critical : Style.text
        switch column {
        case .curve:
            guard case .thread(let thread) = row.id else { return .text("") }
            let values = state.cpuCurve(of: thread, last: .seconds(60), points: 6)
            return .sparkline(Sparkline(values, maximum: 100, style: style))
        case .command, .name:
            var text = reader.text(column)
            if isMemory { text = Self.withoutFolder(text) }
            var branch = branch(of: row, state, surfaceGlyphs: state.settings.glyphs)
            if state.place.view.namesThreads, row.part != nil, branch.isEmpty { branch = "  " }
            if isMemory, case .process(let process) = row.id {
                branch = state.memory.mark(of: process).map { "\($0) " } ?? ""
            }
            return .pieces([StyledText(branch, .faint), StyledText(text, style)])
        case .shape:
            let text = reader.text(column)
            let grows = text == "linear" || text == "rising"
            return .text(StyledText(text, grows ? .warning : text == "flat" ? .faint : .text))
        case .cpu, .hottest:
            // A hot figure has a mark, so that it stands out without colour too. The sum of a
            // process is not marked: of several threads it says nothing about any one.
            let marksHot = isHot && (column == .hottest || row.part != nil)
            return .text(
                StyledText(
                    reader.text(column) + (marksHot ? "!" : " "), marksHot ? .critical : .text))
        default:
            let text = reader.text(column)
            return .text(StyledText(text, ["-", "0.0"].contains(text) ? .faint : .text))
        }
    }

    /// A command line without the folder of its program, which would take up a narrow column.
    private static func withoutFolder(_ command: String) -> String {
        let program = command.prefix { $0 != " " }
        guard let slash = program.lastIndex(of: "/") else { return command }
        return String(command[command.index(after: slash)...])
    }

    private static func content(
        of column: ColumnID, _ reader: MappingReader, _ row: Row
    ) -> Table<ColumnID>.Content {
        let text = reader.text(column)
        switch column {
        case .mapping:
            let branch = row.depth > 0 ? "  " : row.isFolded ? "+ " : ""
            return .pieces([StyledText(branch, .faint), StyledText(text)])
        case .rate:
            return .text(StyledText(text, text.hasPrefix("+") ? .warning : .text))
        default:
            return .text(StyledText(text, text == "-" || text == "0B" ? .faint : .text))
        }
    }

    /// What hangs a row in the tree.
    private static func branch(of row: Row, _ state: State, surfaceGlyphs: Glyphs) -> String {
        guard state.level.list.isTree, row.depth > 0 || row.isFolded else { return "" }
        let indent = String(repeating: "  ", count: max(0, min(row.depth, 20) - 1))
        let hook = row.depth > 0 ? (surfaceGlyphs.isUnicode ? "└ " : "`-") : ""
        return indent + hook + (row.isFolded ? "+ " : "")
    }

    private static func drawEmpty(
        _ state: State, into surface: inout Surface, in rect: Rect
    ) {
        guard !rect.isEmpty else { return }
        let text: String
        if !state.level.list.filter.isEmpty {
            text = "nothing matches \"\(state.level.list.filter)\"; Esc shows all again"
        } else {
            guard let emptiness = state.place.view.emptiness(state) else { return }
            text = emptiness
        }
        surface.put(" " + text, at: rect.origin, style: .faint)
    }

    /// A line across the screen with the list's title on the left, and how it is shown on the
    /// right: filter, held order, sort column.
    static func drawRule(
        _ title: String, _ state: State, _ snapshot: Snapshot, into surface: inout Surface,
        in rect: Rect
    ) {
        guard !rect.isEmpty else { return }
        let list = state.level.list
        surface.fill(rect, surface.glyphs.rule, style: .faint)
        surface.put(
            " \(title) ", at: Point(column: rect.column + 1, row: rect.row), style: .heading)

        var parts: [String] = []
        let trouble = snapshot.trouble
        switch trouble.shortage {
        case .descriptors: parts.append("! no descriptors left to read with")
        case .memory: parts.append("! no memory left to read with")
        case nil: break
        }
        if trouble.malformed > 0 { parts.append("! \(trouble.malformed) malformed") }
        if trouble.incomplete > 0 { parts.append("! \(trouble.incomplete) incomplete") }
        if trouble.hidesProcesses { parts.append("! others hidden") }
        // What could not be read for want of descriptors may well be there.
        if snapshot.host.cpuCount == nil, trouble.shortage == nil {
            parts.append("! no /proc/stat")
        }
        if trouble.unresponsive > 0 { parts.append("! \(trouble.unresponsive) hung") }
        if snapshot.extent == .recorded {
            parts.append(
                state.place.view is OverviewView ? "recorded, without findings" : "recorded")
        }
        if !list.filter.isEmpty { parts.append("/\(list.filter)  \(list.rows.count) shown") }
        if list.heldUntil != nil { parts.append("sorting paused") }
        if list.follows { parts.append("follow") }
        if let head = table(for: state).order.flatMap({ order in
            state.columns.first { $0.id == order.column }?.title
        }) {
            parts.append("sort \(head)")
        }
        func text() -> String { " " + parts.joined(separator: "  ") + " " }
        func width(_ text: String) -> Int {
            VisibleText.width(text, unicode: surface.glyphs.isUnicode)
        }
        let room = rect.columns - width(title) - 4
        while !parts.isEmpty, width(text()) >= room { parts.removeFirst() }
        guard !parts.isEmpty else { return }
        surface.put(
            text(),
            at: Point(column: rect.column + rect.columns - width(text()) - 1, row: rect.row),
            style: .text)
    }
}
