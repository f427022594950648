package import Samples
import Screen

extension Place {
    package static func socket(_ id: SocketID) -> Place { Place(SocketView(id: id)) }
}

/// One socket in depth.
struct SocketView: View {
    let id: SocketID

    func crumb(_ level: Level, _ state: State) -> String { level.socketName ?? "socket" }

    var about: [String] {
        [
            "One socket: its queues and what the kernel tells of the connection, over the time",
            "since it was opened here. Of UDP: how it is read, with the proof.",
        ]
    }

    var bindings: [Binding] {
        [
            Binding(
                [.enter, .character("t")], .ownerThreads,
                ("Enter t", "the threads of the process that holds it"), hint: "Enter threads")
        ] + Keymap.ownerStacks + Keymap.burst + Keymap.network + Keymap.peerTools
    }

    var isOfNetwork: Bool { true }

    func subject(_ state: State) -> Subject? { state.subject(of: id) }

    func wish(_ interest: inout Interest, _ state: State) {
        interest.network.tables = state.socket(id)?.transport.table ?? .all
        interest.network.follows = [id]
        interest.network.routeTo = state.selectedPeer
    }

    func note(_ snapshot: Snapshot, in level: inout Level) {
        if let socket = snapshot.network?.sockets[id] { level.socketName = socket.label }
    }

    func shellCommands(_ state: State) -> [ShellCommand] {
        let filter = state.socket(id).map { " | grep -w -A1 'ino:\($0.inode)'" } ?? ""
        return [
            ShellCommand(
                state.enter + "ss -anpiem" + filter, shows: "this socket, as ss shows it")
        ]
    }

    func perform(_ command: Command, _ state: inout State) -> [Effect]? {
        state.performOnNetwork(command)
    }

    func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        SocketDetailView(state, id).draw(into: &surface, in: layout.rows)
    }
}
