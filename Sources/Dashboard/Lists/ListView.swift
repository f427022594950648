import ProcFormats
import Fields
import Probes
import Samples
import Screen
import Units

/// The table of processes or threads that most views have in common.
enum ListView {
    static func table(for state: State) -> Table<FieldID> {
        let list = state.level.list
        let columns = state.columns
        let leastFirst = columns.first { $0.id == list.sort }?.leastFirst ?? false
        return Table(
            columns: columns.map { column in
                var column = state.place.view.fitted(column.inTable, state)
                // Names of functions are longer than those of system calls.
                if column.id == .activity, state.shownFunctions.isOn {
                    column.width = .flexible(minimum: 22)
                    column.rank = 0
                }
                // The one that sorts must be seen.
                if column.id == list.sort { column.rank = 0 }
                return column
            },
            // The way of a datagram has an order of its own.
            order: state.place.view.hasOwnOrder
                ? nil
                : Table.Order(column: list.sort, isDescending: leastFirst == list.isReversed))
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
        _ table: Table<FieldID>, _ state: State, _ snapshot: Snapshot, first: Int,
        into surface: inout Surface, in area: Rect
    ) {
        let list = state.level.list
        // Once for all cells.
        let contexts = state.rowContexts(of: snapshot)
        let columns = Dictionary(
            state.columns.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        table.draw(
            into: &surface, in: area, rows: list.rows.count, first: first,
            selected: state.hidesRow ? nil : list.selectedIndex
        ) { index, id in
            let row = list.rows[index]
            guard let column = columns[id], let cell = column.cell(row, contexts) else {
                return .text("")
            }
            if id == .curve, case .thread(let thread) = row.id {
                let values = state.cpuCurve(of: thread, last: .seconds(60), points: 6)
                let style: Style = state.isHot(row, in: snapshot) ? .critical : .text
                return .sparkline(Sparkline(values, maximum: 100, style: style))
            }
            let text = StyledText(cell.text, Style(cell.emphasis))
            guard column.holdsTree else { return .text(text) }
            return .pieces([StyledText(branch(of: row, state), .faint), text])
        }
    }

    /// What hangs a row in the tree.
    private static func branch(of row: Row, _ state: State) -> String {
        switch row.id {
        case .process(let process) where state.place == .memory:
            return state.memory.mark(of: process).map { "\($0) " } ?? ""
        case .process, .thread:
            if state.level.list.isTree, row.depth > 0 || row.isFolded {
                let indent = String(repeating: "  ", count: max(0, min(row.depth, 20) - 1))
                let hook = row.depth > 0 ? (state.settings.glyphs.isUnicode ? "└ " : "`-") : ""
                return indent + hook + (row.isFolded ? "+ " : "")
            }
            return state.place == .overview && row.part != nil ? "  " : ""
        default:
            return row.depth > 0 ? "  " : row.isFolded ? "+ " : ""
        }
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
        if let kept = state.keptShare { parts.append(kept) }
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
