extension Pager {
    /// Draws the lines in sight, with what is searched for in reverse video.
    package func draw(into surface: inout Surface, in rect: Rect, style: Style = .text) {
        surface.fill(rect, style: style)
        let matcher = search.map { TextMatcher($0.pattern) }
        let first = firstLine(height: rect.rows)
        for row in 0..<rect.rows {
            guard let line = line(first + row) else { return }
            draw(
                Self.expandingTabs(line), matcher, into: &surface,
                Rect(column: rect.column, row: rect.row + row, columns: rect.columns, rows: 1),
                style)
        }
    }

    private func draw(
        _ line: String, _ matcher: TextMatcher?, into surface: inout Surface, _ rect: Rect,
        _ style: Style
    ) {
        var position = 0
        var column = 0
        while column - left < rect.columns {
            let match = matcher?.firstMatch(in: line, from: position)
            let end = match?.lowerBound ?? line.utf8.count
            column += draw(line, position..<end, at: column, into: &surface, rect, style)
            guard let match else { return }
            column += draw(line, match, at: column, into: &surface, rect, style.reversed)
            position = match.upperBound
        }
    }

    /// Draws some bytes of a line that begin `column` columns from its start, and returns their
    /// width.
    private func draw(
        _ line: String, _ bytes: Range<Int>, at column: Int, into surface: inout Surface,
        _ rect: Rect, _ style: Style
    ) -> Int {
        guard !bytes.isEmpty else { return 0 }
        let utf8 = line.utf8
        let lower = utf8.index(utf8.startIndex, offsetBy: bytes.lowerBound)
        let upper = utf8.index(utf8.startIndex, offsetBy: bytes.upperBound)
        let text = String(decoding: utf8[lower..<upper], as: UTF8.self)
        let offset = max(0, column - left)
        surface.put(
            text, at: Point(column: rect.column + offset, row: rect.row), style: style,
            within: rect.columns - offset, skipping: max(0, left - column))
        return VisibleText.width(
            text, unicode: surface.glyphs.isUnicode, limit: left + rect.columns)
    }

    /// Tools align their columns with tabs; in a name a tab would be written out instead.
    private static func expandingTabs(_ line: String) -> String {
        guard line.utf8.contains(UInt8(ascii: "\t")) else { return line }
        var result = ""
        var column = 0
        for (index, piece) in line.split(separator: "\t", omittingEmptySubsequences: false)
            .enumerated()
        {
            if index > 0 {
                let blanks = 8 - column % 8
                result.append(String(repeating: " ", count: blanks))
                column += blanks
            }
            result.append(contentsOf: piece)
            column += VisibleText.width(String(piece))
        }
        return result
    }
}
