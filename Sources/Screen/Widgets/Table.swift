/// Rows under column heads. Which columns exist is data; which of them are drawn depends on the
/// width at hand, and what is not drawn is not asked for.
package struct Table<ID: Hashable & Sendable>: Sendable {
    package struct Column: Sendable {
        package enum Width: Hashable, Sendable {
            case fixed(Int)
            /// Takes what the fixed columns leave, shared evenly with others of its kind.
            case flexible(minimum: Int)
        }

        package enum Alignment: Hashable, Sendable {
            case left, right
        }

        package var id: ID
        package var title: String
        package var width: Width
        package var alignment: Alignment
        /// Where there is too little room, the columns with the highest rank go first.
        package var rank: Int
        /// Of a text that is too long the end is shown: an address matters less than its port.
        package var keepsEnd: Bool

        package init(
            _ id: ID, _ title: String, _ width: Width, _ alignment: Alignment = .right, rank: Int,
            keepsEnd: Bool = false
        ) {
            self.keepsEnd = keepsEnd
            self.id = id
            self.title = title
            self.width = width
            self.alignment = alignment
            self.rank = rank
        }
    }

    /// The column that the rows are ordered by.
    package struct Order: Hashable, Sendable {
        package var column: ID
        package var isDescending: Bool

        package init(column: ID, isDescending: Bool) {
            self.column = column
            self.isDescending = isDescending
        }
    }

    /// What a cell shows.
    package enum Content: Sendable {
        case text(StyledText)
        case pieces([StyledText])
        case sparkline(Sparkline)
    }

    package var columns: [Column]
    package var order: Order?

    package init(columns: [Column], order: Order? = nil) {
        self.columns = columns
        self.order = order
    }

    /// Draws the heads in the first row of `rect` and below them as many rows as fit, from row
    /// `first` on. One column on the left is kept for the mark of the selected row.
    package func draw(
        into surface: inout Surface, in rect: Rect, rows: Int, first: Int = 0, selected: Int?,
        content: (_ row: Int, _ column: ID) -> Content
    ) {
        var body = rect
        let head = body.takeTop(1)
        let slots = slots(in: rect.columns)
        drawHeads(into: &surface, in: head, slots)
        surface.fill(body)
        for row in max(0, first)..<max(0, first, min(rows, first + body.rows)) {
            let line = body.takeTop(1)
            drawRow(into: &surface, in: line, slots, isSelected: row == selected) {
                content(row, $0)
            }
        }
    }

    private func drawHeads(into surface: inout Surface, in rect: Rect, _ slots: [Slot]) {
        surface.fill(rect)
        guard !rect.isEmpty else { return }
        for slot in slots {
            var title = slot.column.title
            var style = Style.heading
            if let order, order.column == slot.column.id {
                let glyphs = surface.glyphs
                let mark = order.isDescending ? glyphs.descending : glyphs.ascending
                // The mark may stand in the gap before the column, never cost a letter.
                title = slot.column.alignment == .right ? "\(mark)\(title)" : "\(title)\(mark)"
                style = .accent
            }
            let width = VisibleText.width(title, unicode: surface.glyphs.isUnicode)
            let start =
                slot.column.alignment == .right ? slot.start + slot.width - width : slot.start
            surface.put(
                title, at: Point(column: rect.column + max(0, start), row: rect.row), style: style,
                within: min(width, rect.columns - max(0, start)))
        }
    }

    private func drawRow(
        into surface: inout Surface, in rect: Rect, _ slots: [Slot], isSelected: Bool,
        content: (ID) -> Content
    ) {
        guard !rect.isEmpty else { return }
        for slot in slots {
            let cell = Rect(
                column: rect.column + slot.start, row: rect.row,
                columns: min(slot.width, rect.columns - slot.start), rows: 1)
            switch content(slot.column.id) {
            case .text(let text): drawText([text], into: &surface, cell, slot.column)
            case .pieces(let pieces): drawText(pieces, into: &surface, cell, slot.column)
            case .sparkline(let sparkline): sparkline.draw(into: &surface, in: cell)
            }
        }
        if isSelected {
            surface.put(glyph: surface.glyphs.selection, at: rect.origin, style: .text)
            surface.reverse(rect)
        }
    }

    /// A name that is too long ends in an ellipsis. A figure is never cut, since what is left of
    /// it would be another figure: `#` stands in its place.
    private func drawText(
        _ pieces: [StyledText], into surface: inout Surface, _ cell: Rect, _ column: Column
    ) {
        let unicode = surface.glyphs.isUnicode
        var width = 0
        for piece in pieces where width <= cell.columns {
            width += VisibleText.width(
                piece.text, unicode: unicode, limit: cell.columns - width)
        }
        var start = cell.origin
        if width > cell.columns, column.alignment == .right {
            surface.fill(cell, "#", style: .faint)
            return
        }
        if column.alignment == .right { start.column += cell.columns - width }
        if width > cell.columns, column.keepsEnd, let text = pieces.first {
            drawEnd(of: text, into: &surface, cell)
            return
        }
        surface.put(pieces, at: start, within: cell.columns)
        if width > cell.columns { surface.markCut(cell.origin, cell.columns) }
    }

    /// The end of a text behind an ellipsis.
    private func drawEnd(of text: StyledText, into surface: inout Surface, _ cell: Rect) {
        guard cell.columns > 1 else { return }
        let width = VisibleText.width(text.text, unicode: surface.glyphs.isUnicode)
        surface.put(glyph: surface.glyphs.ellipsis, at: cell.origin, style: .faint)
        surface.put(
            text.text, at: Point(column: cell.column + 1, row: cell.row), style: text.style,
            within: cell.columns - 1, skipping: width - cell.columns + 1)
    }
}
