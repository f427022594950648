import Dashboard
import ProcSampling
import Screen
import Testing
import Units

/// For how long the hottest thread has been hot, as the Overview's HOT line says.
@Suite struct HotSpellTests {
    private static let poll = 1

    private func heat(_ scene: inout Scene, _ seconds: Int, _ cpu: Double) {
        scene.sample(seconds) { snapshot in
            snapshot.processes[2].threads[Self.poll].cpu = Percent(cpu)
            snapshot.processes[2].hottestCPU = Percent(cpu)
        }
    }

    @Test func itGoesOnWithEachSampleAndBeginsAnewAfterABreak() {
        var scene = Scene(columns: 120, rows: 40)
        heat(&scene, 30, 99)
        #expect(scene.shows(" for 29s+"))
        heat(&scene, 1, 50)
        #expect(!scene.shows(" for 2"))
        heat(&scene, 6, 99)
        #expect(scene.shows(" for 5s+"))
        // What the screen says of a moment before is what it said then.
        scene.press(.character("["), .character("["))
        #expect(scene.shows(" for 3s+"))
    }

    /// The screen never says more than one finds by going back.
    @Test func itReachesNoFurtherThanTheHistory() {
        var scene = Scene(columns: 120, rows: 40)
        heat(&scene, 1000, 99)
        #expect(scene.shows(" for 15m00s+"))
        scene.press(.character("2"), .character("1"))
        #expect(scene.shows(" for 15m00s+"))
    }

    /// Another view has no HOT line; who comes back has the whole time.
    @Test func itIsNotForgottenInAnotherView() {
        var scene = Scene(columns: 120, rows: 40)
        heat(&scene, 10, 99)
        scene.press(.character("2"))
        heat(&scene, 10, 99)
        scene.press(.character("1"))
        #expect(scene.shows(" for 19s+"))
        heat(&scene, 1, 99)
        #expect(scene.shows(" for 20s+"))
    }
}
