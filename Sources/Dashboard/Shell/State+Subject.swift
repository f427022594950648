import Diagnosis
import Probes
import Samples
import Units

/// What keys act on.
extension State {
    /// The overlay's subject, else the selected finding's, else the row's, else the view's own.
    /// Nil where nothing is selected and the view is about nothing in particular, and where what is
    /// selected is not there any more.
    var subject: Subject? {
        if case .toolMenu(_, let chosen, _) = dialogue.overlay { return chosen.subject }
        if hidesRow { return chosenFinding?.subject }
        if case .thread = list.selected { return rowSubject }
        return rowSubject ?? place.view.subject(self)
    }

    private var rowSubject: Subject? {
        switch list.selected {
        case .process(let process): return .process(process)
        case .thread(let thread):
            // A thread does not say whose it is: its row does, where it is there.
            guard let shown, let index = list.selectedIndex else { return nil }
            return .thread(thread, of: shown.processes[list.rows[index].index].id)
        case .of(let subject): return subject
        case .socket(let id): return subject(of: id)
        case .socketGroup, .stage, .part, .mappings, .route, .probe:
            return list.selected.flatMap { place.view.subject(ofRow: $0, self) }
        case nil: return nil
        }
    }

    func subject(of id: SocketID) -> Subject {
        let socket = sample(of: id)
        return .socket(id, inode: socket?.inode ?? 0, owner: socket?.owner?.process)
    }

    // MARK: Made of it

    var selectedProcess: ProcessIdentity? { subject?.process }

    /// Nil, too, where it is closed by now.
    var selectedSocket: SocketSample? {
        guard case .socket(let id, _, _) = subject else { return nil }
        return sample(of: id)
    }

    /// The other end that a tool or a route is asked for.
    var selectedPeer: IPAddress? {
        if case .peer(let address) = subject { return address }
        guard case .ip(let address, _) = selectedSocket?.peer, !address.isUnspecified else {
            return nil
        }
        return address.unmapped
    }

    /// What to say where a key wants a process or a thread and the subject is neither, nor has one.
    var lackOfProcess: String {
        if hidesRow, chosenFinding == nil { return "the selected finding is over" }
        if list.selected != nil, list.selectedIndex == nil {
            return "the selected row is gone: it has ended"
        }
        return switch chosenFinding?.subject {
        case .host: "the finding is about the machine: select a process or a thread first"
        case .group(let path): "the finding is about group \(path): Enter lists its processes"
        case .socket: "the process that holds the socket is not known: root would see it"
        case .interface(let name), .device(let name):
            "the finding is about \(name): select a process or a thread first"
        case .peer(let address):
            "the finding is about \(address): select a process or a thread first"
        case .file(let path): "the finding is about \(path): select a process or a thread first"
        case .process, .thread, .mapping, nil: "select a process or a thread first"
        }
    }
}

extension ToolSubject {
    var subject: Subject {
        switch target {
        case .thread(let target): .thread(target.thread, of: target.process)
        case .peer(let peer): .peer(peer.address)
        }
    }
}
