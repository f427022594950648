import Diagnosis
import Fields
import Samples
import Units

/// Which sockets a filter lets through: by any part of either address, the state, the process or
/// its number, the user or the protocol.
///
/// It is asked of every socket at every letter that is typed: what many have in common is looked at
/// once, and the rest written down as bytes.
struct SocketSearch {
    private let filter: TextFilter
    private let figures: SocketFigures
    private let processes: Set<ProcessIdentity>
    private var users: [UserID: Bool] = [:]
    private var kinds: [Kind: Bool] = [:]
    /// What is particular to a socket, each part on a line.
    private var text: [UInt8] = []

    private struct Kind: Hashable {
        var transport: Transport
        var state: SocketState
    }

    init(_ filter: String, figures: SocketFigures) {
        let search = TextFilter(filter)
        self.filter = search
        self.figures = figures
        // Each process once, not once for each of its sockets.
        processes =
            search.isEmpty
            ? [] : figures.names.processes { search.matches("\($0) \($1)") }
    }

    /// All are let through.
    var isEmpty: Bool { filter.isEmpty }

    mutating func matches(_ row: SocketRow) -> Bool {
        if isEmpty { return true }
        let socket = row.socket
        if let owner = socket.owner, processes.contains(owner.process) { return true }
        if matchesKind(of: socket) || matchesUser(of: row) { return true }
        text.removeAll(keepingCapacity: true)
        // Only few are bound to an interface.
        let zone = socket.interface == 0 ? nil : figures.reading.interfaceName(of: socket)
        socket.local.write(to: &text, zone: zone)
        text.append(UInt8(ascii: "\n"))
        socket.peer.write(to: &text, zone: zone)
        text.append(UInt8(ascii: "\n"))
        text.appendDigits(of: socket.inode)
        if filter.matches(text.span) { return true }
        // Names, where they are on show; those of interfaces always are.
        return (figures.words.hasNames || socket.transport == .packet)
            && (filter.matches(SocketFields.declared.local.text(of: row))
                || filter.matches(SocketFields.declared.peer.text(of: row)))
    }

    private mutating func matchesKind(of socket: SocketSample) -> Bool {
        let kind = Kind(transport: socket.transport, state: socket.state)
        if let known = kinds[kind] { return known }
        let isFound = filter.matches(socket.stateName) || filter.matches(socket.transport.name)
        kinds[kind] = isFound
        return isFound
    }

    private mutating func matchesUser(of row: SocketRow) -> Bool {
        guard let user = row.socket.user else { return false }
        if let known = users[user] { return known }
        let isFound = filter.matches(SocketFields.declared.user.text(of: row))
        users[user] = isFound
        return isFound
    }
}
