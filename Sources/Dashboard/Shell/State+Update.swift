import Diagnosis
import Probes
import Samples
import Screen

extension State {
    /// Takes one event in, and says what is to be done in the world.
    package mutating func update(_ event: Event, at now: Duration) -> [Effect] {
        self.now = now
        updateParts(event)
        var effects: [Effect] = []
        switch event {
        case .key(let key): effects = press(key)
        case .resize(let size): self.size = size
        case .sample:
            noteHotThreads()
            effects = wantedCount()
        case .probe(.refused, run: let run): offerInstead(ofRun: run)
        case .hotFunctions(let functions): sayRefusal(of: functions)
        case .tick: effects = startToolWhenDue()
        case .counted, .tool, .saved, .services, .hostName, .probe: break
        }
        let isByHand = if case .key = event { true } else { false }
        return effects + settle(isByHand: isByHand)
    }

    private mutating func updateParts(_ event: Event) {
        timeline.update(
            event, showing: .init(threads: interest?.shownThreads ?? [], sockets: shownSockets))
        navigation.update(event)
        dialogue.update(event, at: now)
        // A screen that stands keeps what was read for it.
        if isLive { mappings.update(event) }
        network.update(event)
        tools.update(event, at: now, width: size.columns)
        probes.update(event, at: now)
    }

    /// Threads of this machine as it is now, and none of a tree of files.
    private func wantedCount() -> [Effect] {
        let threads = settings.isForeign ? [] : chronicle.verdicts.threadsToCount
        return threads.isEmpty ? [] : [.countSystemCalls(threads)]
    }

    /// What follows from any change: times that are over, rows in order, what to read.
    private mutating func settle(isByHand: Bool) -> [Effect] {
        // Also before the first sample: what is due in the past would wake the loop for ever.
        if let held = list.heldUntil, held <= now { list.heldUntil = nil }
        let hasRoom = size.rows >= FindingsView.leastRows
        if findings.settle(verdicts.findings, hasRoom: hasRoom), place.view.showsFindings {
            say(isLive ? "the selected finding is over" : "the finding is not at this moment")
        }
        arrange()
        if let shown, !level.isNamed { navigation.level.note(shown) }
        var effects = wantedNames()
        let wanted = wantedInterest()
        guard wanted != interest else { return effects }
        interest = wanted
        effects.append(.read(wanted, atOnce: isByHand))
        return effects
    }

    package mutating func say(_ text: String, isFailure: Bool = false) {
        dialogue.say(text, isFailure: isFailure, at: now)
    }

    private mutating func press(_ key: Key) -> [Effect] {
        if dialogue.prompt != nil { return type(key) }
        if dialogue.overlay != nil { return pressInOverlay(key) }
        guard let command = Keymap.command(for: key, in: place) else { return [] }
        return perform(command)
    }
}
