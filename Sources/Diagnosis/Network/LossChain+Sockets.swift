internal import Samples
internal import Units

extension LossChain {
    /// So many lost datagrams that no socket accounts for are no mere difference in time between
    /// the counters and the table of sockets.
    private static let leastUnaccounted: UInt64 = 10
    private static let leastUnaccountedShare = 0.01
    /// Those that lost most; a resolver with a socket for each question may have thousands.
    private static let mostSockets = 64

    static func socket(
        _ reading: NetworkReading, readers: [SocketID: ReaderVerdict],
        names: ProcessNames
    ) -> Stage {
        let counters = reading.counters
        let lost = counters.sum(.udpBufferErrors, .udp6BufferErrors)
        let sockets = reading.sockets.sockets
        let losers = sockets.indices.filter {
            sockets[$0].transport == .udp && (sockets[$0].drops?.total ?? 0) > 0
        }.map { sockets[$0] }.sorted {
            ($0.drops?.rate ?? .zero, $0.lost) > ($1.drops?.rate ?? .zero, $1.lost)
        }
        var details = losers.prefix(mostSockets).map { socket in
            Detail(
                name: reading.local(of: socket)
                    + (socket.owner.map { " \(names[$0.process])" } ?? ""),
                lost: socket.drops,
                text: readers[socket.id]?.claim ?? "", subject: Self.subject(of: socket))
        }
        if let closed = unaccounted(lost, by: losers, in: reading.sockets) {
            details.append(
                Detail(
                    name: "closed sockets", lost: Counted(total: closed, sinceStart: closed),
                    text: "since dxtop began, of sockets that are closed by now"))
        }
        if let others = others(counters) {
            details.append(
                Detail(
                    name: "other errors", lost: others,
                    text: "dropped by a filter on the socket, or by what it is a tunnel for"))
        }
        details += Self.details(
            [
                (.udpSendBufferErrors, "ours: no room to send: SO_SNDBUF, txqueuelen"),
                (.udp6SendBufferErrors, "ours: no room to send: SO_SNDBUF, txqueuelen"),
            ], of: counters)
        details += hints(
            [(.udpNoPorts, "no process listens"), (.udp6NoPorts, "no process listens")],
            of: counters)
        let worst = losers.first { $0.drops?.isLosing == true } ?? losers.first
        return Stage(
            id: .socket, lost: lost,
            meaning: "a socket's buffer was full: its reader is slow, away or has stopped, or the"
                + " buffer is small",
            next: worst.flatMap { readers[$0.id]?.next }.flatMap { $0.isEmpty ? nil : $0 } ?? [
                .view(
                    .udp,
                    "sample its queue to learn which; net.core.rmem_max is"
                        + " \(reading.limits.receiveBufferMost.map(String.init) ?? "not known")")
            ],
            details: details, losing: .critical, subject: worst.map(Self.subject))
    }

    private static func subject(of socket: SocketSample) -> Subject {
        .socket(socket.id, inode: socket.inode, owner: socket.owner?.process)
    }

    /// What was lost since the start by none of the sockets that are there; nil where that is not
    /// known, or too little to say.
    private static func unaccounted(
        _ lost: Counted?, by losers: [SocketSample], in sockets: SocketReading
    ) -> UInt64? {
        guard sockets.tellsAllDrops, let lost else { return nil }
        let told = losers.reduce(UInt64(0)) { $0 &+ $1.lost }
        guard lost.sinceStart > told else { return nil }
        let rest = lost.sinceStart - told
        let least = UInt64(leastUnaccountedShare * Double(lost.sinceStart))
        return rest >= max(leastUnaccounted, least) ? rest : nil
    }

    /// Errors of UDP that are none of the others.
    private static func others(_ counters: NetworkCounters) -> Counted? {
        guard let all = counters.sum(.udpErrors, .udp6Errors),
            let known = counters.sum(
                .udpBufferErrors, .udp6BufferErrors, .udpChecksumErrors, .udp6ChecksumErrors,
                .udpMemoryErrors, .udp6MemoryErrors), all.total > known.total
        else { return nil }
        var rest = Counted(total: all.total - known.total)
        rest.sinceStart = all.sinceStart > known.sinceStart ? all.sinceStart - known.sinceStart : 0
        if let rate = all.rate, let other = known.rate {
            rest.rate = Rate(max(0, rate.rawValue - other.rawValue))
        }
        return rest
    }
}

extension SocketReading {
    /// How many sockets of a kind each process has; the owners of some may not be known.
    func countsByOwner(
        _ isMeant: (SocketSample) -> Bool
    ) -> [ProcessIdentity: Int] {
        var counts: [ProcessIdentity: Int] = [:]
        // In place: there may be tens of thousands.
        for index in sockets.indices where isMeant(sockets[index]) {
            guard let owner = sockets[index].owner else { continue }
            counts[owner.process, default: 0] += 1
        }
        return counts
    }
    /// Every UDP socket is here, with what it dropped: before Linux 4.7 netlink does not tell.
    var tellsAllDrops: Bool {
        tables.contains(.udp) && !isTorn
            && sockets.allSatisfy { $0.transport != .udp || $0.drops != nil }
    }
}

extension SocketSample {
    /// What it dropped since dxtop began, or since it was opened.
    var lost: UInt64 { (isFromBefore ? drops?.sinceStart : drops?.total) ?? 0 }
}
