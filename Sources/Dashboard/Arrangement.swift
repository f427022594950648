import ProcFormats
import ProcSampling
import Units

/// Makes the rows of a list out of a snapshot: which there are, in which order, how deep.
struct Arrangement {
    let snapshot: Snapshot
    let list: ListState
    let userNames: UserNames
    /// Rows keep the places they have.
    let holdsOrder: Bool

    func rows(of place: Place) -> [Row] {
        switch place {
        case .overview:
            if list.isTree { return tree() }
            return ordered(filtered(list.showsThreads ? processes() + threads() : processes()))
        case .threads(of: nil):
            return ordered(filtered(threads(includingSole: true)))
        case .threads(of: let identity?):
            guard let index = snapshot.processes.firstIndex(where: { $0.id == identity })
            else { return [] }
            return ordered(filtered(threads(ofProcessAt: index)))
        case .thread, .tool:
            return []
        }
    }

    private func processes() -> [Row] {
        snapshot.processes.indices.map {
            Row(id: .process(snapshot.processes[$0].id), process: $0, thread: nil)
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
            Row(id: .thread(threads[$0].id), process: index, thread: $0)
        }
    }

    private func filtered(_ rows: [Row]) -> [Row] {
        guard !list.filter.isEmpty else { return rows }
        return rows.filter { reader($0).matches(list.filter) }
    }

    private func ordered(_ rows: [Row]) -> [Row] {
        if holdsOrder {
            let places = Dictionary(
                list.rows.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
            return rows.sorted { places[$0.id] ?? .max < places[$1.id] ?? .max }
        }
        // The keys are made once per row, not once per comparison, and only numbers are moved.
        let keys = rows.map { reader($0).key(list.sort) }
        return rows.indices
            .sorted { SortKey.precedes(keys[$0], keys[$1], reversed: list.isReversed) }
            .map { rows[$0] }
    }

    private func reader(_ row: Row) -> RowReader {
        RowReader(row, in: snapshot, userNames: userNames)
    }

    /// Processes below the one that started them, siblings in order; with a filter, the processes
    /// that match and the way to them.
    private func tree() -> [Row] {
        let all = ordered(processes())
        let known = Set(snapshot.processes.map(\.id.pid))
        var children: [Int32: [Row]] = [:]
        var roots: [Row] = []
        for row in all {
            let process = snapshot.processes[row.process]
            let parent = process.parent
            if parent != process.id.pid, known.contains(parent) {
                children[parent.rawValue, default: []].append(row)
            } else {
                roots.append(row)
            }
        }

        var rows: [Row] = []
        // Depth first with a stack of its own: a hostile chain of processes is as deep as it likes.
        var pending = Array(roots.reversed())
        while var row = pending.popLast() {
            let process = snapshot.processes[row.process]
            let below = children[process.id.pid.rawValue] ?? []
            let ownThreads =
                list.showsThreads && process.threadCount > 1
                ? ordered(threads(ofProcessAt: row.process)) : []
            row.isFolded = list.folded.contains(row.id) && !(below.isEmpty && ownThreads.isEmpty)
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
