import Dashboard
import ProcSampling
import Screen
import Testing
import Units

@Suite struct TimeTests {
    /// Every second another CPU % of the thread `poll`.
    private func scene(seconds: Int) -> Scene {
        var scene = Scene(place: .threads(of: Scene.streamd))
        for second in 0..<seconds {
            scene.sample { snapshot in
                snapshot.processes[2].threads[1].cpu = Percent(Double(second % 90) + 1)
            }
        }
        return scene
    }

    @Test func freezeStandsWhileCollectionGoesOn() {
        var scene = scene(seconds: 10)
        scene.press(.character("z"))
        scene.sample(42)
        #expect(scene.row(0).contains("FROZEN -42s"))
        #expect(scene.row(3).contains(" 10.0 "))
        scene.press(.character("z"))
        #expect(scene.row(0).contains("LIVE"))
        scene.press(.character("z"), .character(" "))
        #expect(scene.row(0).contains("LIVE"))
    }

    @Test func bracketsStepBySample() {
        var scene = scene(seconds: 20)
        scene.press(.character("["), .character("["))
        #expect(scene.row(0).contains("FROZEN -2s"))
        #expect(scene.row(3).contains(" 18.0 "))
        // All rows are there.
        #expect(!scene.row(1).contains("recorded"))
        scene.press(.character("]"))
        #expect(scene.row(3).contains(" 19.0 "))
        scene.press(.character("]"))
        #expect(scene.row(0).contains("LIVE"))
    }

    @Test func bracesStepByMinuteAndStopAtTheOldest() {
        var scene = scene(seconds: 200)
        scene.press(.character("{"), .character("{"))
        #expect(scene.row(0).contains("FROZEN -2m00s"))
        scene.press(.character("{"), .character("{"), .character("{"))
        #expect(scene.row(0).contains("FROZEN -3m19s"))
        #expect(scene.row(23).contains("the oldest sample kept"))
        scene.press(.character("}"))
        #expect(scene.row(0).contains("FROZEN -2m19s"))
    }

    @Test func whatStandsShowsTheCurveThatWasThen() {
        var scene = Scene(columns: 80, rows: 24, place: .threads(of: Scene.streamd))
        scene.sample(20)
        scene.press(.enter, .character("z"))
        let screen = scene.state.render()
        scene.sample(200) { $0.processes[2].threads[1].cpu = Percent(1.0) }
        let later = scene.state.render()
        // All but the header, which says how long ago it was.
        for row in 1..<23 { #expect(later.text(row: row) == screen.text(row: row)) }
        #expect(scene.shows("HOT for 19s+"))
        #expect(scene.row(0).contains("FROZEN -3m20s"))
    }

    @Test func stepsOfAMinuteAreMinutesWhateverTheInterval() {
        var scene = scene(seconds: 60)
        // From then on a sample every ten seconds.
        for _ in 0..<12 {
            scene.snapshot.time.seconds += 9
            scene.snapshot.host.uptime = scene.snapshot.host.uptime.map { $0 + 9 }
            scene.snapshot.interval = .seconds(10)
            scene.sample()
        }
        scene.press(.character("{"))
        #expect(scene.row(0).contains("FROZEN -1m00s"))
        scene.press(.character("{"), .character("{"))
        // The samples of the first minute are a second apart.
        #expect(scene.row(0).contains("FROZEN -2m59s"))
        scene.press(.character("}"))
        #expect(scene.row(0).contains("FROZEN -2m00s") || scene.row(0).contains("FROZEN -1m59s"))
        scene.press(.character("}"), .character("}"))
        #expect(scene.row(0).contains("LIVE"))
    }

    @Test func aClockThatIsSetChangesNoDistance() {
        var scene = scene(seconds: 100)
        scene.snapshot.time.seconds += 86_400
        scene.sample(30)
        scene.press(.character("{"))
        #expect(scene.row(0).contains("FROZEN -1m00s"))
    }

    @Test func theSelectionWaitsForARowThatIsNotInTheRecordedSample() {
        var scene = Scene(place: .threads(of: Scene.streamd))
        // poll is not in the third sample.
        func work(_ snapshot: inout Snapshot, _ cpu: Double) {
            snapshot.processes[2].threads[1].cpu = Percent(cpu)
        }
        let threads = scene.snapshot.processes[2].threads
        scene.press(.character("2"), .escape)
        scene.sample(2) { work(&$0, 50) }
        scene.sample { $0.processes[2].threads.remove(at: 1) }
        scene.sample(2) { snapshot in
            snapshot.processes[2].threads = threads
            work(&snapshot, 50)
        }
        scene.press(.character("1"), .enter)
        #expect(scene.state.level.list.selected == .thread(Scene.poll))
        scene.press(.character("["), .character("["))
        #expect(!scene.shows("4127 poll"))
        #expect(scene.rows(3..<23).allSatisfy { !$0.hasPrefix(">") })
        scene.press(.enter)
        #expect(scene.row(23).contains("not in this recorded sample"))
        scene.press(.character("["))
        #expect(scene.row(3).hasPrefix(">   4127 poll"))
        scene.press(.character("]"), .character("]"))
        #expect(scene.row(3).hasPrefix(">   4127 poll"))
        // A filter by hand moves the selection to what it leaves.
        scene.type("/broker")
        #expect(scene.row(3).hasPrefix(">   4131 rdk:broker1"))
        scene.press(.escape, .home)
        #expect(scene.row(3).hasPrefix(">   4127 poll"))
        // Back with time, it has ended: keys act on none until one moves.
        scene.press(.character("["), .character(" "))
        scene.sample { $0.processes[2].threads.remove(at: 1) }
        #expect(scene.rows(3..<23).allSatisfy { !$0.hasPrefix(">") })
        scene.press(.character("p"))
        #expect(scene.row(23).contains("the selected row is gone: it has ended"))
        scene.press(.home)
        #expect(scene.row(3).hasPrefix(">   4131 rdk:broker1"))
    }

    @Test func curvesShowGapsWhereNothingWasSampled() {
        var scene = Scene(columns: 80, rows: 24, place: .threads(of: Scene.streamd))
        scene.sample(30)
        // The machine slept for five minutes.
        scene.snapshot.time.seconds += 300
        scene.snapshot.host.uptime = scene.snapshot.host.uptime.map { $0 + 300 }
        scene.sample(30)
        scene.press(.enter)
        let screen = scene.rows(6..<23).joined(separator: "\n")
        let top = screen.split(separator: "\n").first { $0.contains("\"") } ?? ""
        let plot = top.drop { $0 != "\"" }
        #expect(plot.contains("\" "), "the curve before and after the gap: \(top)")
        #expect(plot.reversed().first == "\"")
    }
}
