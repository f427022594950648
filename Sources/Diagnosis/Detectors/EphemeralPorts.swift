internal import Samples
internal import Units

/// The ports that connect(2) chooses from are used up, towards one destination or, of UDP, at all:
/// it fails with EADDRNOTAVAIL.
struct EphemeralPorts: NetworkDetector {
    static let kind: FindingKind = .ephemeralPorts

    /// Of the range: from there on, a search for a free one takes long, and a peak finds none.
    static let leastShare = 0.9
    static let criticalShare = 0.98
    /// Where connect(2) takes ports over from TIME_WAIT, it does so after this.
    static let reusedAfter: Duration = .seconds(1)

    /// What was found in the latest list of each kind: they are read at different times.
    private var found: [Transport: [Finding]] = [:]

    /// What a port is used for: a connection's is taken only for its destination.
    private struct Use: Hashable {
        var transport: Transport
        var from: IPAddress
        var to: SocketAddress
    }

    private struct Count {
        var ports: Set<UInt16> = []
        var timeWait = 0
        var owners: [ProcessIdentity: Int] = [:]
    }

    mutating func findings(of network: NetworkInput) -> [Finding] {
        let reading = network.reading
        guard let range = reading.limits.ephemeralPorts else { return [] }
        let now = reading.sockets.tables.subtracting(reading.sockets.fromBefore)
        for transport in [Transport.tcp, .udp] where now.isSuperset(of: transport.table) {
            found[transport] = Self.uses(reading, transport, range).map { use, count in
                Self.finding(use, count, range, network)
            }
        }
        return found.values.flatMap(\.self)
    }

    private static func uses(
        _ reading: NetworkReading, _ transport: Transport, _ range: ClosedRange<UInt16>
    ) -> [Use: Count] {
        let sockets = reading.sockets.sockets
        var uses: [Use: Count] = [:]
        for index in sockets.indices
        where sockets[index].transport == transport && sockets[index].state != .listen {
            guard case .ip(let from, let port) = sockets[index].local, range.contains(port) else {
                continue
            }
            let isOver = sockets[index].state == .timeWait
            if isOver, isReusable(sockets[index], reading) { continue }
            // A port of UDP is taken whoever the peer is.
            let to = transport == .tcp ? sockets[index].peer : .none
            let use = Use(transport: transport, from: from.unmapped, to: to)
            guard uses[use, default: Count()].ports.insert(port).inserted else { continue }
            if isOver { uses[use]?.timeWait += 1 }
            if let owner = sockets[index].owner?.process {
                uses[use]?.owners[owner, default: 0] += 1
            }
        }
        return uses.filter { Double($0.value.ports.count) >= leastShare * Double(range.count) }
    }

    private static func isReusable(_ socket: SocketSample, _ reading: NetworkReading) -> Bool {
        guard case .ip(let peer, _) = socket.peer else { return false }
        let isAllowed =
            switch reading.limits.timeWaitReuse {
            case 1: true
            case 2: peer.isLoopback
            default: false
            }
        let age = Duration(reading.moment.since(socket.since))
        return isAllowed && (socket.isFromBefore || age >= reusedAfter)
    }

    private static func finding(
        _ use: Use, _ count: Count, _ range: ClosedRange<UInt16>, _ network: NetworkInput
    ) -> Finding {
        let used = count.ports.count
        let share = Double(used) / Double(range.count)
        let isUsedUp = share >= criticalShare
        let owner = count.owners.max { ($0.value, $1.key.pid) < ($1.value, $0.key.pid) }
        let way = use.to == .none ? "of \(use.from)" : "to \(use.to)"
        var evidence = [
            "\(used.groupedText) of \(range.count.groupedText) ports"
                + " (net.ipv4.ip_local_port_range \(range.lowerBound) to \(range.upperBound))"
        ]
        if count.timeWait > 0 { evidence.append("\(count.timeWait.groupedText) in TIME_WAIT") }
        if let owner {
            evidence.append("\(owner.value.groupedText) of \(network.names[owner.key])")
        }
        var next: [NextStep] = []
        if use.to != .none {
            next.append(.change("keep connections open and use them again (a pool, keep-alive)"))
        }
        next += [
            .setting(
                "net.ipv4.ip_local_port_range", to: "1024 65535",
                "raise it from \(range.lowerBound) to \(range.upperBound)"),
            .view(
                .sockets, of: owner.map { .process($0.key) } ?? .host,
                "who holds them"),
        ]
        return Finding(
            kind: .ephemeralPorts, subject: owner.map { .process($0.key) } ?? .host,
            severity: isUsedUp ? .critical : .warning, confidence: isUsedUp ? .high : .medium,
            claim: "\(use.transport.name) ephemeral ports \(way)"
                + " \(isUsedUp ? "used up" : "nearly used up"): \(used.groupedText) of"
                + " \(range.count.groupedText)"
                + (owner.map { ", \($0.value.groupedText) by \(network.names[$0.key])" } ?? ""),
            evidence: evidence,
            meaning: "connect(2) and bind(2) fail with EADDRNOTAVAIL, or search long",
            next: next, since: network.time)
    }
}

extension FindingKind {
    package static let ephemeralPorts = FindingKind("ephemeral_ports", of: .network)
}
