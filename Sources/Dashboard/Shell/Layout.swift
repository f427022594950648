import Screen

/// Which rows of the screen a view's parts get. Views draw by it and `update` scrolls by it, so
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

    init(_ state: State) {
        let (view, size) = (state.place.view, state.size)
        var rest = Rect(column: 0, row: 0, columns: size.columns, rows: size.rows)
        // The smaller the screen, the more the list matters: first the summary goes, then the
        // bottom line, then the header.
        header = rest.takeTop(size.rows >= 3 ? 1 : 0)
        footer = rest.takeBottom(size.rows >= 5 ? 1 : 0)
        grounds = rest.takeBottom(view.groundsHeight(rows: size.rows))
        summary = rest.takeTop(view.summaryHeight(state))
        columnHeads = rest.takeTop(rest.rows >= 2 && view.isList ? 1 : 0)
        rows = rest
    }

    /// The list with its heads.
    var table: Rect {
        var area = rows
        area.origin.row = columnHeads.row
        area.size.rows += columnHeads.rows
        return area
    }
}

extension State {
    var layout: Layout { Layout(self) }
}
