import Samples

extension State {
    /// What the sampler should read closely for what is on the screen. A screen that stands changes
    /// nothing in it: the moments of that time are recorded like others.
    func wantedInterest() -> Interest {
        var interest = Interest(network: networkWish(), hotThreshold: settings.hotThreshold)
        place.view.wish(&interest, self)
        switch dialogue.overlay {
        case .namespaceMenu: interest.network.wantsNamespaces = true
        // What comes through to a peer is held against what the interface on the way allows.
        case .toolMenu: interest.network.routeTo = selectedPeer
        default: break
        }
        return interest
    }

    /// What lists of processes and threads want read of the rows on the screen.
    func wishForTasks(_ interest: inout Interest, columnsForAll: Bool) {
        for row in list.visible(height: layout.listHeight) {
            switch row.id {
            case .process(let identity): interest.shownProcesses.insert(identity)
            case .thread(let identity): interest.shownThreads.insert(identity)
            default: break
            }
        }
        guard columnsForAll else { return }
        interest.columnsForAll = columns.first { $0.id == list.sort }?.cost ?? []
        // A filter looks at WHERE too, and finds only what was read.
        if !list.filter.isEmpty { interest.columnsForAll.insert(.activity) }
    }
}
