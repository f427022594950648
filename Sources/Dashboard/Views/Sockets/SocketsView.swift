import ProcSampling
import Screen
import Units

/// View 4: the sockets of a network namespace, one by one or counted.
enum SocketsView {
    static func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        guard let snapshot = state.shown else {
            surface.put("reading /proc ...", at: layout.summary.origin, style: .faint)
            return
        }
        ListView.drawRule(title(state), state, snapshot, into: &surface, in: layout.summary)
        ListView.draw(state, snapshot, into: &surface, layout)
        var grounds = layout.grounds
        for line in NetworkNotes.lines(state) where grounds.rows > 0 {
            let row = grounds.takeTop(1)
            surface.put(
                line, at: Point(column: row.column + 1, row: row.row), within: row.columns - 1)
        }
    }

    static func title(_ state: State) -> String {
        var title = "SOCKETS \(NetworkNotes.namespace(state))"
        guard let reading = state.shownNetwork else { return title }
        if case .socketGroups(let kind) = state.place { title += " by \(kind.name)" }
        return title + "  " + counts(reading.sockets.sockets)
    }

    /// "tcp 140 udp 2 unix 9".
    private static func counts(_ sockets: [SocketSample]) -> String {
        var counts = Array(repeating: 0, count: Transport.allCases.count)
        // In place: this is done for each picture.
        for index in sockets.indices { counts[Int(sockets[index].transport.rawValue)] += 1 }
        var sums: [String: Int] = [:]
        for transport in Transport.allCases {
            sums[transport.shortName, default: 0] += counts[Int(transport.rawValue)]
        }
        return ["tcp", "udp", "unix", "raw", "packet"]
            .compactMap { name in sums[name].flatMap { $0 > 0 ? "\(name) \($0)" : nil } }
            .joined(separator: " ")
    }
}

extension SocketGroup.Kind {
    /// "by state".
    var name: String {
        switch self {
        case .state: "state"
        case .peer: "peer"
        case .process: "process"
        }
    }
}

extension Transport {
    /// UNIX sockets of all kinds together.
    fileprivate var shortName: String {
        isUnix ? "unix" : name
    }
}
