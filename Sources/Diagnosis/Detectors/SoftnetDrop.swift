internal import Samples
internal import Units

/// A CPU's backlog of packets was full. Running out of budget alone (squeezed) is no loss.
enum SoftnetDrop {
    static func finding(
        _ trend: CounterTrend, in reading: NetworkReading, advice: String, at time: WallTime
    ) -> Finding? {
        let losers = reading.softnet.compactMap { cpu in
            trend.rise(of: .softnet(cpu: cpu.id)).flatMap { $0 > 0 ? (cpu: cpu, lost: $0) : nil }
        }.sorted { ($0.lost, $1.cpu.id) > ($1.lost, $0.cpu.id) }
        guard let worst = losers.first else { return nil }
        let isNow = losers.contains { $0.cpu.dropped.isLosing }
        let others = losers.count > 1 ? ", \(losers.count - 1) more CPUs" : ""
        return Finding(
            kind: .softnetDrop, subject: .host, severity: isNow ? .critical : .warning,
            confidence: .high,
            claim:
                "CPU \(worst.cpu.id) dropped \(worst.lost) packets: its backlog was full\(others)",
            evidence: losers.prefix(4).map { cpu, lost in
                "cpu \(cpu.id): \(lost) dropped within a minute, \(cpu.dropped.total) since boot,"
                    + " squeezed \(cpu.squeezed.total)"
            },
            advice: advice, since: time)
    }
}
