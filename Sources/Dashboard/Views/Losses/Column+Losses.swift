import Fields

/// The columns of the way of a datagram.
extension Column {
    static let lossColumns = {
        let fields = LossFields.declared
        return [
            Column(fields.stage, priority: 0, holdsTree: true),
            Column(fields.dropRate, priority: 1),
            Column(fields.sinceStart, priority: 2),
            Column(fields.drops, priority: 3),
            Column(fields.remark, priority: 4),
        ]
    }()
}
