import Diagnosis
import ProcSampling
import Screen

/// Where datagrams are lost on their way, stage by stage with its interfaces, CPUs and counters;
/// below, what a loss at the selected place means and what to do.
enum LossesView {
    static func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        guard let snapshot = state.shown else {
            surface.put("reading /proc ...", at: layout.summary.origin, style: .faint)
            return
        }
        ListView.drawRule(
            "WHERE LOST \(NetworkNotes.namespace(state))", state, snapshot, into: &surface,
            in: layout.summary)
        ListView.draw(state, snapshot, into: &surface, layout)
        var grounds = layout.grounds
        guard grounds.rows > 0 else { return }
        guard let stage = selectedStage(state) else {
            for line in NetworkNotes.lines(state).prefix(grounds.rows) {
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
        let advice = Wrapped.lines(stage.advice, width: width)
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
