import History
import Diagnosis
import Fields
import Samples
import Screen
import Units

/// Where findings lead.
extension State {
    /// Goes to where a finding can be seen.
    mutating func open(_ finding: Finding) {
        let level = destination(of: finding)
        switch level.view {
        case is MemoryView: memory.subject = curve(of: finding)
        case is RoutesView:
            if case .peer(let address) = finding.subject { network.routeTo = address }
        default: break
        }
        navigation.open(level)
    }

    /// Where a finding can be seen, with the row that it is about selected.
    func destination(of finding: Finding) -> Level {
        guard case .view(let view)? = finding.way?.kind else {
            return switch finding.kind.area {
            case .threads: threadsLevel(finding.subject)
            case .memory: memoryLevel(finding)
            case .network: Level(.losses)
            }
        }
        var level = destination(of: finding, view)
        if let filter = view.filter {
            level.list.filter = filter
            level.filterOfFinding = filter
        }
        if let sort = view.sort { level.list.sort = sort.column }
        return level
    }

    private func destination(of finding: Finding, _ view: NextStep.View) -> Level {
        switch view.name {
        case .threads: threadsLevel(finding.subject)
        case .memory, .swap, .mappings: memoryLevel(finding)
        default: networkLevel(finding.subject, view)
        }
    }

    private func networkLevel(_ subject: Subject, _ view: NextStep.View) -> Level {
        if case .peer = subject { return Level(.routes) }
        return switch view.name {
        case .sockets:
            subject.process.map { Level(.sockets(of: .process($0))) }
                ?? unfiltered(.sockets(of: nil))
        case .udp: udpLevel(subject)
        default: Level(.losses)
        }
    }

    private func unfiltered(_ place: Place) -> Level {
        var level = navigation.asLeft(place)
        level.list.filter = ""
        return level
    }

    private func threadsLevel(_ subject: Subject) -> Level {
        switch subject {
        case .thread(let thread, let process): return Level(.thread(thread, of: process))
        case .group(let group):
            var level = navigation.asLeft(.threads(of: nil))
            level.list.filter = group
            level.filterOfFinding = group
            return level
        default:
            return subject.process.map { Level(.threads(of: $0)) }
                ?? navigation.asLeft(.threads(of: nil))
        }
    }

    private func memoryLevel(_ finding: Finding) -> Level {
        var level = unfiltered(.memory)
        if let process = killed(finding) ?? finding.subject.process {
            level.select(.process(process))
        } else if case .group(let path) = finding.subject {
            level.list.filter = path
            level.filterOfFinding = path
        }
        return level
    }

    /// Who was killed has a curve still.
    private func killed(_ finding: Finding) -> ProcessIdentity? {
        chronicle.memory.processes.filter { finding.processes.contains($0.pid) }
            .max { $0.startTime < $1.startTime }
    }

    private func curve(of finding: Finding) -> CurveSubject {
        if case .view(let view)? = finding.way?.kind, view.name == .swap { return .hostSwap }
        if killed(finding) != nil || finding.subject.process != nil { return .selection }
        if case .group = finding.subject { return memory.subject }
        return .hostMemory
    }

    private func udpLevel(_ subject: Subject) -> Level {
        var level = unfiltered(.udp)
        if case .socket(let id, _, _) = subject { level.select(.socket(id)) }
        return level
    }
}
