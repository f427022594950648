import Diagnosis
import Probes
import ProcSampling
import Screen
import TestSupport
import Testing
import Units

@testable import Dashboard

/// What keys act on: of a selected finding its subject, never the row that it hides.
@Suite struct SubjectTests {
    /// Who the findings are about; the hidden row is `Scene.streamd`.
    private static let journald = ProcessIdentity(pid: ProcessID(310), startTime: ClockTicks(310))
    private static let thread = ThreadIdentity(tid: ThreadID(310), startTime: ClockTicks(310))
    private static let group = "/system.slice/journald.service"

    /// Each kind with a subject as its detector gives it.
    private static let subjects: [(FindingKind, Subject)] = [
        (.userSpin, .thread(thread, of: journald)), (.userSpin, .process(journald)),
        (.systemCallStorm, .thread(thread, of: journald)),
        (.wakeupStorm, .thread(thread, of: journald)), (.signalStorm, .process(journald)),
        (.busy, .thread(thread, of: journald)), (.busy, .process(journald)),
        (.pageFaultStorm, .process(journald)),
        (.lockConvoy, .process(journald)), (.serialised, .process(journald)),
        (.deadlock, .process(journald)), (.priorityInversion, .thread(thread, of: journald)),
        (.realTimeHog, .thread(thread, of: journald)), (.ioStall, .thread(thread, of: journald)),
        (.ioStall, .host), (.cpuStarvation, .process(journald)), (.cpuStarvation, .host),
        (.cgroupThrottle, .group(group)), (.fdLeak, .process(journald)),
        (.threadLeak, .process(journald)), (.pileUp, .process(journald)),
        (.taskLimit, .group(group)), (.taskLimit, .host), (.forkStorm, .process(journald)),
        (.stopped, .process(journald)), (.childrenPileUp, .process(journald)),
        (.garbageCollection, .process(journald)), (.interruptLoad, .host),
        (.interruptLoad, .interface("eth0")), (.kernelThreadBusy, .thread(thread, of: journald)),
        (.mountTrouble, .file("/var")), (.sharedMemoryGrowth, .file("/dev/shm")),
        (.sharedMemoryGrowth, .host),
        (.memoryGrowth, .process(journald)), (.swapThrash, .host), (.oomKill, .group(group)),
        (.oomKill, .host), (.groupMemory, .group(group)),
        (.udpLoss, .socket(Edge07.id(5), inode: 8001, owner: journald)),
        (.udpLoss, .socket(Edge07.id(5), inode: 8001, owner: nil)), (.udpLoss, .host),
        (.nicDrop, .interface("eth0")), (.softnetDrop, .host), (.reassembly, .host),
        (.udpMemory, .host), (.udpChecksum, .host), (.closeWait, .process(journald)),
        (.listenOverflow, .host), (.tcpStall, .process(journald)), (.synBacklog, .host),
        (.ephemeralPorts, .process(journald)),
        (.tcpRetransmits, .host), (.conntrack, .host),
        (.pathMTU, .peer(IPAddress(v4: 0x0A09_0104))),
    ]

    private static func scene(_ kind: FindingKind, _ subject: Subject) -> Scene {
        var scene = Scene(rows: 40, place: .overview)
        scene.sample(2)
        scene.press(.home)
        scene.state.timeline.chronicle.verdicts = Verdicts([
            Finding(
                kind: kind, subject: subject, severity: .warning, confidence: .high,
                claim: "something is the case",
                next: subject.process == nil
                    ? [.change("mend it")] : [.probe(.profile, of: subject, "what it does")],
                since: scene.snapshot.time)
        ])
        scene.press(.tab)
        return scene
    }

    /// Rows of a report are no subjects: keys act on what the probe is of.
    @Test func aReportsRowsLeaveTheSubject() throws {
        var scene = Self.scene(.userSpin, .thread(Self.thread, of: Self.journald))
        scene.press(.character("p"))
        scene.state.navigation.level.list.selected = .probe("main")
        #expect(scene.state.subject == .thread(Self.thread, of: Self.journald))
    }

    @Test func eachKindHasASubjectHere() {
        #expect(Set(Self.subjects.map(\.0)) == Set(Detectors.kinds))
    }

    @Test(arguments: subjects)
    func aFindingIsWhatKeysActOn(_ kind: FindingKind, _ subject: Subject) {
        let scene = Self.scene(kind, subject)
        #expect(scene.state.list.selected == .process(Scene.streamd), "the hidden row")
        #expect(scene.state.subject == subject)
        #expect(scene.state.selectedProcess == subject.process)
    }

    /// Every key, and then Enter on the menu or the card that it brings up.
    @Test(arguments: subjects)
    func noKeyActsOnTheHiddenRow(_ kind: FindingKind, _ subject: Subject) {
        let start = Self.scene(kind, subject)
        for key in Keymap.bindings(for: .overview).flatMap(\.keys) {
            var scene = start
            var effects = scene.press(key)
            Self.check(scene, effects, subject, "\(key)")
            guard [.character("x"), .character("s")].contains(key) else { continue }
            effects = scene.press(.enter)
            Self.check(scene, effects, subject, "\(key), Enter")
        }
    }

    @Test(arguments: subjects)
    func probesAreOfTheFindingsProcessOrNone(_ kind: FindingKind, _ subject: Subject) {
        for binding in Keymap.bindings(for: .overview) {
            guard case .probe = binding.command, let key = binding.keys.first else { continue }
            var scene = Self.scene(kind, subject)
            let effects = scene.press(key)
            let starts = effects.compactMap(Self.process(ofProbe:))
            #expect(starts == (subject.process.map { [$0] } ?? []), "\(key)")
            guard case .thread(let thread, _) = subject else { continue }
            // Stacks are of all threads; what can be of one is of that of the finding.
            for case .startProbe(let request, _) in effects where !(request is StacksRequest) {
                guard case .thread(let target) = request.subject else {
                    Issue.record("\(key): of the whole process")
                    continue
                }
                #expect(target.thread == thread, "\(key)")
            }
            #expect(scene.state.place == .overview || !starts.isEmpty)
        }
    }

    @Test(arguments: subjects)
    func toolsAreOfTheFindingsSubjectOrNone(_ kind: FindingKind, _ subject: Subject) {
        var scene = Self.scene(kind, subject)
        scene.press(.character("x"))
        guard case .toolMenu(_, let chosen, _) = scene.state.dialogue.overlay else {
            #expect(scene.state.dialogue.overlay == nil)
            #expect(subject.process == nil && scene.state.toolSubject == nil)
            return
        }
        switch chosen.target {
        case .thread(let target): #expect(target.process == subject.process)
        case .peer(let peer): #expect(subject == .peer(peer.address))
        }
        #expect(scene.state.subject == chosen.subject, "the menu's own")
    }

    @Test(arguments: subjects)
    func placesAreOfTheFindingsProcess(_ kind: FindingKind, _ subject: Subject) {
        var scene = Self.scene(kind, subject)
        scene.press(.character("l"))
        let sockets = subject.process.map { Place.sockets(of: .process($0)) }
        #expect(scene.state.place == sockets ?? .overview)
        scene = Self.scene(kind, subject)
        scene.press(.enter)
        #expect(scene.state.place != .overview)
        if let process = subject.process, !scene.state.place.view.isOfNetwork {
            #expect(scene.state.selectedProcess == process)
        }
    }

    @Test func commandsAreThoseOfTheFinding() throws {
        var scene = Self.scene(.userSpin, .thread(Self.thread, of: Self.journald))
        scene.press(.character("y"))
        guard case .commands(let commands) = scene.state.dialogue.overlay else {
            Issue.record("no commands")
            return
        }
        #expect(commands.first?.command == "dxtop profile --tid 310")
    }

    // MARK: What came of a key

    /// What was started, opened or offered has the finding's subject, or one without a process.
    private static func check(
        _ scene: Scene, _ effects: [Effect], _ subject: Subject, _ key: String
    ) {
        var processes = effects.compactMap(process(ofProbe:))
        for case .startTool(_, .thread(let target), _) in effects {
            processes.append(target.process)
        }
        let state = scene.state
        if let probe = state.probes.current {
            processes += [probe.subject.subject.process].compactMap(\.self)
        }
        if let tool = state.tools.current {
            processes += [tool.subject.subject.process].compactMap(\.self)
        }
        if let own = state.place.view.subject(state)?.process { processes.append(own) }
        if case .toolMenu(_, let chosen, _) = state.dialogue.overlay {
            processes += [chosen.subject.process].compactMap(\.self)
        }
        if case .commands(let commands) = state.dialogue.overlay {
            #expect(
                !commands.contains { $0.command.contains("\(Scene.streamd.pid)") }, "\(commands)")
        }
        #expect(processes.allSatisfy { $0 == subject.process }, "\(key): \(processes)")
    }

    private static func process(ofProbe effect: Effect) -> ProcessIdentity? {
        guard case .startProbe(let request, _) = effect else { return nil }
        return switch request.subject {
        case .thread(let thread): thread.process
        case .process(let process): process
        case .host: nil
        }
    }
}
