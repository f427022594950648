internal import Samples
internal import Units

/// All UDP sockets together have reached the kernel's limit; told since Linux 5.11.
struct UDPMemory: NetworkDetector {
    static let kind: FindingKind = .udpMemory

    func findings(of network: NetworkInput) -> [Finding] {
        let (trend, reading) = (network.trend, network.reading)
        guard let lost = trend.rise(of: .udpMemoryErrors, .udp6MemoryErrors), lost > 0
        else { return [] }
        let isNow = reading.counters.sum(.udpMemoryErrors, .udp6MemoryErrors)?.isLosing == true
        var evidence = ["Udp.MemErrors rose by \(lost) within a minute"]
        if let used = reading.limits.udpMemoryUsed, let most = reading.limits.udpMemoryMost {
            evidence.append("\(used.rawValue) of \(most.rawValue) pages in use (net.ipv4.udp_mem)")
        }
        let finding = Finding(
            kind: .udpMemory, subject: .host, severity: isNow ? .critical : .warning,
            confidence: .high,
            claim:
                "UDP is at its memory limit: \(lost) datagrams dropped whatever the sockets' buffers",
            evidence: evidence, next: network.next(at: .memory), since: network.time)
        return [finding]
    }
}

extension FindingKind {
    package static let udpMemory = FindingKind("udp_memory", of: .network)
}
