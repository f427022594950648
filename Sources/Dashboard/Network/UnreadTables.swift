import Samples

extension SocketTables {
    /// UNIX sockets of all kinds together.
    static let named: [(tables: SocketTables, name: String)] = [
        (.tcp, "tcp"), (.udp, "udp"), (.unix, "unix"), (.raw, "raw"), (.packet, "packet"),
    ]
}

/// What a view lists and was not read at the moment at which the screen stands: between two readings
/// for a view that shows sockets, only what findings need is read.
struct UnreadTables {
    /// Of TCP, some states may have been read.
    let tables: SocketTables
    private let known: SocketTables
    private let old: SocketTables

    /// Nil while the screen goes with time, and where no namespace was read at all.
    ///
    /// - Parameter wanted: what the view lists.
    init?(_ state: State, of wanted: SocketTables = .all) {
        guard !state.isLive, let reading = state.shownNetwork, reading.failure == nil else {
            return nil
        }
        known = reading.sockets.tables
        tables = wanted.subtracting(known)
        old = reading.sockets.fromBefore.intersection(wanted).intersection(known)
    }

    /// "not read at this moment: tcp except LISTEN and CLOSE_WAIT; unix"; nil where all was.
    var text: String? {
        guard !tables.isEmpty else { return nil }
        let tcp = tables.isDisjoint(with: .tcp) ? [] : [tcpText]
        let others = names(of: tables.subtracting(.tcp)).joined(separator: ", ")
        let parts = tcp + (others.isEmpty ? [] : [others])
        return "not read at this moment: " + parts.joined(separator: "; ")
    }

    private var tcpText: String {
        let read = [(SocketTables.listening, "LISTEN"), (.closeWait, "CLOSE_WAIT")]
            .filter { known.contains($0.0) }.map(\.1)
        return read.isEmpty ? "tcp" : "tcp except " + read.joined(separator: " and ")
    }

    /// What is there, but as it was at a moment before.
    var oldText: String? {
        guard !old.isEmpty else { return nil }
        return "as read some seconds before: " + names(of: old).joined(separator: ", ")
    }

    private func names(of tables: SocketTables) -> [String] {
        SocketTables.named.filter { !tables.isDisjoint(with: $0.tables) }.map(\.name)
    }
}
