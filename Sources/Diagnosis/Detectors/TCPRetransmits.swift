internal import ProcSampling
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
    /// A peer that most of them went to is the second signal, and so are timeouts: these take 200 ms
    /// and more, and nobody asks for one.
    static let mostly = 0.5
    static let leastTimeouts: UInt64 = 10

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
        let isOfOne = worst.map { $0.share >= mostly } ?? false
        var evidence = ["\(again) of \(sent) segments sent again in \(span.text)"]
        if timeouts > 0 { evidence.append("\(timeouts) of them after a timeout") }
        if let worst {
            evidence.append(
                "\(worst.count) connections to \(worst.peer) have"
                    + " \(Int((100 * worst.share).rounded())) % of what is sent again now")
        }
        let percent = Percent(100 * share).text
        return Finding(
            kind: .tcpRetransmits, subject: .host,
            severity: share >= criticalShare ? .critical : .warning,
            confidence: timeouts >= leastTimeouts || isOfOne ? .high : .medium,
            claim: "TCP sends \(percent) % again"
                + (worst.map { isOfOne ? ", most of it to \($0.peer)" : "" } ?? ""),
            evidence: evidence,
            advice:
                "4, sort by RETR: which peers; x on one: ping with sizes shows loss and path MTU",
            since: time)
    }

    private static func worstPeer(
        _ reading: NetworkReading
    ) -> (peer: IPAddress, share: Double, count: Int)? {
        var peers: [IPAddress: (rate: Float, count: Int)] = [:]
        var all: Float = 0
        let sockets = reading.sockets.sockets
        for index in sockets.indices {
            guard let rate = sockets[index].tcp?.retransmits?.rate, rate > .zero,
                case .ip(let peer, _) = sockets[index].peer
            else { continue }
            peers[peer.unmapped, default: (0, 0)].rate += rate.rawValue
            peers[peer.unmapped]?.count += 1
            all += rate.rawValue
        }
        guard all > 0, let worst = peers.max(by: { $0.value.rate < $1.value.rate })
        else { return nil }
        return (worst.key, Double(worst.value.rate / all), worst.value.count)
    }
}
