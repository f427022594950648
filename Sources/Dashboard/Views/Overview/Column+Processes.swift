import Fields

/// The columns of processes, and of their threads below them.
extension Column {
    static let processColumns = {
        let fields = ProcessFields.declared
        return [
            Column(fields.pid, priority: 0),
            Column(fields.user, priority: 5),
            Column(fields.state, priority: 3),
            Column(fields.cpu, priority: 0),
            Column(fields.hottest, priority: 0),
            Column(fields.threads, priority: 2),
            Column(fields.resident, priority: 1),
            Column(fields.anonymous, priority: 7, help: "anonymous memory; of rows on the screen"),
            Column(fields.files, priority: 8),
            Column(fields.faults, priority: 6),
            Column(fields.time, priority: 4),
            Column(fields.command, priority: 0, holdsTree: true),
            Column(fields.cgroup, priority: 9),
        ]
    }()
}
