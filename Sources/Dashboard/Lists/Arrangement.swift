import Diagnosis
import Fields
import Probes
import Samples
import Units

/// Makes the rows of a list out of a snapshot: which there are, in which order, how deep.
struct Arrangement {
    let snapshot: Snapshot
    let list: ListState
    private let contexts: RowContexts
    /// Of the view.
    private let columns: [Column]
    var network: NetworkRows? { contexts.network }
    /// The places that rows have and keep; nil where they are put in order anew.
    private let places: [RowID: Int]?
    /// What a probe found, in order.
    private let probe: [ReportRow]

    /// - Parameter holdsOrder: rows keep the places they have.
    init(
        snapshot: Snapshot, list: ListState, contexts: RowContexts, columns: [Column],
        holdsOrder: Bool, probe: [ReportRow] = []
    ) {
        self.snapshot = snapshot
        self.list = list
        self.contexts = contexts
        self.columns = columns
        self.probe = probe
        places =
            holdsOrder
            ? Dictionary(
                list.rows.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
            : nil
    }

    /// Processes by one column or as a tree, with their threads where a person wants them.
    func processRows() -> [Row] {
        if list.isTree { return tree() }
        return ordered(filtered(list.showsThreads ? processes() + threads() : processes()))
    }

    /// Threads of one process, or of all.
    func threadRows(of process: ProcessIdentity?) -> [Row] {
        guard let process else { return ordered(filtered(threads(includingSole: true))) }
        guard let index = snapshot.processes.firstIndex(where: { $0.id == process }) else {
            return []
        }
        return ordered(filtered(threads(ofProcessesAt: [index])))
    }

    func memoryRows() -> [Row] { ordered(filtered(processesWithMemory())) }

    /// - Parameter isOrdered: a tree has an order of its own.
    func probeRows(isOrdered: Bool) -> [Row] {
        let filter = TextFilter(list.filter)
        let rows = probe.indices.filter {
            filter.isEmpty || probe[$0].cells.values.contains { filter.matches($0.text) }
        }.map {
            index in
            var row = Row(id: .probe(probe[index].id), index: index)
            row.depth = probe[index].depth
            return row
        }
        guard !isOrdered else { return rows }
        let column = columns.first { $0.id == list.sort }
        return ordered(rows, leastFirst: column?.leastFirst ?? false) {
            probe[$0.index].cells[list.sort]?.value.key()
        }
    }

    private func processes() -> [Row] {
        snapshot.processes.indices.map {
            Row(id: .process(snapshot.processes[$0].id), index: $0)
        }
    }

    /// Kernel threads have none. The largest first: of those that grew alike it comes first, too.
    private func processesWithMemory() -> [Row] {
        func size(_ row: Row) -> UInt64 {
            let process = snapshot.processes[row.index]
            return (process.memory?.undroppable ?? process.residentMemory)?.rawValue ?? 0
        }
        return processes().filter { !snapshot.processes[$0.index].isKernelThread }
            .sorted { size($0) > size($1) }
    }

    func mappings(of process: ProcessIdentity) -> [Row] {
        let groups = contexts.groups
        var rows = groups.indices.map {
            Row(id: .mappings(groups[$0].id), index: $0)
        }
        if !list.filter.isEmpty {
            let filter = TextFilter(list.filter)
            rows.removeAll { MappingRow($0, in: contexts)?.matches(filter) != true }
        }
        return ordered(rows).flatMap { row -> [Row] in
            guard groups[row.index].count > 1 else { return [row] }
            var group = row
            group.isFolded = !list.unfolded.contains(row.id)
            guard !group.isFolded else { return [group] }
            return [group]
                + groups[row.index].members.indices.map { index in
                    var member = Row(
                        id: .of(
                            .mapping(groups[row.index].members[index].mapping.start, of: process)),
                        index: row.index, part: index)
                    member.depth = 1
                    return member
                }
        }
    }

    /// - Parameter includingSole: also the thread of a process that has just one, which adds nothing
    ///   where the process has a row itself.
    private func threads(includingSole: Bool = false) -> [Row] {
        threads(
            ofProcessesAt: snapshot.processes.indices.filter {
                includingSole || snapshot.processes[$0].threadCount > 1
            })
    }

    /// There may be ten thousand: their rows find room at once, for memory that is given back and
    /// asked for anew with each refresh costs more than all else here.
    private func threads(ofProcessesAt indices: [Int]) -> [Row] {
        var rows: [Row] = []
        rows.reserveCapacity(indices.reduce(0) { $0 + snapshot.processes[$1].threads.count })
        for index in indices {
            let threads = snapshot.processes[index].threads
            for part in threads.indices {
                rows.append(Row(id: .thread(threads[part].id), index: index, part: part))
            }
        }
        return rows
    }

    private func filtered(_ rows: [Row]) -> [Row] {
        guard !list.filter.isEmpty else { return rows }
        let filter = TextFilter(list.filter)
        return rows.filter { matches($0, filter) }
    }

    private func matches(_ row: Row, _ filter: TextFilter) -> Bool {
        ProcessRow(row, in: contexts)?.matches(filter) == true
    }

    /// By the column that a person chose.
    func ordered(_ rows: [Row]) -> [Row] {
        let column = columns.first { $0.id == list.sort }
        return ordered(rows, leastFirst: column?.leastFirst ?? false) {
            column?.key($0, contexts)
        }
    }

    private func ordered(
        _ rows: [Row], leastFirst: Bool, by key: (Row) -> SortKey?
    ) -> [Row] {
        if let places {
            let keys = rows.map { places[$0.id] ?? .max }
            return rows.indices.sorted { keys[$0] < keys[$1] }.map { rows[$0] }
        }
        return RowOrder.sorted(
            rows.count, descending: leastFirst == list.isReversed,
            places: earlierPlaces(of: rows), key: { key(rows[$0]) }
        ).map { rows[$0] }
    }

    /// Where rows stood that were on the screen or near it. Of rows with the same figure these come
    /// first and in their old order: a row that shows a tenth for once then moves up once, instead
    /// of pushing all others down and letting them up again.
    ///
    /// Most are in the snapshot where they were in the one before, and are found there: only for
    /// those that are not, all others are looked at.
    private func earlierPlaces(of rows: [Row]) -> [Int] {
        let last = min(list.rows.count, list.scroll + Self.rowsNearScreen)
        var places = Array(repeating: Int.max, count: rows.count)
        var moved: [RowID: Int] = [:]
        for (place, row) in list.rows[..<last].enumerated() {
            if let index = rows.firstIndex(from: row), rows[index].id == row.id {
                places[index] = min(place, places[index])
            } else if moved[row.id] == nil {
                moved[row.id] = place
            }
        }
        guard !moved.isEmpty else { return places }
        for index in rows.indices where places[index] == .max {
            places[index] = moved[rows[index].id] ?? .max
        }
        return places
    }

    /// More than any screen shows.
    private static let rowsNearScreen = 200

    /// Processes below the one that started them, siblings in order; with a filter, the processes
    /// that match and the way to them.
    private func tree() -> [Row] {
        let all = ordered(processes())
        var (roots, children) = families(of: all)
        breakCycles(in: all, &roots, &children)

        var rows: [Row] = []
        // Depth first with a stack of its own: a hostile chain of processes is as deep as it likes.
        var pending = Array(roots.reversed())
        while var row = pending.popLast() {
            let process = snapshot.processes[row.index]
            let below = children[row.index] ?? []
            let ownThreads =
                list.showsThreads && process.threadCount > 1
                ? ordered(threads(ofProcessesAt: [row.index])) : []
            // With a filter also what is folded away is looked through.
            row.isFolded =
                list.filter.isEmpty && list.folded.contains(row.id)
                && !(below.isEmpty && ownThreads.isEmpty)
            rows.append(row)
            guard !row.isFolded else { continue }
            rows += ownThreads.map { thread in
                var thread = thread
                thread.depth = row.depth + 1
                return thread
            }
            pending += below.reversed().map { child in
                var child = child
                child.depth = row.depth + 1
                return child
            }
        }
        return list.filter.isEmpty ? rows : keepingWays(in: rows)
    }

    /// Who has no parent here, and who is whose child, by the parent's index.
    private func families(of all: [Row]) -> (roots: [Row], children: [Int: [Row]]) {
        let indices = Dictionary(
            snapshot.processes.enumerated().map { ($1.id.pid, $0) },
            uniquingKeysWith: { first, _ in first })
        var roots: [Row] = []
        var children: [Int: [Row]] = [:]
        for row in all {
            let process = snapshot.processes[row.index]
            // Who began later only has the number of a parent that has ended.
            if let parent = indices[process.parent], parent != row.index,
                snapshot.processes[parent].id.startTime <= process.id.startTime
            {
                children[parent, default: []].append(row)
            } else {
                roots.append(row)
            }
        }
        return (roots, children)
    }

    /// Makes roots of those that hang from nobody but each other: numbers that were used again
    /// within one clock tick could do that.
    private func breakCycles(
        in all: [Row], _ roots: inout [Row], _ children: inout [Int: [Row]]
    ) {
        var isReached = Array(repeating: false, count: snapshot.processes.count)
        func reach(_ root: Row) {
            var pending = [root.index]
            while let index = pending.popLast() {
                guard !isReached[index] else { continue }
                isReached[index] = true
                pending += (children[index] ?? []).map(\.index)
            }
        }
        for root in roots { reach(root) }
        for row in all where !isReached[row.index] {
            for parent in children.keys { children[parent]?.removeAll { $0.id == row.id } }
            roots.append(row)
            reach(row)
        }
    }

    /// Of a tree's rows, those that match the filter and the rows they hang from.
    private func keepingWays(in rows: [Row]) -> [Row] {
        var kept: [Row] = []
        var wantedDepth = 0
        let filter = TextFilter(list.filter)
        for row in rows.reversed() {
            if matches(row, filter) {
                kept.append(row)
                wantedDepth = row.depth
            } else if row.depth < wantedDepth {
                kept.append(row)
                wantedDepth = row.depth
            }
        }
        return kept.reversed()
    }
}

extension [Row] {
    /// The first row, of rows in the order of the snapshot, that stands there where another one does,
    /// or after it.
    fileprivate func firstIndex(from row: Row) -> Int? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            let isBefore =
                (self[middle].index, self[middle].part ?? -1) < (row.index, row.part ?? -1)
            if isBefore { low = middle + 1 } else { high = middle }
        }
        return low < count ? low : nil
    }
}
