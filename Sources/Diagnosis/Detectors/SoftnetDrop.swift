internal import Samples
internal import Units

/// A CPU's backlog of packets was full. Running out of budget alone (squeezed) is no loss.
struct SoftnetDrop: NetworkDetector {
    static let kind: FindingKind = .softnetDrop

    func findings(of network: NetworkInput) -> [Finding] {
        let trend = network.trend
        let losers = network.reading.softnet.compactMap { cpu in
            trend.rise(of: .softnet(cpu: cpu.id)).flatMap { $0 > 0 ? (cpu: cpu, lost: $0) : nil }
        }.sorted { ($0.lost, $1.cpu.id) > ($1.lost, $0.cpu.id) }
        guard let worst = losers.first else { return [] }
        let isNow = losers.contains { $0.cpu.dropped.isLosing }
        let others = losers.count > 1 ? ", \(losers.count - 1) more CPUs" : ""
        let finding = Finding(
            kind: .softnetDrop, subject: .host, severity: isNow ? .critical : .warning,
            confidence: .high,
            claim:
                "CPU \(worst.cpu.id) dropped \(worst.lost) packets: its backlog was full\(others)",
            evidence: losers.prefix(4).map { cpu, lost in
                "cpu \(cpu.id): \(lost) dropped within a minute, \(cpu.dropped.total) since boot,"
                    + " time_squeeze \(cpu.squeezed.total)"
            },
            next: network.next(at: .softnet), since: network.time)
        return [finding]
    }
}

extension FindingKind {
    package static let softnetDrop = FindingKind("softnet_drop", of: .network)
}
