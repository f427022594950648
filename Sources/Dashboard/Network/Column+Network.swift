import Fields

/// The columns of views 4 and 5, of groups of sockets, of routes and of the way of a datagram.
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

    static let udpColumns = {
        let (fields, reader) = (SocketFields.declared, SocketReaderFields.declared)
        return [
            Column(
                fields.local, priority: 0,
                help: "where it receives; :53 is port 53 of every address"),
            Column(fields.pid, priority: 5),
            Column(fields.process, priority: 4),
            Column(reader.readerThread, priority: 10),
            Column(
                fields.dropRate, priority: 1,
                help: "datagrams dropped a second; ! it is dropping now"),
            Column(fields.drops, priority: 3, help: "datagrams dropped since it was opened"),
            Column(
                fields.receiveQueue, priority: 6,
                help: "bytes not read yet, the kernel's overhead included"),
            Column(
                fields.receiveBuffer, priority: 7, title: "BUF",
                help: "receive buffer: SO_RCVBUF, doubled"),
            Column(reader.full, priority: 8),
            Column(reader.empty, priority: 9),
            Column(reader.reader, priority: 2),
            Column(
                fields.peer, priority: 11, width: .fixed(14),
                help: "of a connected socket, its peer"),
            Column(fields.user, priority: 12),
            Column(fields.inode, priority: 13),
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

    static let routeColumns = {
        let fields = RouteFields.declared
        return [
            Column(fields.destination, priority: 0),
            Column(fields.gateway, priority: 1),
            Column(fields.interface, priority: 2),
            Column(fields.mtu, priority: 3),
            Column(fields.metric, priority: 5),
            Column(fields.source, priority: 6),
            Column(fields.kind, priority: 4),
            Column(fields.origin, priority: 7),
            Column(fields.table, priority: 8),
        ]
    }()

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
