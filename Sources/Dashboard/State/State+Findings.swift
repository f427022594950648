import Diagnosis
import ProcSampling
import Screen

/// Findings in the Overview: selected above the first row of the list, opened where they lead.
extension State {
    /// Moves the selection between the findings and the list below them. False where that is the
    /// list's own affair.
    mutating func moveAmongFindings(by distance: Int) -> Bool {
        guard place == .overview else { return false }
        let ids = findings.map(\.id)
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

    /// Goes to where a finding can be seen.
    mutating func open(_ id: FindingID) {
        guard let finding = findings.first(where: { $0.id == id }) else { return }
        var level = asLeft(.memory)
        level.list.filter = ""
        // Who was killed has a curve still.
        let ended = memory.history.processes.filter { finding.processes.contains($0.pid) }
            .max { $0.startTime < $1.startTime }
        if let ended {
            level.list.selected = .process(ended)
            level.list.isByHand = true
            memory.subject = .selection
            path.append(level)
            return
        }
        switch finding.subject {
        case .process(let process):
            level.list.selected = .process(process)
            level.list.isByHand = true
            memory.subject = .selection
        case .group(let path):
            level.list.filter = path
        case .host, .socket, .interface, .peer:
            memory.subject = finding.kind == .swapThrash ? .hostSwap : .hostMemory
        }
        path.append(level)
    }

    /// A finding that is no more cannot stay selected.
    mutating func dropLostFinding() {
        guard let id = selectedFinding, !findings.contains(where: { $0.id == id }) else {
            return
        }
        selectedFinding = nil
    }
}
