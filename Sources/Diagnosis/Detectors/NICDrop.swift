internal import Samples
internal import Units

/// An interface loses what it receives before IP sees it.
struct NICDrop: NetworkDetector {
    static let kind: FindingKind = .nicDrop

    /// `dropped` also counts packets of unknown protocols, as switches send them every two
    /// seconds: only a share of all, and not a handful, says something, and that is no warning.
    static let leastDropped: UInt64 = 10
    static let leastShare = 0.001

    func findings(of network: NetworkInput) -> [Finding] {
        let (trend, reading) = (network.trend, network.reading)
        let masters = reading.interfaces.masters
        return reading.interfaces.compactMap { interface in
            guard !masters.contains(interface.id) else { return nil }
            func rise(_ part: CounterTrend.Part) -> UInt64 {
                trend.rise(of: .interface(interface.id, part)) ?? 0
            }
            let (overrun, damaged) = (rise(.overrun), rise(.damaged))
            var dropped = rise(.dropped)
            let all = Double(rise(.received)) + Double(dropped)
            if dropped < Self.leastDropped || Double(dropped) < Self.leastShare * all {
                dropped = 0
            }
            guard overrun + damaged + dropped > 0 else { return nil }
            let parts = [
                (overrun, "missed, its ring was full"), (damaged, "damaged on the wire"),
                (dropped, "dropped, which counts unknown protocols, too"),
            ].filter { $0.0 > 0 }
            let isLoss = overrun + damaged > 0
            return Finding(
                kind: .nicDrop, subject: .interface(interface.name),
                severity: isLoss ? .warning : .info, confidence: isLoss ? .medium : .low,
                claim: isLoss
                    ? "\(interface.name) dropped \(overrun + damaged) packets before IP"
                    : "\(interface.name) dropped \(dropped) packets, perhaps of unknown protocols",
                evidence: parts.map { "\($0.0) \($0.1), within a minute" }
                    + ["\(rise(.received)) received meanwhile"],
                next: network.next(at: .nic), since: network.time)
        }
    }
}

extension FindingKind {
    package static let nicDrop = FindingKind("nic_drop", of: .network)
}
