import Diagnosis
import Probes
import ProcSampling
import Screen

extension State {
    /// Takes one event in, and says what is to be done in the world.
    package mutating func update(_ event: Event, at now: Duration) -> [Effect] {
        self.now = now
        var effects: [Effect] = []
        switch event {
        case .key(let key):
            notice = nil
            effects = press(key)
        case .resize(let size):
            self.size = size
        case .sample(let snapshot):
            take(snapshot)
            effects = wantedCount()
        case .counted(let calls):
            verdicts.note(calls)
        case .tool(let toolEvent, let run):
            take(toolEvent, of: run)
        case .saved(let message, let failed):
            say(message, isFailure: failed)
        case .services(let names):
            network.services = names
        case .hostName(let address, let name):
            network.note(name, of: address)
        case .probe(let event, let run):
            take(event, of: run)
        case .hotFunctions(let functions):
            take(functions)
        case .tick:
            effects = startToolWhenDue()
        }
        let isByHand = if case .key = event { true } else { false }
        return effects + settle(isByHand: isByHand)
    }

    private mutating func take(_ event: ToolEvent, of run: Int) {
        if tool?.run == run { tool?.take(event, at: now, width: size.columns) }
        guard case .finished(let outcome) = event, let way = outcome.pathMTU else { return }
        verdicts.note(way)
    }

    private mutating func take(_ snapshot: Snapshot) {
        // The same refresh may come again with more in it: what a changed interest asked for.
        if snapshot.sequence != live?.sequence {
            history.record(snapshot, shown: interest?.shownThreads ?? [])
        }
        memory.record(snapshot)
        if let reading = snapshot.network { network.record(reading, shown: shownSockets) }
        // A screen that stands keeps what was read for it.
        if frozen == nil { mappings.note(snapshot.mappings) }
        verdicts.update(snapshot, history: history, memory: memory.history)
        live = snapshot
        arrivals += 1
        for index in path.indices { path[index].note(snapshot) }
    }

    /// Threads of this machine as it is now, and none of a tree of files.
    private func wantedCount() -> [Effect] {
        let threads = settings.isForeign ? [] : verdicts.uncounted
        return threads.isEmpty ? [] : [.countSystemCalls(threads)]
    }

    /// What follows from any change: times that are over, rows in order, what to look at.
    private mutating func settle(isByHand: Bool) -> [Effect] {
        if let notice, notice.until <= now { self.notice = nil }
        // Also before the first sample: what is due in the past would wake the loop for ever.
        if let held = list.heldUntil, held <= now { list.heldUntil = nil }
        dropLostFinding()
        arrange()
        if let shown, !level.isNamed { path[path.count - 1].note(shown) }
        var effects = wantedNames()
        let wanted = wantedInterest()
        guard wanted != interest else { return effects }
        interest = wanted
        effects.append(.look(wanted, atOnce: isByHand))
        return effects
    }

    package mutating func say(_ text: String, isFailure: Bool = false) {
        notice = Notice(text: text, isFailure: isFailure, until: now + .seconds(isFailure ? 8 : 4))
    }

    private mutating func press(_ key: Key) -> [Effect] {
        if prompt != nil { return type(key) }
        if overlay != nil { return pressInOverlay(key) }
        guard let command = Keymap.command(for: key, in: place) else { return [] }
        return perform(command)
    }
}
