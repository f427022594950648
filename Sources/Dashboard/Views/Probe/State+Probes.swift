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
        guard let subject = threadOrNotice() else { return nil }
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
        guard !saysToolRuns() else { return [] }
        let isAgain = isOnShow(request, of: subject)
        let effects = probes.start(request, of: subject, at: now, keepsFindings: isAgain)
        guard !isAgain else { return effects }
        forgetProbePages()
        let page = Place.probe(request.kind.firstPage)
        if place.view is ProbeView {
            navigation.level = Level(page)
        } else {
            navigation.open(page)
        }
        return effects
    }

    /// Whether a page of the same is on show: it is run again there.
    private func isOnShow(_ request: any ProbeRequest, of subject: ProbeSubject) -> Bool {
        guard let probe = probes.current, let view = place.view as? ProbeView else { return false }
        return request.kind.pages.contains(view.page) && probe.subject == subject
            && probe.request.isLike(request)
    }

    // MARK: What comes in

    /// What a probe could do, too, where it was refused as it is.
    mutating func offerInstead(ofRun run: Int) {
        // Over an open box it would take a key that was meant for that.
        guard dialogue.overlay == nil, let probe = probes.current, probe.run == run,
            !probe.offers.isEmpty
        else { return }
        dialogue.overlay = .offers(probe.offers, selected: 0)
    }

    /// Brings the rows of what is on show up to the latest reading.
    mutating func prepareProbeRows(of page: ProbePage) {
        let folding = ReportFolding(
            unfolded: Self.ids(list.unfolded), folded: Self.ids(list.folded))
        probes.makeRows(of: page, folding)
    }

    /// The rows of what is on show, as far as they are known.
    var probeRows: [ReportRow] { place.view is ProbeView ? probes.current?.rows ?? [] : [] }

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
            guard let probe = probes.current, !probe.isRunning else { return [] }
            // What was agreed to once was agreed to once.
            return start(probe.request.withoutConsent, of: probe.subject)
        case .offers:
            guard let offers = probes.current?.offers, !offers.isEmpty else {
                say("there are no intrusive options")
                return []
            }
            dialogue.overlay = .offers(offers, selected: 0)
        case .save:
            guard let probe = probes.current, probe.reading != nil else {
                say("there is nothing to save yet", isFailure: true)
                return []
            }
            dialogue.ask(.save, probe.suggestedFile(at: shown?.time.compact ?? ""))
        case .back, .backOrQuit:
            guard probes.current?.isRunning == true, list.filter.isEmpty else { return nil }
            return probes.stop()
        default: return nil
        }
        return []
    }

    private mutating func openProbeRow(_ page: ProbePage) -> [Effect] {
        guard case .probe(let id) = list.selected else { return [] }
        switch probes.current?.table(page)?.open(id) {
        case .fold: toggleFold()
        case .show(let page, let way):
            let way = way.map { RowID.probe($0) }
            navigation.replace(with: .probe(page))
            list.folded.subtract(way)
            list.unfolded.formUnion(way.dropLast())
            list.selected = way.last
            list.isByHand = true
            arrange()
            list.scrollToSelection(height: layout.listHeight)
        case .part(let part, let page):
            probes.show(part)
            navigation.replace(with: .probe(page))
        case .thread(let thread, let process):
            navigation.open(.thread(thread, of: process))
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
        if next.choosesPart { probes.show(nil) }
        navigation.replace(with: .probe(next))
    }

    mutating func leaveProbe() -> [Effect] {
        forgetProbePages()
        return probes.leave()
    }

    private mutating func forgetProbePages() { navigation.forget { $0 is ProbeView } }

    // MARK: Hot functions

    mutating func toggleHotFunctions() -> [Effect] {
        if settings.isForeign {
            say("sampling needs the live machine; this is another /proc tree", isFailure: true)
            return []
        }
        let isOn = probes.hotFunctions.toggle()
        if isOn {
            say("WHERE names functions of user code that burn CPU; W again: off")
        } else {
            say("WHERE shows system calls and wait channels again")
        }
        return [.sampleFunctions(isOn)]
    }

    /// Functions are not recorded: a screen that stands shows what was recorded.
    var shownFunctions: HotFunctionState { isLive ? probes.hotFunctions : HotFunctionState() }

    mutating func sayRefusal(of functions: HotFunctions) {
        guard let refusal = functions.refusal else { return }
        let remedy = refusal.remedy.map { ": " + $0 } ?? ""
        say("functions cannot be sampled: \(refusal.reason)\(remedy)", isFailure: true)
    }
}
