internal import Samples
internal import Units

/// An interface loses what it receives before IP sees it, or what it should send.
struct NICDrop: NetworkDetector {
    static let kind: FindingKind = .nicDrop

    /// `dropped` also counts packets of unknown protocols, as switches send them every two
    /// seconds: only a share of all, and not a handful, says something, and that is no warning.
    static let leastDropped: UInt64 = 10
    static let leastShare = 0.001
    /// Of what came or went through: no protocol that nobody knows sends so much.
    static let warningShare = 0.05
    /// Some drivers count what they drop as received, too: nearly all is dropped then.
    static let criticalShare = 0.9
    static let leastPerMinute: UInt64 = 1000
    /// In the part of a minute that is known, after a start.
    static let leastInAll: UInt64 = 100

    func findings(of network: NetworkInput) -> [Finding] {
        let masters = network.reading.interfaces.masters
        return network.reading.interfaces.compactMap { interface in
            masters.contains(interface.id) ? nil : Self.finding(interface, network)
        }
    }

    private static func finding(_ interface: InterfaceSample, _ network: NetworkInput) -> Finding? {
        let trend = network.trend
        func rise(_ part: CounterTrend.Part) -> UInt64 {
            trend.rise(of: .interface(interface.id, part)) ?? 0
        }
        let (overrun, damaged) = (rise(.overrun), rise(.damaged))
        let (received, sent) = (rise(.received), rise(.sent))
        var (dropped, sendDropped) = (rise(.dropped), rise(.sendDropped))
        let receiving = severity(of: dropped, beside: received, in: trend.known)
        let sending = severity(of: sendDropped, beside: sent, in: trend.known)
        if dropped < leastDropped
            || Double(dropped) < leastShare * (Double(received) + Double(dropped))
        {
            dropped = 0
        }
        if sending == nil { sendDropped = 0 }
        guard overrun + damaged + dropped + sendDropped > 0 else { return nil }
        let isLoss = overrun + damaged > 0
        let severity =
            [receiving, sending, isLoss ? .warning : nil].compactMap(\.self).max() ?? .info
        let time = trend.known.text
        let claim =
            if let receiving {
                words("receives", receiving, dropped, "received", received, time)
            } else if let sending {
                words("should send", sending, sendDropped, "sent", sent, time)
            } else if isLoss {
                "dropped \(overrun + damaged) packets before IP"
            } else {
                "dropped \(dropped) packets, perhaps of unknown protocols"
            }
        let parts = [
            (overrun, "missed, its ring was full"), (damaged, "damaged on the wire"),
            (dropped, "dropped, which counts unknown protocols, too"),
            (sendDropped, "not sent (tx_dropped)"),
        ].filter { $0.0 > 0 }
        return Finding(
            kind: .nicDrop, subject: .interface(interface.name), severity: severity,
            confidence: severity == .info ? .low : .medium,
            claim: "\(interface.name) \(claim)",
            evidence: parts.map { "\($0.0) \($0.1), within a minute" }
                + ["\(received) received and \(sent) sent meanwhile"],
            next: [.command("ip -s -s link show dev \(interface.name.shellWord)", "its counters")]
                + network.next(at: .nic),
            since: network.time)
    }

    private static func severity(
        of lost: UInt64, beside passed: UInt64, in known: Duration
    ) -> Finding.Severity? {
        let least = Double(leastPerMinute) * (known / CounterTrend.span)
        guard Double(lost) >= least, lost >= leastInAll,
            Double(lost) >= warningShare * (Double(passed) + Double(lost))
        else { return nil }
        return Double(lost) >= criticalShare * Double(passed) ? .critical : .warning
    }

    /// "drops nearly all that it receives: 59940 packets dropped, 60000 received in 1m00s".
    private static func words(
        _ does: String, _ severity: Finding.Severity, _ lost: UInt64, _ done: String,
        _ passed: UInt64, _ time: String
    ) -> String {
        // Those that are received and then dropped are no more than all that are received.
        let share = 100 * Double(lost) / (Double(lost) + Double(passed))
        let most = lost > passed ? "\(Percent(share).text) %" : "nearly all"
        let part = severity == .critical ? most : "a good part"
        return
            "drops \(part) of what it \(does): \(lost) packets dropped, \(passed) \(done) in \(time)"
    }
}

extension FindingKind {
    package static let nicDrop = FindingKind("nic_drop", of: .network)
}
