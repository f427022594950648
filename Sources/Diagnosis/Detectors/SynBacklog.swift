internal import Samples
internal import Units

/// A listener's queue of half-open connections is full: the kernel drops SYNs, or answers them with
/// cookies.
struct SynBacklog: NetworkDetector {
    static let kind: FindingKind = .synBacklog

    /// Within a minute: fewer are a burst.
    static let leastRefused: UInt64 = 10
    /// Of what may wait: without cookies the kernel leaves the last quarter to peers that it knows.
    static let leastFill = 0.75

    /// What was read last of half-open connections; of those that are gone it is kept a minute.
    private var queues: [Queue] = []
    private var readAt: Nanoseconds?

    private struct Queue: Sendable {
        /// Nil where no listener is there any more.
        var listener: SocketSample?
        var port: UInt16
        var count = 0
        var peers: [IPAddress: Int] = [:]
    }

    private mutating func add(_ reading: NetworkReading) {
        guard reading.sockets.tables.isSuperset(of: .tcp) else {
            if let readAt, reading.moment.since(readAt) > CounterTrend.span.inNanoseconds {
                queues = []
            }
            return
        }
        var found: [UInt16: Queue] = [:]
        let sockets = reading.sockets.sockets
        for index in sockets.indices where sockets[index].state.isHalfOpen {
            guard sockets[index].transport == .tcp, let port = sockets[index].local.port else {
                continue
            }
            found[port, default: Queue(port: port)].count += 1
            if case .ip(let peer, _) = sockets[index].peer {
                found[port]?.peers[peer.unmapped, default: 0] += 1
            }
        }
        for index in sockets.indices where sockets[index].state == .listen {
            guard let port = sockets[index].local.port, found[port] != nil else { continue }
            found[port]?.listener = sockets[index]
        }
        queues = found.values.sorted { ($0.count, $1.port) > ($1.count, $0.port) }
        readAt = reading.moment
    }

    mutating func findings(of network: NetworkInput) -> [Finding] {
        let (trend, limits) = (network.trend, network.reading.limits)
        add(network.reading)
        let cookies = trend.rise(of: .tcpRequestQueueCookies) ?? 0
        let full = trend.rise(of: .tcpRequestQueueDrops) ?? 0
        let (all, accepting) = (
            trend.rise(of: .listenDrops) ?? 0, trend.rise(of: .listenOverflows) ?? 0
        )
        // Those that the accept queue had no room for are another finding.
        let dropped = max(full, all > accepting ? all - accepting : 0)
        let worst = queues.first
        let most = Self.limit(worst?.listener?.sendQueue, limits.synBacklogMost)
        let isFull =
            worst.map { Double($0.count) >= Self.leastFill * Double(most ?? .max) } ?? false
        guard cookies + full >= Self.leastRefused || (isFull && dropped >= Self.leastRefused) else {
            return []
        }
        let isDropping = dropped >= Self.leastRefused
        let end =
            isDropping
            ? "\(dropped) SYNs dropped in the last minute"
            : "\(cookies) SYNs answered with cookies in the last minute"
        let who = worst.map { $0.listener.map(network.words) ?? "tcp :\($0.port)" }
        let count = worst.map { ": \($0.count) half-open" + (most.map { " of \($0)" } ?? "") }
        var evidence: [String] = []
        if full > 0 { evidence.append("TcpExt.TCPReqQFullDrop rose by \(full) within a minute") }
        if cookies > 0 {
            evidence.append("TcpExt.TCPReqQFullDoCookies rose by \(cookies) within a minute")
        }
        if all > 0 { evidence.append("TcpExt.ListenDrops rose by \(all) within a minute") }
        if let worst, let (peer, many) = worst.peers.max(by: { $0.value < $1.value }) {
            evidence.append(
                "half-open connections from \(worst.peers.count) addresses, \(many) from \(peer)")
        }
        return [
            Finding(
                kind: .synBacklog,
                subject: worst?.listener?.subject ?? .host,
                severity: isDropping ? .critical : .warning,
                confidence: isFull ? .high : .medium,
                claim: "\(who ?? "TCP") SYN queue full\(count ?? ""); \(end)",
                evidence: evidence,
                meaning:
                    "peers that send SYN do not complete the handshake: a SYN flood, or SYN-ACKs"
                    + " or their answers are lost",
                next: [
                    .view(.sockets, of: .host, filter: "SYN_RECV", "who does not complete it"),
                    .setting("net.ipv4.tcp_syncookies", to: "1", "legitimate clients get through"),
                    .setting(
                        "net.ipv4.tcp_max_syn_backlog",
                        "raise it"
                            + (limits.synBacklogMost.map { " from \($0)" } ?? "")
                            + ", the backlog of listen(2) and net.core.somaxconn"),
                ], since: network.time)
        ]
    }

    /// The backlog of listen(2) bounds it, and without cookies three quarters of the setting do.
    private static func limit(_ backlog: UInt64?, _ setting: UInt64?) -> UInt64? {
        [backlog, setting].compactMap(\.self).min()
    }
}

extension SocketState {
    fileprivate var isHalfOpen: Bool { self == .synReceived || self == .newSynReceived }
}

extension FindingKind {
    package static let synBacklog = FindingKind("syn_backlog", of: .network)
}
