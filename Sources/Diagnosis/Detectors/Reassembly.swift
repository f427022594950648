internal import Samples
internal import Units

/// Fragments are lost, and with each of them a whole datagram.
enum Reassembly {
    /// Of the fragments that came: one datagram in some hundred is noticed by whoever needs it.
    static let leastShare = 0.001
    /// Less is bad luck.
    static let leastFailures: UInt64 = 10

    static func finding(
        _ trend: CounterTrend, in reading: NetworkReading, advice: String, at time: WallTime
    ) -> Finding? {
        guard let failed = trend.rise(of: .reassemblyFailed, .reassembly6Failed),
            let needed = trend.rise(of: .reassemblyNeeded, .reassembly6Needed),
            failed >= leastFailures, Double(failed) >= leastShare * Double(needed)
        else { return nil }
        var evidence = ["\(failed) failures for \(needed) fragments within a minute"]
        if let late = trend.rise(of: .reassemblyTimeouts, .reassembly6Timeouts), late > 0 {
            evidence.append("\(late) waited in vain for a fragment: it was lost on the way")
        }
        if let used = reading.limits.fragmentMemoryUsed,
            let most = reading.limits.fragmentMemoryMost
        {
            evidence.append("fragments take \(used) of \(most) bytes (net.ipv4.ipfrag_high_thresh)")
        }
        return Finding(
            kind: .reassembly, subject: .host, severity: .warning, confidence: .medium,
            claim: "fragments lost: \(failed) datagrams not put together within a minute",
            evidence: evidence, advice: advice + "; x on a peer: test the path MTU", since: time)
    }
}
