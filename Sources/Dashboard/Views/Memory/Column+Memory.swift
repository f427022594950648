import Fields

/// The columns of view 3 and of a process's mappings.
extension Column {
    static let memoryColumns = {
        let fields = ProcessFields.declared
        return [
            Column(fields.pid, priority: 0),
            Column(
                fields.command.showing { .text($0.program) }, priority: 0,
                width: .flexible(minimum: 16), holdsTree: true,
                help: "command line; the digit before it marks its curve"),
            Column(fields.anonymous, priority: 3),
            Column(fields.swap, priority: 4),
            Column(fields.fiveMinuteChange, priority: 5),
            Column(fields.hourChange, priority: 0),
            Column(fields.dayChange, priority: 6),
            Column(fields.shape, priority: 2),
            Column(fields.timeLeft, priority: 1),
            Column(fields.faults, priority: 7, width: .fixed(5)),
            Column(fields.rate, priority: 8),
            Column(fields.resident, priority: 9),
            Column(fields.file, priority: 10),
            Column(fields.shared, priority: 11),
            Column(fields.peak, priority: 12),
            Column(fields.limit, priority: 13),
            Column(fields.user, priority: 14),
            Column(fields.cgroup, priority: 15, width: .fixed(24)),
        ]
    }()

    static let mappingColumns = {
        let fields = MappingFields.declared
        return [
            Column(fields.kind, priority: 0),
            Column(fields.count, priority: 3),
            Column(fields.size, priority: 4),
            Column(fields.resident, priority: 2),
            Column(fields.proportional, priority: 6),
            Column(fields.anonymous, priority: 1),
            Column(fields.swap, priority: 5),
            Column(fields.rate, priority: 0),
            Column(fields.mapping, priority: 0, holdsTree: true),
        ]
    }()
}

extension ProcessRow {
    /// Its command line without the folder of the program, which would take up a narrow column.
    fileprivate var program: String {
        let command = ProcessFields.declared.command.text(of: self)
        let program = command.prefix { $0 != " " }
        guard let slash = program.lastIndex(of: "/") else { return command }
        return String(command[command.index(after: slash)...])
    }
}
