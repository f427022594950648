import Diagnosis
import ProcSampling
import Screen

/// Findings in the Overview: selected above the first row of the list, opened where they lead.
extension State {
    /// Moves the selection between the findings and the list below them. False where that is the
    /// list's own affair.
    mutating func moveAmongFindings(by distance: Int) -> Bool {
        guard place == .overview else { return false }
        let ids = listedFindings.map(\.id)
        guard !ids.isEmpty, size.rows >= FindingsView.leastRows else { return false }
        guard let selected = selectedFinding, let index = ids.firstIndex(of: selected) else {
            guard distance < 0, list.selectedIndex ?? 0 == 0 else { return false }
            selectedFinding = ids.last
            return true
        }
        let next = index + distance
        selectedFinding = next < ids.count ? ids[max(0, next)] : nil
        return true
    }

    /// Selects the first finding, then the next one; after the last, the list.
    mutating func selectNextFinding() {
        let ids = listedFindings.map(\.id)
        guard !ids.isEmpty else {
            say("no findings")
            return
        }
        guard size.rows >= FindingsView.leastRows else {
            say("findings need a screen of \(FindingsView.leastRows) rows")
            return
        }
        let next = selectedFinding.flatMap(ids.firstIndex).map { $0 + 1 } ?? 0
        selectedFinding = next < ids.count ? ids[next] : nil
    }

    /// Goes to where a finding can be seen.
    mutating func open(_ finding: Finding) {
        switch finding.kind.area {
        case .memory: openMemory(finding)
        case .network: openNetwork(finding)
        case .threads: openThreads(finding)
        }
    }

    private mutating func openThreads(_ finding: Finding) {
        switch finding.subject {
        case .thread(let thread, let process):
            path.append(Level(.thread(thread, of: process)))
        case .process(let process):
            path.append(Level(.threads(of: process)))
        case .group(let group):
            var level = asLeft(.threads)
            level.list.filter = group
            path.append(level)
        case .host, .socket, .interface, .peer, .device, .mapping, .file:
            path.append(asLeft(.threads))
        }
    }

    private mutating func openMemory(_ finding: Finding) {
        var level = asLeft(.memory)
        level.list.filter = ""
        // Who was killed has a curve still.
        let ended = memory.history.processes.filter { finding.processes.contains($0.pid) }
            .max { $0.startTime < $1.startTime }
        if let ended {
            level.select(.process(ended))
            memory.subject = .selection
            path.append(level)
            return
        }
        switch finding.subject {
        case .process(let process):
            level.select(.process(process))
            memory.subject = .selection
        case .group(let path):
            level.list.filter = path
        case .host, .thread, .socket, .interface, .peer, .device, .mapping, .file:
            memory.subject = finding.kind == .swapThrash ? .hostSwap : .hostMemory
        }
        path.append(level)
    }

    private mutating func openNetwork(_ finding: Finding) {
        switch (finding.kind, finding.subject) {
        case (_, .socket(let id, _, _)):
            var level = asLeft(.udp)
            level.list.filter = ""
            level.select(.socket(id))
            path.append(level)
        case (_, .process(let process)):
            var level = Level(.sockets(of: .process(process)))
            if finding.kind == .closeWait { level.list.filter = "CLOSE_WAIT" }
            path.append(level)
        case (_, .peer(let address)):
            network.routeTo = address
            path.append(Level(.routes))
        case (.listenOverflow, _):
            var level = asLeft(.sockets)
            level.list.filter = "LISTEN"
            level.list.sort = .receiveQueue
            path.append(level)
        case (.tcpRetransmits, _):
            var level = asLeft(.sockets)
            level.list.filter = ""
            level.list.sort = .retransmits
            path.append(level)
        default:
            path.append(Level(.losses))
        }
    }

    /// A finding that is no more, or that is not on the screen, cannot stay selected.
    mutating func dropLostFinding() {
        guard let id = selectedFinding else { return }
        let isThere = findings.contains { $0.id == id }
        if !isThere || size.rows < FindingsView.leastRows { selectedFinding = nil }
    }
}

extension FindingKind {
    /// Which views show it.
    fileprivate enum Area { case threads, memory, network }

    var isOfThreads: Bool { area == .threads }

    fileprivate var area: Area {
        switch self {
        case .userSpin, .systemCallStorm, .lockConvoy, .ioStall, .cpuStarvation, .cgroupThrottle,
            .fdLeak, .threadLeak:
            .threads
        case .memoryGrowth, .swapThrash, .oomKill, .groupMemory: .memory
        case .closeWait, .listenOverflow, .udpLoss, .softnetDrop, .nicDrop, .reassembly, .pathMTU,
            .conntrack, .udpMemory, .tcpRetransmits:
            .network
        }
    }
}

extension Level {
    /// Selects a row as a person would.
    fileprivate mutating func select(_ row: RowID) {
        list.selected = row
        list.isByHand = true
    }
}
