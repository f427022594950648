/// A horizontal bar.
package struct Meter: Hashable, Sendable {
    /// From 0 to 1; nil draws nothing.
    package var fraction: Double?
    package var style: Style

    package init(_ fraction: Double?, style: Style = .text) {
        self.fraction = fraction
        self.style = style
    }

    /// Draws in the first row of `rect`. Anything above zero shows, and only a full bar looks full.
    package func draw(into surface: inout Surface, in rect: Rect) {
        guard !rect.isEmpty else { return }
        surface.fill(Rect(column: rect.column, row: rect.row, columns: rect.columns, rows: 1))
        guard let fraction = Series.finite(fraction), fraction > 0 else { return }
        let fractions = surface.glyphs.fractions
        let steps = fractions.count - 1
        let whole = rect.columns * steps
        var filled = Int((min(fraction, 1) * Double(whole)).rounded())
        filled = max(1, fraction < 1 ? min(filled, whole - 1) : whole)
        for column in 0..<rect.columns {
            let part = min(steps, filled - column * steps)
            guard part > 0 else { break }
            surface.put(
                glyph: fractions[part], at: Point(column: rect.column + column, row: rect.row),
                style: style)
        }
    }
}
