/// A screenful of cells that views draw into and a terminal shows.
///
/// Every text drawn passes through `put`, which makes it harmless (`VisibleText`) and aligns it by
/// display width, so that no view has to think of hostile names or wide characters.
package struct Surface: Hashable, Sendable {
    package let size: Size
    /// What may be drawn with. ASCII here means that no other character leaves this surface.
    package let glyphs: Glyphs
    /// Row by row, `size.columns` each.
    package private(set) var cells: [Cell]
    /// Where the text cursor stands while something is typed; hidden when nil.
    package var cursor: Point?

    package init(size: Size, glyphs: Glyphs = .blocks) {
        self.size = Size(columns: max(0, size.columns), rows: max(0, size.rows))
        self.glyphs = glyphs
        cells = Array(repeating: .blank, count: self.size.columns * self.size.rows)
    }

    /// The whole surface.
    package var bounds: Rect { Rect(origin: Point(column: 0, row: 0), size: size) }

    /// The cell at a place; blank beyond the edges.
    package subscript(_ point: Point) -> Cell {
        guard (0..<size.rows).contains(point.row), (0..<size.columns).contains(point.column) else {
            return .blank
        }
        return cells[point.row * size.columns + point.column]
    }

    /// Draws text to the right of a place. What lies beyond the edges, or more than `columns`
    /// columns away, is cut off; a wide character of which only half fits leaves a blank.
    ///
    /// - Parameter skipped: how many columns of the text are scrolled out of sight on the left.
    /// - Returns: the columns used, which is where the next text may follow.
    @discardableResult
    package mutating func put(
        _ text: String, at start: Point, style: Style = .text, within columns: Int? = nil,
        skipping skipped: Int = 0
    ) -> Int {
        let first = max(0, start.column)
        var limit = size.columns
        if let columns { limit = min(limit, start.column + max(0, columns)) }
        guard first < limit else { return 0 }
        var column = start.column - max(0, skipped)
        VisibleText.visit(text, unicode: glyphs.isUnicode) { character, width in
            if column >= first, column + width <= limit {
                set(character, width, column: column, row: start.row, style)
            } else {
                for half in max(first, column)..<max(first, min(limit, column + width)) {
                    set(" ", 1, column: half, row: start.row, style)
                }
            }
            column += width
            return column < limit
        }
        return max(0, min(column, limit) - start.column)
    }

    /// Draws pieces of text one after the other.
    @discardableResult
    package mutating func put(
        _ pieces: [StyledText], at start: Point, within columns: Int? = nil
    ) -> Int {
        var used = 0
        for piece in pieces {
            used += put(
                piece.text, at: Point(column: start.column + used, row: start.row),
                style: piece.style, within: columns.map { $0 - used })
        }
        return used
    }

    /// Draws one of our own glyphs, one column wide and known to be harmless.
    mutating func put(glyph: Character, at point: Point, style: Style) {
        guard (0..<size.columns).contains(point.column) else { return }
        set(glyph, 1, column: point.column, row: point.row, style)
    }

    /// Marks text that does not fit: an ellipsis in the last of its columns, if it has more than one.
    package mutating func markCut(_ start: Point, _ columns: Int) {
        guard columns > 1 else { return }
        put(
            glyph: glyphs.ellipsis, at: Point(column: start.column + columns - 1, row: start.row),
            style: .faint)
    }

    /// Fills a part of the surface with one character.
    package mutating func fill(
        _ rect: Rect, _ character: Character = " ", style: Style = .text
    ) {
        guard !rect.isEmpty else { return }
        let width = VisibleText.width(String(character), unicode: glyphs.isUnicode)
        let text = String(repeating: character, count: rect.columns / max(1, width) + 1)
        for row in rows(of: rect) {
            put(text, at: Point(column: rect.column, row: row), style: style, within: rect.columns)
        }
    }

    /// Changes how a part of the surface looks and leaves its text.
    package mutating func restyle(_ rect: Rect, _ change: (inout Style) -> Void) {
        let left = max(0, rect.column)
        let right = min(size.columns, rect.column + rect.columns)
        guard left < right else { return }
        for row in rows(of: rect) {
            for index in row * size.columns + left..<row * size.columns + right {
                change(&cells[index].style)
            }
        }
    }

    /// Shows a part of the surface in reverse video, as the selected row has it.
    package mutating func reverse(_ rect: Rect) {
        restyle(rect) { style in
            // Grey on white would be patches that look like another selection.
            if style.role == .faint { style.role = .text }
            style.attributes.insert(.reverse)
        }
    }

    /// The cells of a row, which must be there.
    package func row(_ number: Int) -> ArraySlice<Cell> {
        cells[number * size.columns..<(number + 1) * size.columns]
    }

    /// Makes a row the same as in another surface of this size.
    package mutating func takeRow(_ number: Int, from other: Surface) {
        cells.replaceSubrange(
            number * size.columns..<(number + 1) * size.columns, with: other.row(number))
    }

    /// What a row says, without the blanks at its end.
    package func text(row: Int) -> String {
        guard (0..<size.rows).contains(row) else { return "" }
        var text = ""
        for cell in cells[row * size.columns..<(row + 1) * size.columns] {
            if let character = cell.text { text.append(character) }
        }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// The rows of `rect` that are on the surface.
    private func rows(of rect: Rect) -> Range<Int> {
        let first = max(0, min(rect.row, size.rows))
        return first..<max(first, min(size.rows, rect.row + rect.rows))
    }

    /// Writes one cell, or two for a wide character. Overwriting half of a wide character blanks
    /// its other half, so that a cell without text always follows one that is two columns wide.
    private mutating func set(
        _ character: Character, _ width: Int, column: Int, row: Int, _ style: Style
    ) {
        guard (0..<size.rows).contains(row) else { return }
        let first = row * size.columns
        let start = first + column
        let end = start + width
        if cells[start].text == nil { cells[start - 1].text = " " }
        if end < first + size.columns, cells[end].text == nil { cells[end].text = " " }
        cells[start] = Cell(character, style)
        if width == 2 { cells[start + 1] = Cell(nil, style) }
    }
}
