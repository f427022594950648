/// A row of small columns, newest on the right. Nothing measured leaves a blank; a measured zero
/// shows the lowest glyph, and anything above zero shows more than that.
package struct Sparkline: Hashable, Sendable {
    /// Oldest first.
    package var values: [Double?]
    /// What a full cell stands for.
    package var maximum: Double
    package var style: Style

    package init(_ values: [Double?], maximum: Double, style: Style = .text) {
        self.values = values
        self.maximum = maximum
        self.style = style
    }

    /// Draws in the first row of `rect`. Where values outnumber columns, each column shows the
    /// highest of its share, so that no peak is hidden.
    package func draw(into surface: inout Surface, in rect: Rect) {
        guard !rect.isEmpty else { return }
        let levels = surface.glyphs.levels
        surface.fill(Rect(column: rect.column, row: rect.row, columns: rect.columns, rows: 1))
        for (offset, value) in Series.columns(of: values, rect.columns).enumerated() {
            guard let value else { continue }
            let level = Series.level(of: value / maximum, among: levels.count)
            surface.put(
                glyph: levels[level],
                at: Point(column: rect.column + offset, row: rect.row), style: style)
        }
    }
}
