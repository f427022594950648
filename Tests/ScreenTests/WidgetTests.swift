import Testing

@testable import Screen

/// Draws into a surface of its own and returns its rows.
private func drawn(
    _ columns: Int, _ rows: Int, _ glyphs: Glyphs = .ascii,
    _ draw: (inout Surface, Rect) -> Void
) -> [String] {
    var surface = Surface(size: Size(columns: columns, rows: rows), glyphs: glyphs)
    draw(&surface, surface.bounds)
    return (0..<rows).map(surface.text(row:))
}

@Suite struct PictureTests {
    @Test func sparkline() {
        let line = Sparkline([nil, 0, 1, 50, 100, nil, 250], maximum: 100)
        #expect(drawn(7, 1) { line.draw(into: &$0, in: $1) } == [" .-+# #"])
        #expect(drawn(7, 1, .blocks) { line.draw(into: &$0, in: $1) } == [" ▁▂▅█ █"])
        #expect(drawn(9, 1) { line.draw(into: &$0, in: $1) } == ["   .-+# #"])
        // Two in one column: the higher one shows; two that are missing leave a gap.
        let pairs = Sparkline([0, 100, nil, nil, nil, 0], maximum: 100)
        #expect(drawn(3, 1) { pairs.draw(into: &$0, in: $1) } == ["# ."])
        let hostile = Sparkline([.nan, .infinity, -1], maximum: 0)
        #expect(drawn(3, 1) { hostile.draw(into: &$0, in: $1) } == ["  ."])
    }

    @Test func meter() {
        #expect(drawn(10, 1) { Meter(0.5).draw(into: &$0, in: $1) } == ["#####"])
        #expect(drawn(10, 1) { Meter(0.0001).draw(into: &$0, in: $1) } == ["#"])
        #expect(drawn(10, 1) { Meter(0.9999).draw(into: &$0, in: $1) } == ["#########"])
        #expect(drawn(10, 1) { Meter(7).draw(into: &$0, in: $1) } == ["##########"])
        #expect(drawn(10, 1) { Meter(nil).draw(into: &$0, in: $1) } == [""])
        #expect(drawn(4, 1, .blocks) { Meter(0.4).draw(into: &$0, in: $1) } == ["█▋"])
    }

    @Test func curvesLieOverEachOther() {
        var chart = Chart([0, 1, 2, 3], span: "4s") { "\(Int($0))" }
        chart.overlays = [Chart.Overlay([nil, 6, 3, 0], mark: "1")]
        // The scale holds for all of them: 6 is the top.
        #expect(
            drawn(14, 4) { chart.draw(into: &$0, in: $1) } == [
                "6|         1", " |          1-", " |        _- 1", "0+--------- 4s",
            ])
    }

    private static let growth = Chart(
        [nil, nil, 0, 2, 4, 6, 8, 10, nil, 10, 5, 0], restarts: [9], span: "60s"
    ) { "\(Int($0))G" }

    @Test func chart() {
        let chart = Self.growth
        #expect(
            drawn(22, 5) { chart.draw(into: &$0, in: $1) } == [
                #"10G|            _" ""#,
                #"   |           -    _"#,
                #" 5G|          -"#,
                #"   |        _"       _"#,
                " 0G+60s -----------^--",
            ])
        #expect(
            drawn(22, 5, .blocks) { chart.draw(into: &$0, in: $1) } == [
                "10G│            ▂█ █", "   │           ▄██ █▁", " 5G│          ▅███ ██",
                "   │        ▁▇████ ██▁", " 0G└60s ───────────^──",
            ])
        #expect(
            drawn(22, 5, .braille) { chart.draw(into: &$0, in: $1) } == [
                "10G│               ⡸⠈⡆", "   │              ⢠⠃ ⡇", " 5G│              ⡎  ⢸",
                "   │             ⡸   ⢸", " 0G└60s ───────────^──",
            ])
    }

    @Test func chartInLittleSpace() {
        var chart = Self.growth
        chart.scale = .fitted
        chart.restarts = []
        #expect(drawn(12, 1) { chart.draw(into: &$0, in: $1) } == [#"  __--"" "-_"#])
        #expect(
            drawn(12, 2, .blocks) { chart.draw(into: &$0, in: $1) } == [
                "     ▂▅█ █▁", "  ▁▄▇███ ██▁",
            ])
    }

    @Test func flatCurveStandsInTheMiddle() {
        var chart = Chart(Array(repeating: 5, count: 4), scale: .fitted) { "\(Int($0))" }
        #expect(
            drawn(12, 4) { chart.draw(into: &$0, in: $1) } == [
                "6|", " |      ----", " |", "4+----------",
            ])
        chart.scale = .fromZero(maximum: nil)
        chart.values = [0, 0]
        #expect(drawn(4, 1) { chart.draw(into: &$0, in: $1) } == ["  __"])
    }

    @Test func chartWithoutData() {
        let chart = Chart([nil, nil]) { "\($0)" }
        #expect(drawn(20, 3) { chart.draw(into: &$0, in: $1) } == ["no data yet", "", ""])
    }

    @Test(arguments: Glyphs.allCases)
    func anySize(_ glyphs: Glyphs) {
        var table = Table(
            columns: [
                .init("a", "NAME", .flexible(minimum: 4), .left, rank: 0),
                .init("b", "CPU%", .fixed(5), rank: 1),
                .init("c", "LINE", .fixed(6), .left, rank: 2),
            ])
        table.order = .init(column: "b", isDescending: true)
        var pager = Pager()
        pager.append("one\ntwo\twords\n\u{1b}[31mred 漢字\n")
        pager.find("w", height: 2)
        for columns in 0..<24 {
            for rows in 0..<7 {
                for scale in [Chart.Scale.fitted, .fromZero(maximum: 7), .fromZero(maximum: nil)] {
                    var chart = Self.growth
                    chart.scale = scale
                    _ = drawn(columns, rows, glyphs) { chart.draw(into: &$0, in: $1) }
                }
                _ = drawn(columns, rows, glyphs) { surface, rect in
                    table.draw(into: &surface, in: rect, rows: 5, selected: 1) { row, id in
                        id == "c"
                            ? .sparkline(Sparkline([1, 2, nil], maximum: 2))
                            : .text(StyledText("漢字\(row)"))
                    }
                }
                _ = drawn(columns, rows, glyphs) { pager.draw(into: &$0, in: $1) }
                _ = drawn(columns, rows, glyphs) {
                    Card(title: "help", rows: [["a"], ["漢字漢字"], []]).draw(into: &$0, in: $1)
                }
                _ = drawn(columns, rows, glyphs) { TextField("漢字 abc").draw(into: &$0, in: $1) }
                _ = drawn(columns, rows, glyphs) { Meter(0.3).draw(into: &$0, in: $1) }
            }
        }
    }
}

@Suite struct TableTests {
    private static let table = Table(
        columns: [
            .init("tid", "TID", .fixed(5), rank: 0),
            .init("name", "NAME", .flexible(minimum: 6), .left, rank: 1),
            .init("cpu", "CPU%", .fixed(5), rank: 2),
            .init("where", "WHERE", .fixed(8), .left, rank: 3),
        ], order: .init(column: "cpu", isDescending: true))

    private func draw(_ columns: Int, _ rows: Int, selected: Int? = 1) -> [String] {
        drawn(columns, rows) { surface, rect in
            Self.table.draw(into: &surface, in: rect, rows: 4, selected: selected) { row, column in
                switch column {
                case "tid": .text(StyledText("\(4127 + row)"))
                case "name": .text(StyledText(row == 2 ? "a rather long name" : "poll"))
                case "cpu": .pieces([StyledText(row == 3 ? "1234567.8" : "99.8", .critical), "!"])
                default: .text("[running]")
                }
            }
        }
    }

    @Test func fullWidth() {
        #expect(
            draw(34, 6) == [
                "   TID NAME         vCPU% WHERE",
                "  4127 poll         99.8! [runnin~",
                "> 4128 poll         99.8! [runnin~",
                "  4129 a rather lo~ 99.8! [runnin~",
                "  4130 poll         ##### [runnin~",
                "",
            ])
    }

    @Test func columnsGoByRank() {
        #expect(draw(20, 2) == ["   TID NAME    vCPU%", "  4127 poll    99.8!"])
        #expect(draw(14, 2) == ["   TID NAME", "  4127 poll"])
        #expect(draw(4, 2) == [" TID", " ###"])
    }

    @Test func selectedRowIsMarkedAndReversed() {
        var surface = Surface(size: Size(columns: 20, rows: 4))
        Self.table.draw(into: &surface, in: surface.bounds, rows: 3, selected: 1) { _, _ in
            .text(StyledText("x", .critical))
        }
        #expect(surface[Point(column: 0, row: 2)].text == ">")
        for column in 0..<20 {
            for row in 0..<4 {
                let style = surface[Point(column: column, row: row)].style
                #expect(style.attributes.contains(.reverse) == (row == 2))
            }
        }
    }

    @Test func hiddenColumnsAreNotAskedFor() {
        var asked: Set<String> = []
        var surface = Surface(size: Size(columns: 8, rows: 3))
        Self.table.draw(into: &surface, in: surface.bounds, rows: 3, selected: nil) { _, column in
            asked.insert(column)
            return .text("1")
        }
        #expect(asked == ["tid"])
    }
}

@Suite struct PagerTests {
    private func pager(_ lines: Int) -> Pager {
        var pager = Pager(lineLimit: 100)
        for line in 0..<lines { pager.append("line \(line)") }
        return pager
    }

    @Test func followsTheEndUntilScrolled() {
        var pager = pager(10)
        #expect(drawn(8, 2) { pager.draw(into: &$0, in: $1) } == ["line 8", "line 9"])
        pager.scroll(by: -1, height: 2)
        pager.append("line 10")
        #expect(drawn(8, 2) { pager.draw(into: &$0, in: $1) } == ["line 7", "line 8"])
        #expect(!pager.isFollowing)
        pager.scrollToEnd()
        pager.append("line 11")
        #expect(drawn(8, 2) { pager.draw(into: &$0, in: $1) } == ["line 10", "line 11"])
        pager.scrollToStart()
        #expect(pager.firstLine(height: 2) == 0)
        pager.scroll(by: 4, height: 5)
        #expect(pager.firstLine(height: 5) == 4)
    }

    @Test func linesCutAnywhereAreWhole() {
        let text = "one\r\ntwo\n\n" + String(repeating: "x", count: 20_000) + "\nlast"
        var whole = Pager()
        whole.append(Array(text.utf8))
        var cut = Pager()
        for byte in text.utf8 { cut.append([byte]) }
        let lines = whole.lineNumbers.compactMap { whole.line($0) }
        #expect(lines == cut.lineNumbers.compactMap { cut.line($0) })
        #expect(lines.map(\.utf8.count) == [3, 3, 0, 16_384, 3616, 4])
    }

    @Test func dropsTheOldestAndStaysInPlace() {
        var pager = pager(100)
        pager.scrollToStart()
        pager.scroll(by: 50, height: 2)
        for line in 100..<140 { pager.append("line \(line)") }
        #expect(pager.droppedLines == 40)
        #expect(pager.lineNumbers == 40..<140)
        #expect(drawn(8, 1) { pager.draw(into: &$0, in: $1) } == ["line 50"])
        for line in 140..<5000 { pager.append("line \(line)") }
        #expect(pager.lineNumbers == 4900..<5000)
        #expect(drawn(9, 1) { pager.draw(into: &$0, in: $1) } == ["line 4900"])
        #expect(pager.line(4899) == nil)
    }

    @Test func bytesMayBeCutAnywhere() {
        let text = "één\r\n漢字\n\u{1b}[0m\nlast"
        for size in 1...8 {
            var pager = Pager()
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                pager.append(bytes[start..<min(start + size, bytes.count)])
            }
            #expect(
                drawn(8, 4, .blocks) { pager.draw(into: &$0, in: $1) }
                    == ["één", "漢字", "\\e[0m", "last"])
        }
    }

    @Test func staysWithinItsBytes() {
        var pager = Pager(lineLimit: 1000, byteLimit: 1000)
        for _ in 0..<100 { pager.append(String(repeating: "x", count: 99)) }
        #expect(pager.lineNumbers.count == 10)
        pager.append(String(repeating: "y", count: 40_000))
        #expect(pager.lineNumbers.count == 1)
    }

    @Test func scrollsSideways() {
        var pager = Pager()
        pager.append("0123456789\tab")
        pager.scroll(columns: 8)
        #expect(drawn(12, 1) { pager.draw(into: &$0, in: $1) } == ["89      ab"])
        for _ in 0..<3 { pager.scroll(columns: -8) }
        #expect(drawn(5, 1) { pager.draw(into: &$0, in: $1) } == ["01234"])
    }

    @Test func searchesBothWaysAroundTheEnd() {
        var pager = pager(30)
        pager.scrollToStart()
        pager.find("LINE 2", height: 5)
        #expect(pager.search?.line == nil, "an upper-case pattern means upper case")
        pager.find("ine 2", height: 5)
        #expect(pager.search?.line == 2)
        pager.findNext(height: 5)
        #expect(pager.search?.line == 20)
        #expect((pager.firstLine(height: 5)..<pager.firstLine(height: 5) + 5).contains(20))
        pager.findNext(backward: true, height: 5)
        pager.findNext(backward: true, height: 5)
        #expect(pager.search?.line == 29)
        pager.find("", height: 5)
        #expect(pager.search == nil)
    }

    @Test func matchesAreReversed() {
        var pager = Pager()
        pager.append("ab 漢AB ab")
        pager.find("ab", height: 1)
        var surface = Surface(size: Size(columns: 12, rows: 1))
        pager.draw(into: &surface, in: surface.bounds)
        let reversed = (0..<12).filter {
            surface[Point(column: $0, row: 0)].style.attributes.contains(.reverse)
        }
        #expect(reversed == [0, 1, 5, 6, 8, 9])
    }
}

@Suite struct CardTests {
    @Test func isNoLargerThanItsRowsAndItsPlace() {
        let card = Card(
            title: "Threads",
            rows: [
                [StyledText("j k", .accent), StyledText("    move")], [StyledText("Enter  open")],
            ])
        #expect(
            drawn(20, 6) { card.draw(into: &$0, in: $1) } == [
                "", "  + Threads ----+", "  | j k    move |", "  | Enter  open |",
                "  +-------------+", "",
            ])
        #expect(
            drawn(10, 3) { card.draw(into: &$0, in: $1) } == [
                "+ Threads+", "| j k    |", "+ 1 more +",
            ])
        #expect(
            drawn(10, 3) { card.draw(into: &$0, in: $1, from: 9) } == [
                "+ Threads+", "| Enter  |", "+ end ---+",
            ])
        #expect(drawn(5, 2) { card.draw(into: &$0, in: $1) } == ["j k", "Enter"])
        #expect(card.visibleRows(in: Rect(column: 0, row: 0, columns: 10, rows: 3)) == 1)
    }
}

@Suite struct TextFieldTests {
    private func type(_ keys: [Key], into text: String = "") -> TextField {
        var field = TextField(text)
        for key in keys { _ = field.handle(key) }
        return field
    }

    @Test func edits() {
        #expect(type([.character("a"), .character("é")]).text == "aé")
        #expect(type([.backspace], into: "漢字").text == "漢")
        #expect(type([.left, .left, .character("x"), .right, .delete], into: "abc").text == "axb")
        #expect(type([.home, .backspace, .delete, .end], into: "abc").text == "bc")
        #expect(type([.left, .control("u")], into: "abc").text == "c")
        #expect(type([.left, .control("k")], into: "abc").text == "ab")
        #expect(type([.control("w")], into: "one two ").text == "one ")
        var field = TextField("a")
        for key in [Key.enter, .escape, .up, .function(1)] {
            let isUsed = field.handle(key)
            #expect(!isUsed)
        }
    }

    @Test func keepsTheCursorInSight() {
        var surface = Surface(size: Size(columns: 6, rows: 1))
        let field = TextField("0123456789")
        field.draw(into: &surface, in: Rect(column: 1, row: 0, columns: 4, rows: 1))
        #expect(surface.text(row: 0) == " 789")
        #expect(surface.cursor == Point(column: 4, row: 0))
    }
}
