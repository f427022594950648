import Dashboard
import ProcSampling
import Screen
import TestSupport
import Testing

/// Views 4 and 5 at the sizes people have.
@Suite struct NetworkGoldenTests {
    @Test(arguments: GoldenTests.shots)
    func sockets(_ shot: GoldenTests.Shot) {
        let scene = Scene.network(columns: shot.columns, rows: shot.rows, glyphs: shot.glyphs)
        Golden.expect(scene.state.render(), matches: "sockets-\(shot.name)")
    }

    @Test(arguments: GoldenTests.shots)
    func udp(_ shot: GoldenTests.Shot) {
        let scene = Scene.network(
            columns: shot.columns, rows: shot.rows, glyphs: shot.glyphs, place: .udp)
        Golden.expect(scene.state.render(), matches: "udp-\(shot.name)")
    }

    @Test(arguments: GoldenTests.shots)
    func udpSocket(_ shot: GoldenTests.Shot) {
        var scene = Scene.network(
            columns: shot.columns, rows: shot.rows, glyphs: shot.glyphs, place: .udp)
        scene.press(.enter)
        Golden.expect(scene.state.render(), matches: "udp-socket-\(shot.name)")
    }

    @Test(arguments: GoldenTests.shots)
    func tcpSocket(_ shot: GoldenTests.Shot) {
        let scene = Scene.network(
            columns: shot.columns, rows: shot.rows, glyphs: shot.glyphs,
            place: .socket(Edge07.id(3)))
        Golden.expect(scene.state.render(), matches: "tcp-socket-\(shot.name)")
    }

    @Test(arguments: GoldenTests.shots)
    func losses(_ shot: GoldenTests.Shot) {
        let scene = Scene.network(
            columns: shot.columns, rows: shot.rows, glyphs: shot.glyphs, place: .losses)
        Golden.expect(scene.state.render(), matches: "losses-\(shot.name)")
    }

    @Test(arguments: GoldenTests.shots)
    func routes(_ shot: GoldenTests.Shot) {
        let scene = Scene.network(
            columns: shot.columns, rows: shot.rows, glyphs: shot.glyphs, place: .routes
        ) { $0.routes = Edge07.routes() }
        Golden.expect(scene.state.render(), matches: "routes-\(shot.name)")
    }

    @Test func groups() {
        var scene = Scene.network()
        scene.press(.tab)
        Golden.expect(scene.state.render(), matches: "sockets-by-state-80x24")
        scene.press(.tab, .tab)
        Golden.expect(scene.state.render(), matches: "sockets-by-process-80x24")
    }
}
