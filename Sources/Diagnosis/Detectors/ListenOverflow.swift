internal import ProcSampling
internal import Units

/// Connections were refused a place in the queue of a program that accepts too slowly.
struct ListenOverflow: Sendable {
    /// Listeners that were seen with a full queue, or that dropped, within the last minute.
    private var full: [SocketID: Listener] = [:]

    private struct Listener: Sendable {
        var socket: SocketSample
        var seen: Nanoseconds
    }

    mutating func add(_ reading: NetworkReading) {
        if reading.sockets.tables.contains(.listening) {
            let sockets = reading.sockets.sockets
            for index in sockets.indices where sockets[index].state == .listen {
                let socket = sockets[index]
                guard socket.transport == .tcp, socket.isFullListener else { continue }
                full[socket.id] = Listener(socket: socket, seen: reading.moment)
            }
        }
        full = full.filter {
            reading.moment.since($0.value.seen) <= CounterTrend.span.inNanoseconds
        }
    }

    func finding(
        _ trend: CounterTrend, names: ProcessNames, in reading: NetworkReading, at time: WallTime
    ) -> Finding? {
        guard let refused = trend.rise(of: .listenOverflows), refused > 0 else { return nil }
        let listeners = full.values.map(\.socket).sorted {
            ($0.receiveQueue ?? 0, $1.id.cookie) > ($1.receiveQueue ?? 0, $0.id.cookie)
        }
        let lines = listeners.prefix(4).map { socket in
            let who = socket.owner.map { " (\(names[$0.process]))" } ?? ""
            return "tcp \(socket.local)\(who) accept queue full"
                + " \(socket.receiveQueue ?? 0)/\(socket.sendQueue ?? 0)"
        }
        let isNow = reading.counters[.listenOverflows]?.isLosing == true
        let most = reading.limits.acceptQueueMost.map { ", net.core.somaxconn is \($0)" } ?? ""
        return Finding(
            kind: .listenOverflow, subject: .host, severity: isNow ? .critical : .warning,
            confidence: listeners.isEmpty ? .medium : .high,
            claim: (lines.first ?? "a TCP accept queue overflows") + ": \(refused) refused",
            evidence: ["TcpExt.ListenOverflows rose by \(refused) within a minute"] + lines,
            advice: "accept(2) faster, or ask for a longer queue in listen(2)\(most)", since: time)
    }
}

extension SocketSample {
    /// Its queue of connections that wait for accept(2) has no place left, or it refused some: of
    /// a listener that is what its drops are.
    fileprivate var isFullListener: Bool {
        if drops?.isLosing == true { return true }
        guard let receiveQueue, let sendQueue, sendQueue > 0 else { return false }
        return receiveQueue >= sendQueue
    }
}
