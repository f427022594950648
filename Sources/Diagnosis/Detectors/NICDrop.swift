internal import Samples
internal import Units

/// An interface loses what it receives before IP sees it.
enum NICDrop {
    /// `dropped` also counts packets of protocols that nobody knows, as switches send them every two
    /// seconds: only a share of all, and not a handful, says something, and that is no warning.
    static let leastDropped: UInt64 = 10
    static let leastShare = 0.001

    static func findings(
        _ trend: CounterTrend, in reading: NetworkReading, advice: String, at time: WallTime
    ) -> [Finding] {
        let masters = reading.interfaces.masters
        return reading.interfaces.compactMap { interface in
            guard !masters.contains(interface.id) else { return nil }
            func rise(_ part: CounterTrend.Part) -> UInt64 {
                trend.rise(of: .interface(interface.id, part)) ?? 0
            }
            let (overrun, damaged) = (rise(.overrun), rise(.damaged))
            var dropped = rise(.dropped)
            let all = Double(rise(.received)) + Double(dropped)
            if dropped < leastDropped || Double(dropped) < leastShare * all { dropped = 0 }
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
                    ? "\(interface.name) lost \(overrun + damaged) packets before IP"
                    : "\(interface.name) dropped \(dropped) packets, perhaps of unknown protocols",
                evidence: parts.map { "\($0.0) \($0.1), within a minute" }
                    + ["\(rise(.received)) received meanwhile"],
                advice: advice, since: time)
        }
    }
}
