import Probes
import Samples
import Screen
import Units

/// Tools: which thread or peer they are for, the card before they start, keys while they run.
extension State {
    /// What a tool is for: in a view of networks the peer, else the thread; of a process, its hottest
    /// thread.
    var toolSubject: ToolSubject? {
        if let tool, place.view is ToolView { return tool.subject }
        if case .peer(let address) = subject { return toolSubject(ofPeer: address) }
        if place.view.isOfNetwork { return selectedPeer.map(toolSubject(ofPeer:)) }
        guard let shown else { return nil }
        if case .thread(let thread, of: let owner) = subject {
            // A recorded sample may leave out a thread that is alive, and tools look at it now.
            return subject(thread: thread, process: owner, in: shown)
                ?? live.flatMap { subject(thread: thread, process: owner, in: $0) }
        }
        return selectedProcess.flatMap(shown.process).flatMap { hottest(of: $0, in: shown) }
    }

    private func toolSubject(ofPeer address: IPAddress) -> ToolSubject {
        subject(peer: address, in: shownNetwork?.namespace)
    }

    /// A peer, with the way to it as far as it is known by now.
    private func subject(peer: IPAddress, in namespace: NetworkNamespace?) -> ToolSubject {
        let chosen =
            shownNetwork?.namespace.id == namespace?.id ? shownNetwork?.routes?.chosen : nil
        let way = chosen?.peer == peer ? chosen : nil
        return ToolSubject(
            PeerTarget(
                address: peer, namespace: namespace,
                interfaceName: (try? way?.result.get())?.interfaceName,
                interfaceMTU: way?.interfaceMTU.map { Int($0) }))
    }

    private func hottest(of process: ProcessSample, in snapshot: Snapshot) -> ToolSubject? {
        guard let thread = process.hottestThread ?? process.threads.first?.id else { return nil }
        return subject(thread: thread, process: process.id, in: snapshot)
    }

    private func subject(
        thread: ThreadIdentity, process: ProcessIdentity, in snapshot: Snapshot
    ) -> ToolSubject? {
        guard let owner = snapshot.process(process),
            let name = owner.threads.first(where: { $0.id == thread })?.name
        else { return nil }
        return ToolSubject(
            ThreadTarget(process: process, thread: thread), name: name, processName: owner.name)
    }

    mutating func openToolMenu() {
        guard let subject = subjectOrNotice() else { return }
        overlay = .toolMenu(selected: 0, subject, probeChoices(for: subject))
    }

    mutating func prepareTool(_ id: String) {
        guard let tool = ToolCatalogue.tool(withID: id),
            let subject = subjectOrNotice()
        else { return }
        guard ToolCatalogue.tools(for: subject.target).contains(where: { $0.id == id }) else {
            say("\(subject.name) is no thread: x lists its tools", isFailure: true)
            return
        }
        prepare(tool, for: subject)
    }

    mutating func subjectOrNotice() -> ToolSubject? {
        if settings.isForeign {
            say("tools need the live machine; this is another /proc tree", isFailure: true)
            return nil
        }
        let subject = toolSubject
        if let ended = ended(subject) {
            say("\(ended) has ended", isFailure: true)
            return nil
        }
        if place.view.isOfNetwork, subject == nil {
            say("select a socket with a peer first", isFailure: true)
            return nil
        }
        if subject == nil {
            let isKnown = selectedProcess != nil && !isLive
            say(
                isKnown ? "that thread is not in the recorded sample" : lackOfProcess,
                isFailure: true)
        }
        return subject
    }

    /// What to call the thread or process that is meant, if it is not there any more.
    private func ended(_ tool: ToolSubject?) -> String? {
        if case .thread(let target) = tool?.target, hasEnded(target.thread, of: target.process) {
            return tool?.name
        }
        switch subject {
        case .thread(let thread, of: let owner) where hasEnded(thread, of: owner):
            return (["T\(thread.tid)"] + [level.threadName].compactMap(\.self))
                .joined(separator: " ")
        case let subject?:
            guard tool == nil, let process = subject.process, live?.extent == .complete,
                live?.process(process) == nil
            else { return nil }
            return "process \(process.pid)"
        case nil: return nil
        }
    }

    /// Shows the card; the tool starts when its time is over, or by Enter.
    mutating func prepare(_ tool: Tool, for subject: ToolSubject) {
        if self.tool?.isRunning == true {
            say("\(self.tool?.tool.title ?? "a tool") still runs: Esc stops it", isFailure: true)
            return
        }
        toolRuns += 1
        self.tool = ToolState(
            tool: tool, subject: subject, run: toolRuns, startsAt: now + ToolState.cardTime)
        if !(place.view is ToolView) { path.append(Level(.tool)) }
    }

    mutating func startToolWhenDue() -> [Effect] {
        guard case .card(let startsAt) = tool?.phase, startsAt <= now else { return [] }
        return startTool()
    }

    private mutating func startTool() -> [Effect] {
        guard var tool else { return [] }
        // While the menu and the card were read, the way to a peer became known.
        if case .peer(let peer) = tool.subject.target, peer.interfaceMTU == nil {
            tool.subject = subject(peer: peer.address, in: peer.namespace)
        }
        tool.phase = .running(since: now, stopping: false)
        self.tool = tool
        return [.startTool(tool.tool, tool.subject.target, run: tool.run)]
    }

    /// Keys that mean something else where a tool is shown; nil for those that do not.
    mutating func performOnOutput(_ command: Command) -> [Effect]? {
        guard let phase = tool?.phase else { return nil }
        let height = layout.outputHeight
        let page = max(1, height - 1)
        switch command {
        case .move(let distance): tool?.output.scroll(by: distance, height: height)
        case .movePages(let pages):
            tool?.output.scroll(by: pages * page, height: height)
        case .first: tool?.output.scrollToStart()
        case .last: tool?.output.scrollToEnd()
        case .scrollSideways(let columns): tool?.output.scroll(columns: columns)
        case .search: prompt = Prompt(purpose: .search, field: TextField())
        case .searchAgain(let forward):
            tool?.output.findNext(backward: !forward, height: height)
            sayIfNotFound()
        case .save:
            prompt = Prompt(purpose: .save, field: TextField(suggestedFileName))
        case .open:
            if case .card = phase { return startTool() }
            if case .finished = phase, let next = tool?.tool.next { prepareTool(next) }
        case .back:
            switch phase {
            case .running(_, stopping: true): return []
            case .running: return stopTool()
            case .card, .finished: return nil
            }
        default: return nil
        }
        return []
    }

    mutating func sayIfNotFound() {
        guard let search = tool?.output.search, search.line == nil else { return }
        say("not found: \(search.pattern)", isFailure: true)
    }

    private mutating func stopTool() -> [Effect] {
        if case .running(let since, _) = tool?.phase {
            tool?.phase = .running(since: since, stopping: true)
        }
        return [.stopTool]
    }

    /// A tool lives as long as one looks at it.
    mutating func leaveTool() -> [Effect] {
        let effects = tool?.isRunning == true ? stopTool() : []
        tool = nil
        return effects
    }

    private var suggestedFileName: String {
        guard let tool else { return "" }
        return "dxtop-\(tool.tool.id)-\(tool.subject.shortName)-\(shown?.time.compact ?? "").txt"
    }
}
