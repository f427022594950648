import Fields
import Probes
import ProcSampling

extension State {
    /// What the sampler should read closely for what is on the screen.
    func wantedInterest() -> Interest {
        var interest = Interest(network: networkWish(), hotThreshold: settings.hotThreshold)
        switch place {
        case .overview, .threads, .memory:
            for row in list.visible(height: layout.listHeight) {
                switch row.id {
                case .process(let identity): interest.shownProcesses.insert(identity)
                case .thread(let identity): interest.shownThreads.insert(identity)
                default: break
                }
            }
            if place != .overview || list.showsThreads {
                interest.columnsForAll = columns.first { $0.id == list.sort }?.cost ?? []
                // A filter looks at WHERE too, and finds only what was read.
                if !list.filter.isEmpty { interest.columnsForAll.insert(.activity) }
            }
            if case .threads(of: let owner?) = place {
                interest.scope = .process(owner)
                interest.shownProcesses.insert(owner)
            }
        case .thread(let thread, let owner):
            interest.selectedThread = thread
            interest.shownThreads = [thread]
            interest.shownProcesses = [owner]
        case .mappings(let process):
            interest.shownProcesses = [process]
            // Nobody looks at more than what stands: the process is left in peace.
            if frozen == nil {
                interest.mappings = Interest.MappingsWish(
                    process: process, number: mappings.number)
            }
        case .sockets, .socketGroups, .socket, .udp, .losses, .routes: break
        case .tool:
            guard case .thread(let target) = tool?.subject.target else { break }
            interest.shownThreads = [target.thread]
            interest.shownProcesses = [target.process]
        case .probe: break
        }
        return interest
    }
}
