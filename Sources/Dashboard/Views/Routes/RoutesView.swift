import Diagnosis
import ProcSampling
import Screen
import Units

/// Routing tables, and the way to one address with the largest packet that fits it.
enum RoutesView {
    static func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        guard let snapshot = state.shown else {
            surface.put("reading /proc ...", at: layout.summary.origin, style: .faint)
            return
        }
        ListView.drawRule(title(state), state, snapshot, into: &surface, in: layout.summary)
        ListView.draw(state, snapshot, into: &surface, layout)
        var grounds = layout.grounds
        for line in way(state) + learnt(state) where grounds.rows > 0 {
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
                    StyledText(" asks for the way to an address", .faint),
                ]
            ]
        }
        guard let reading = state.shownNetwork, let chosen = reading.routes?.chosen,
            chosen.peer == peer
        else { return [[StyledText("asking for the way to \(peer) ...", .faint)]] }
        switch chosen.result {
        case .failure:
            return [[StyledText("! no route leads to \(peer)", .warning)]]
        case .success(let route):
            let source = route.source.map { " from \($0)" } ?? ""
            let way = [
                StyledText("way to \(peer): ", .heading), StyledText(route.wayText + source),
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
