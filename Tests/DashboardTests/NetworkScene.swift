import Diagnosis
import ProcSampling
import Screen
import TestSupport
import Units

@testable import Dashboard

extension Scene {
    /// A scene with a network, after so many refreshes of a second each.
    static func network(
        columns: Int = 80, rows: Int = 24, glyphs: Glyphs = .ascii,
        place: Place = .sockets(of: nil), seconds: Int = 5,
        change: (inout NetworkReading) -> Void = { _ in }
    ) -> Scene {
        var scene = Scene(columns: columns, rows: rows, glyphs: glyphs, place: place)
        scene.sample(seconds) { snapshot in
            var reading = Edge07.network(number: snapshot.sequence, at: snapshot.moment)
            change(&reading)
            snapshot.network = reading
        }
        return scene
    }
}
