import Fields
import Diagnosis
import Samples
import Screen

extension Place {
    package static func socketGroups(by kind: SocketGroup.Kind) -> Place {
        Place(SocketGroupsView(kind: kind))
    }
}

/// Sockets, counted by what they have in common.
struct SocketGroupsView: View {
    let kind: SocketGroup.Kind

    func crumb(_ level: Level, _ state: State) -> String { "Sockets" }
    var about: [String] { SocketsView.about }
    var bindings: [Binding] { SocketsView.bindings }
    var columns: [Column] { Column.socketGroupColumns }
    var firstSort: FieldID { .count }
    var isOfNetwork: Bool { true }
    var isKept: Bool { true }

    /// A part of them, counted, would be another figure.
    func prepare(_ state: inout State) {
        let isWhole = UnreadTables(state)?.tables.isEmpty ?? true
        state.network.group(by: kind, of: state.shown, isWhole: isWhole)
    }

    func rows(_ arrangement: Arrangement) -> [Row] {
        arrangement.network.map {
            arrangement.ordered($0.groupRows(filter: arrangement.list.filter))
        }
            ?? []
    }

    func emptiness(_ state: State) -> String? {
        NetworkNotes.emptiness(state, of: .all)
    }

    func kept(_ snapshot: Snapshot, of totals: Snapshot.Totals) -> KeptRows? {
        .sockets(.all, snapshot, of: totals)
    }

    func subject(ofRow row: RowID, _ state: State) -> Subject? {
        switch row {
        case .socketGroup(.peer(let address)): .peer(address)
        case .socketGroup(.process(let process)): .process(process)
        default: nil
        }
    }

    func open(_ state: inout State) -> [Effect] {
        guard case .socketGroup(let id)? = state.selectedRow?.id else {
            return state.openSelectedRow()
        }
        state.navigation.open(.sockets(of: id))
        return []
    }

    func groundsHeight(rows: Int) -> Int { rows >= 12 ? 2 : 0 }
    func wish(_ interest: inout Interest, _ state: State) { interest.network.tables = .all }
    func shellCommands(_ state: State) -> [ShellCommand] { SocketsView.shellCommands(state) }

    func perform(_ command: Command, _ state: inout State) -> [Effect]? {
        guard command == .nextGrouping else { return state.performOnNetwork(command) }
        let kinds = SocketGroup.Kind.allCases
        let next = (kinds.firstIndex(of: kind) ?? 0) + 1
        state.navigation.replace(
            with: next < kinds.count ? .socketGroups(by: kinds[next]) : .sockets(of: nil))
        return []
    }

    func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        SocketsView.draw(SocketsView.title(state, by: kind), state, into: &surface, layout)
    }
}
