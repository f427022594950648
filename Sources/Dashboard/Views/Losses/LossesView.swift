import Fields
import Diagnosis
import Samples
import Screen

extension Place {
    package static let losses = Place(LossesView())
}

/// Where datagrams are lost on their way, stage by stage with its interfaces, CPUs and counters;
/// below, what a loss at the selected place means and what to do.
struct LossesView: View {
    func crumb(_ level: Level, _ state: State) -> String { "Drops" }

    var about: [String] {
        [
            "The receive path of a datagram from the wire to the program, and what was dropped at",
            "each stage. DROP/s now, SEEN since dxtop started, DROPS since boot. Below: what a drop",
            "at the selected stage means and what to do.",
        ]
    }

    var bindings: [Binding] {
        [Binding([.character("r")], .routes, ("r", "routing tables"), hint: "r routes")]
            + Keymap.ownerThreads + Keymap.ownerStacks + Keymap.movement + Keymap.namespaces
    }

    var columns: [Column] { Column.lossColumns }
    var firstSort: FieldID { .dropRate }
    var hasOwnOrder: Bool { true }
    var isOfNetwork: Bool { true }

    func rows(_ arrangement: Arrangement) -> [Row] { arrangement.network?.lossRows ?? [] }

    func settle(_ state: inout State) {
        if !state.list.isByHand { state.selectLosingStage() }
    }

    func emptiness(_ state: State) -> String? {
        NetworkNotes.emptiness(state, of: .udp)
    }

    func kept(_ snapshot: Snapshot, of totals: Snapshot.Totals) -> KeptRows? {
        .sockets(.udp, snapshot, of: totals)
    }

    func subject(ofRow row: RowID, _ state: State) -> Subject? {
        func stage(_ id: LossChain.StageID) -> LossChain.Stage? {
            state.lossChain?.stages.first { $0.id == id }
        }
        return switch row {
        case .stage(let id): stage(id)?.subject
        case .part(let id, let name): stage(id)?.details.first { $0.name == name }?.subject
        default: nil
        }
    }

    func groundsHeight(rows: Int) -> Int { UDPView().groundsHeight(rows: rows) }
    func wish(_ interest: inout Interest, _ state: State) { interest.network.tables = .udp }
    func shellCommands(_ state: State) -> [ShellCommand] { UDPView.shellCommands(state) }

    func perform(_ command: Command, _ state: inout State) -> [Effect]? {
        state.performOnNetwork(command)
    }

    func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        guard let snapshot = state.shown else {
            surface.put("reading /proc ...", at: layout.summary.origin, style: .faint)
            return
        }
        ListView.drawRule(
            "DROPS BY STAGE \(NetworkNotes.namespace(state))", state, snapshot, into: &surface,
            in: layout.summary)
        ListView.draw(state, snapshot, into: &surface, layout)
        var grounds = layout.grounds
        guard grounds.rows > 0 else { return }
        guard let stage = Self.selectedStage(state) else {
            for line in NetworkNotes.lines(state, of: .udp).prefix(grounds.rows) {
                surface.put(line, at: grounds.takeTop(1).origin)
            }
            return
        }
        let rule = grounds.takeTop(1)
        surface.fill(rule, surface.glyphs.rule, style: .faint)
        surface.put(
            " \(stage.id.name.uppercased()) ", at: Point(column: rule.column + 1, row: rule.row),
            style: .heading)
        let width = grounds.columns - 7
        let meaning = Wrapped.lines(stage.meaning, width: width)
        let advice = Wrapped.lines(state.nextSteps(stage.next), width: width)
        let lines =
            meaning.enumerated().map { ($0 == 0 ? "means" : "", $1) }
            + advice.enumerated().map { ($0 == 0 ? "next" : "", $1) }
        for (label, text) in lines.prefix(grounds.rows) {
            let row = grounds.takeTop(1)
            surface.put(label, at: Point(column: row.column + 1, row: row.row), style: .heading)
            surface.put(text, at: Point(column: row.column + 7, row: row.row))
        }
    }

    private static func selectedStage(_ state: State) -> LossChain.Stage? {
        switch state.level.list.selected {
        case .stage(let id), .part(let id, _): state.lossChain?.stages.first { $0.id == id }
        default: nil
        }
    }
}
