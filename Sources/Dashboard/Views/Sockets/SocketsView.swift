import Fields
import Diagnosis
import Samples
import Screen
import Units

extension Place {
    package static func sockets(of group: SocketGroup.ID?) -> Place {
        Place(SocketsView(group: group))
    }
}

/// View 4: the sockets of a network namespace, all or those of one group.
struct SocketsView: View {
    static let root = RootView(
        key: "4", name: "sockets", title: "Sockets", place: .sockets(of: nil),
        placeOfProcess: { .sockets(of: .process($0)) })

    /// Nil for all.
    let group: SocketGroup.ID?

    func crumb(_ level: Level, _ state: State) -> String {
        switch group {
        case nil: "Sockets"
        case .state(let transport, let state): "sockets \(state.name(of: transport))"
        case .peer(let address): "sockets to \(address)"
        case .noPeer: "sockets without a peer"
        case .process(let process):
            "sockets of \(state.live?.process(process)?.name ?? "process") \(process.pid)"
        case .unknownProcess: "sockets of an unknown process"
        case .noProcess: "sockets of no process any more"
        }
    }

    var about: [String] { Self.about }

    static let about = [
        "Sockets of one network namespace, with who holds them. Filter by any part: :12201,",
        "CLOSE_WAIT, a process, a peer. Tab counts them by state, peer or process.",
        "What needs root (other users' processes) is -, and said once below.",
    ]

    var bindings: [Binding] { Self.bindings }

    static let bindings =
        [
            Binding(
                [.enter], .open,
                ("Enter", "the selected socket, or the sockets of the selected group"),
                hint: "Enter open"),
            Binding(
                [.tab], .nextGrouping,
                ("Tab", "sockets one by one, or counted by state, by peer, by process"),
                hint: "Tab group"),
        ] + Keymap.ownerThreads + Keymap.ownerStacks + Keymap.list + Keymap.network
        + Keymap.peerTools

    var columns: [Column] { Column.socketColumns }
    var firstSort: FieldID { .age }
    var isOfNetwork: Bool { true }
    var isKept: Bool { group == nil }

    func fitted(
        _ column: Table<FieldID>.Column, _ state: State
    ) -> Table<FieldID>.Column {
        state.fittedToWidth(column, whole: [.local, .peer])
    }

    func prepare(_ state: inout State) { state.prepareSockets(of: group) }
    func rows(_ arrangement: Arrangement) -> [Row] { arrangement.network?.sockets ?? [] }

    func emptiness(_ state: State) -> String? {
        if case .process? = group, state.shownNetwork?.sockets.owners.pending ?? 0 > 0 {
            return "resolving the owners of sockets ..."
        }
        return NetworkNotes.emptiness(state, of: .all)
    }

    func kept(_ snapshot: Snapshot, of totals: Snapshot.Totals) -> KeptRows? {
        .sockets(.all, snapshot, of: totals)
    }

    func groundsHeight(rows: Int) -> Int { rows >= 12 ? 2 : 0 }
    func subject(_ state: State) -> Subject? {
        switch group {
        case .process(let process): .process(process)
        case .peer(let address): .peer(address)
        default: nil
        }
    }

    func wish(_ interest: inout Interest, _ state: State) { interest.network.tables = .all }
    func shellCommands(_ state: State) -> [ShellCommand] { Self.shellCommands(state) }

    static func shellCommands(_ state: State) -> [ShellCommand] {
        [
            ShellCommand(
                state.enter + "ss -anpie", shows: "all sockets with owners and counters"),
            ShellCommand(
                state.enter + "ss -tan | awk '{ print $1 }' | sort | uniq -c",
                shows: "TCP sockets by state"), .watch("sockets" + state.inNamespace),
        ]
    }

    func textSummary(_ state: State) -> [[StyledText]] {
        [[StyledText(Self.title(state))]] + NetworkNotes.lines(state)
    }

    func perform(_ command: Command, _ state: inout State) -> [Effect]? {
        guard command == .nextGrouping else { return state.performOnNetwork(command) }
        if group == nil {
            state.navigation.replace(with: .socketGroups(by: SocketGroup.Kind.allCases[0]))
        }
        return []
    }

    func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        Self.draw(Self.title(state), state, into: &surface, layout)
    }

    /// A list under its title, with what is to be said of the reading below it.
    static func draw(
        _ title: String, _ state: State, into surface: inout Surface, _ layout: Layout
    ) {
        guard let snapshot = state.shown else {
            surface.put("reading /proc ...", at: layout.summary.origin, style: .faint)
            return
        }
        ListView.drawRule(title, state, snapshot, into: &surface, in: layout.summary)
        ListView.draw(state, snapshot, into: &surface, layout)
        var grounds = layout.grounds
        for line in NetworkNotes.lines(state) where grounds.rows > 0 {
            let row = grounds.takeTop(1)
            surface.put(
                line, at: Point(column: row.column + 1, row: row.row), within: row.columns - 1)
        }
    }

    static func title(_ state: State, by kind: SocketGroup.Kind? = nil) -> String {
        var title = "SOCKETS \(NetworkNotes.namespace(state))"
        guard let reading = state.shownNetwork else { return title }
        if let kind { title += " by \(kind.name)" }
        let counts = state.shown?.recordedTotals?.sockets ?? SocketCounts(reading.sockets.sockets)
        return title + "  " + text(counts, unread: UnreadTables(state)?.tables ?? [])
    }

    /// "tcp 140 udp 2 unix 9"; "tcp - udp 2 unix -" where of two tables not all was read.
    private static func text(_ counts: SocketCounts, unread: SocketTables) -> String {
        let tables = SocketTables.named.filter {
            counts[$0.tables] > 0 || !unread.isDisjoint(with: $0.tables)
        }
        return tables.map { table, name in
            unread.isDisjoint(with: table) ? "\(name) \(counts[table])" : "\(name) -"
        }.joined(separator: " ")
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
