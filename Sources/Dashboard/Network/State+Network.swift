import Diagnosis
import Fields
import Probes
import ProcFormats
import Samples
import Screen
import Units

/// Views 4 and 5: which sockets, of which namespace, under which names, and what lies behind a row.
extension State {
    /// The reading that goes with what is shown; nil at an earlier moment, of which none is kept.
    var shownNetwork: NetworkReading? { shown?.network }

    /// The figures of sockets, for rows and their order.
    var socketFigures: SocketFigures? {
        guard let reading = shownNetwork else { return nil }
        return SocketFigures(
            reading: reading, words: SocketWords(network, reading),
            verdicts: verdicts.network, userNames: userNames, names: network.processNames)
    }

    /// The way of a datagram, as of what is shown.
    var lossChain: LossChain? { verdicts.network.chain }

    func socket(_ id: SocketID) -> SocketSample? {
        shownNetwork?.sockets[id]
    }

    /// A socket of what is shown, looked for first where its row is.
    func sample(of id: SocketID) -> SocketSample? {
        if list.selected == .socket(id), let index = list.selectedIndex,
            let socket = socket(at: list.rows[index], id)
        {
            return socket
        }
        return socket(id)
    }

    // MARK: What is read

    /// What the sampler should read of networks wherever one is: the namespace stays, its losses are
    /// followed on.
    func networkWish() -> NetworkWish {
        NetworkWish(namespace: network.namespace, burst: network.burst)
    }

    /// The sockets whose rows are on the screen.
    var socketsOnScreen: [SocketID] {
        list.visible(height: layout.listHeight).compactMap { row in
            if case .socket(let id) = row.id { id } else { nil }
        }
    }

    /// Sockets whose history is kept although nothing happens to them.
    var shownSockets: Set<SocketID> {
        guard place.view.isOfNetwork else { return [] }
        if case .socket(let id, _, _) = place.view.subject(self) { return [id] }
        return Set(socketsOnScreen)
    }

    // MARK: Rows

    /// Brings the rows of lists of sockets up to what is shown.
    mutating func prepareSockets(of group: SocketGroup.ID?, isOfUDP: Bool = false) {
        guard let figures = socketFigures else {
            network.rows = SocketRows()
            return
        }
        let reading = figures.reading
        let order = SocketRows.Order(
            reading: SocketRows.ReadingVersion(reading, of: shown), group: group,
            sort: list.sort, isReversed: list.isReversed, isOfUDP: isOfUDP)
        let choice = SocketRows.Choice(
            filter: list.filter,
            showsNames: (network.showsServices ? 1 : 0) + (network.showsHosts ? 2 : 0))
        network.rows.update(
            order, choice, figures: figures, holding: list.heldUntil == nil ? nil : list.rows)
    }

    /// The rows of lists of networks, for `Arrangement`.
    var networkRows: NetworkRows? {
        guard place.view.isOfNetwork else { return nil }
        return NetworkRows(
            sockets: network.rows.rows, groups: network.groups, reading: shownNetwork,
            figures: socketFigures, chain: lossChain)
    }

    /// Addresses have room for their longest of version 4 where the screen is wide, before more
    /// columns get any.
    func fittedToWidth(
        _ column: Table<FieldID>.Column, whole: [FieldID]
    ) -> Table<FieldID>.Column {
        guard size.columns >= 100, whole.contains(column.id) else { return column }
        var column = column
        column.width = .flexible(minimum: 21)
        return column
    }

    /// The first stage that loses now, else the first one.
    mutating func selectLosingStage() {
        let losing = lossChain?.stages.first { $0.mark.map { $0 > .ok } ?? false }
        list.selected = (losing.map { .stage($0.id) }) ?? list.rows.first?.id
        list.scrollToSelection(height: layout.listHeight)
    }

    // MARK: Commands

    /// What lists of networks have in common; nil for all else.
    mutating func performOnNetwork(_ command: Command) -> [Effect]? {
        switch command {
        case .chooseNamespace: chooseNamespace()
        case .toggleServices: return toggleServices()
        case .toggleHosts: return toggleHosts()
        case .burst: startBurst()
        case .routes: openRoutes()
        case .ownerThreads: openOwner()
        default: return nil
        }
        return []
    }

    /// The sockets of the process that keys act on.
    mutating func openSocketsOfSelection() {
        guard let selectedProcess else {
            say(lackOfProcess, isFailure: true)
            return
        }
        navigation.open(.sockets(of: .process(selectedProcess)))
    }

    /// The threads of the process that holds the selected socket, or that the selected group is of.
    mutating func openOwner() {
        if case .process(let process) = subject {
            navigation.open(.threads(of: process))
            return
        }
        guard let socket = selectedSocket else {
            say(place.view.isList ? "select a socket first" : "it is closed")
            return
        }
        guard let owner = socket.owner else {
            say(
                socket.inode == 0
                    ? "no process holds it any more: the kernel finishes it"
                    : "its process is not known: root would see it", isFailure: true)
            return
        }
        navigation.open(.threads(of: owner.process))
    }

    mutating func startBurst() {
        guard isLive else {
            say("the screen is frozen: Space goes on live")
            return
        }
        guard !settings.isForeign else {
            say(
                "sampling a queue needs the live machine; this is another /proc tree",
                isFailure: true)
            return
        }
        guard let socket = selectedSocket, socket.transport == .udp else {
            say("select a UDP socket first", isFailure: true)
            return
        }
        network.poll([socket.id])
        say("sampling its queue every 10 ms for 5 s")
    }

    mutating func openRoutes() {
        network.routeTo = selectedPeer
        navigation.open(.routes)
    }

    mutating func setRouteTo(_ text: String) {
        guard !text.isEmpty else { return }
        guard let address = IPAddress(text) else {
            say("an address is wanted, such as 10.1.2.3 or 2001:db8::1", isFailure: true)
            return
        }
        network.routeTo = address.unmapped
    }

    mutating func toggleServices() -> [Effect] {
        network.showsServices.toggle()
        say(network.showsServices ? "ports by /etc/services" : "ports as numbers")
        return network.showsServices && network.services == nil ? [.readServices] : []
    }

    /// Asks DNS for the names of the peers on the screen, since a person said so.
    mutating func toggleHosts() -> [Effect] {
        network.showsHosts.toggle()
        say(
            network.showsHosts
                ? "asking for names of the hosts on the screen (getent)" : "hosts as numbers")
        guard !network.showsHosts else { return wantedNames() }
        network.forgetUnanswered()
        return [.stopAsking]
    }

    /// What is on the screen and was not asked for yet.
    mutating func wantedNames() -> [Effect] {
        guard network.showsHosts, place.view.isOfNetwork, isLive else { return [] }
        var addresses: [IPAddress] = []
        for row in list.visible(height: layout.listHeight) {
            guard case .socket(let id) = row.id, let socket = socket(at: row, id) else { continue }
            for case .ip(let address, _) in [socket.peer, socket.local]
            where !address.isUnspecified {
                addresses.append(address.unmapped)
            }
        }
        let wanted = network.unasked(addresses)
        return wanted.isEmpty ? [] : [.askForNames(wanted)]
    }

    private func socket(at row: Row, _ id: SocketID) -> SocketSample? {
        guard let sockets = shownNetwork?.sockets.sockets, sockets.indices.contains(row.index),
            sockets[row.index].id == id
        else { return nil }
        return sockets[row.index]
    }

    // MARK: Namespaces

    /// Those that there are now: one of them is chosen for what is read from now on.
    var namespaces: NamespaceList? { live?.network?.namespaces }

    mutating func chooseNamespace() {
        guard !settings.isForeign else {
            say("other namespaces are seen on the live machine only", isFailure: true)
            return
        }
        let known = namespaces?.namespaces ?? []
        dialogue.overlay = .namespaceMenu(
            selected: known.firstIndex { $0.id == shownNetwork?.namespace.id } ?? 0)
    }

    mutating func enter(_ namespace: NetworkNamespace) {
        let chosen = namespace.isOwn ? nil : namespace.id
        guard chosen != network.namespace else { return }
        network.namespace = chosen
        network.routeTo = nil
        network.burst = nil
        // A socket or a group of another namespace says nothing here.
        navigation.closeAbove { $0.isOfNetwork }
        list.selected = nil
        list.isByHand = false
    }
}
