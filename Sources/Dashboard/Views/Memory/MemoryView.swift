import History
import Units
import Diagnosis
import Fields
import Samples
import Screen

extension Place {
    package static let memory = Place(MemoryView())
}

/// View 3: the curve of the selected process, what it says, then processes by how much they grew.
struct MemoryView: View {
    static let root = RootView(
        key: "3", name: "memory", title: "Memory", place: .memory,
        placeOfProcess: { .mappings(of: $0) })

    func crumb(_ level: Level, _ state: State) -> String { "Memory" }

    var about: [String] {
        [
            "Processes by how much their memory grew, files not counted; the curve of the",
            "selected one shows its pattern, its slope, and the time to the first limit.",
            "What is kept: 1 s for 15 minutes, 10 s for a day, 60 s for two weeks, of the",
            "largest and the growing. ^ on the time axis: the service was restarted.",
        ]
    }

    var bindings: [Binding] {
        Self.keys + Keymap.list + Keymap.faults + Keymap.tools + Keymap.socketsOfProcess
            + Keymap.curves
    }

    private static let keys = [
        Binding(
            [.enter], .open, ("Enter", "the mappings of the selected process: which of them grows"),
            hint: "Enter mappings"),
        Binding(
            [.character("+"), .character("=")], .zoom(in: true),
            ("+ -", "a shorter, a longer time on the curve"), hint: "+- zoom"),
        Binding([.character("-")], .zoom(in: false)),
        Binding(
            [.character("0")], .toggleScale,
            ("0", "the curve from zero, or from its lowest value"), hint: "0 scale"),
        Binding(
            [.tab], .nextCurve,
            ("Tab", "the curve of the selected process, of the host's memory, of its swap"),
            hint: "Tab host"),
        Binding(
            [.character("m")], .mark,
            ("m", "mark: keep this curve on show, under a digit, beside the selected one's"),
            hint: "m mark"),
        Binding([.character("M")], .sort(.anonymous), ("M", "sort by anonymous memory")),
    ]

    var columns: [Column] { Column.memoryColumns }
    var firstSort: FieldID { .hourChange }
    var isKept: Bool { true }
    /// A curve stays on show when its process ends, and goes on with the one that continues it.
    var waitsForSelection: Bool { true }
    var marksHot: Bool { false }

    func shows(_ column: FieldID, _ state: State) -> Bool { state.isKnownLongEnough(for: column) }

    func fitted(
        _ column: Table<FieldID>.Column, _ state: State
    ) -> Table<FieldID>.Column { state.fittedToTime(column) }

    func prepare(_ state: inout State) {
        if let shown = state.shown {
            state.memory.updateChanges(for: shown, in: state.chronicle.memory)
        }
    }

    func rows(_ arrangement: Arrangement) -> [Row] { arrangement.memoryRows() }

    func settle(_ state: inout State) {
        state.followRestart()
        // In the first minute another process may turn out to grow the most.
        if !state.list.isByHand, state.chronicle.memory.recorded < .seconds(60) {
            state.list.selected = state.list.rows.first?.id
        }
    }

    func kept(_ snapshot: Snapshot, of totals: Snapshot.Totals) -> KeptRows? {
        .processes(snapshot, of: totals)
    }

    func summaryHeight(_ state: State) -> Int {
        let rows = state.size.rows
        guard rows >= 8 else { return 0 }
        return 1 + Self.curveHeight(rows: rows) + (rows >= 12 ? Self.verdictLines : 1)
    }

    func wish(_ interest: inout Interest, _ state: State) {
        state.wishForTasks(&interest, columnsForAll: true)
    }

    func note(_ snapshot: Snapshot, in level: inout Level) {
        guard case .process(let selected) = level.list.selected,
            let process = snapshot.process(selected)
        else { return }
        level.processName = process.name
    }

    func shellCommands(_ state: State) -> [ShellCommand] {
        let selected = state.selectedProcess.map {
            ShellCommand(
                "grep -E 'RssAnon|VmSwap|VmHWM' /proc/\($0.pid)/status",
                shows: "the selected process's memory, swap and peak")
        }
        return [selected].compactMap(\.self) + [
            ShellCommand(
                "ps -eo pid,rss,vsz,comm --sort=-rss | head", shows: "processes by resident memory"),
            ShellCommand(
                "grep -H VmSwap /proc/[0-9]*/status | sort -nrk2 | head",
                shows: "processes by swap"),
            ShellCommand("free -h", shows: "the machine's memory and swap"), .watch("memory"),
        ]
    }

    func open(_ state: inout State) -> [Effect] {
        guard case .process(let process)? = state.selectedRow?.id else {
            return state.openSelectedRow()
        }
        state.navigation.open(.mappings(of: process))
        return []
    }

    func perform(_ command: Command, _ state: inout State) -> [Effect]? {
        switch command {
        case .zoom(let isIn): state.zoom(in: isIn)
        case .toggleScale: state.memory.isFitted.toggle()
        case .mark: state.markSelected()
        case .nextCurve: state.memory.nextSubject()
        default: return nil
        }
        return []
    }

    /// The verdict, and what the memory is made of.
    private static let verdictLines = 2

    /// Rows for the curve with its time axis, where the screen has so many.
    private static func curveHeight(rows: Int) -> Int {
        switch rows {
        case ..<14: 0
        case ..<20: 5
        case ..<30: 8
        default: rows / 3
        }
    }

    func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        guard let snapshot = state.shown else {
            surface.put("reading /proc ...", at: layout.summary.origin, style: .faint)
            return
        }
        var summary = layout.summary
        let title = summary.takeTop(1)
        let verdict = summary.takeBottom(min(Self.verdictLines, summary.rows))
        let picture = MemoryPicture(state, snapshot)
        ListView.drawRule(picture.title, state, snapshot, into: &surface, in: title)
        if summary.rows >= 3 { picture.draw(into: &surface, in: summary) }
        picture.drawVerdict(into: &surface, in: verdict)
        ListView.draw(state, snapshot, into: &surface, layout)
    }
}
