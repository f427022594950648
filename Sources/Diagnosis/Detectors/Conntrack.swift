internal import Samples
internal import Units

/// The table of tracked connections is full, or nearly: new ones are dropped.
struct Conntrack: NetworkDetector {
    static let kind: FindingKind = .conntrack

    /// Beyond this a peak fills it.
    static let leastUse = 0.9

    func findings(of network: NetworkInput) -> [Finding] {
        let (trend, limits) = (network.trend, network.reading.limits)
        let share: Double? = limits.trackedConnections.flatMap { used in
            limits.trackedConnectionsMost.flatMap { $0 == 0 ? nil : Double(used) / Double($0) }
        }
        let dropped = trend.rise(of: .conntrackDrops) ?? 0
        guard dropped > 0 || (share ?? 0) >= Self.leastUse else { return [] }
        let full = share.map { "table \(Int((100 * $0).rounded(.down)))% full" }
        var evidence: [String] = []
        if let used = limits.trackedConnections, let most = limits.trackedConnectionsMost {
            evidence.append("\(used) connections of \(most) (net.netfilter.nf_conntrack_max)")
        }
        if dropped > 0 { evidence.append("\(dropped) packets dropped within a minute") }
        if let early = trend.rise(of: .conntrackEarlyDrops), early > 0 {
            evidence.append("\(early) connections forgotten early to make room")
        }
        if let failed = trend.rise(of: .conntrackInsertFailures), failed > 0 {
            evidence.append("\(failed) not entered: another one was faster, or no room")
        }
        let most = limits.trackedConnectionsMost.map { " it from \($0)" } ?? " it"
        let finding = Finding(
            kind: .conntrack, subject: .host, severity: dropped > 0 ? .critical : .warning,
            confidence: dropped > 0 ? .high : .medium,
            claim: "connection tracking: "
                + [full, dropped > 0 ? "\(dropped) packets dropped" : nil].compactMap(\.self)
                .joined(separator: ", "),
            evidence: evidence,
            next: [
                .setting("net.netfilter.nf_conntrack_max", "raise\(most)"),
                .change("shorten its timeouts, or leave such traffic out (NOTRACK)"),
            ],
            since: network.time)
        return [finding]
    }
}

extension FindingKind {
    package static let conntrack = FindingKind("conntrack", of: .network)
}
