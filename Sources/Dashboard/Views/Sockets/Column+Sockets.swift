import Fields

/// The columns of sockets and of their groups.
extension Column {
    static let socketColumns = {
        let fields = SocketFields.declared
        return [
            Column(fields.transport, priority: 7),
            Column(fields.local, priority: 0),
            Column(fields.peer, priority: 3),
            Column(fields.state, priority: 1),
            Column(fields.age, priority: 5),
            Column(fields.receiveQueue, priority: 6),
            Column(fields.sendQueue, priority: 8),
            Column(fields.retransmits, priority: 9),
            Column(fields.dropRate, priority: 11),
            Column(fields.drops, priority: 10),
            Column(fields.roundTrip, priority: 12),
            Column(fields.window, priority: 14),
            Column(fields.receiveBuffer, priority: 13),
            Column(fields.sendBuffer, priority: 15),
            Column(fields.holder, priority: 4),
            Column(fields.process, priority: 2),
            Column(fields.user, priority: 16),
            Column(fields.inode, priority: 17),
        ]
    }()

    static let socketGroupColumns = {
        let fields = SocketGroupFields.declared
        return [
            Column(fields.count, priority: 0),
            Column(fields.group, priority: 0),
            Column(fields.established, priority: 2),
            Column(fields.listening, priority: 4),
            Column(fields.closeWait, priority: 1),
            Column(fields.timeWait, priority: 3),
            Column(fields.receiveQueue, priority: 5),
            Column(fields.sendQueue, priority: 6),
            Column(fields.retransmits, priority: 7),
            Column(fields.drops, priority: 8),
        ]
    }()
}
