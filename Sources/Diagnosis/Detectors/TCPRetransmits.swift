internal import Samples
internal import Units

/// TCP sends much again: a way loses packets.
enum TCPRetransmits {
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

    static func finding(
        _ trend: CounterTrend, in reading: NetworkReading, at time: WallTime
    ) -> Finding? {
        guard let again = trend.rise(of: .tcpRetransmitted, last: span),
            let sent = trend.rise(of: .tcpSegmentsSent, last: span), sent >= leastSegments,
            Double(again) >= leastShare * Double(sent)
        else { return nil }
        let share = Double(again) / Double(sent)
        let timeouts = trend.rise(of: .tcpTimeouts, last: span) ?? 0
        let worst = worstPeer(reading)
        var evidence = ["\(again) of \(sent) segments sent again in \(span.text)"]
        if timeouts > 0 { evidence.append("\(timeouts) of them after a timeout") }
        if let worst {
            evidence.append(
                "connections to \(worst.peer), \(worst.count) of them, send \(worst.rate.text)/s again,"
                    + " \(Int((100 * worst.share).rounded())) % of all now")
        }
        let percent = Percent(100 * share).text
        return Finding(
            kind: .tcpRetransmits, subject: .host,
            severity: share >= criticalShare ? .critical : .warning,
            confidence: worst == nil ? .medium : .high,
            claim: "TCP sends \(percent) % again"
                + (worst.map { ", most of it to \($0.peer)" } ?? ""),
            evidence: evidence,
            advice:
                "4, sort by RETR: which peers; x on one: ping with sizes shows loss and path MTU",
            since: time)
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
