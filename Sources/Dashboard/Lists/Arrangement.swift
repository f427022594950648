import Diagnosis
import ProcFormats
import ProcSampling
import Units

/// Makes the rows of a list out of a snapshot: which there are, in which order, how deep.
struct Arrangement {
    let snapshot: Snapshot
    let list: ListState
    let userNames: UserNames
    /// Rows go by the number of their thread; see `RowReader`.
    private let namesThreads: Bool
    /// The places that rows have and keep; nil where they are put in order anew.
    private let places: [RowID: Int]?
    private let memory: MemoryFigures?
    /// The groups of mappings on show.
    private let groups: [MappingGroup]
    let network: NetworkRows?
    /// What a probe found, in order.
    private let probe: [ProbeRow]
    private let hotFunctions: HotFunctionState
    private let isCoarse: Bool

    /// - Parameter holdsOrder: rows keep the places they have.
    init(
        snapshot: Snapshot, list: ListState, userNames: UserNames, holdsOrder: Bool,
        namesThreads: Bool, memory: MemoryFigures? = nil, groups: [MappingGroup] = [],
        network: NetworkRows? = nil, probe: [ProbeRow] = [],
        hotFunctions: HotFunctionState = HotFunctionState(), isCoarse: Bool = false
    ) {
        self.isCoarse = isCoarse
        self.hotFunctions = hotFunctions
        self.probe = probe
        self.network = network
        self.snapshot = snapshot
        self.list = list
        self.userNames = userNames
        self.namesThreads = namesThreads
        self.memory = memory
        self.groups = groups
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
        return ordered(filtered(threads(ofProcessAt: index)))
    }

    func memoryRows() -> [Row] { ordered(filtered(processesWithMemory())) }

    /// - Parameter isOrdered: a tree has an order of its own.
    func probeRows(isOrdered: Bool) -> [Row] {
        let filter = TextFilter(list.filter)
        let rows = probe.indices.filter { filter.isEmpty || probe[$0].matches(filter) }.map {
            index in
            var row = Row(id: .probe(probe[index].id), index: index)
            row.depth = probe[index].depth
            return row
        }
        return isOrdered ? rows : ordered(rows)
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
            return (process.memory?.anonymousAndSwap ?? process.residentMemory)?.rawValue ?? 0
        }
        return processes().filter { !snapshot.processes[$0.index].isKernelThread }
            .sorted { size($0) > size($1) }
    }

    func mappings() -> [Row] {
        var rows = groups.indices.map {
            Row(id: .mappings(groups[$0].id), index: $0)
        }
        if !list.filter.isEmpty {
            rows.removeAll { !MappingReader($0, in: groups).matches(list.filter) }
        }
        return ordered(rows).flatMap { row -> [Row] in
            guard groups[row.index].count > 1 else { return [row] }
            var group = row
            group.isFolded = !list.unfolded.contains(row.id)
            guard !group.isFolded else { return [group] }
            return [group]
                + groups[row.index].members.indices.map { index in
                    var member = Row(
                        id: .mapping(groups[row.index].members[index].mapping.start),
                        index: row.index, part: index)
                    member.depth = 1
                    return member
                }
        }
    }

    /// - Parameter includingSole: also the thread of a process that has just one, which adds nothing
    ///   where the process has a row itself.
    private func threads(includingSole: Bool = false) -> [Row] {
        snapshot.processes.indices.flatMap { index in
            includingSole || snapshot.processes[index].threadCount > 1
                ? threads(ofProcessAt: index) : []
        }
    }

    private func threads(ofProcessAt index: Int) -> [Row] {
        let threads = snapshot.processes[index].threads
        return threads.indices.map {
            Row(id: .thread(threads[$0].id), index: index, part: $0)
        }
    }

    private func filtered(_ rows: [Row]) -> [Row] {
        guard !list.filter.isEmpty else { return rows }
        return rows.filter { reader($0).matches(list.filter) }
    }

    func ordered(_ rows: [Row]) -> [Row] {
        if let places {
            let keys = rows.map { places[$0.id] ?? .max }
            return rows.indices.sorted { keys[$0] < keys[$1] }.map { rows[$0] }
        }
        // The keys are made once per row, not once per comparison, and only numbers are moved.
        let earlier = earlierPlaces
        let keys = rows.map { row in
            switch row.id {
            case .mappings: return MappingReader(row, in: groups).key(list.sort)
            case .socketGroup, .route: return network?.key(list.sort, of: row)
            case .probe: return probe[row.index].cells[list.sort]?.key
            default: return reader(row).key(list.sort)
            }
        }
        let stood = rows.map { earlier[$0.id] ?? .max }
        return rows.indices
            .sorted { one, other in
                if SortKey.precedes(keys[one], keys[other], reversed: list.isReversed) {
                    return true
                }
                return stood[one] < stood[other]
                    && !SortKey.precedes(keys[other], keys[one], reversed: list.isReversed)
            }
            .map { rows[$0] }
    }

    /// Where rows stood that were on the screen or near it. Of rows with the same figure these come
    /// first and in their old order: a row that shows a tenth for once then moves up once, instead
    /// of pushing all others down and letting them up again.
    private var earlierPlaces: [RowID: Int] {
        let last = min(list.rows.count, list.scroll + Self.rowsNearScreen)
        return Dictionary(
            list.rows[..<last].enumerated().map { ($1.id, $0) },
            uniquingKeysWith: { first, _ in first })
    }

    /// More than any screen shows.
    private static let rowsNearScreen = 200

    private func reader(_ row: Row) -> RowReader {
        RowReader(
            row, in: snapshot, userNames: userNames, namesThreads: namesThreads, memory: memory,
            hotFunctions: hotFunctions, isCoarse: isCoarse)
    }

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
                ? ordered(threads(ofProcessAt: row.index)) : []
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
        for row in rows.reversed() {
            if reader(row).matches(list.filter) {
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
