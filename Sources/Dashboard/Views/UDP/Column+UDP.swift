import Fields

/// The columns of who receives datagrams.
extension Column {
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
}
