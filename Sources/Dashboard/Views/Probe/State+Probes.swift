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
        // Who selected a process asks for all of it.
        var isOfProcess = kind.uses.first?.scope == .process
        if case .thread = subject {} else { isOfProcess = true }
        let wanted: [(ProbeTarget, ProbeSubject)] = [
            (.process(target.process), process), (.thread(target), thread),
        ]
        for (target, subject) in isOfProcess ? wanted : wanted.reversed() {
            if let request = kind.request(for: target) { return start(request, of: subject) }
        }
        return []
    }

    /// The thread that probes are of, with the names of it and of its process; says why, if there is
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
        return ProbeChoice.choices { scope in
            switch scope {
            case .thread: (.thread(target), thread(target))
            case .process: (.process(target.process), process(target.process))
            case .host: (.host, .host)
            }
        }
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
    mutating func start(_ request: any ProbeRequest, of subject: ProbeSubject) -> [Effect] {
        if tool?.isRunning == true {
            say("\(tool?.tool.title ?? "a tool") still runs: Esc stops it", isFailure: true)
            return []
        }
        let before = probe
        probeRuns += 1
        probe = ProbeState(request, of: subject, run: probeRuns, at: now)
        if let before, let view = place.view as? ProbeView, request.kind.pages.contains(view.page),
            before.subject == subject, before.request.isLike(request)
        {
            // Run again: what was found before stands until there is something newer.
            probe?.keep(before)
            return [.startProbe(request, run: probeRuns)]
        }
        forgetProbePages()
        let page = Place.probe(request.kind.firstPage)
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
            if let remark = reading.remark { probeResults.note(remark, at: now) }
            if let counted = reading.counted { chronicle.note(counted) }
        }
        guard probe?.run == run else { return }
        probe?.take(event, at: now)
        if case .refused = event, let offers = probe?.offers, !offers.isEmpty {
            overlay = .offers(offers, selected: 0)
        }
    }

    /// Brings the rows of what is on show up to the latest reading.
    mutating func prepareProbeRows(of page: ProbePage) {
        let folding = ReportFolding(
            unfolded: Self.ids(list.unfolded), folded: Self.ids(list.folded))
        probe?.makeRows(of: page, folding)
    }

    /// The rows of what is on show, as far as they are known.
    var probeRows: [ReportRow] { place.view is ProbeView ? probe?.rows ?? [] : [] }

    private static func ids(_ rows: Set<RowID>) -> Set<String> {
        Set(
            rows.compactMap { row in
                if case .probe(let id) = row { id } else { nil }
            })
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
                say("there are no intrusive options")
                return []
            }
            overlay = .offers(offers, selected: 0)
        case .save:
            guard probe?.reading != nil else {
                say("there is nothing to save yet", isFailure: true)
                return []
            }
            let name = probe?.suggestedFile(at: shown?.time.compact ?? "") ?? ""
            prompt = Prompt(purpose: .save, field: TextField(name))
        case .back, .backOrQuit:
            guard probe?.isRunning == true, list.filter.isEmpty else { return nil }
            probe?.noteStopping()
            return [.stopProbe]
        default: return nil
        }
        return []
    }

    private mutating func openProbeRow(_ page: ProbePage) -> [Effect] {
        guard case .probe(let id) = list.selected else { return [] }
        switch probe?.table(page)?.open(id) {
        case .fold: toggleFold()
        case .show(let page, let way):
            let way = way.map { RowID.probe($0) }
            replacePlace(.probe(page))
            list.folded.subtract(way)
            list.unfolded.formUnion(way.dropLast())
            list.selected = way.last
            list.isByHand = true
            arrange()
            list.scrollToSelection(height: layout.listHeight)
        case .part(let part, let page):
            probe?.part = part
            replacePlace(.probe(page))
        case .thread(let thread, let process):
            path.append(Level(.thread(thread, of: process)))
        case nil: break
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
        let pages = ProbeKind.pages(with: page)
        guard pages.count > 1, let index = pages.firstIndex(of: page) else { return }
        let next = pages[(index + 1) % pages.count]
        // All of the target again, once one has come around to where a part is chosen.
        if next.choosesPart { probe?.part = nil }
        replacePlace(.probe(next))
    }

    /// A probe lives as long as its report is on show, or what that led to.
    mutating func leaveProbe() -> [Effect] {
        let effects: [Effect] = probe?.isRunning == true ? [.stopProbe] : []
        probe = nil
        forgetProbePages()
        return effects
    }

    private mutating func forgetProbePages() {
        left = left.filter { !($0.key.view is ProbeView) }
    }

    // MARK: Files

    /// What `w` writes: by the ending of the name.
    func saveProbe(to path: String) -> [Effect] {
        guard let probe, let reading = probe.shown else { return [] }
        return [
            .saveReading(
                reading, of: probe.request.kind, about: probe.subject.description, path: path)
        ]
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
