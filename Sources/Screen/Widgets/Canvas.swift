/// The plot area of a chart: turns heights from 0 to 1 into glyphs.
struct Canvas {
    var plot: Rect
    var style: Style

    /// How many heights fit side by side.
    func steps(_ glyphs: Glyphs) -> Int {
        glyphs == .braille ? plot.columns * 2 : plot.columns
    }

    func draw(_ heights: [Double?], into surface: inout Surface) {
        switch surface.glyphs {
        case .ascii: drawLine(heights, into: &surface)
        case .blocks: drawArea(heights, into: &surface)
        case .braille: drawDots(heights, into: &surface)
        }
    }

    /// One mark for each column, at its height.
    func draw(_ heights: [Double?], as mark: Character, into surface: inout Surface) {
        for (column, height) in heights.enumerated() {
            guard let height else { continue }
            put(mark, column: column, up: level(height, plot.rows), into: &surface)
        }
    }

    private func drawLine(_ heights: [Double?], into surface: inout Surface) {
        let glyphs = surface.glyphs.curve
        for (column, height) in heights.enumerated() {
            guard let height else { continue }
            let level = level(height, plot.rows * glyphs.count)
            put(
                glyphs[level % glyphs.count], column: column, up: level / glyphs.count,
                into: &surface)
        }
    }

    private func drawArea(_ heights: [Double?], into surface: inout Surface) {
        let glyphs = surface.glyphs.curve
        for (column, height) in heights.enumerated() {
            guard let height else { continue }
            let level = level(height, plot.rows * glyphs.count)
            for up in 0..<level / glyphs.count {
                put(glyphs[glyphs.count - 1], column: column, up: up, into: &surface)
            }
            put(
                glyphs[level % glyphs.count], column: column, up: level / glyphs.count,
                into: &surface)
        }
    }

    /// Two dots wide and four high in each cell; neighbours are joined by vertical strokes.
    private func drawDots(_ heights: [Double?], into surface: inout Surface) {
        var dots = Array(repeating: UInt32(0), count: plot.columns * plot.rows)
        var previous: Int?
        for (step, height) in heights.enumerated() {
            guard let height else {
                previous = nil
                continue
            }
            let level = level(height, plot.rows * 4)
            let from = previous ?? level
            // The previous dot stands in its own column already.
            let stroke = level > from ? from + 1...level : level...max(level, from - 1)
            for dot in stroke {
                let cell = (plot.rows - 1 - dot / 4) * plot.columns + step / 2
                dots[cell] |= Self.dot[step % 2][dot % 4]
            }
            previous = level
        }
        for (cell, pattern) in dots.enumerated() where pattern != 0 {
            guard let scalar = Unicode.Scalar(0x2800 + pattern) else { continue }
            let place = Point(
                column: plot.column + cell % plot.columns, row: plot.row + cell / plot.columns)
            surface.put(glyph: Character(scalar), at: place, style: style)
        }
    }

    /// The bits of a braille pattern, by column and from the bottom up (Unicode, "Braille
    /// Patterns").
    private static let dot: [[UInt32]] = [[0x40, 0x04, 0x02, 0x01], [0x80, 0x20, 0x10, 0x08]]

    private func level(_ height: Double, _ count: Int) -> Int {
        max(0, min(count - 1, Int((height * Double(count - 1)).rounded())))
    }

    private func put(
        _ glyph: Character, column: Int, up: Int, into surface: inout Surface
    ) {
        let place = Point(column: plot.column + column, row: plot.row + plot.rows - 1 - up)
        surface.put(glyph: glyph, at: place, style: style)
    }
}
