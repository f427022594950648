import Fields
import Diagnosis
import ProcFormats
import Samples
import Screen
import Units

extension Place {
    package static let overview = Place(OverviewView())
}

/// View 1: which resource is short, then processes by their hottest thread.
struct OverviewView: View {
    static let root = RootView(
        key: "1", name: "overview", title: "Overview", place: .overview,
        placeOfProcess: { .threads(of: $0) })

    /// More on a tall screen: every CPU, so that one at its limit shows.
    private static let cpuLines = 2

    func crumb(_ level: Level, _ state: State) -> String { "Overview" }

    let about = [
        "Which resource is short, then processes by their hottest thread:",
        "a sum of 131 % never hides one thread that keeps a CPU to itself.",
    ]

    var bindings: [Binding] {
        Keymap.open + Self.findings + Keymap.profile + Keymap.filter + Self.rows + Keymap.tools
            + Keymap.hotRows + Keymap.probes + Keymap.movement + Keymap.order
            + Keymap.socketsOfProcess
    }

    private static let findings = [
        Binding(
            [.tab], .nextFinding,
            ("Tab", "the next finding: Enter goes to where it can be seen"), hint: "Tab findings"),
        Binding(
            [.character("m")], .mute,
            ("m", "mute the selected finding, with a reason; again: unmute")),
    ]

    private static let rows = [
        Binding(
            [.character("H")], .toggleThreads, ("H", "threads among the processes"),
            hint: "H threads"),
        Binding([.character("t"), .function(5)], .toggleTree, ("t F5", "tree"), hint: "t tree"),
        Binding(
            [.character("+"), .character("=")], .unfold, ("+ -", "in the tree: unfold, fold")),
        Binding([.character("-")], .fold),
    ]

    var columns: [Column] { Column.processColumns }
    var firstSort: FieldID { .hottest }
    var namesThreads: Bool { true }
    var showsFindings: Bool { true }

    func rows(_ arrangement: Arrangement) -> [Row] { arrangement.processRows() }

    func kept(_ snapshot: Snapshot, of totals: Snapshot.Totals) -> KeptRows? {
        .processes(snapshot, of: totals)
    }

    func summaryHeight(_ state: State) -> Int {
        let findings = FindingsView.height(state)
        switch state.size.rows {
        case 28...: return ResourceLines.height + 1 + Self.cpuLines + findings
        case 16..<28: return ResourceLines.height + 1 + findings
        case 8..<16: return 1 + findings
        default: return findings
        }
    }

    func wish(_ interest: inout Interest, _ state: State) {
        state.wishForTasks(&interest, columnsForAll: state.list.showsThreads)
    }

    func shellCommands(_ state: State) -> [ShellCommand] {
        state.findingCommands + [
            ShellCommand("top -b -n 1 -o %CPU", shows: "processes by CPU"),
            ShellCommand(
                "ps -eLo pid,tid,pcpu,comm --sort=-pcpu | head",
                shows: "threads by CPU since they started"),
            ShellCommand("grep . /proc/pressure/*", shows: "what tasks wait for (PSI)"),
            .watch("processes"),
        ]
    }

    func hints(_ hints: [String], _ state: State) -> [String] { hints.filter { $0 != "Esc back" } }

    func perform(_ command: Command, _ state: inout State) -> [Effect]? {
        switch command {
        case .move(let distance):
            guard state.moveAmongFindings(by: distance) else { return nil }
        case .back where state.list.filter.isEmpty: state.findings.deselect()
        case .nextFinding: state.selectNextFinding()
        case .mute: state.muteSelected()
        case .toggleThreads: state.list.showsThreads.toggle()
        case .toggleTree: state.list.isTree.toggle()
        default: return nil
        }
        return []
    }

    func open(_ state: inout State) -> [Effect] {
        guard state.hidesRow else { return state.openSelectedRow() }
        guard let finding = state.chosenFinding else {
            state.say("the selected finding is over")
            return []
        }
        state.open(finding)
        return []
    }

    func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        guard let snapshot = state.shown else {
            surface.put("reading /proc ...", at: layout.summary.origin, style: .faint)
            return
        }
        var summary = layout.summary
        let title = summary.takeBottom(min(1, summary.rows))
        let findings = summary.takeBottom(min(FindingsView.height(state), summary.rows))
        FindingsView.draw(state, into: &surface, in: findings)
        if summary.rows >= ResourceLines.height {
            ResourceLines.draw(
                snapshot, state, into: &surface, in: summary.takeTop(ResourceLines.height))
            Self.drawCPUs(snapshot.host, into: &surface, in: summary)
        }
        let what = state.level.list.isTree ? "PROCESS TREE" : "PROCESSES"
        ListView.drawRule(
            "\(what) \(snapshot.processes.count)", state, snapshot, into: &surface, in: title)
        ListView.draw(state, snapshot, into: &surface, layout)
    }

    /// A meter for each CPU; of more than fit, the busiest.
    private static func drawCPUs(_ host: HostSample, into surface: inout Surface, in rect: Rect) {
        let cellWidth = 18
        let perRow = max(1, rect.columns / cellWidth)
        let room = perRow * rect.rows
        guard room > 0, !host.cpus.isEmpty else { return }
        var cpus = host.cpus
        if cpus.count > room {
            cpus = Array(cpus.sorted { $0.shares.busy > $1.shares.busy }.prefix(room))
                .sorted { $0.number < $1.number }
        }
        for (index, cpu) in cpus.enumerated() {
            let origin = Point(
                column: rect.column + index % perRow * cellWidth, row: rect.row + index / perRow)
            let label = "cpu\(cpu.number) "
            let used = surface.put(label, at: origin, style: .faint)
            let figure = cpu.shares.busy.text + "%"
            Meter(Double(cpu.shares.busy.rawValue) / 100).draw(
                into: &surface,
                in: Rect(
                    column: origin.column + used, row: origin.row,
                    columns: cellWidth - used - 8, rows: 1))
            surface.put(
                figure,
                at: Point(column: origin.column + cellWidth - 2 - figure.count, row: origin.row))
        }
    }
}
