import Dashboard
import ProcFormats
import ProcSampling
import Screen
import TestSupport
import Testing
import Units

/// What must hold whatever comes: hostile names, odd sizes, any keys in any order.
@Suite struct RobustnessTests {
    static let hostileNames = [
        "a) R 1 (", "new\nline", "\u{1B}[31mred", "\u{1B}]0;title\u{7}", "\u{FFFD}\u{FFFD}", "",
        "\u{202E}drowssap", "\u{65E5}\u{672C}\u{8A9E}\u{30B9}\u{30EC}", "e\u{301}\u{302}\u{303}",
        "\u{7F}\u{80}\u{9B}31m", "tab\there", "\u{200B}\u{200D}",
    ]

    @Test(arguments: [Glyphs.ascii, .blocks])
    func hostileNamesNeverReachTheScreenRaw(_ glyphs: Glyphs) {
        var scene = Scene(
            columns: 120, rows: 40, glyphs: glyphs, place: .threads(of: Scene.streamd))
        scene.sample { snapshot in
            for (index, name) in Self.hostileNames.enumerated() {
                snapshot.processes[2].threads[index].name = name
            }
            snapshot.processes[2].name = "\u{1B}[2Jgone"
            snapshot.processes[2].command = "\u{1B}[2J\u{202E}cmd"
        }
        scene.sample()
        for key in [Key.tab, .enter, .character("x"), .escape, .escape, .character("1")] {
            let surface = scene.state.render()
            for cell in surface.cells {
                for scalar in cell.text?.unicodeScalars ?? "".unicodeScalars {
                    #expect(scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value))
                    #expect(!(0x202A...0x202E).contains(scalar.value))
                    if glyphs == .ascii { #expect(scalar.value < 0x7F) }
                }
            }
            scene.press(key)
        }
    }

    @Test func hostileNamesLeaveTheColumnsAligned() {
        var scene = Scene(
            columns: 100, rows: 30, glyphs: .blocks, place: .threads(of: Scene.streamd))
        scene.sample { snapshot in
            for (index, name) in Self.hostileNames.enumerated() {
                snapshot.processes[2].threads[index].name = name
            }
        }
        scene.sample()
        let surface = scene.state.render()
        let columns = (0..<surface.size.columns).filter { column in
            surface[Point(column: column, row: 2)].text == "S"
                && surface[Point(column: column - 1, row: 2)].text == " "
                && surface[Point(column: column + 1, row: 2)].text == " "
        }
        let state = columns[0]
        for row in 3..<(3 + Self.hostileNames.count) {
            let letter = surface[Point(column: state, row: row)].text
            #expect(
                letter.map { "RSD".contains($0) } ?? false, "row \(row): \(surface.text(row: row))")
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func anyKeysAtAnySizeLeaveAWholeScreen(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var scene = Scene(glyphs: Glyphs.allCases.randomElement(using: &random) ?? .ascii)
        let keys: [Key] =
            [
                .enter, .escape, .backspace, .delete, .tab, .up, .down, .left, .right, .pageUp,
                .pageDown, .home, .end, .function(1), .function(4), .function(5), .function(6),
                .control("l"),
            ] + "qjkgG/nN<>IPMTHtFz[]{}xspdy:?h+-12w aé\u{65E5}".map(Key.character)
        for _ in 0..<300 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0: scene.sample { Self.shake(&$0, &random) }
            case 1: scene.wait(.milliseconds(Int.random(in: 0..<4000, using: &random)))
            case 2:
                let size = Size(
                    columns: Int.random(in: 0..<140, using: &random),
                    rows: Int.random(in: 0..<50, using: &random))
                _ = scene.state.update(.resize(size), at: scene.now)
            default: scene.press(keys.randomElement(using: &random) ?? .enter)
            }
            let surface = scene.state.render()
            #expect(surface.size == scene.state.size)
            #expect(scene.state.navigation.path.first?.place == .overview)
        }
    }

    @Test func aKeyBeforeTheFirstSampleLeavesNothingDueInThePast() {
        var scene = Scene()
        scene.press(.down)
        scene.wait(.seconds(6))
        #expect(scene.state.wakeAt == nil)
    }

    /// Tasks come and go.
    private static func shake(_ snapshot: inout Snapshot, _ random: inout SeededRandom) {
        if Bool.random(using: &random) { snapshot.processes.shuffle(using: &random) }
        if snapshot.processes.count > 1, Bool.random(using: &random) {
            snapshot.processes.removeLast()
        }
        for index in snapshot.processes.indices where Bool.random(using: &random) {
            snapshot.processes[index].threads.shuffle(using: &random)
            if Bool.random(using: &random), !snapshot.processes[index].threads.isEmpty {
                snapshot.processes[index].threads.removeLast()
            }
        }
    }
}
