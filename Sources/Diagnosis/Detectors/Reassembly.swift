internal import Samples
internal import Units

/// Fragments are lost, and with each of them a whole datagram.
struct Reassembly: NetworkDetector {
    static let kind: FindingKind = .reassembly

    /// Of the fragments that came: one datagram in some hundred is noticed by whoever needs it.
    static let leastShare = 0.001
    /// Less is bad luck.
    static let leastFailures: UInt64 = 10

    func findings(of network: NetworkInput) -> [Finding] {
        let (trend, reading) = (network.trend, network.reading)
        guard let failed = trend.rise(of: .reassemblyFailed, .reassembly6Failed),
            let needed = trend.rise(of: .reassemblyNeeded, .reassembly6Needed),
            failed >= Self.leastFailures, Double(failed) >= Self.leastShare * Double(needed)
        else { return [] }
        var evidence = ["\(failed) failures for \(needed) fragments within a minute"]
        if let late = trend.rise(of: .reassemblyTimeouts, .reassembly6Timeouts), late > 0 {
            evidence.append("\(late) waited in vain for a fragment: it was lost on the path")
        }
        if let used = reading.limits.fragmentMemoryUsed,
            let most = reading.limits.fragmentMemoryMost
        {
            evidence.append("fragments take \(used) of \(most) bytes (net.ipv4.ipfrag_high_thresh)")
        }
        let finding = Finding(
            kind: .reassembly, subject: .host, severity: .warning, confidence: .medium,
            claim: "fragments lost: \(failed) datagrams not put together within a minute",
            evidence: evidence,
            next: network.next(at: .reassembly) + [
                .view(.sockets, "choose a peer and test the path MTU to it")
            ], since: network.time)
        return [finding]
    }
}

extension FindingKind {
    package static let reassembly = FindingKind("reassembly", of: .network)
}
