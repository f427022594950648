internal import Samples
internal import Units

/// A UDP socket that loses datagrams, and by which fault of whom.
struct UDPLoss: NetworkDetector {
    static let kind: FindingKind = .udpLoss

    func findings(of network: NetworkInput) -> [Finding] {
        network.losers.sockets.values.map { Self.finding($0, network) }
            + (Self.closedFinding(network).map { [$0] } ?? [])
    }

    /// - Parameter loser: its losses of the last minute.
    private static func finding(_ loser: LostSockets.Loser, _ network: NetworkInput) -> Finding {
        let (socket, reading) = (loser.socket, network.reading)
        // Nil before its queue was sampled closely.
        let reader = network.readers[socket.id]
        var evidence = [socket.lossSince]
        if let drops = socket.drops, drops.total > socket.lost {
            evidence.append("\(drops.total) since it was opened")
        }
        if let reader {
            evidence.append(reader.claim)
            evidence += reader.proof
            if let capacity = reader.capacity?.text { evidence.append(capacity) }
        }
        let isLosing = loser.isLosing
        var fault = fault(loser, reader, reading)
        var next = reader?.next ?? []
        if let cause = outerCause(socket, reader, network) {
            fault = "\(cause.claim): \(loss(loser))"
            evidence += cause.evidence
            next = cause.next
        }
        let end =
            isLosing
            ? "" : ", until \(Duration(reading.moment.since(loser.last)).text) ago"
        return Finding(
            kind: .udpLoss, subject: socket.subject, severity: isLosing ? .critical : .warning,
            confidence: reader?.confidence ?? .medium,
            claim: "\(network.words(for: socket)) \(fault)\(end)", evidence: evidence,
            next: next + [.view(.udp, of: socket.subject, "its queue and its reader")],
            since: network.time)
    }

    /// What makes it lose whatever its reader does: memory that others hold, datagrams that others
    /// should get.
    private static func outerCause(
        _ socket: SocketSample, _ reader: ReaderVerdict?, _ network: NetworkInput
    ) -> (claim: String, evidence: [String], next: [NextStep])? {
        if reader?.kind == .ok, let memory = UDPMemoryUse(network), memory.isFull {
            return ("finds no UDP memory", memory.evidence, network.next(at: .memory))
        }
        return reader.flatMap { $0.kind == .ok ? nil : SharedPort(of: socket, network) }.map {
            ($0.claim, $0.evidence, $0.next)
        }
    }

    private static func loss(_ loser: LostSockets.Loser) -> String {
        let now = loser.rate
        return now > .zero ? "\(now.text)/s dropped" : "\(loser.socket.lost) dropped"
    }

    private static func fault(
        _ loser: LostSockets.Loser, _ reader: ReaderVerdict?, _ reading: NetworkReading
    ) -> String {
        let rate = loss(loser)
        guard let reader else {
            return loser.rate > .zero ? "drops \(loser.rate.text)/s, sampling its queue" : rate
        }
        let lasts = reader.capacity?.time.map { ", its buffer lasts \($0.shortText)" } ?? ""
        switch reader.kind {
        case .stalled:
            let age = Duration(reading.moment.since(loser.since)).text
            let stalled = loser.isFromBefore ? "for at least \(age)" : age
            let full = Int(reader.full.rawValue.rounded())
            // The kernel may drop while the queue has room for what is smaller.
            let queue =
                full == 0 ? "its queue never falls" : "queue full in \(full)% of samples"
            return "reader stalled \(stalled): \(queue), \(loser.socket.lost) dropped"
        case .slow: return "reader too slow: \(rate)"
        case .pauses:
            let away = reader.longestAbsence.map { " for \($0.shortText)" } ?? ""
            return "reader pauses\(away)\(lasts): \(rate)"
        case .bufferTooSmall: return "buffer too small\(lasts): \(rate)"
        case .ok: return "reader keeps up: \(rate), though there was room"
        }
    }

    /// What was lost later than this may be of a socket whose table was read just before.
    private static let settled: Duration = .seconds(2)

    /// The namespace lost for want of room, and no socket that is there did, or tells.
    private static func closedFinding(_ network: NetworkInput) -> Finding? {
        let (trend, reading) = (network.trend, network.reading)
        guard network.losers.sockets.isEmpty, reading.sockets.tables.contains(.udp),
            !reading.sockets.isTorn,
            let lost = trend.rise(of: .udpBufferErrors, .udp6BufferErrors),
            let latest = trend.rise(of: .udpBufferErrors, .udp6BufferErrors, last: settled),
            lost > latest
        else { return nil }
        let isClosed = reading.sockets.tellsAllDrops
        let size = reading.limits.receiveBufferDefault.map { " from \($0)" } ?? ""
        return Finding(
            kind: .udpLoss, subject: .host, severity: .warning, confidence: .medium,
            claim: "udp: \(lost) dropped in the last minute by sockets that "
                + (isClosed ? "are closed by now" : "this kernel does not report"),
            evidence: [
                "Udp.RcvbufErrors rose by \(lost), and "
                    + (isClosed
                        ? "no socket that is open dropped any"
                        : "the drops of each socket are unknown")
            ],
            next: isClosed
                ? [
                    .view(.losses, of: .host, "drops by stage"),
                    .setting(
                        "net.core.rmem_default", "short-lived sockets: raise it\(size)"),
                ] : [.view(.udp, of: .host, sort: .receiveQueue, "whose queue is full")],
            since: network.time)
    }
}

extension FindingKind {
    package static let udpLoss = FindingKind("udp_loss", of: .network)
}
