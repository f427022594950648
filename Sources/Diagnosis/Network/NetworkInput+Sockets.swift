internal import Samples
internal import Units

// Sockets in sentences, and what belongs to a socket.

extension NetworkInput {
    /// "tcp :8080 (streamd 2214)", "udp :7005%lo".
    func words(for socket: SocketSample) -> String {
        let who = socket.owner.map { " (\(names[$0.process]))" } ?? ""
        return "\(socket.transport.name) \(reading.local(of: socket))\(who)"
    }

    /// Sockets that share the address and port of this one, and so what comes there: SO_REUSEPORT or
    /// SO_REUSEADDR.
    func siblings(of socket: SocketSample) -> [SocketSample] {
        let sockets = reading.sockets.sockets
        return sockets.indices.filter { index in
            sockets[index].transport == socket.transport && sockets[index].local == socket.local
                && sockets[index].state == socket.state && sockets[index].peer == socket.peer
                && sockets[index].interface == socket.interface && sockets[index].id != socket.id
        }.map { sockets[$0] }
    }
}

extension SocketSample {
    var subject: Subject { .socket(id, inode: inode, owner: owner?.process) }

    /// Its process, or itself where that is not known.
    var holder: Subject { owner.map { .process($0.process) } ?? subject }

    /// "60 dropped since dxtop began".
    var lossSince: String {
        "\(lost) dropped since \(isFromBefore ? "dxtop began" : "it was opened")"
    }
}
