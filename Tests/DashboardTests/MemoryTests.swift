import Diagnosis
import ProcFormats
import ProcSampling
import Screen
import TestSupport
import Testing
import Units

@testable import Dashboard

/// View 3 as a person uses it.
@Suite struct MemoryTests {
    struct Shot: Sendable, CustomTestStringConvertible {
        let course: Course
        let columns: Int
        let rows: Int
        let glyphs: Glyphs
        var testDescription: String { "\(course)-\(columns)x\(rows)-\(glyphs)" }
    }

    static let shots = Course.allCases.flatMap { course in
        [(80, 24), (120, 40)].flatMap { columns, rows in
            [Glyphs.ascii, .blocks].map {
                Shot(course: course, columns: columns, rows: rows, glyphs: $0)
            }
        }
    }

    @Test(arguments: shots) func everyShape(_ shot: Shot) {
        let scene = Scene.growing(
            shot.course, columns: shot.columns, rows: shot.rows, glyphs: shot.glyphs)
        Golden.expect(scene.state.render(), matches: "memory-\(shot.testDescription)")
    }

    @Test func smallScreens() {
        for (columns, rows) in [(40, 10), (1, 1)] {
            let scene = Scene.growing(.linear, columns: columns, rows: rows)
            Golden.expect(scene.state.render(), matches: "memory-linear-\(columns)x\(rows)-ascii")
        }
    }

    @Test(arguments: GoldenTests.shots) func mappings(_ shot: GoldenTests.Shot) {
        var scene = Scene.growing(
            .linear, seconds: 120, columns: shot.columns, rows: shot.rows, glyphs: shot.glyphs)
        scene.press(.enter)
        scene.sample { $0.readMappings(number: 1, buffers: 150) }
        scene.sample(10)
        scene.sample { $0.readMappings(number: 2, buffers: 156) }
        Golden.expect(scene.state.render(), matches: "mappings-\(shot.name)")
    }

    @Test func theGrowingProcessComesFirst() {
        let scene = Scene.growing(.linear)
        #expect(scene.row(1).contains("MEMORY streamd 2214"), "\(scene)")
        #expect(scene.state.list.rows.first?.id == .process(Scene.streamd))
        #expect(!scene.shows("kworker"), "kernel threads have no memory of their own")
    }

    @Test func theVerdictSaysHowFastAndWhenItEnds() {
        let scene = Scene.growing(.linear)
        // 4 GiB less 600 + 2.1 * 600 MiB at 2.1 MiB/s: 17.7 minutes.
        #expect(scene.shows("LINEAR  +2.1M/s"), "\(scene)")
        #expect(scene.shows("~18m to memory.max"), "\(scene)")
        #expect(scene.shows("limit: 4.0G of /system.slice/streamd.service"), "\(scene)")
    }

    @Test func tooEarlyForAVerdictIsSaid() {
        let scene = Scene.growing(.linear, seconds: 10)
        #expect(scene.shows("a verdict needs 30s"), "\(scene)")
    }

    @Test func zoomChangesTheSpan() {
        var scene = Scene.growing(.linear)
        #expect(scene.row(1).contains("15m"), "\(scene)")
        scene.press(.character("+"))
        #expect(scene.row(1).contains("  5m"), "\(scene)")
        scene.press(.character("-"), .character("-"))
        #expect(scene.row(1).contains("  1h"), "\(scene)")
        for _ in 0..<20 { scene.press(.character("-")) }
        #expect(scene.row(1).contains("14d"), "\(scene)")
        for _ in 0..<20 { scene.press(.character("+")) }
        #expect(scene.row(1).contains("  2m"), "\(scene)")
    }

    @Test func theScaleCanBeFitted() {
        var scene = Scene.growing(.linear)
        #expect(scene.row(1).contains("y from 0"))
        scene.press(.character("0"))
        #expect(scene.row(1).contains("y fitted"))
        #expect(!scene.shows("  0B+"), "the axis begins at the lowest value: \(scene)")
    }

    @Test func markedCurvesStayOnShow() {
        var scene = Scene.growing(.linear)
        scene.press(.character("m"), .down)
        #expect(scene.row(1).contains("1 streamd"), "\(scene)")
        #expect(scene.shows("1 streamd --c"), "the row bears the digit, too: \(scene)")
        let chart = scene.rows(2..<10).joined()
        #expect(chart.contains("11111"), "\(scene)")
        scene.press(.up, .character("m"))
        #expect(!scene.row(1).contains("1 streamd"))
    }

    @Test func tabShowsTheHost() {
        var scene = Scene.growing(.linear)
        scene.press(.tab)
        #expect(scene.row(1).contains("MEMORY host  used"), "\(scene)")
        #expect(scene.shows("total 31.3G"), "\(scene)")
        scene.press(.tab)
        #expect(scene.row(1).contains("swap in use"))
        scene.press(.tab)
        #expect(scene.row(1).contains("streamd"))
    }

    @Test func brailleOnlyWhereItCanBeShown() {
        var scene = Scene.growing(.linear, glyphs: .blocks)
        scene.press(.character("B"))
        #expect(scene.state.settings.glyphs == .braille)
        scene.press(.character("B"))
        #expect(scene.state.settings.glyphs == .blocks)
        scene = Scene.growing(.linear, seconds: 2)
        scene.press(.character("B"))
        #expect(scene.state.settings.glyphs == .ascii)
        #expect(scene.shows("UTF-8"))
    }

    @Test func aRestartIsMarked() {
        var scene = Scene.growing(.linear, seconds: 300)
        scene.sample { snapshot in
            snapshot.processes.removeAll { $0.id == Scene.streamd }
        }
        // The curve stays on show, and is then that of the successor.
        #expect(scene.row(1).contains("streamd 2214 (ended)"), "\(scene)")
        scene.press(.enter)
        #expect(scene.shows("it has ended"), "\(scene)")
        let successor = ProcessIdentity(pid: ProcessID(2890), startTime: ClockTicks(40_030_100))
        let original = Edge07.snapshot().processes[2]
        var second = 0
        scene.sample(120) { snapshot in
            if second == 0 {
                snapshot.processes.append(original.renamed(successor))
            }
            let index = snapshot.processes.count - 1
            snapshot.processes[index].memory = MemoryUse(
                anonymous: ByteCount(kibibytes: UInt64(40 + second) * 1024), swap: ByteCount(0))
            second += 1
        }
        #expect(scene.row(1).contains("streamd 2890"), "\(scene)")
        #expect(scene.rows(2..<12).contains { $0.contains("^") }, "\(scene)")
        // The verdict is of the new process alone: 1 MiB a second.
        #expect(scene.shows("+1.0M/s"), "\(scene)")
    }

    @Test func aFrozenScreenStands() {
        var scene = Scene.growing(.linear, seconds: 300)
        scene.press(.character("z"))
        let before = scene.rows(1..<23)
        scene.run(.step, seconds: 60)
        // The curve itself may move within what it is kept to, 0.1 %.
        for row in [1] + (9..<23) { #expect(scene.row(row) == before[row - 1]) }
    }

    @Test func steppingBackShowsWhatWasKnownThen() {
        var scene = Scene.growing(.linear, seconds: 300)
        scene.press(.character("z"))
        for _ in 0..<100 { scene.press(.character("[")) }
        #expect(scene.row(1).contains("MEMORY streamd 2214"), "\(scene)")
        // The curve ends then, and the verdict is of then: 200 s in.
        #expect(scene.row(10).hasPrefix("LINEAR  +2.1M/s"), "\(scene)")
        #expect(scene.row(11).contains("limit: 4.0G of /system.slice"), "\(scene)")
        #expect(scene.shows("+419M"), "\(scene)")
        #expect(scene.row(10).hasSuffix("HIGH"), "findings of then are there: \(scene)")
    }

    @Test func whatIsNotKnownOfLimitsIsSaid() {
        var scene = Scene.growing(.linear, seconds: 60)
        scene.sample { $0.memoryGroups = [:] }
        #expect(scene.shows("limit: its cgroup was not read yet"), "\(scene)")
        scene.sample { snapshot in
            snapshot.groupGaps.reasons["/system.slice/streamd.service"] = .outside
        }
        #expect(scene.shows("limit: not known (its cgroup lies outside of ours)"), "\(scene)")
        scene.sample { $0.groupGaps.reasons["/system.slice/streamd.service"] = .noLimit }
        #expect(scene.shows("limit: host (no memory.max)"), "\(scene)")
    }

    // MARK: Mappings

    @Test func enterAsksForMappingsAndEscapeStopsIt() {
        var scene = Scene.growing(.linear, seconds: 60)
        let effects = scene.press(.enter)
        #expect(scene.state.place == .mappings(of: Scene.streamd))
        guard case .read(let interest, atOnce: true)? = effects.first else {
            Issue.record("nothing was asked for: \(effects)")
            return
        }
        #expect(interest.mappings?.process == Scene.streamd)
        let after = scene.press(.escape)
        guard case .read(let nothing, _)? = after.first else {
            Issue.record("the reading was not taken back: \(after)")
            return
        }
        #expect(nothing.mappings == nil)
    }

    @Test func growthPerMappingBetweenTwoReadings() {
        var scene = Scene.growing(.linear, seconds: 60, columns: 120, rows: 40)
        scene.press(.enter)
        scene.sample { $0.readMappings(number: 1, buffers: 150) }
        #expect(scene.shows("4 mappings of 1.0G anon"), "\(scene)")
        #expect(scene.shows("growth after the next sample"), "\(scene)")
        scene.sample(9)
        scene.sample { $0.readMappings(number: 2, buffers: 156) }
        // Four times 6 MiB in 10 s.
        let row = scene.rows(0..<40).first { $0.contains("4 mappings of 1.0G") }
        #expect(row?.contains("+2.4M") == true, "\(scene)")
        scene.press(.enter)
        let members = scene.rows(0..<40).filter { $0.contains("7f1") }
        #expect(members.count == 4 && members.allSatisfy { $0.contains("+614K") }, "\(scene)")
    }

    @Test func aFrozenScreenLeavesTheProcessInPeace() {
        var scene = Scene.growing(.linear, seconds: 60)
        scene.press(.enter)
        scene.sample { $0.readMappings(number: 1, buffers: 150) }
        let effects = scene.press(.character("z"))
        guard case .read(let interest, _)? = effects.first else {
            Issue.record("it goes on being read: \(effects)")
            return
        }
        #expect(interest.mappings == nil)
        let before = scene.rows(1..<23)
        scene.sample { $0.readMappings(number: 2, buffers: 200) }
        #expect(scene.rows(1..<23) == before)
        // An earlier moment has none.
        scene.press(.character("["))
        #expect(scene.shows("mappings are not recorded"), "\(scene)")
    }

    @Test func aSpanOfAnotherShapeHasNoConfidence() {
        // Ten minutes of growth that stopped three minutes ago.
        var scene = Scene.growing(.linear, seconds: 600)
        #expect(scene.row(10).hasSuffix("HIGH"), "\(scene)")
        scene.sample(170) { $0.grow(to: 1860) }
        scene.press(.character("+"), .character("+"))
        #expect(scene.row(1).contains("  2m"), "\(scene)")
        #expect(scene.row(10).hasPrefix("FLAT"), "\(scene)")
        #expect(!scene.row(10).contains("HIGH"), "\(scene)")
    }

    @Test func rReadsAgain() {
        var scene = Scene.growing(.linear, seconds: 60)
        scene.press(.enter)
        scene.sample { $0.readMappings(number: 1, buffers: 150) }
        let effects = scene.press(.character("r"))
        guard case .read(let interest, atOnce: true)? = effects.first else {
            Issue.record("nothing was asked for: \(effects)")
            return
        }
        #expect(interest.mappings?.number == 2)
    }

    @Test func deniedMappingsSayWhatWouldHelp() {
        var scene = Scene.growing(.linear, seconds: 60)
        scene.press(.enter)
        scene.sample { snapshot in
            snapshot.mappings = MappingsReading(
                process: Scene.streamd, number: 1, moment: snapshot.moment, time: snapshot.time,
                progress: .failed(.denied(path: "2214/smaps")))
        }
        #expect(scene.shows("not permitted: smaps needs root or the same user"), "\(scene)")
    }
}

extension ProcessSample {
    /// The same service as another process.
    fileprivate func renamed(_ id: ProcessIdentity) -> ProcessSample {
        ProcessSample(
            id: id, parent: parent, user: user, name: name, command: command, state: state,
            cpu: .zero, hottestCPU: .zero)
    }
}
