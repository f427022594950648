import Glibc
import Screen
import Testing

@testable import CursesScreen

@Suite struct LinePaceTests {
    @Test func whatWasSentTakesItsTime() {
        var pace = LinePace(baud: 9600)
        #expect(pace.bytesPerSecond == 960)
        #expect(pace.wait(at: .zero) == nil)
        pace.sent(96, at: .seconds(3))
        #expect(pace.wait(at: .seconds(3)) == .milliseconds(100))
        pace.sent(48, at: .milliseconds(3050))
        #expect(pace.wait(at: .milliseconds(3050)) == .milliseconds(100))
        #expect(pace.wait(at: .milliseconds(3150)) == nil)
        // Time in which nothing was sent is not saved up.
        pace.sent(96, at: .seconds(60))
        #expect(pace.wait(at: .seconds(60)) == .milliseconds(100))
    }

    @Test(arguments: [(B300, 300), (B9600, 9600), (B19200, 19_200)])
    func aSlowLineSaysSo(_ speed: Int32, _ baud: Int) throws {
        #expect(try slowBaud(of: speed_t(speed)) == baud)
    }

    @Test(arguments: [B0, B38400, B115200])
    func noOtherIsTakenForOne(_ speed: Int32) throws {
        #expect(try slowBaud(of: speed_t(speed)) == nil)
        #expect(LinePace.slowBaud(of: -1) == nil)
    }

    private func slowBaud(of speed: speed_t) throws -> Int? {
        var ends: (master: CInt, slave: CInt) = (-1, -1)
        try #require(openpty(&ends.master, &ends.slave, nil, nil, nil) == 0)
        defer {
            close(ends.master)
            close(ends.slave)
        }
        var modes = termios()
        tcgetattr(ends.slave, &modes)
        cfsetspeed(&modes, speed)
        tcsetattr(ends.slave, TCSANOW, &modes)
        return LinePace.slowBaud(of: ends.slave)
    }

    // MARK: What goes first

    private let size = Size(columns: 20, rows: 6)

    private func surface(_ words: [String], selected: Int? = nil) -> Surface {
        var surface = Surface(size: size)
        for (row, word) in words.enumerated() {
            surface.put(word, at: Point(column: 0, row: row))
        }
        if let selected {
            surface.reverse(Rect(column: 0, row: selected, columns: size.columns, rows: 1))
        }
        return surface
    }

    @Test func theSelectionGoesFirst() {
        let old = surface(["a", "b", "c", "d"], selected: 2)
        let new = surface(["A", "B", "C", "D"], selected: 3)
        let changes = RowChange.all(of: new, since: old, within: size)
        #expect(changes.map(\.row) == [0, 1, 2, 3])
        #expect(RowChange.most(urgent: changes, within: 1).map(\.row) == [2])
        #expect(RowChange.most(urgent: changes, within: 62).map(\.row) == [2, 3])
        #expect(RowChange.most(urgent: changes, within: 1000).map(\.row) == [2, 3, 0, 1])
    }

    @Test func whatIsTypedGoesFirst() {
        var new = surface(["A", "B", "C"])
        new.cursor = Point(column: 1, row: 2)
        let changes = RowChange.all(of: new, since: surface(["a", "b", "c"]), within: size)
        #expect(RowChange.most(urgent: changes, within: 1).map(\.row) == [2])
    }

    @Test func onlyAScreenThatMovedIsScrolled() {
        let old = surface(["a", "b", "c", "d", "e", "f"])
        #expect(RowChange.isScrolled(surface(["b", "c", "d", "e", "f", "g"]), since: old))
        #expect(RowChange.isScrolled(surface(["-", "a", "b", "c", "d", "e"]), since: old))
        #expect(!RowChange.isScrolled(surface(["f", "e", "d", "c", "b", "a"]), since: old))
        #expect(!RowChange.isScrolled(old, since: old))
    }
}
