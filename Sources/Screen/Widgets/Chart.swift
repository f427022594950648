/// A curve over time, newest on the right. What was not measured stays blank.
///
/// With three rows or more there is a time axis below, with enough columns a value axis on the
/// left; in less space the curve stands alone.
package struct Chart: Sendable {
    package enum Scale: Hashable, Sendable {
        /// From zero to a given value, or to the highest there is.
        case fromZero(maximum: Double?)
        /// From the lowest value to the highest.
        case fitted
    }

    /// Another curve over the same time, drawn over the first with a mark of its own, so that curves
    /// are told apart without colour.
    package struct Overlay: Hashable, Sendable {
        package var values: [Double?]
        package var mark: Character
        package var style: Style

        package init(_ values: [Double?], mark: Character, style: Style = .text) {
            self.values = values
            self.mark = mark
            self.style = style
        }
    }

    /// Oldest first, one for each step of time.
    package var values: [Double?]
    package var overlays: [Overlay] = []
    package var scale: Scale
    /// Which values are the first ones of something new: marked on the time axis.
    package var restarts: [Int]
    /// The time that the values cover, in words for people.
    package var span: String
    package var style: Style
    /// A value in words for people, with its unit.
    package var label: @Sendable (Double) -> String

    package init(
        _ values: [Double?], scale: Scale = .fromZero(maximum: nil), restarts: [Int] = [],
        span: String = "", style: Style = .text, label: @escaping @Sendable (Double) -> String
    ) {
        self.values = values
        self.scale = scale
        self.restarts = restarts
        self.span = span
        self.style = style
        self.label = label
    }

    package func draw(into surface: inout Surface, in rect: Rect) {
        guard !rect.isEmpty else { return }
        surface.fill(rect)
        guard let range = range() else {
            surface.put("no data yet", at: rect.origin, style: .faint, within: rect.columns)
            return
        }
        var plot = rect
        let axis = rect.rows >= 3 ? plot.takeBottom(1) : nil
        let labels = labels(range, rows: plot.rows)
        let gutter = 1 + labels.reduce(0) { max($0, VisibleText.width($1.text)) }
        if axis != nil, rect.columns >= gutter + 8 {
            plot = Rect(
                column: rect.column + gutter, row: rect.row, columns: rect.columns - gutter,
                rows: plot.rows)
            drawValueAxis(labels, into: &surface, left: rect.column, plot)
        }
        func heights(_ values: [Double?], _ steps: Int) -> [Double?] {
            Series.columns(of: values, steps).map { value in
                value.map { ($0 - range.lowerBound) / (range.upperBound - range.lowerBound) }
            }
        }
        let canvas = Canvas(plot: plot, style: style)
        canvas.draw(heights(values, canvas.steps(surface.glyphs)), into: &surface)
        for overlay in overlays {
            Canvas(plot: plot, style: overlay.style).draw(
                heights(overlay.values, plot.columns), as: overlay.mark, into: &surface)
        }
        let restarts = restartColumns(plot.columns)
        var marks = plot.row + plot.rows - 1
        if let axis {
            marks = axis.row
            drawTimeAxis(
                into: &surface,
                Rect(column: plot.column, row: axis.row, columns: plot.columns, rows: 1),
                restarts: restarts)
        }
        for column in restarts {
            surface.put(
                glyph: surface.glyphs.restart, at: Point(column: plot.column + column, row: marks),
                style: .warning)
        }
    }

    /// The values that the bottom and the top stand for; nil without a value.
    private func range() -> ClosedRange<Double>? {
        let known = (values + overlays.flatMap(\.values)).compactMap(Series.finite)
        guard let lowest = known.min(), let highest = known.max() else { return nil }
        switch scale {
        case .fromZero(let maximum):
            let top = maximum ?? highest
            return 0...(top > 0 ? top : 1)
        case .fitted:
            // A flat line is drawn in the middle, between values that differ from it.
            let margin = lowest == highest ? max(abs(lowest) / 10, 1) : 0
            return lowest - margin...highest + margin
        }
    }

    /// What the upper edge of a row stands for, counted from the top of the plot.
    private func labels(
        _ range: ClosedRange<Double>, rows: Int
    ) -> [(row: Int, text: String)] {
        var marked = [0, rows]
        if rows >= 4, rows.isMultiple(of: 2) { marked.insert(rows / 2, at: 1) }
        return marked.map { row in
            let fraction = Double(row) / Double(rows)
            let value = range.upperBound - (range.upperBound - range.lowerBound) * fraction
            return (row, label(value))
        }
    }

    private func drawValueAxis(
        _ labels: [(row: Int, text: String)], into surface: inout Surface, left: Int, _ plot: Rect
    ) {
        let bar = plot.column - 1
        for row in 0..<plot.rows {
            surface.put(
                glyph: surface.glyphs.bar, at: Point(column: bar, row: plot.row + row),
                style: .faint)
        }
        surface.put(
            glyph: surface.glyphs.origin, at: Point(column: bar, row: plot.row + plot.rows),
            style: .faint)
        for label in labels {
            let width = VisibleText.width(label.text, unicode: surface.glyphs.isUnicode)
            surface.put(
                label.text, at: Point(column: max(left, bar - width), row: plot.row + label.row),
                style: .faint, within: bar - left)
        }
    }

    /// The span stands at the right end, or at the left one where it would meet a restart.
    private func drawTimeAxis(into surface: inout Surface, _ rect: Rect, restarts: [Int]) {
        surface.fill(rect, surface.glyphs.rule, style: .faint)
        let width = VisibleText.width(span, unicode: surface.glyphs.isUnicode) + 1
        guard width > 1, width < rect.columns else { return }
        let right = rect.columns - width
        if restarts.contains(where: { $0 >= right }), !restarts.contains(where: { $0 < width }) {
            surface.put(span + " ", at: rect.origin, style: .faint)
        } else {
            surface.put(
                " " + span, at: Point(column: rect.column + right, row: rect.row), style: .faint)
        }
    }

    /// The columns in which something new begins.
    private func restartColumns(_ columns: Int) -> [Int] {
        restarts.filter(values.indices.contains)
            .map { Series.column(ofValueAt: $0, among: values.count, columns) }
            .filter((0..<columns).contains)
    }
}
