/// A box with a title in the middle of the screen: help, a choice, what is about to happen.
package struct Card: Hashable, Sendable {
    package var title: String
    package var rows: [[StyledText]]

    package init(title: String, rows: [[StyledText]]) {
        self.title = title
        self.rows = rows
    }

    /// The rows in sight when the card is drawn within `rect`; it can be scrolled by the rest.
    package func visibleRows(in rect: Rect) -> Int { max(0, min(rows.count, rect.rows - 2)) }

    /// Draws the box no larger than its rows need and no larger than `rect`, from row `first` on.
    /// In less than three rows or six columns only text is drawn, without the box.
    ///
    /// - Returns: where the rows are drawn.
    @discardableResult
    package func draw(into surface: inout Surface, in rect: Rect, from first: Int = 0) -> Rect {
        guard rect.rows >= 3, rect.columns >= 6 else {
            surface.fill(rect)
            drawRows(into: &surface, rect, from: first)
            return rect
        }
        let unicode = surface.glyphs.isUnicode
        let widest = rows.reduce(VisibleText.width(title, unicode: unicode) + 2) { widest, row in
            max(widest, row.reduce(0) { $0 + VisibleText.width($1.text, unicode: unicode) })
        }
        let columns = min(rect.columns, widest + 4)
        let height = visibleRows(in: rect) + 2
        let box = Rect(
            column: rect.column + (rect.columns - columns) / 2,
            row: rect.row + (rect.rows - height) / 2, columns: columns, rows: height)
        let inner = Rect(
            column: box.column + 2, row: box.row + 1, columns: columns - 4, rows: height - 2)
        drawFrame(into: &surface, box)
        let start = max(0, min(first, rows.count - inner.rows))
        drawRows(into: &surface, inner, from: start)
        drawMore(into: &surface, box, above: start, below: rows.count - start - inner.rows)
        return inner
    }

    private func drawRows(into surface: inout Surface, _ rect: Rect, from first: Int) {
        for (offset, row) in rows.dropFirst(max(0, first)).prefix(rect.rows).enumerated() {
            let place = Point(column: rect.column, row: rect.row + offset)
            surface.put(row, at: place, within: rect.columns)
        }
    }

    private func drawFrame(into surface: inout Surface, _ box: Rect) {
        let glyphs = surface.glyphs
        let right = box.column + box.columns - 1
        let bottom = box.row + box.rows - 1
        surface.fill(box)
        for row in [box.row, bottom] {
            surface.fill(
                Rect(column: box.column, row: row, columns: box.columns, rows: 1), glyphs.rule,
                style: .faint)
        }
        for row in box.row..<bottom {
            for column in [box.column, right] {
                surface.put(glyph: glyphs.bar, at: Point(column: column, row: row), style: .faint)
            }
        }
        let (topLeft, topRight, bottomLeft, bottomRight) = glyphs.corners
        for (glyph, column, row) in [
            (topLeft, box.column, box.row), (topRight, right, box.row),
            (bottomLeft, box.column, bottom), (bottomRight, right, bottom),
        ] {
            surface.put(glyph: glyph, at: Point(column: column, row: row), style: .faint)
        }
        surface.put(
            " " + title + " ", at: Point(column: box.column + 1, row: box.row), style: .heading,
            within: box.columns - 2)
    }

    /// Says in the lower edge that there is more than the box shows.
    private func drawMore(into surface: inout Surface, _ box: Rect, above: Int, below: Int) {
        guard above > 0 || below > 0 else { return }
        let text = below > 0 ? " \(below) more " : " end "
        surface.put(
            text, at: Point(column: box.column + 1, row: box.row + box.rows - 1), style: .faint,
            within: box.columns - 2)
    }
}
