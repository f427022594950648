import Screen

/// Which rows of the screen a place's parts get. Views draw by it and `update` scrolls by it, so
/// that both mean the same rows.
struct Layout {
    /// Breadcrumb, status, own cost, clock.
    let header: Rect
    /// Between the header and the list: the host's resources in the Overview, a title elsewhere.
    let summary: Rect
    /// The head of the table.
    let columnHeads: Rect
    let rows: Rect
    /// Below the list: the grounds of the selected row.
    let grounds: Rect
    /// Keys, a message, or what is being typed.
    let footer: Rect

    var listHeight: Int { rows.rows }
    /// The rows of a tool's output: under its summary.
    var outputHeight: Int { columnHeads.rows + rows.rows }

    /// The rows of the summary that findings take, above its title.
    let findings: Int

    init(place: Place, size: Size, findings: Int = 0) {
        var rest = Rect(column: 0, row: 0, columns: size.columns, rows: size.rows)
        // The smaller the screen, the more the list matters: first the summary goes, then the
        // bottom line, then the header.
        header = rest.takeTop(size.rows >= 3 ? 1 : 0)
        footer = rest.takeBottom(size.rows >= 5 ? 1 : 0)
        self.findings = place == .overview ? findings : 0
        grounds = rest.takeBottom(Self.groundsHeight(place: place, size: size))
        summary = rest.takeTop(Self.summaryHeight(place: place, size: size) + self.findings)
        columnHeads = rest.takeTop(rest.rows >= 2 && place.isList ? 1 : 0)
        rows = rest
    }

    private static func summaryHeight(place: Place, size: Size) -> Int {
        switch place {
        case .overview:
            if size.rows >= 28 { return OverviewView.resourceLines + 1 + OverviewView.cpuLines }
            if size.rows >= 16 { return OverviewView.resourceLines + 1 }
            return size.rows >= 8 ? 1 : 0
        case .threads, .sockets, .socketGroups, .udp, .losses, .routes:
            return size.rows >= 8 ? 1 : 0
        case .memory:
            guard size.rows >= 8 else { return 0 }
            let verdict = size.rows >= 12 ? MemoryView.verdictLines : 1
            return 1 + MemoryView.curveHeight(rows: size.rows) + verdict
        case .mappings:
            return size.rows >= 14 ? MappingsView.summaryLines : size.rows >= 8 ? 2 : 0
        case .thread, .socket: return 0
        case .tool: return size.rows >= 14 ? 6 : size.rows >= 6 ? 2 : 0
        case .probe: return size.rows >= 14 ? ProbeView.summaryLines : size.rows >= 8 ? 2 : 0
        }
    }

    private static func groundsHeight(place: Place, size: Size) -> Int {
        switch place {
        case .udp, .losses: size.rows >= 30 ? 10 : size.rows >= 16 ? 8 : size.rows >= 10 ? 2 : 0
        case .sockets, .socketGroups: size.rows >= 12 ? 2 : 0
        case .routes: size.rows >= 12 ? 3 : 0
        case .probe: size.rows >= 20 ? ProbeView.groundLines : 0
        case .overview, .threads, .thread, .memory, .mappings, .socket, .tool: 0
        }
    }
}

extension Place {
    /// Whether it shows rows to select.
    var isList: Bool {
        switch self {
        case .overview, .threads, .memory, .mappings, .sockets, .socketGroups, .udp, .losses,
            .routes, .probe:
            true
        case .thread, .socket, .tool: false
        }
    }
}

extension State {
    var layout: Layout { Layout(place: place, size: size, findings: FindingsView.height(self)) }
}
