import Diagnosis
import ProcSampling
import Screen
import Testing

@testable import Dashboard
import Units

/// Findings in the Overview: what they say, and where they lead.
@Suite struct FindingsTests {
    private static func scene(
        columns: Int = 80, rows: Int = 24, glyphs: Glyphs = .ascii
    ) -> Scene {
        Scene.growing(
            .linear, seconds: 300, columns: columns, rows: rows, glyphs: glyphs, place: .overview)
    }

    @Test(arguments: GoldenTests.shots) func overview(_ shot: GoldenTests.Shot) {
        let scene = Self.scene(columns: shot.columns, rows: shot.rows, glyphs: shot.glyphs)
        Golden.expect(scene.state.render(), matches: "findings-\(shot.name)")
    }

    @Test func theSelectedOneShowsItsGrounds() {
        var scene = Self.scene()
        #expect(scene.shows("FINDINGS 1"), "\(scene)")
        #expect(scene.shows("streamd 2214 memory +2.1 MiB/s"), "\(scene)")
        #expect(!scene.shows("why "), "\(scene)")
        scene.press(.home, .up)
        #expect(scene.shows("why "), "\(scene)")
        #expect(scene.shows("next "), "\(scene)")
        Golden.expect(scene.state.render(), matches: "finding-selected-80x24-ascii")
        // Down again, and the list has the selection as before.
        scene.press(.down)
        #expect(!scene.shows("why "))
        #expect(scene.state.list.selectedIndex == 0)
    }

    @Test func oneIsMutedForAReasonAndToldOfAgain() {
        var scene = Self.scene()
        scene.press(.character("m"))
        #expect(scene.shows("select a finding first"))
        scene.press(.tab, .character("m"), .enter)
        #expect(scene.shows("it takes a reason"))
        scene.press(.character("m"))
        scene.type("known, capped on Monday")
        scene.press(.enter)
        #expect(scene.shows("FINDINGS 0, 1 muted"), "\(scene)")
        scene.press(.tab)
        #expect(scene.shows("muted: known, capped on Monday"), "\(scene)")
        scene.press(.character("m"))
        #expect(scene.shows("FINDINGS 1 "), "\(scene)")
    }

    @Test func enterLeadsToTheCurve() {
        var scene = Self.scene()
        scene.press(.home, .up, .enter)
        #expect(scene.state.place == .memory)
        #expect(scene.row(1).contains("MEMORY streamd 2214"), "\(scene)")
        scene.press(.escape)
        #expect(scene.state.place == .overview)
    }

    @Test func aGroupsFindingShowsItsProcesses() {
        var scene = Scene(place: .overview)
        scene.sample(5) { $0.grow(to: 3900) }
        #expect(scene.shows("FINDINGS 1"), "\(scene)")
        scene.press(.home, .up, .enter)
        #expect(scene.state.place == .memory)
        #expect(scene.state.list.rows.map(\.id) == [.process(Scene.streamd)], "\(scene)")
    }

    @Test func aKillShowsTheCurveOfWhoWasKilled() {
        var scene = Scene.growing(.linear, seconds: 60, place: .overview)
        scene.sample { snapshot in
            snapshot.processes.removeAll { $0.id == Scene.streamd }
            var kills = OOMKills(total: 1, sinceStart: 1, lastSeen: snapshot.time)
            kills.victims = [
                OOMKills.Victim(
                    process: Scene.streamd.pid, name: "streamd", isOfGroup: true, group: "/job",
                    seen: snapshot.time)
            ]
            snapshot.host.oomKills = kills
        }
        #expect(scene.shows("OOM-killed streamd 2214 in group /job"), "\(scene)")
        scene.press(.home, .up)
        #expect(scene.shows("since 14:03:12"), "\(scene)")
        scene.press(.enter)
        #expect(scene.row(1).contains("2214 (ended)"), "\(scene)")
        #expect(scene.rows(2..<9).contains { $0.contains("--") }, "\(scene)")
    }

    @Test func whatIsNoMoreIsNotSelected() {
        var scene = Scene(place: .overview)
        scene.sample(5) { $0.grow(to: 3900) }
        scene.press(.home, .up)
        #expect(scene.state.findings.selected != nil)
        for _ in 0..<5 where scene.state.chosenFinding != nil { scene.sample { $0.grow(to: 100) } }
        #expect(scene.state.chosenFinding == nil)
        #expect(scene.shows("the selected finding is over"), "\(scene)")
        #expect(!scene.shows("FINDINGS"))
        // Not on the row that it hid, before one moves there.
        #expect(scene.state.subject == nil)
        for key: Key in [.character("p"), .character("s"), .character("S"), .enter] {
            #expect(scene.press(key).allSatisfy { if case .read = $0 { true } else { false } })
            #expect(scene.state.place == .overview, "\(key)")
        }
        scene.press(.down)
        #expect(scene.state.subject != nil)
    }

    /// Three threads of Python use one CPU, and none of them a whole one.
    @Test(arguments: [
        (40, "HOT 0  streamd 2214 takes turns"),
        (80, "HOT 0  streamd 2214 takes turns (its threads use 99.9% of a CPU)"),
        (
            120,
            "HOT 0  no thread uses or wants 90% of a CPU, but streamd 2214 takes turns"
                + " (its threads use 99.9% of a CPU)"
        ),
    ])
    func aProcessWhoseThreadsTakeTurnsIsNotWell(_ columns: Int, _ text: String) throws {
        var scene = Scene(columns: columns, place: .overview)
        scene.sample(2) { snapshot in
            snapshot.processes[2].cpu = Percent(99.9)
            snapshot.processes[2].threads[1].cpu = Percent(34.7)
            snapshot.processes[2].hottestCPU = Percent(34.7)
        }
        let before = try #require(scene.rows(0..<10).first { $0.hasPrefix("HOT ") })
        #expect(before.hasSuffix(" ok"))
        scene.state.timeline.chronicle.verdicts = Verdicts([
            Finding(
                kind: .serialised, subject: .process(Scene.streamd), severity: .warning,
                confidence: .high, claim: "its threads take turns", next: [],
                since: scene.snapshot.time)
        ])
        let line = try #require(scene.rows(0..<10).first { $0.hasPrefix("HOT ") })
        #expect(line.hasPrefix(text))
        #expect(line.hasSuffix(" !"))
    }

    @Test func aSmallScreenKeepsItsRowsForTheList() {
        var scene = Self.scene(columns: 80, rows: 15)
        #expect(!scene.shows("FINDINGS"), "\(scene)")
        scene.press(.home, .up)
        #expect(scene.state.findings.selected == nil)
    }

    @Test func aFrozenScreenKeepsItsFindings() {
        var scene = Scene(place: .overview)
        scene.sample(5) { $0.grow(to: 3900) }
        scene.press(.character("z"))
        scene.sample(5) { $0.grow(to: 100) }
        #expect(scene.shows("FINDINGS 1"), "\(scene)")
        // Earlier moments have theirs.
        scene.press(.character("["))
        #expect(scene.shows("FINDINGS 1"), "\(scene)")
        scene.press(.character(" "))
        #expect(!scene.shows("FINDINGS"), "\(scene)")
    }
}
