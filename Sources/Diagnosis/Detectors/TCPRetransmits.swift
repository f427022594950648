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
    /// In one reading: fewer say nothing of a peer.
    static let leastRetransmits = 10.0

    func findings(of network: NetworkInput) -> [Finding] {
        let (trend, span) = (network.trend, Self.span)
        guard let again = trend.rise(of: .tcpRetransmitted, last: span),
            let sent = trend.rise(of: .tcpSegmentsSent, last: span), sent >= Self.leastSegments,
            Double(again) >= Self.leastShare * Double(sent)
        else { return [] }
        let share = Double(again) / Double(sent)
        let timeouts = trend.rise(of: .tcpTimeouts, last: span) ?? 0
        let worst = Self.worstPeer(network.reading)
        var evidence = ["\(again) of \(sent) segments retransmitted in \(span.text)"]
        if timeouts > 0 { evidence.append("\(timeouts) of them after a timeout") }
        if let worst {
            evidence.append(
                "connections to \(worst.peer), \(worst.count) of them, retransmit"
                    + " \(worst.rate.text)/s, \(Int((100 * worst.share).rounded())) % of all now")
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

    private struct Peer {
        var peer: IPAddress
        var rate: Rate
        var count: Int
        /// Of all that the namespace sends again.
        var share: Double
    }

    /// Nil while there is none that most of it goes to, or while not all connections were read.
    private static func worstPeer(_ reading: NetworkReading) -> Peer? {
        guard reading.sockets.tables.isSuperset(of: .tcp), !reading.sockets.isTorn,
            let all = reading.counters[.tcpRetransmitted]?.rate, let interval = reading.interval,
            Double(all.rawValue) * (interval / .seconds(1)) >= leastRetransmits
        else { return nil }
        var peers: [IPAddress: (rate: Float, count: Int)] = [:]
        let sockets = reading.sockets.sockets
        for index in sockets.indices {
            guard let rate = sockets[index].tcp?.retransmits?.rate, rate > .zero,
                case .ip(let peer, _) = sockets[index].peer
            else { continue }
            peers[peer.unmapped, default: (0, 0)].rate += rate.rawValue
            peers[peer.unmapped]?.count += 1
        }
        guard let (peer, worst) = peers.max(by: { $0.value.rate < $1.value.rate }) else {
            return nil
        }
        // What was read a moment later may be a little more than all.
        let share = min(1, Double(worst.rate / all.rawValue))
        guard share >= mostly else { return nil }
        return Peer(peer: peer, rate: Rate(Double(worst.rate)), count: worst.count, share: share)
    }
}

extension FindingKind {
    package static let tcpRetransmits = FindingKind("tcp_retransmits", of: .network)
}
