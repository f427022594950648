import Fields

/// The columns of threads: of one process, and of all.
extension Column {
    static let threadColumns = {
        let fields = ThreadFields.declared
        return [
            Column(fields.tid, priority: 0), Column(fields.name, priority: 0, holdsTree: true),
        ] + threadFigures
    }()

    static let hostThreadColumns = {
        let fields = ThreadFields.declared
        return [
            Column(fields.tid, priority: 0), Column(fields.name, priority: 0, holdsTree: true),
            Column(fields.process, priority: 1), Column(fields.pid, priority: 7),
        ] + threadFigures
    }()

    private static let threadFigures = {
        let fields = ThreadFields.declared
        return [
            Column(fields.state, priority: 0),
            Column(fields.cpu, priority: 0),
            Column(fields.userCPU, priority: 1),
            Column(fields.systemCPU, priority: 1),
            Column(fields.runDelay, priority: 2),
            Column(fields.voluntary, priority: 3),
            Column(fields.involuntary, priority: 5),
            Column(fields.faults, priority: 6),
            Column(fields.processor, priority: 8),
            Column(fields.time, priority: 7),
            Column(fields.activity, priority: 2),
            Column(fields.curve, priority: 4),
        ]
    }()
}
