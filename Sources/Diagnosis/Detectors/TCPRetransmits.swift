internal import Samples
internal import Units

/// TCP retransmits much: a path loses packets.
struct TCPRetransmits: NetworkDetector {
    static let kind: FindingKind = .tcpRetransmits

    static let span: Duration = .seconds(30)
    /// Fewer say nothing of a share.
    static let leastSegments: UInt64 = 1000
    /// The Internet loses less than one in a hundred, and from there on throughput falls with the
    /// square root of it; at one in twenty connections crawl.
    static let leastShare = 0.01
    static let criticalShare = 0.05
    /// A peer whose connections sent most of what the namespace counts is the second signal.
    static let mostly = 0.5
    /// Fewer say nothing of a peer.
    static let leastRetransmits: UInt64 = 10

    /// What each connection has sent again, and what peers made necessary of late.
    private var totals: [SocketID: UInt64] = [:]
    private var peers: [IPAddress: Peer] = [:]

    private struct Peer: Sendable {
        var points: [(moment: Nanoseconds, count: UInt64)] = []
        var connections: Set<SocketID> = []

        var count: UInt64 { points.reduce(0) { $0 &+ $1.count } }
    }

    private mutating func add(_ reading: NetworkReading) {
        let start = reading.moment.since(Self.span.inNanoseconds)
        for peer in peers.keys { peers[peer]?.points.removeAll { $0.moment < start } }
        peers = peers.filter { !$0.value.points.isEmpty }
        guard reading.sockets.tables.isSuperset(of: .tcp),
            reading.sockets.fromBefore.isDisjoint(with: .tcp), !reading.sockets.isTorn
        else { return }
        var now: [SocketID: UInt64] = [:]
        let sockets = reading.sockets.sockets
        for index in sockets.indices {
            guard let again = sockets[index].tcp?.retransmits?.sinceStart, again > 0,
                case .ip(let address, _) = sockets[index].peer
            else { continue }
            let id = sockets[index].id
            now[id] = again
            guard case let before = totals[id] ?? 0, again > before else { continue }
            let peer = address.unmapped
            peers[peer, default: Peer()].points.append((reading.moment, again - before))
            peers[peer]?.connections.insert(id)
        }
        totals = now
    }

    mutating func findings(of network: NetworkInput) -> [Finding] {
        add(network.reading)
        let (trend, span) = (network.trend, Self.span)
        guard let all = trend.rise(of: .tcpRetransmitted, last: span),
            let sent = trend.rise(of: .tcpSegmentsSent, last: span), sent >= Self.leastSegments,
            // A handshake that nobody answers says nothing of a path.
            case let shaken = trend.rise(of: .tcpHandshakeRetransmits, last: span) ?? 0,
            case let again = all > shaken ? all - shaken : 0,
            Double(again) >= Self.leastShare * Double(sent)
        else { return [] }
        let share = Double(again) / Double(sent)
        let timeouts = trend.rise(of: .tcpTimeouts, last: span) ?? 0
        let worst = worstPeer(of: again)
        var evidence = ["\(again) of \(sent) segments retransmitted in \(span.text)"]
        if timeouts > 0 { evidence.append("\(timeouts) of them after a timeout") }
        if let worst {
            evidence.append(
                "\(worst.again) of them, \(Int((100 * worst.share).rounded())) %, to \(worst.peer) in"
                    + " \(worst.count) connections")
        }
        let percent = Percent(100 * share).text
        let finding = Finding(
            kind: .tcpRetransmits, subject: .host,
            severity: share >= Self.criticalShare ? .critical : .warning,
            confidence: worst == nil ? .medium : .high,
            claim: "TCP retransmits \(percent) % of its segments"
                + (worst.map { ", most of it to \($0.peer)" } ?? ""),
            evidence: evidence,
            next: [
                .view(.sockets, of: .host, sort: .retransmits, "which peers")
            ]
                + (worst.map {
                    [
                        .tool("ping", of: .peer($0.peer), "loss on the path to it"),
                        .tool("path-mtu", of: .peer($0.peer), "the path MTU to it"),
                    ]
                } ?? []),
            since: network.time)
        return [finding]
    }

    /// Nil while there is none that most of it goes to.
    private func worstPeer(
        of all: UInt64
    ) -> (peer: IPAddress, again: UInt64, count: Int, share: Double)? {
        guard let (address, peer) = peers.max(by: { $0.value.count < $1.value.count }),
            peer.count >= Self.leastRetransmits
        else { return nil }
        // What was read a moment later may be a little more than all.
        let share = min(1, Double(peer.count) / Double(all))
        guard share >= Self.mostly else { return nil }
        return (address, peer.count, peer.connections.count, share)
    }
}

extension FindingKind {
    package static let tcpRetransmits = FindingKind("tcp_retransmits", of: .network)
}
