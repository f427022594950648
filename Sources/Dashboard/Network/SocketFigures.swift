import Diagnosis
import ProcFormats
import ProcSampling
import Units

/// Reads the figures of sockets out of one reading, as text for the screen; made once for all rows.
struct SocketFigures {
    let reading: NetworkReading
    let words: SocketWords
    /// Nil where the screen stands at an earlier refresh, of which no verdicts were kept.
    let verdicts: NetworkVerdicts?
    let userNames: UserNames
    /// Names of processes.
    let names: ProcessNames

    /// What stands in the column: "-" where it is not known or not permitted, nothing where it makes
    /// no sense for such a socket.
    func text(_ column: ColumnID, of socket: SocketSample) -> String {
        switch column {
        case .transport: String(socket.transport.letter)
        case .localAddress: words.text(socket.local, socket.transport)
        case .peerAddress: words.text(socket.peer, socket.transport)
        case .socketState: socket.stateName
        case .seen: age(of: socket)
        case .receiveQueue: queue(socket.receiveQueue, socket)
        case .sendQueue: queue(socket.sendQueue, socket)
        case .receiveBuffer: socket.receiveBuffer.text
        case .sendBuffer: socket.sendBuffer.text
        case .drops: Self.count(socket.drops?.total)
        case .dropRate: (socket.drops?.rate).text
        case .retransmits:
            socket.tcp?.retransmits.map { Self.count($0.total) } ?? absent(socket)
        case .roundTrip: roundTrip(of: socket)
        case .window: socket.tcp?.congestionWindow.map { "\($0)" } ?? absent(socket)
        case .holder: holder(of: socket)
        case .pid: socket.owner?.process.pid.description ?? "-"
        case .process: name(of: socket) ?? "-"
        case .user: socket.user.map { userNames[$0] ?? $0.description } ?? "-"
        case .inode: socket.inode == 0 ? "" : "\(socket.inode)"
        case .full: (verdict(of: socket)?.full).text
        case .empty: (verdict(of: socket)?.empty).text
        case .reader: reader(of: socket)
        case .tid: readerThread(of: socket).map { "\($0.tid)" } ?? "-"
        default: ""
        }
    }

    func name(of socket: SocketSample) -> String? {
        socket.owner.flatMap { names.name(of: $0.process) }
    }

    func verdict(of socket: SocketSample) -> ReaderVerdict? { verdicts?.reader(of: socket.id) }

    /// The thread that was seen waiting for the socket most.
    func readerThread(of socket: SocketSample) -> ThreadIdentity? {
        let threads = reading.bursts[socket.id]?.reader.threads ?? []
        return threads.filter { $0.waits > 0 }.max { $0.waits < $1.waits }?.id
    }

    /// A count in few columns: "9148", "12k", "1.2M".
    static func count(_ value: UInt64?) -> String {
        guard let value else { return "-" }
        return value < 100_000 ? "\(value)" : Rate(Double(value)).text
    }

    private func queue(_ value: UInt64?, _ socket: SocketSample) -> String {
        guard let value else { return "-" }
        // Of a listener these are connections.
        return socket.state == .listen
            ? "\(value)" : value < 10_000 ? "\(value)" : ByteCount(value).text
    }

    /// A figure that only TCP connections have.
    private func absent(_ socket: SocketSample) -> String {
        socket.transport == .tcp && socket.state != .listen && socket.state != .timeWait ? "-" : ""
    }

    private func roundTrip(of socket: SocketSample) -> String {
        guard let time = socket.tcp?.roundTripMicroseconds, socket.state != .listen else {
            return absent(socket)
        }
        return Self.milliseconds(Double(time) / 1000)
    }

    /// "0.04ms" would not fit: "40us", "1.2ms", "34ms", "1.2s".
    static func milliseconds(_ time: Double) -> String {
        switch time {
        case ..<0.9995: "\(Int((time * 1000).rounded()))us"
        case ..<9.95: "\((time * 10).rounded() / 10)ms"
        case ..<9999.5: "\(Int(time.rounded()))ms"
        default: "\(Int((time / 1000).rounded()))s"
        }
    }

    private func age(of socket: SocketSample) -> String {
        Self.shortAge(Duration(reading.moment.since(socket.since)))
            + (socket.isFromBefore ? "+" : "")
    }

    /// In its largest unit: "41m".
    static func shortAge(_ time: Duration) -> String {
        let seconds = max(0, time.components.seconds)
        return switch seconds {
        case ..<60: "\(seconds)s"
        case ..<3600: "\(seconds / 60)m"
        case ..<86_400: "\(seconds / 3600)h"
        default: "\(min(seconds / 86_400, 999))d"
        }
    }

    private func holder(of socket: SocketSample) -> String {
        guard let owner = socket.owner else { return socket.inode == 0 ? "" : "-" }
        let others = socket.otherOwners > 0 ? "+" : ""
        return "\(owner.process.pid)/\(owner.descriptor)\(others)"
    }

    private func reader(of socket: SocketSample) -> String {
        if let verdict = verdict(of: socket) { return verdict.kind.word }
        guard let burst = reading.bursts[socket.id], !burst.isComplete else { return "-" }
        return "looking"
    }
}

extension ReaderVerdict.Kind {
    /// For a narrow column; what does not end by itself in capitals.
    var word: String {
        switch self {
        case .ok: "ok"
        case .slow: "slow"
        case .stalled: "STALLED"
        case .pauses: "pauses"
        case .bufferTooSmall: "small buf"
        }
    }
}
