import Probes
import Samples
import Screen
import Units

/// Tools: which thread or peer they are for, the card before they start, keys while they run.
extension State {
    /// What a tool is for: in a view of networks the peer, else the thread; of a process, its hottest
    /// thread; of a socket, the one that reads it.
    var toolSubject: ToolSubject? {
        if let tool = tools.current, place.view is ToolView { return tool.subject }
        if case .peer(let address) = subject { return toolSubject(ofPeer: address) }
        if place.view.isOfNetwork { return selectedPeer.map(toolSubject(ofPeer:)) }
        return threadSubject
    }

    /// The thread that probes are for: of a process its hottest, of a socket the one that reads it.
    private var threadSubject: ToolSubject? {
        guard let shown else { return nil }
        if case .thread(let thread, of: let owner) = subject {
            // A recorded sample may leave out a thread that is alive, and tools look at it now.
            return subject(thread: thread, process: owner, in: shown)
                ?? live.flatMap { subject(thread: thread, process: owner, in: $0) }
        }
        if case .socket(let id, _, let owner?) = subject, let reader = reader(of: id),
            let subject = self.subject(thread: reader, process: owner, in: shown)
        {
            return subject
        }
        return selectedProcess.flatMap(shown.process).flatMap { hottest(of: $0, in: shown) }
    }

    /// The thread that was seen to wait for a socket, or the only one that could read it; nil where
    /// that is not known.
    private func reader(of socket: SocketID) -> ThreadIdentity? {
        guard let reader = shownNetwork?.bursts[socket]?.reader else { return nil }
        let own = reader.threads.filter { $0.process == nil }
        let waiting = own.max { $0.waits < $1.waits }.flatMap { $0.waits > 0 ? $0.id : nil }
        return waiting ?? (own.count == 1 && reader.threadCount == 1 ? own.first?.id : nil)
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
        dialogue.overlay = .toolMenu(selected: 0, subject, probeChoices(for: subject))
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
        if place.view.isOfNetwork, toolSubject == nil, !settings.isForeign {
            say("select a socket with a peer first", isFailure: true)
            return nil
        }
        return orNotice(toolSubject)
    }

    /// The thread that probes are for; says why, if there is none.
    mutating func threadOrNotice() -> ToolSubject? {
        // A report on show stays about what it is about.
        orNotice(place.view is ToolView ? toolSubject : threadSubject)
    }

    private mutating func orNotice(_ subject: ToolSubject?) -> ToolSubject? {
        if settings.isForeign {
            say("tools need the live machine; this is another /proc tree", isFailure: true)
            return nil
        }
        if let ended = ended(subject) {
            say("\(ended) has ended", isFailure: true)
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
        guard !saysToolRuns() else { return }
        if case .thread(let target) = subject.target, tool.counts == .systemCalls,
            (live ?? shown)?.process(target.process)?.isKernelThread == true
        {
            say(
                "\(subject.name) is a kernel thread: it makes no system calls; p profiles it",
                isFailure: true)
            return
        }
        tools.prepare(tool, for: subject, at: now)
        if !(place.view is ToolView) { navigation.open(.tool) }
    }

    /// Whether a tool holds its target still; says so.
    mutating func saysToolRuns() -> Bool {
        guard let running = tools.running else { return false }
        say("\(running.tool.title) still runs: Esc stops it", isFailure: true)
        return true
    }

    mutating func startToolWhenDue() -> [Effect] { tools.isDue(at: now) ? startTool() : [] }

    private mutating func startTool() -> [Effect] {
        // While the menu and the card were read, the way to a peer became known.
        if case .peer(let peer) = tools.current?.subject.target, peer.interfaceMTU == nil {
            tools.aim(at: subject(peer: peer.address, in: peer.namespace))
        }
        return tools.start(at: now)
    }

    /// Keys that mean something else where a tool is shown; nil for those that do not.
    mutating func performOnOutput(_ command: Command) -> [Effect]? {
        guard let tool = tools.current else { return nil }
        if tools.scroll(command, height: layout.outputHeight) { return [] }
        switch command {
        case .search: dialogue.ask(.search)
        case .searchAgain(let forward):
            tools.findNext(backward: !forward, height: layout.outputHeight)
            sayIfNotFound()
        case .save: dialogue.ask(.save, tool.suggestedFile(at: shown?.time.compact ?? ""))
        case .open:
            switch tool.phase {
            case .card: return startTool()
            case .finished: if let next = tool.tool.next { prepareTool(next) }
            case .running: break
            }
        case .back:
            guard tool.isRunning else { return nil }
            return tools.stop()
        default: return nil
        }
        return []
    }

    mutating func sayIfNotFound() {
        guard let search = tools.current?.output.search, search.line == nil else { return }
        say("not found: \(search.pattern)", isFailure: true)
    }
}
