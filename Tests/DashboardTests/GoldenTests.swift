import Dashboard
import Screen
import Testing

/// Every view at the sizes people have, against text that a person has looked at.
@Suite struct GoldenTests {
    struct Shot: Sendable, CustomTestStringConvertible {
        let columns: Int
        let rows: Int
        let glyphs: Glyphs
        var name: String { "\(columns)x\(rows)-\(glyphs)" }
        var testDescription: String { name }
    }

    static let shots = [
        Shot(columns: 80, rows: 24, glyphs: .ascii), Shot(columns: 80, rows: 24, glyphs: .blocks),
        Shot(columns: 120, rows: 40, glyphs: .blocks), Shot(columns: 40, rows: 10, glyphs: .ascii),
        Shot(columns: 1, rows: 1, glyphs: .ascii),
    ]

    @Test(arguments: shots) func overview(_ shot: Shot) {
        var scene = Scene(columns: shot.columns, rows: shot.rows, glyphs: shot.glyphs)
        scene.sample(30)
        Golden.expect(scene.state.render(), matches: "overview-\(shot.name)")
    }

    @Test(arguments: shots) func threadsOfAProcess(_ shot: Shot) {
        var scene = Scene(
            columns: shot.columns, rows: shot.rows, glyphs: shot.glyphs,
            place: .threads(of: Scene.streamd))
        scene.sample(30)
        Golden.expect(scene.state.render(), matches: "threads-\(shot.name)")
    }

    @Test(arguments: shots) func threadsOfTheHost(_ shot: Shot) {
        var scene = Scene(
            columns: shot.columns, rows: shot.rows, glyphs: shot.glyphs, place: .threads(of: nil))
        scene.sample(30)
        Golden.expect(scene.state.render(), matches: "host-threads-\(shot.name)")
    }

    @Test(arguments: shots) func threadDetail(_ shot: Shot) {
        var scene = Scene(
            columns: shot.columns, rows: shot.rows, glyphs: shot.glyphs,
            place: .threads(of: Scene.streamd))
        scene.sample(30)
        scene.press(.enter)
        scene.sample(30)
        Golden.expect(scene.state.render(), matches: "thread-\(shot.name)")
    }
}
