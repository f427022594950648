internal import Samples
internal import Units

/// UDP datagrams arrive damaged: their checksum is wrong, and the kernel drops them for that, whoever
/// reads the socket and however fast.
///
/// A counter of the whole namespace says it. The second signal is a socket that loses while its queue
/// has room: a full queue would be its reader's fault.
struct UDPChecksum: NetworkDetector {
    static let kind: FindingKind = .udpChecksum

    /// Within a minute: a single one is what a long wire may do.
    static let leastErrors: UInt64 = 10
    /// Of a buffer: with more in it, it may have been full between two samples.
    static let mostFill = 0.5

    func findings(of network: NetworkInput) -> [Finding] {
        let (trend, reading) = (network.trend, network.reading)
        guard let errors = trend.rise(of: .udpChecksumErrors, .udp6ChecksumErrors),
            errors >= Self.leastErrors
        else { return [] }
        let sockets = Self.losers(reading)
        let isNow =
            reading.counters.sum(.udpChecksumErrors, .udp6ChecksumErrors)?.isLosing == true
        return [
            Finding(
                kind: .udpChecksum, subject: .host, severity: isNow ? .critical : .warning,
                confidence: sockets.isEmpty ? .medium : .high,
                claim: "UDP: \(errors) datagrams with a wrong checksum dropped in the last minute",
                evidence: ["Udp.InCsumErrors rose by \(errors) within a minute"]
                    + sockets.prefix(3).map { Self.line(of: $0, network) },
                meaning:
                    "they were damaged on the way or sent so: neither the reader nor its buffer"
                    + " is the cause",
                next: [
                    .command(
                        "tcpdump -vv -c 20 udp | grep -B1 'bad udp cksum'",
                        "who sends them; on the sending host itself, offloading makes all look so"),
                    .change("check the path: the sender's and the router's offloads, NICs, cables"),
                ],
                since: network.time)
        ]
    }

    /// Sockets that lose while there is room in their queue, the most first.
    private static func losers(_ reading: NetworkReading) -> [SocketSample] {
        let sockets = reading.sockets.sockets
        return sockets.indices.filter { index in
            let socket = sockets[index]
            guard socket.transport == .udp, socket.drops?.isLosing == true,
                let queue = socket.receiveQueue, let buffer = socket.receiveBuffer
            else { return false }
            return Double(queue) <= mostFill * Double(buffer.rawValue)
        }.map { sockets[$0] }.sorted { $0.lost > $1.lost }
    }

    private static func line(of socket: SocketSample, _ network: NetworkInput) -> String {
        "\(network.words(for: socket)) drops with room in its queue:"
            + " \(socket.receiveQueue ?? 0) of \(socket.receiveBuffer?.rawValue ?? 0) bytes used"
    }
}

extension FindingKind {
    package static let udpChecksum = FindingKind("udp_checksum", of: .network)
}
