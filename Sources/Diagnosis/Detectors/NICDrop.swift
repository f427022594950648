internal import ProcSampling
internal import Units

/// An interface loses what it receives before IP sees it.
enum NICDrop {
    /// `dropped` also counts packets of protocols that nobody knows, of which there are a few on
    /// any network: only a share of all, and not a handful, says something.
    static let leastDropped: UInt64 = 10
    static let leastShare = 0.001

    static func findings(
        _ trend: CounterTrend, in reading: NetworkReading, advice: String, at time: WallTime
    ) -> [Finding] {
        reading.interfaces.compactMap { interface in
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
            return Finding(
                kind: .nicDrop, subject: .interface(interface.name), severity: .warning,
                confidence: .medium,
                claim: "\(interface.name) lost \(overrun + damaged + dropped) packets before IP",
                evidence: parts.map { "\($0.0) \($0.1), within a minute" }
                    + ["\(rise(.received)) received meanwhile"],
                advice: advice, since: time)
        }
    }
}
