import Fields
import Diagnosis
import Samples
import Screen
import Units

extension Place {
    package static let routes = Place(RoutesView())
}

/// Routing tables, and the route to one address with the largest packet that fits it.
struct RoutesView: View {
    func crumb(_ level: Level, _ state: State) -> String { "Routes" }

    var about: [String] {
        [
            "Routing tables of the namespace, version 4 and 6, and the route to one address with",
            "the largest packet that fits it, as the kernel answers.",
        ]
    }

    var bindings: [Binding] {
        [
            Binding(
                [.enter, .character("t")], .routeTo,
                ("Enter t", "the route to an address: type it"),
                hint: "Enter route to")
        ] + Keymap.list + Keymap.namespaces + Keymap.peerTools
    }

    var columns: [Column] { Column.routeColumns }
    var firstSort: FieldID { .table }
    var isOfNetwork: Bool { true }

    func rows(_ arrangement: Arrangement) -> [Row] {
        arrangement.network.map {
            arrangement.ordered($0.routeRows(filter: arrangement.list.filter))
        }
            ?? []
    }

    func emptiness(_ state: State) -> String? {
        guard let reading = state.shownNetwork else { return "" }
        if reading.routes == nil { return state.isLive ? "reading routes ..." : Self.unrecorded }
        return "none"
    }

    private static let unrecorded = "not recorded; Space goes on live"

    func groundsHeight(rows: Int) -> Int { rows >= 12 ? 3 : 0 }

    func subject(_ state: State) -> Subject? { state.network.routeTo.map { .peer($0) } }

    func wish(_ interest: inout Interest, _ state: State) {
        interest.network.wantsRoutes = true
        interest.network.routeTo = state.network.routeTo
    }

    func shellCommands(_ state: State) -> [ShellCommand] {
        let route = state.network.routeTo.map {
            ShellCommand(
                state.enter + "ip route get \($0)", shows: "the route to it, with its MTU")
        }
        return [route].compactMap(\.self) + [
            ShellCommand(state.enter + "ip route show table all", shows: "version 4"),
            ShellCommand(state.enter + "ip -6 route show table all", shows: "version 6"),
        ]
    }

    func perform(_ command: Command, _ state: inout State) -> [Effect]? {
        guard command == .routeTo else { return state.performOnNetwork(command) }
        state.dialogue.ask(.routeTo)
        return []
    }

    func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        guard let snapshot = state.shown else {
            surface.put("reading /proc ...", at: layout.summary.origin, style: .faint)
            return
        }
        ListView.drawRule(Self.title(state), state, snapshot, into: &surface, in: layout.summary)
        ListView.draw(state, snapshot, into: &surface, layout)
        var grounds = layout.grounds
        for line in Self.way(state) + Self.learnt(state) where grounds.rows > 0 {
            let row = grounds.takeTop(1)
            surface.put(
                line, at: Point(column: row.column + 1, row: row.row), within: row.columns - 1)
        }
    }

    private static func title(_ state: State) -> String {
        var title = "ROUTES \(NetworkNotes.namespace(state))"
        guard let routing = state.shownNetwork?.routes else { return title }
        title += "  \(routing.routes.count) routes"
        if routing.isCut { title += " ! only the first" }
        return title
    }

    /// What the kernel answers when it is asked for the way.
    private static func way(_ state: State) -> [[StyledText]] {
        guard let peer = state.network.routeTo else {
            return [
                [
                    StyledText("Enter", .accent),
                    StyledText(" asks for the route to an address", .faint),
                ]
            ]
        }
        guard let reading = state.shownNetwork, let chosen = reading.routes?.chosen,
            chosen.peer == peer
        else {
            let text = state.isLive ? "asking for the route to \(peer) ..." : unrecorded
            return [[StyledText(text, .faint)]]
        }
        switch chosen.result {
        case .failure:
            return [[StyledText("! no route leads to \(peer)", .warning)]]
        case .success(let route):
            let source = route.source.map { " from \($0)" } ?? ""
            let way = [
                StyledText("route to \(peer): ", .heading), StyledText(route.wayText + source),
            ]
            guard let mtu = chosen.mtu else { return [way] }
            var size = [StyledText("mtu \(mtu)")]
            if let own = chosen.interfaceMTU, mtu < own {
                size.append(
                    StyledText(
                        "  ! \(route.interfaceName ?? "the interface") allows \(own)", .warning)
                )
            }
            return [way, size]
        }
    }

    private static func learnt(_ state: State) -> [[StyledText]] {
        guard state.network.routeTo != nil else { return [] }
        return [
            [
                StyledText("x", .accent),
                StyledText(" finds out what really passes: ping with don't-fragment set", .faint),
            ]
        ]
    }
}
