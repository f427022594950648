internal import Samples
internal import Units

/// A UDP socket that loses datagrams, and by which fault of whom.
struct UDPLoss: NetworkDetector {
    static let kind: FindingKind = .udpLoss

    func findings(of network: NetworkInput) -> [Finding] {
        network.losers.sockets.values.map {
            Self.finding(
                $0, reader: network.readers[$0.socket.id], names: network.names,
                in: network.reading, at: network.time)
        } + (Self.closedFinding(network).map { [$0] } ?? [])
    }

    /// - Parameters:
    ///   - loser: its losses of the last minute.
    ///   - reader: what sampling its queue closely said; nil before there was that.
    private static func finding(
        _ loser: LostSockets.Loser, reader: ReaderVerdict?, names: ProcessNames,
        in reading: NetworkReading, at time: WallTime
    ) -> Finding {
        let socket = loser.socket
        let who = socket.owner.map { " (\(names[$0.process]))" } ?? ""
        let lost = socket.lost
        var evidence = [
            "\(lost) dropped"
                + (socket.isFromBefore ? " since dxtop began" : " since it was opened")
        ]
        if let drops = socket.drops, drops.total > lost {
            evidence.append("\(drops.total) since it was opened")
        }
        if let reader {
            evidence.append(reader.claim)
            evidence += reader.proof
            if let capacity = reader.capacity?.text { evidence.append(capacity) }
        }
        let isLosing = loser.isLosing
        let end =
            isLosing
            ? "" : ", until \(Duration(reading.moment.since(loser.last)).text) ago"
        return Finding(
            kind: .udpLoss,
            subject: .socket(socket.id, inode: socket.inode, owner: socket.owner?.process),
            severity: isLosing ? .critical : .warning,
            confidence: reader?.confidence ?? .medium,
            claim: "udp \(socket.local)\(who) \(fault(loser, reader, lost, reading))\(end)",
            evidence: evidence,
            next: (reader?.next ?? []) + [
                .view(
                    .udp,
                    of: .socket(socket.id, inode: socket.inode, owner: socket.owner?.process),
                    "its queue and its reader")
            ],
            since: time)
    }

    private static func fault(
        _ loser: LostSockets.Loser, _ reader: ReaderVerdict?, _ lost: UInt64,
        _ reading: NetworkReading
    ) -> String {
        let now = loser.rate
        let isNow = now > .zero
        let rate = isNow ? "\(now.text)/s dropped" : "\(lost) dropped"
        guard let reader else {
            return isNow ? "drops \(now.text)/s, sampling its queue" : rate
        }
        let lasts = reader.capacity?.time.map { ", its buffer lasts \($0.shortText)" } ?? ""
        switch reader.kind {
        case .stalled:
            let stalled = Duration(reading.moment.since(loser.since)).text
            let full = Int(reader.full.rawValue.rounded())
            return "reader stalled \(stalled): queue full in \(full)% of samples, \(lost) dropped"
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
