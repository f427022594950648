internal import Samples
internal import Units

/// All UDP sockets together have reached the kernel's limit, mostly because one of them is not read:
/// others find no memory for their datagrams.
///
/// The kernel counts it since Linux 5.11, and not on every way: memory in use tells it as well.
struct UDPMemory: NetworkDetector {
    static let kind: FindingKind = .udpMemory

    func findings(of network: NetworkInput) -> [Finding] {
        let (trend, reading) = (network.trend, network.reading)
        let counted = trend.rise(of: .udpMemoryErrors, .udp6MemoryErrors) ?? 0
        let use = UDPMemoryUse(network)
        let isFull = use?.isFull == true
        guard counted > 0 || isFull else { return [] }
        // Nor does each kernel count it as an error: the sockets do.
        let losers = isFull ? network.losers.sockets.values.map(\.self) : []
        let lost = losers.reduce(counted) { max($0, $1.socket.lost) }
        let isNow =
            reading.counters.sum(.udpMemoryErrors, .udp6MemoryErrors)?.isLosing == true
            || losers.contains(where: \.isLosing)
        let hog = use?.hogText.map { ", \($0)" } ?? ""
        let finding = Finding(
            kind: .udpMemory, subject: use?.hog?.holder ?? .host,
            severity: isNow ? .critical : .warning,
            confidence: lost > 0 ? .high : .medium,
            claim: "UDP is at its memory limit"
                + (lost > 0
                    ? ": \(lost) datagrams dropped whatever the sockets' buffers" : "") + hog,
            evidence: (counted > 0 ? ["Udp.MemErrors rose by \(counted) within a minute"] : [])
                + (use?.evidence ?? []),
            next: network.next(at: .memory)
                + [.setting("net.ipv4.udp_mem", "its first number is the limit, not the last")],
            since: network.time)
        return [finding]
    }
}

extension FindingKind {
    package static let udpMemory = FindingKind("udp_memory", of: .network)
}
