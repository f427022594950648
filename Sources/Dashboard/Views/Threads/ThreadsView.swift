import Diagnosis
import Samples
import Screen
package import Units

extension Place {
    package static func threads(of process: ProcessIdentity?) -> Place {
        Place(ThreadsView(process: process))
    }
}

/// View 2: threads of the host or of one process, the hot ones standing out.
struct ThreadsView: View {
    static let root = RootView(
        key: "2", name: "threads", title: "Threads of the host", place: .threads(of: nil),
        placeOfProcess: { .threads(of: $0) })

    /// Nil for the whole host.
    let process: ProcessIdentity?

    func crumb(_ level: Level, _ state: State) -> String {
        process.map { "\(level.processName ?? "process") \($0.pid)" } ?? "Threads"
    }

    var about: [String] {
        [
            "Threads by CPU. A hot one uses most of a CPU; Enter shows what it does,",
            "p shows the functions it spends its time in, s traces its system calls.",
        ]
    }

    var bindings: [Binding] {
        Keymap.open + Keymap.profile + Keymap.filter + Self.functions + Keymap.tools
            + Keymap.hotRows + Keymap.probes + Keymap.movement + Keymap.order
            + Keymap.socketsOfProcess
    }

    private static let functions = [
        Binding(
            [.character("W")], .hotFunctions,
            (
                "W",
                "WHERE: name the functions of user code that burn CPU, by sampling the machine at a low rate"
            ), hint: "W where")
    ]

    var columns: [Column] { process == nil ? Column.hostThreadColumns : Column.threadColumns }
    var isKept: Bool { process == nil }
    var followsSamples: Bool { true }

    func rows(_ arrangement: Arrangement) -> [Row] { arrangement.threadRows(of: process) }

    func emptiness(_ state: State) -> String? {
        guard let process else { return "nothing here" }
        return state.isLive
            ? "process \(process.pid) has ended; Esc goes back"
            : "process \(process.pid) is not in this recorded sample"
    }

    func kept(_ snapshot: Snapshot, of totals: Snapshot.Totals) -> KeptRows? {
        guard let process else {
            let kept = snapshot.processes.reduce(0) { $0 + $1.threads.count }
            return KeptRows(kept: kept, total: totals.threads, what: "threads")
        }
        return snapshot.process(process).map {
            KeptRows(kept: $0.threads.count, total: $0.threadCount, what: "threads")
        }
    }

    func subject(_ state: State) -> Subject? { process.map { .process($0) } }

    func wish(_ interest: inout Interest, _ state: State) {
        state.wishForTasks(&interest, columnsForAll: true)
        guard let process else { return }
        interest.scope = .process(process)
        interest.shownProcesses.insert(process)
    }

    func note(_ snapshot: Snapshot, in level: inout Level) {
        guard let process, let sample = snapshot.process(process) else { return }
        level.processName = sample.name
    }

    func shellCommands(_ state: State) -> [ShellCommand] {
        let switches = "CPU and switches of each thread"
        guard let pid = process?.pid else {
            return [
                ShellCommand("top -H -b -n 1", shows: "threads by CPU"),
                ShellCommand("pidstat -t -u -w 1 1", shows: switches), .watch("threads"),
            ]
        }
        return [
            ShellCommand("top -H -b -n 1 -p \(pid)", shows: "its threads by CPU"),
            ShellCommand("pidstat -t -u -w -p \(pid) 1 1", shows: switches),
            .watch("threads --pid \(pid)"),
        ]
    }

    func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        guard let snapshot = state.shown else {
            surface.put("reading /proc ...", at: layout.summary.origin, style: .faint)
            return
        }
        ListView.drawRule(
            title(state, snapshot), state, snapshot, into: &surface, in: layout.summary)
        ListView.draw(state, snapshot, into: &surface, layout)
    }

    private func title(_ state: State, _ snapshot: Snapshot) -> String {
        var processes = snapshot.processes
        var title = "THREADS"
        if let process {
            processes = processes.filter { $0.id == process }
            title += processes.first.map { " \($0.name) \($0.id.pid)" } ?? ""
        }
        let threads = processes.reduce(0) { $0 + $1.threadCount }
        let hot = processes.reduce(0) {
            $0 + $1.hotThreads(state.settings.hotThreshold).count
        }
        let sampling = state.probes.hotFunctions.text.map { "  " + $0 } ?? ""
        return "\(title)  \(threads) thr  \(hot) hot\(sampling)"
    }
}
