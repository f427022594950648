internal import Samples
internal import Units

/// The marks of UDP and TCP in the Overview's header.
extension NetworkVerdicts {
    /// Critical while a socket, or all of them when UDP memory is full, lose; a warning for what was lost
    /// within the last minute.
    static func udpMark(
        _ reading: NetworkReading, _ trend: CounterTrend, isLosing: Bool
    ) -> Verdict? {
        let counters = reading.counters
        let room = counters.sum(
            .udpBufferErrors, .udp6BufferErrors, .udpMemoryErrors, .udp6MemoryErrors)
        guard let rate = room?.rate else { return nil }
        if rate > .zero {
            return Verdict(mark: .critical, reason: "\(rate.text) drops/s")
        }
        if isLosing { return Verdict(mark: .critical, reason: "a socket drops") }
        let lately = trend.rise(of: .udpErrors, .udp6Errors) ?? 0
        return lately == 0
            ? .ok
            : Verdict(mark: .warning, reason: "\(lately) drops in 1 min")
    }

    /// As bad as the worst finding about TCP.
    static func tcpMark(_ findings: [Finding]) -> Verdict {
        // Short: it stands beside the figures on a narrow screen, the finding says the rest.
        let reasons: [FindingKind: String] = [
            .listenOverflow: "accept queue full", .tcpRetransmits: "retransmits",
            .closeWait: "CLOSE_WAIT grows", .tcpStall: "not read",
            .synBacklog: "SYN queue full", .ephemeralPorts: "ports used up",
        ]
        let worst = findings.filter { reasons[$0.kind] != nil }
            .max { $0.severity < $1.severity }
        guard let worst, let reason = reasons[worst.kind] else { return .ok }
        return Verdict(mark: worst.severity == .critical ? .critical : .warning, reason: reason)
    }
}
