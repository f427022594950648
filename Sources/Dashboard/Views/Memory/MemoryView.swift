import ProcSampling
import Screen

/// View 3: the curve of the selected process, what it says, then processes by how much they grew.
enum MemoryView {
    /// The verdict, and what the memory is made of.
    static let verdictLines = 2

    /// Rows for the curve with its time axis, where the screen has so many.
    static func curveHeight(rows: Int) -> Int {
        switch rows {
        case ..<14: 0
        case ..<20: 5
        case ..<30: 8
        default: rows / 3
        }
    }

    static func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        guard let snapshot = state.shown else {
            surface.put("reading /proc ...", at: layout.summary.origin, style: .faint)
            return
        }
        var summary = layout.summary
        let title = summary.takeTop(1)
        let verdict = summary.takeBottom(min(verdictLines, summary.rows))
        let picture = MemoryPicture(state, snapshot)
        ListView.drawRule(picture.title, state, snapshot, into: &surface, in: title)
        if summary.rows >= 3 { picture.draw(into: &surface, in: summary) }
        picture.drawVerdict(into: &surface, in: verdict)
        ListView.draw(state, snapshot, into: &surface, layout)
    }
}
