import Diagnosis
import ProcFormats
import Probes
import Samples
import Screen
import TestSupport
import Testing
import Units

@testable import Dashboard

/// Each part of the state takes events in alone, without the others.
struct PartsTests {
    @Test func noticeEndsWithItsTimeOrWithAKey() {
        var dialogue = Dialogue()
        dialogue.update(.saved(message: "saved to /tmp/x", failed: false), at: .seconds(1))
        #expect(dialogue.notice?.text == "saved to /tmp/x")
        dialogue.update(.tick, at: .seconds(4))
        #expect(dialogue.notice != nil)
        dialogue.update(.tick, at: .seconds(5))
        #expect(dialogue.notice == nil)
        dialogue.update(.saved(message: "disk full", failed: true), at: .seconds(6))
        dialogue.update(.key(.down), at: .seconds(6))
        #expect(dialogue.notice == nil)
    }

    @Test func navigationKeepsAViewAsItWasLeft() {
        var navigation = Navigation(to: .memory)
        #expect(navigation.path.map(\.place) == [.overview, .memory])
        navigation.level.list.filter = "stream"
        #expect(navigation.leave()?.place == .memory)
        #expect(navigation.leave() == nil)
        #expect(navigation.asLeft(.memory).list.filter == "stream")
        navigation.forget { $0 is MemoryView }
        #expect(navigation.asLeft(.memory).list.filter == "")
    }

    @Test func navigationKeepsTheNameOfWhatHasEnded() {
        let snapshot = Edge07.snapshot()
        let process = snapshot.processes[0]
        var navigation = Navigation(to: .threads(of: process.id))
        navigation.update(.sample(snapshot))
        var later = snapshot
        later.processes.removeAll()
        navigation.update(.sample(later))
        #expect(navigation.level.processName == process.name)
    }

    @Test func timelineGoesOnWhileTheScreenStands() {
        var timeline = Timeline()
        let nothing = Timeline.ShownRows(threads: [], sockets: [])
        var snapshot = Edge07.snapshot()
        timeline.update(.sample(snapshot), showing: nothing)
        timeline.freeze()
        let frozen = snapshot.sequence
        snapshot.sequence += 1
        snapshot.moment += Nanoseconds(1_000_000_000)
        timeline.update(.sample(snapshot), showing: nothing)
        #expect(timeline.shown?.sequence == frozen)
        #expect(timeline.live?.sequence == snapshot.sequence)
        #expect(timeline.step(by: -1) == "this is the oldest sample kept")
        #expect(timeline.step(by: 5) == "live again")
        #expect(timeline.isLive)
    }

    @Test func toolTakesNoOutputOfAnEarlierRun() throws {
        var tools = ToolState()
        let tool = try #require(ToolCatalogue.threadTools.first)
        let target = ThreadTarget(process: Made.process(7), thread: Made.thread(8))
        let subject = ToolSubject(target, name: "poll", processName: "streamd")
        tools.prepare(tool, for: subject, at: .zero)
        #expect(!tools.isDue(at: .seconds(2)))
        #expect(tools.isDue(at: ToolUse.cardTime))
        #expect(tools.start(at: .seconds(3)).count == 1)
        tools.update(.tool(.output(Array("late\n".utf8)), run: 0), at: .seconds(4), width: 80)
        tools.update(.tool(.output(Array("its own\n".utf8)), run: 1), at: .seconds(4), width: 80)
        let output = try #require(tools.current?.output)
        #expect(output.lineNumbers.compactMap { output.line($0) } == ["its own"])
        #expect(tools.stop().count == 1)
        #expect(tools.stop().isEmpty, "it is stopped once")
        _ = tools.leave()
        #expect(tools.current == nil)
    }

    @Test func probeTakesNoReadingOfAnEarlierRun() throws {
        var probes = ProbeState()
        let target = ThreadTarget(process: Made.process(7), thread: Made.thread(8))
        let request = try #require(ProbeKind.profile.request(for: .thread(target)))
        let subject = ProbeSubject(process: Made.process(7), name: "streamd")
        for run in 1...2 {
            let effects = probes.start(request, of: subject, at: .zero, keepsFindings: false)
            guard case .startProbe(_, run)? = effects.first else {
                Issue.record("no start of run \(run)")
                return
            }
        }
        let refusal = ProbeRefusal("denied")
        probes.update(.probe(.refused(refusal), run: 1), at: .zero)
        #expect(probes.current?.isRunning == true)
        probes.update(.probe(.refused(refusal), run: 2), at: .zero)
        #expect(probes.current?.isRunning == false)
        #expect(probes.wakeAt(.zero) == nil)
    }

    @Test func aFindingThatIsOverHidesTheRowStill() throws {
        var scene = Scene(columns: 100, rows: 30)
        scene.sample(5) { $0.grow(to: 3900) }
        let found = scene.state.verdicts.findings
        try #require(!found.isEmpty)
        var findings = FindingState()
        findings.selectNext(among: found)
        #expect(findings.selected == found[0].id)
        let ends = [found, [], []].map { findings.settle($0, hasRoom: true) }
        #expect(ends == [false, true, false], "it is over once")
        #expect(findings.isOver && findings.selected == found[0].id, "keys act on nothing else")
        _ = findings.settle([], hasRoom: false)
        #expect(findings.selected == nil)
    }
}
