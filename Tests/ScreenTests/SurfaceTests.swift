import Testing

@testable import Screen

@Suite struct SurfaceTests {
    private func surface(_ columns: Int, _ rows: Int = 1, _ glyphs: Glyphs = .blocks) -> Surface {
        Surface(size: Size(columns: columns, rows: rows), glyphs: glyphs)
    }

    @Test func clipsAtTheEdgeAndWithin() {
        var surface = surface(5)
        #expect(surface.put("abcdefg", at: Point(column: 2, row: 0)) == 3)
        #expect(surface.text(row: 0) == "  abc")
        #expect(surface.put("xyz", at: Point(column: 0, row: 0), within: 1) == 1)
        #expect(surface.text(row: 0) == "x abc")
        #expect(surface.put("z", at: Point(column: 9, row: 0)) == 0)
        #expect(surface.put("z", at: Point(column: 0, row: 0), within: -1) == 0)
        surface.put("abc", at: Point(column: -2, row: 0))
        #expect(surface.text(row: 0) == "c abc")
        surface.put("gone", at: Point(column: 0, row: 1))
        surface.put("gone", at: Point(column: 0, row: -1))
        #expect(surface.text(row: 0) == "c abc")
    }

    @Test func wideCharactersTakeTwoColumnsOrABlank() {
        var surface = surface(5)
        #expect(surface.put("漢字漢", at: Point(column: 0, row: 0)) == 5)
        #expect(surface.cells.map(\.text) == ["漢", nil, "字", nil, " "])
        #expect(surface.put("漢", at: Point(column: 1, row: 0)) == 2)
        #expect(surface.cells.map(\.text) == [" ", "漢", nil, " ", " "])
        surface.put("a", at: Point(column: 2, row: 0))
        #expect(surface.cells.map(\.text) == [" ", " ", "a", " ", " "])
    }

    @Test func skipsWhatIsScrolledOut() {
        var surface = surface(6)
        #expect(surface.put("abcdef", at: Point(column: 1, row: 0), skipping: 2) == 4)
        #expect(surface.text(row: 0) == " cdef")
        surface.fill(surface.bounds)
        #expect(surface.put("漢字", at: Point(column: 1, row: 0), skipping: 1) == 3)
        #expect(surface.cells.map(\.text) == [" ", " ", "字", nil, " ", " "])
    }

    @Test func asciiSurfacesHoldASCIIOnly() {
        var surface = surface(30, 1, .ascii)
        surface.put("é漢e\u{301}\u{1b}👍🏽\u{202e}─", at: Point(column: 0, row: 0))
        #expect(surface.text(row: 0) == "??" + "??" + "\\e" + "??" + "\\u{202e}?")
    }

    @Test func fillAndRestyle() {
        var surface = surface(5, 3)
        surface.fill(Rect(column: 1, row: 1, columns: 9, rows: 9), "漢", style: .good)
        #expect((0..<3).map(surface.text(row:)) == ["", " 漢漢", " 漢漢"])
        surface.fill(Rect(column: 2, row: 1, columns: 2, rows: 1), ".")
        #expect(surface.text(row: 1) == "  ..")
        surface.reverse(Rect(column: -4, row: 2, columns: 6, rows: 40))
        #expect(surface[Point(column: 1, row: 2)].style == Style.good.reversed)
        #expect(surface[Point(column: 2, row: 2)].style == .good)
        surface.reverse(Rect(column: 0, row: 7, columns: 3, rows: 1))
        surface.fill(Rect(column: 7, row: 0, columns: 3, rows: 1), "x")
        #expect(surface[Point(column: 99, row: 0)] == .blank)
    }

    /// What no drawing may ever break: a cell without text follows one that is two columns wide,
    /// and only such a cell is followed by one.
    private func expectSound(_ surface: Surface) {
        for row in 0..<surface.size.rows {
            for column in 0..<surface.size.columns {
                let text = surface[Point(column: column, row: row)].text
                let next = surface[Point(column: column + 1, row: row)].text
                if let text {
                    let width = CharacterWidth.of(text)
                    #expect(width == 1 || width == 2, "\(text)")
                    #expect((next == nil) == (width == 2))
                } else {
                    #expect(column > 0 && next != nil)
                }
            }
        }
    }

    @Test(arguments: Glyphs.allCases)
    func randomDrawingKeepsCellsWhole(_ glyphs: Glyphs) {
        var random = Lehmer(state: 2)
        let pieces = [
            "a", "bc", "漢", "字漢字", "e\u{301}", "👨‍👩‍👧", "🇩🇪", "👍🏽", "❤\u{fe0f}", "\u{1b}[2J", "שלום",
            "\u{301}", "각", "\u{1100}\u{1161}\u{11a8}", "\u{11a8}", "क्षि", "\u{202e}", "1\u{20e3}",
            "Z̸̧̛̥̩͇̲̍̂̊̋̓", "\u{e0001}", "\u{feff}", "\r\n",
        ]
        for _ in 0..<400 {
            let size = Size(columns: random.next(12), rows: random.next(4))
            var surface = Surface(size: size, glyphs: glyphs)
            for _ in 0..<20 {
                let place = Point(column: random.next(16) - 3, row: random.next(6) - 1)
                let rect = Rect(
                    column: place.column, row: place.row, columns: random.next(9),
                    rows: random.next(4))
                switch random.next(4) {
                case 0: surface.fill(rect, random.next(2) == 0 ? "漢" : ".")
                case 1: surface.reverse(rect)
                default:
                    let text = (0..<3).map { _ in pieces[random.next(pieces.count)] }.joined()
                    surface.put(
                        text, at: place, within: random.next(3) == 0 ? nil : random.next(9),
                        skipping: random.next(3) == 0 ? random.next(5) : 0)
                }
            }
            expectSound(surface)
            if glyphs == .ascii {
                #expect(surface.cells.allSatisfy { $0.text?.isASCII ?? false })
            }
        }
    }
}

/// A random number generator that gives the same numbers in every run.
struct Lehmer {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }
}
