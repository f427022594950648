import Diagnosis
import Probes
import Samples
import Screen
import Units

/// Probes: on whom, keys while they run and over what they found.
extension State {
    // MARK: Starting

    /// Starts a probe on what is selected, as its key says.
    mutating func startProbe(_ kind: ProbeKind) -> [Effect] {
        guard let (target, thread, process) = probeTarget() else { return [] }
        switch kind {
        case .profile:
            // Who selected a process asks for all of it.
            if case .thread = subject {
                return start(.profile(ProfileRequest(target: .thread(target))), of: thread)
            }
            return start(
                .profile(ProfileRequest(target: .process(target.process))), of: process)
        case .faults:
            return start(
                .profile(
                    ProfileRequest(
                        target: .process(target.process), event: .pageFaults, seconds: 10)),
                of: process)
        case .systemCalls:
            return start(
                .systemCalls(SystemCallRequest(target: .thread(target))), of: thread)
        case .waits:
            return start(.waits(WaitRequest(target: target)), of: thread)
        case .stacks:
            return start(.stacks(StacksRequest(process: target.process)), of: process)
        }
    }

    /// The thread that probes look at, with the names of it and of its process; says why, if there is
    /// none.
    private mutating func probeTarget() -> (ThreadTarget, ProbeSubject, ProbeSubject)? {
        guard let subject = subjectOrNotice() else { return nil }
        guard case .thread(let target) = subject.target else {
            say(lackOfProcess, isFailure: true)
            return nil
        }
        return (target, thread(target), process(target.process))
    }

    /// What the menu offers beside the tools.
    func probeChoices(for subject: ToolSubject) -> [ProbeChoice] {
        guard case .thread(let target) = subject.target else { return [] }
        return ProbeChoice.choices(of: target, thread(target), process(target.process))
    }

    private func thread(_ target: ThreadTarget) -> ProbeSubject {
        let owner = (shown ?? live)?.process(target.process)
        let thread = owner?.threads.first { $0.id == target.thread }
        return ProbeSubject(
            thread: target.thread, name: thread?.name ?? "thread",
            processName: owner?.name ?? "process", process: target.process)
    }

    private func process(_ identity: ProcessIdentity) -> ProbeSubject {
        ProbeSubject(
            process: identity, name: (shown ?? live)?.process(identity)?.name ?? "process")
    }

    /// Starts it and goes to where its findings come in.
    mutating func start(_ request: ProbeRequest, of subject: ProbeSubject) -> [Effect] {
        if tool?.isRunning == true {
            say("\(tool?.tool.title ?? "a tool") still runs: Esc stops it", isFailure: true)
            return []
        }
        let before = probe
        probeRuns += 1
        probe = ProbeState(request, of: subject, run: probeRuns, at: now)
        let page = Place.probe(ProbePage(of: request))
        if let before,
            place == page || ProbePage.ofProfile.contains(where: { place == .probe($0) }),
            before.subject == subject, before.request.isLike(request)
        {
            // Looked at again: what was found before stands until there is something newer.
            probe?.keep(before)
            return [.startProbe(request, run: probeRuns)]
        }
        forgetProbePages()
        if place.view is ProbeView {
            path[path.count - 1] = Level(page)
        } else {
            path.append(Level(page))
        }
        return [.startProbe(request, run: probeRuns)]
    }

    // MARK: What comes in

    mutating func take(_ event: ProbeEvent, of run: Int) {
        if case .finished(let reading) = event {
            probeResults.note(reading, at: now)
            if case .systemCalls(let count) = reading, let counted = count.counted {
                chronicle.note(counted)
            }
        }
        guard probe?.run == run else { return }
        probe?.take(event, at: now)
        if case .refused = event, let offers = probe?.offers, !offers.isEmpty {
            overlay = .offers(offers, selected: 0)
        }
    }

    /// The rows of what is on show, as far as they are known.
    var probeRows: [ProbeRow] {
        place.view is ProbeView ? probe?.rows ?? [] : []
    }

    // MARK: Keys

    /// Keys that mean something else where a probe is shown; nil for those that do not.
    mutating func performOnProbe(_ command: Command, _ page: ProbePage) -> [Effect]? {
        switch command {
        case .open: return openProbeRow(page)
        case .nextGrouping: nextProbePage(after: page)
        case .repeatProbe:
            guard let probe, !probe.isRunning else { return [] }
            // What was agreed to once was agreed to once.
            return start(probe.request.withoutConsent, of: probe.subject)
        case .offers:
            guard let offers = probe?.offers, !offers.isEmpty else {
                say("there is nothing more to ask for")
                return []
            }
            overlay = .offers(offers, selected: 0)
        case .save:
            guard probe?.reading != nil else {
                say("there is nothing to save yet", isFailure: true)
                return []
            }
            prompt = Prompt(purpose: .save, field: TextField(suggestedProbeFile))
        case .back, .backOrQuit:
            guard probe?.isRunning == true, list.filter.isEmpty else { return nil }
            probe?.noteStopping()
            return [.stopProbe]
        default: return nil
        }
        return []
    }

    private mutating func openProbeRow(_ page: ProbePage) -> [Effect] {
        guard case .probe(let id) = list.selected, let probe else { return [] }
        switch page {
        case .functions:
            self.probe?.makeTree()
            guard let frame = ProfileRows.frame(ofFunction: id), let profile = probe.profile,
                let tree = self.probe?.tree
            else { return [] }
            let way = CallRows(profile, tree).way(to: frame)
            replacePlace(.probe(.callTree))
            list.folded.subtract(way)
            list.unfolded.formUnion(way.dropLast())
            list.selected = way.last
            list.isByHand = true
            arrange()
            list.scrollToSelection(height: layout.listHeight)
        case .callTree:
            toggleFold()
        case .threads:
            self.probe?.thread = ProfileRows.thread(ofRow: id)
            replacePlace(.probe(.functions))
        case .stacks:
            guard case .stacks(let listing) = probe.reading,
                let thread = StackRows.thread(ofRow: id, in: listing)
            else {
                toggleFold()
                return []
            }
            path.append(Level(.thread(thread, of: listing.request.process)))
        case .systemCalls, .waits: break
        }
        return []
    }

    private mutating func toggleFold() {
        guard let selected = list.selected,
            let index = list.selectedIndex, probeRows.indices.contains(list.rows[index].index)
        else { return }
        let isOpen =
            list.rows.indices.contains(index + 1)
            && list.rows[index + 1].depth > list.rows[index].depth
        if isOpen {
            list.folded.insert(selected)
            list.unfolded.remove(selected)
        } else {
            list.unfolded.insert(selected)
            list.folded.remove(selected)
        }
    }

    private mutating func nextProbePage(after page: ProbePage) {
        guard let index = ProbePage.ofProfile.firstIndex(of: page) else { return }
        // All threads again, once one has come around to them.
        let next = ProbePage.ofProfile[(index + 1) % ProbePage.ofProfile.count]
        if next == .threads { probe?.thread = nil }
        replacePlace(.probe(next))
    }

    /// A probe lives as long as one looks at it, or at what it led to.
    mutating func leaveProbe() -> [Effect] {
        let effects: [Effect] = probe?.isRunning == true ? [.stopProbe] : []
        probe = nil
        forgetProbePages()
        return effects
    }

    private mutating func forgetProbePages() {
        for page in ProbePage.ofProfile { left[.probe(page)] = nil }
    }

    // MARK: Files

    /// What `w` writes: a profile by the ending of its name, all else as text.
    func saveProbe(to path: String) -> [Effect] {
        guard let probe, let reading = probe.reading else { return [] }
        if case .profile = reading, let profile = probe.profile {
            return [.saveProfile(profile, title: probe.subject.description, path: path)]
        }
        return [.save(path: path, contents: Array(ProbeText.file(of: probe).utf8))]
    }

    private var suggestedProbeFile: String {
        guard let probe else { return "" }
        let ending = if case .profile = probe.reading { "svg" } else { "txt" }
        let time = shown?.time.compact ?? ""
        return "dxtop-\(probe.fileName)-\(probe.subject.shortName)-\(time).\(ending)"
    }

    // MARK: Hot functions

    mutating func toggleHotFunctions() -> [Effect] {
        if settings.isForeign {
            say("sampling needs the live machine; this is another /proc tree", isFailure: true)
            return []
        }
        let isOn = hotFunctions.toggle()
        if isOn {
            say("WHERE names functions of user code that burn CPU; W again: off")
        } else {
            say("WHERE shows system calls and wait channels again")
        }
        return [.sampleFunctions(isOn)]
    }

    /// Functions are not recorded: a screen that stands shows what was recorded.
    var shownFunctions: HotFunctionState { isLive ? hotFunctions : HotFunctionState() }

    mutating func take(_ functions: HotFunctions) {
        hotFunctions.take(functions)
        guard let refusal = functions.refusal else { return }
        let remedy = refusal.remedy.map { ": " + $0 } ?? ""
        say("functions cannot be sampled: \(refusal.reason)\(remedy)", isFailure: true)
    }
}

/// The probes that have a key.
package enum ProbeKind: Hashable, Sendable {
    case profile, faults, systemCalls, waits, stacks
}
