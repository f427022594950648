internal import Samples
internal import Units

/// A UDP socket that loses datagrams, and by which fault of whom.
enum UDPLoss {
    /// - Parameters:
    ///   - loser: its losses of the last minute.
    ///   - reader: what a close look at its queue said; nil before there was one.
    static func finding(
        _ loser: LostSockets.Loser, reader: ReaderVerdict?, names: ProcessNames,
        in reading: NetworkReading, at time: WallTime
    ) -> Finding {
        let socket = loser.socket
        let who = socket.owner.map { " (\(names[$0.process]))" } ?? ""
        let lost = socket.lost
        var evidence = [
            "\(lost) lost" + (socket.isFromBefore ? " since dxtop began" : " since it was opened")
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
            advice: reader.map(\.advice).flatMap { $0.isEmpty ? nil : $0 }
                ?? "Enter: its queue and its reader",
            since: time)
    }

    private static func fault(
        _ loser: LostSockets.Loser, _ reader: ReaderVerdict?, _ lost: UInt64,
        _ reading: NetworkReading
    ) -> String {
        let now = loser.rate
        let isNow = now > .zero
        let rate = isNow ? "\(now.text)/s lost" : "\(lost) lost"
        guard let reader else {
            return isNow ? "loses \(now.text)/s, watching its queue" : rate
        }
        let lasts = reader.capacity?.time.map { ", its buffer lasts \($0.shortText)" } ?? ""
        switch reader.kind {
        case .stalled:
            let stalled = Duration(reading.moment.since(loser.since)).text
            let full = Int(reader.full.rawValue.rounded())
            return "reader stalled \(stalled): queue full in \(full)% of looks, \(lost) lost"
        case .slow: return "reader too slow: \(rate)"
        case .pauses:
            let away = reader.longestAbsence.map { " for \($0.shortText)" } ?? ""
            return "reader pauses\(away)\(lasts): \(rate)"
        case .bufferTooSmall: return "buffer too small\(lasts): \(rate)"
        case .ok: return "reader keeps up: \(rate), not for want of room"
        }
    }

    /// What was lost later than this may be of a socket whose table was read just before.
    private static let settled: Duration = .seconds(2)

    /// The namespace lost for want of room, and no socket that is there did, or tells.
    static func closedFinding(
        _ trend: CounterTrend, losers: LostSockets, in reading: NetworkReading, at time: WallTime
    ) -> Finding? {
        guard losers.sockets.isEmpty, reading.sockets.tables.contains(.udp),
            !reading.sockets.isTorn,
            let lost = trend.rise(of: .udpBufferErrors, .udp6BufferErrors),
            let latest = trend.rise(of: .udpBufferErrors, .udp6BufferErrors, last: settled),
            lost > latest
        else { return nil }
        let isClosed = reading.sockets.tellsAllDrops
        let size = reading.limits.receiveBufferDefault.map { " from \($0)" } ?? ""
        return Finding(
            kind: .udpLoss, subject: .host, severity: .warning, confidence: .medium,
            claim: "udp: \(lost) lost in the last minute by sockets that "
                + (isClosed ? "are closed by now" : "this kernel does not tell"),
            evidence: [
                "Udp.RcvbufErrors rose by \(lost), and "
                    + (isClosed
                        ? "no socket that is open dropped any"
                        : "what each socket dropped is not told")
            ],
            advice: isClosed
                ? "5: where it is lost; short-lived sockets: raise net.core.rmem_default\(size)"
                : "5, sort by RECV-Q: whose queue is full",
            since: time)
    }
}
