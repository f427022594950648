internal import Samples
internal import Units

/// All UDP sockets together have reached the kernel's limit; told since Linux 5.11.
enum UDPMemory {
    static func finding(
        _ trend: CounterTrend, in reading: NetworkReading, advice: String, at time: WallTime
    ) -> Finding? {
        guard let lost = trend.rise(of: .udpMemoryErrors, .udp6MemoryErrors), lost > 0
        else { return nil }
        let isNow = reading.counters.sum(.udpMemoryErrors, .udp6MemoryErrors)?.isLosing == true
        var evidence = ["Udp.MemErrors rose by \(lost) within a minute"]
        if let used = reading.limits.udpMemoryUsed, let most = reading.limits.udpMemoryMost {
            evidence.append("\(used.rawValue) of \(most.rawValue) pages in use (net.ipv4.udp_mem)")
        }
        return Finding(
            kind: .udpMemory, subject: .host, severity: isNow ? .critical : .warning,
            confidence: .high,
            claim:
                "UDP is at its memory limit: \(lost) datagrams lost whatever the sockets' buffers",
            evidence: evidence, advice: advice, since: time)
    }
}
