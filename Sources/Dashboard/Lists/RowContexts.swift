import Diagnosis
import Fields
import Probes
import Samples
import Screen

/// Where the rows of lists find what their fields read: made once for all of them.
struct RowContexts: Sendable {
    /// For rows that are a part of it.
    var shown: Shown?
    var tasks: TaskContext?
    /// The groups of mappings on show.
    var groups: [MappingGroup] = []
    var network: NetworkRows?

    /// One reference, where a snapshot has dozens: contexts go to each cell.
    final class Shown: Sendable {
        let snapshot: Snapshot
        init(_ snapshot: Snapshot) { self.snapshot = snapshot }
    }
}

/// A row type that lists show.
protocol ListRow: FieldRow {
    /// Nil for a row of another type.
    init?(_ row: Row, in contexts: RowContexts)
}

extension ProcessRow: ListRow {
    init?(_ row: Row, in contexts: RowContexts) {
        guard let tasks = contexts.tasks else { return nil }
        self.init(tasks, row.index, part: row.part)
    }
}

extension ThreadRow: ListRow {
    init?(_ row: Row, in contexts: RowContexts) {
        guard let tasks = contexts.tasks, let part = row.part else { return nil }
        self.init(tasks, row.index, part)
    }
}

extension SocketRow: ListRow {
    init?(_ row: Row, in contexts: RowContexts) {
        guard let context = contexts.network?.figures?.context,
            context.reading.sockets.sockets.indices.contains(row.index)
        else { return nil }
        self.init(context, row.index)
    }
}

extension State {
    /// What the fields of the rows on show read.
    func rowContexts(of snapshot: Snapshot) -> RowContexts {
        RowContexts(
            shown: RowContexts.Shown(snapshot), tasks: taskContext(of: snapshot),
            groups: mappingGroups,
            network: networkRows)
    }

    private func taskContext(of snapshot: Snapshot) -> TaskContext {
        let (threshold, functions) = (settings.hotThreshold, shownFunctions)
        let marksHot = place.view.marksHot
        return TaskContext(
            snapshot.processes, userNames: userNames, namesThreads: place.view.namesThreads,
            isCoarse: settings.isSlow,
            isHot: { process, thread in
                guard marksHot else { return nil }
                guard let thread else { return process.hasHotThread(threshold) }
                return process.threads[thread].isHot(threshold)
            },
            function: { functions[$0]?.frame.label },
            memory: memoryFigures(of: snapshot))
    }
}

extension Style {
    init(_ emphasis: Emphasis) {
        switch emphasis {
        case .normal: self = .text
        case .faint: self = .faint
        case .heading: self = .heading
        case .good: self = .good
        case .warning: self = .warning
        case .critical: self = .critical
        }
    }
}
