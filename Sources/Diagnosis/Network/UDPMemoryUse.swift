internal import Samples
internal import Units

/// What the queues of all UDP sockets of the machine hold, and whose holds most of it.
struct UDPMemoryUse {
    /// From there on a datagram of 64 KiB finds no room where the limit is small.
    static let full = 0.95

    private let used: UInt64
    /// Beyond the first number of udp_mem a socket gets no more but for a last datagram or two.
    private let most: UInt64
    private let network: NetworkInput
    /// The socket of this namespace with the longest queue, where that is a good part of all.
    let hog: SocketSample?

    /// A good part of all that is in use.
    static let largePart = 0.2

    /// Nil where the kernel does not tell.
    init?(_ network: NetworkInput) {
        let limits = network.reading.limits
        guard let used = limits.udpMemoryUsed?.rawValue, let most = limits.udpMemoryFree?.rawValue,
            most > 0
        else { return nil }
        (self.used, self.most, self.network) = (used, most, network)
        let sockets = network.reading.sockets.sockets
        let largest = sockets.indices.filter { sockets[$0].transport == .udp }
            .max { (sockets[$0].receiveQueue ?? 0) < (sockets[$1].receiveQueue ?? 0) }
        let least = Self.largePart * Double(used) * Double(network.pageSize.rawValue)
        hog = largest.map { sockets[$0] }.flatMap {
            Double($0.receiveQueue ?? 0) >= least ? $0 : nil
        }
    }

    var isFull: Bool { Double(used) >= Self.full * Double(most) }

    /// "dump 4711 holds 31.2M of it unread".
    var hogText: String? {
        hog.map { socket in
            let who = socket.owner.map { network.names[$0.process] } ?? network.words(for: socket)
            return "\(who) holds \(ByteCount(socket.receiveQueue ?? 0).text) of it unread"
        }
    }

    var evidence: [String] {
        var lines = ["\(used) of \(most) pages in use (first number of net.ipv4.udp_mem)"]
        if let hog {
            lines.append(
                "\(network.words(for: hog)): receive queue"
                    + " \(ByteCount(hog.receiveQueue ?? 0).text)")
        } else if isFull {
            lines.append("no socket of this network namespace holds much of it: others do")
        }
        return lines
    }
}
