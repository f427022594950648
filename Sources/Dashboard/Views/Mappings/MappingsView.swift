import Fields
import Diagnosis
import Glibc
import ProcFormats
import Samples
import Screen
package import Units

extension Place {
    package static func mappings(of process: ProcessIdentity) -> Place {
        Place(MappingsView(process: process))
    }
}

/// What a process's memory is made of, mapping by mapping, and which of it grows.
struct MappingsView: View {
    let process: ProcessIdentity

    func crumb(_ level: Level, _ state: State) -> String {
        "\(level.processName ?? "process") \(process.pid)"
    }

    var about: [String] {
        [
            "What one process's memory is made of, from smaps, and which of it grows.",
            "Read on demand: it takes locks inside the process. While this is open it is",
            "read again, but not sooner than 10 s after the reading before.",
        ]
    }

    var bindings: [Binding] { Self.keys + Keymap.faults + Keymap.list + Keymap.tools }

    private static let keys =
        [
            Binding(
                [.enter], .open, ("Enter", "show the mappings of a group one by one, or fold them"),
                hint: "Enter unfold")
        ] + Keymap.folding + [
            Binding(
                [.character("r")], .readMappings, ("r", "read smaps again now"), hint: "r read"),
            Binding([.character("M")], .sort(.anonymous), ("M", "sort by anonymous memory")),
        ]

    var columns: [Column] { Column.mappingColumns }
    var firstSort: FieldID { .rate }
    var parent: Place? { .memory }

    func prepare(_ state: inout State) { state.mappings.sortMembers(of: state.list.unfolded) }
    func rows(_ arrangement: Arrangement) -> [Row] { arrangement.mappings(of: process) }
    func emptiness(_ state: State) -> String? { nil }

    /// A title, what was read and when, the sums, what reading costs.
    private static let summaryLines = 4

    func summaryHeight(_ state: State) -> Int {
        state.size.rows >= 14 ? Self.summaryLines : state.size.rows >= 8 ? 2 : 0
    }

    func subject(_ state: State) -> Subject? { .process(process) }

    func open(_ state: inout State) -> [Effect] {
        guard case .mappings? = state.selectedRow?.id else { return state.openSelectedRow() }
        state.toggleSelectedFold()
        return []
    }

    func wish(_ interest: inout Interest, _ state: State) {
        interest.shownProcesses = [process]
        // Nobody looks at more than what stands: the process is left in peace.
        guard state.isLive else { return }
        interest.mappings = Interest.MappingsWish(process: process, number: state.mappings.number)
    }

    func note(_ snapshot: Snapshot, in level: inout Level) {
        if let process = snapshot.process(process) { level.processName = process.name }
    }

    func shellCommands(_ state: State) -> [ShellCommand] {
        [
            ShellCommand("cat /proc/\(process.pid)/smaps_rollup", shows: "its memory in sum"),
            ShellCommand(
                "pmap -X \(process.pid) | sort -nrk7 | head -20",
                shows: "its mappings, by resident memory"),
        ]
    }

    func perform(_ command: Command, _ state: inout State) -> [Effect]? {
        guard command == .readMappings else { return nil }
        state.readMappings()
        return []
    }

    func leave(_ state: inout State) -> [Effect] {
        state.mappings.forget()
        return []
    }

    func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        guard let snapshot = state.shown else { return }
        let reading = state.mappings.latest.flatMap { $0.process == process ? $0 : nil }
        var summary = layout.summary
        ListView.drawRule(
            Self.title(process, reading, state), state, snapshot, into: &surface,
            in: summary.takeTop(min(1, summary.rows)))
        for line in Self.lines(reading, state, snapshot) {
            guard summary.rows > 0 else { break }
            let row = summary.takeTop(1)
            surface.put(
                line, at: Point(column: row.column + 1, row: row.row), within: row.columns - 1)
        }
        ListView.draw(state, snapshot, into: &surface, layout)
    }

    private static func title(
        _ process: ProcessIdentity, _ reading: MappingsReading?, _ state: State
    ) -> String {
        let isThere = state.live.map { $0.process(process) != nil } ?? true
        let name = state.level.processName ?? "process"
        var title = "MAPPINGS \(name) \(process.pid)\(isThere ? "" : " (ended)")"
        if let reading, !reading.mappings.isEmpty {
            title += "  \(reading.mappings.count) mappings"
        }
        return title
    }

    private static func lines(
        _ reading: MappingsReading?, _ state: State, _ snapshot: Snapshot
    ) -> [[StyledText]] {
        if snapshot.recordedTotals != nil {
            return [[StyledText("mappings are not recorded; Space goes on live", .faint)]]
        }
        let process = state.selectedProcess.flatMap(snapshot.process)
        guard let reading else { return [[StyledText("reading smaps ...", .faint)], [], cost] }
        return [progress(reading, state, snapshot), sums(reading, state, process), cost]
    }

    private static let cost = [
        StyledText(
            "smaps takes locks inside the process: it is read only while this is open.",
            .faint)
    ]

    /// When it was read, how long that took, and when it is read again.
    private static func progress(
        _ reading: MappingsReading, _ state: State, _ snapshot: Snapshot
    ) -> [StyledText] {
        let clock = reading.time.clock(secondsFromUTC: state.settings.secondsFromUTC)
        let time = "\((reading.duration.seconds * 1000).rounded() / 1000) s"
        switch reading.progress {
        case .reading:
            return [
                StyledText("reading ... ", .warning),
                StyledText("\(reading.mappings.count) mappings in \(time) so far; Esc stops it"),
            ]
        case .failed(let error):
            return [StyledText("! " + reason(error), .warning)]
        case .cut, .complete:
            let reach: StyledText =
                switch reading.progress {
                case .cut(.count):
                    StyledText("; ! only the first \(reading.mappings.count) mappings", .warning)
                case .cut: StyledText("; ! stopped at the limit of time", .warning)
                default: StyledText("")
                }
            return [StyledText("read at \(clock) in \(time)"), reach]
                + [StyledText(growth(reading, state)), StyledText(again(reading, state, snapshot))]
        }
    }

    private static func growth(_ reading: MappingsReading, _ state: State) -> String {
        guard let first = state.mappings.first else { return "; growth unknown" }
        guard first.moment < reading.moment else { return "; growth after the next sample" }
        return "; growth over \(Duration(reading.moment.since(first.moment)).text)"
    }

    private static func again(
        _ reading: MappingsReading, _ state: State, _ snapshot: Snapshot
    ) -> String {
        if state.mappings.readsAgain { return "; reading ..." }
        guard state.isLive, let nextAt = reading.nextAt else { return "" }
        let left = nextAt.since(snapshot.moment).seconds.rounded(.up)
        return " (\(Int(left)) s; r = now)"
    }

    /// The kernel's own sums, where it tells them; else those of what was read, or of `status`.
    private static func sums(
        _ reading: MappingsReading, _ state: State, _ process: ProcessSample?
    ) -> [StyledText] {
        let groups = state.mappings.groups
        func sum(_ field: KeyPath<MappingGroup, ByteCount>) -> ByteCount? {
            groups.isEmpty
                ? nil : groups.reduce(ByteCount(0)) { $0 + $1[keyPath: field] }
        }
        let rollup = reading.rollup
        let memory = process?.memory
        let facts: [(String, ByteCount?)] = [
            ("PSS", rollup?.proportional ?? sum(\.proportional)),
            ("RSS", rollup?.resident ?? sum(\.resident) ?? process?.residentMemory),
            ("anon", rollup?.anonymous ?? sum(\.anonymous) ?? memory?.anonymous),
            ("swap", rollup?.swap ?? sum(\.swap) ?? memory?.swap),
            ("virtual", sum(\.size) ?? memory?.addressSpace),
        ]
        return [StyledText(facts.map { "\($0.0) \($0.1.text)" }.joined(separator: "  "))]
    }

    private static func reason(_ error: ProcError) -> String {
        switch error {
        case .denied: "not permitted: smaps needs root or the same user"
        case .vanished: "the process has ended"
        case .absent: "this kernel has no smaps"
        case .malformed: "smaps did not parse: a bug of dxtop, please report"
        case .failed(_, let errno):
            errno == ETIMEDOUT
                ? "it does not answer: something holds the lock on its memory"
                : "error \(errno)"
        }
    }
}
