import Diagnosis
import ProcSampling
import Screen
import Units

/// View 2: threads of the host or of one process, the hot ones standing out.
enum ThreadsView {
    static func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        guard let snapshot = state.shown else {
            surface.put("reading /proc ...", at: layout.summary.origin, style: .faint)
            return
        }
        ListView.drawRule(
            title(state, snapshot), state, snapshot, into: &surface, in: layout.summary)
        ListView.draw(state, snapshot, into: &surface, layout)
    }

    private static func title(_ state: State, _ snapshot: Snapshot) -> String {
        var processes = snapshot.processes
        var title = "THREADS"
        if case .threads(of: let owner?) = state.place {
            processes = processes.filter { $0.id == owner }
            title += processes.first.map { " \($0.name) \($0.id.pid)" } ?? ""
        }
        let threads = processes.reduce(0) { $0 + $1.threadCount }
        let hot = processes.reduce(0) { count, process in
            count
                + process.threads.count { $0.isHot(state.settings.hotThreshold) == true }
        }
        let sampling = state.hotFunctions.text.map { "  " + $0 } ?? ""
        return "\(title)  \(threads) thr  \(hot) hot\(sampling)"
    }
}
