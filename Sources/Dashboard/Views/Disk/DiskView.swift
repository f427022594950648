import Fields
import Samples
import Screen
import Units

extension Place {
    package static let disk = Place(DiskView())
}

/// View 6: block devices, the busiest first, as `iostat -x` has them.
struct DiskView: View {
    static let root = RootView(
        key: "6", name: "disk", title: "Disk", place: .disk, placeOfProcess: { _ in .disk })

    func crumb(_ level: Level, _ state: State) -> String { "Disk" }

    var about: [String] {
        [
            "Block devices, the busiest first: what they read and write, how long a request",
            "takes, how many they have at once. Partitions are part of their disk; a device",
            "that is made of others (dm, md) has a row beside theirs.",
        ]
    }

    var bindings: [Binding] { Keymap.movement + Keymap.filter + Keymap.order }

    var columns: [Column] { Column.diskColumns }
    var firstSort: FieldID { DiskFields.declared.utilization.id }
    var isKept: Bool { true }

    func rows(_ arrangement: Arrangement) -> [Row] { arrangement.diskRows() }

    func kept(_ snapshot: Snapshot, of totals: Snapshot.Totals) -> KeptRows? {
        KeptRows(kept: snapshot.disks.count, total: totals.disks, what: "disks")
    }

    func emptiness(_ state: State) -> String? {
        "no device has read or written since boot, or /proc/diskstats is missing"
    }

    func open(_ state: inout State) -> [Effect] { [] }

    func shellCommands(_ state: State) -> [ShellCommand] {
        [
            ShellCommand("iostat -x 1", shows: "the same (package sysstat)"),
            ShellCommand(
                "lsblk", shows: "which devices are made of which, and where they are mounted"),
            ShellCommand("pidstat -d 1", shows: "processes by what they read and write"),
            .watch("disks"),
        ]
    }

    func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        guard let snapshot = state.shown else {
            surface.put("reading /proc ...", at: layout.summary.origin, style: .faint)
            return
        }
        ListView.drawRule(
            "DISKS \(snapshot.disks.count)", state, snapshot, into: &surface, in: layout.summary)
        ListView.draw(state, snapshot, into: &surface, layout)
    }
}

extension DiskRow: ListRow {
    init?(_ row: Row, in contexts: RowContexts) {
        guard let disks = contexts.shown?.snapshot.disks, disks.indices.contains(row.index) else {
            return nil
        }
        self.init(disks[row.index])
    }
}

extension Arrangement {
    fileprivate func diskRows() -> [Row] {
        let filter = TextFilter(list.filter)
        let disks = snapshot.disks
        return ordered(
            disks.indices.filter { filter.matches(disks[$0].name) }.map {
                Row(id: .of(.device(disks[$0].name)), index: $0)
            })
    }
}

extension Column {
    static let diskColumns = {
        let fields = DiskFields.declared
        return [
            Column(fields.name, priority: 0),
            Column(fields.utilization, priority: 0),
            Column(fields.readBytes, priority: 1),
            Column(fields.writtenBytes, priority: 1),
            Column(fields.readRate, priority: 3),
            Column(fields.writeRate, priority: 3),
            Column(fields.readWait, priority: 2),
            Column(fields.writeWait, priority: 2),
            Column(fields.flushRate, priority: 5),
            Column(fields.flushWait, priority: 4),
            Column(fields.queue, priority: 2),
            Column(fields.inFlight, priority: 6),
            Column(fields.discardRate, priority: 8),
            Column(fields.discardedBytes, priority: 7),
            Column(fields.discardWait, priority: 8),
        ]
    }()
}
