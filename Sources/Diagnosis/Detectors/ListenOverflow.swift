internal import Samples
internal import Units

/// Connections were refused a place in the queue of a program that accepts too slowly.
struct ListenOverflow: NetworkDetector {
    static let kind: FindingKind = .listenOverflow

    /// Listeners that were seen with a full queue, or that dropped, within the last minute.
    private var suspects: [SocketID: Suspect] = [:]

    private struct Suspect: Sendable {
        var socket: SocketSample
        var seen: Nanoseconds
    }

    private mutating func add(_ reading: NetworkReading) {
        if reading.sockets.tables.contains(.listening) {
            let sockets = reading.sockets.sockets
            for index in sockets.indices where sockets[index].state == .listen {
                let socket = sockets[index]
                guard socket.transport == .tcp,
                    socket.isAcceptQueueFull || socket.drops?.isLosing == true
                else { continue }
                suspects[socket.id] = Suspect(socket: socket, seen: reading.moment)
            }
        }
        suspects = suspects.filter {
            reading.moment.since($0.value.seen) <= CounterTrend.span.inNanoseconds
        }
    }

    mutating func findings(of network: NetworkInput) -> [Finding] {
        let reading = network.reading
        add(reading)
        guard let refused = network.trend.rise(of: .listenOverflows), refused > 0 else {
            return []
        }
        // Who drops is told by its own counter; a full queue alone may have refused nobody.
        let listeners = suspects.values.map(\.socket).sorted {
            ($0.drops?.rate ?? .zero, $0.lost, $0.receiveQueue ?? 0, $1.id.cookie)
                > ($1.drops?.rate ?? .zero, $1.lost, $1.receiveQueue ?? 0, $0.id.cookie)
        }
        let lines = listeners.prefix(4).map { Self.line(of: $0, network) }
        let idle =
            listeners.first.map { network.siblings(of: $0).filter { $0.receiveQueue == 0 } } ?? []
        let isNow = reading.counters[.listenOverflows]?.isLosing == true
        let finding = Finding(
            kind: .listenOverflow, subject: Self.subject(of: listeners),
            severity: isNow ? .critical : .warning,
            confidence: listeners.isEmpty ? .medium : .high,
            claim: lines.first ?? "a TCP accept queue overflows: \(refused) refused",
            evidence: [
                "TcpExt.ListenOverflows rose by \(refused) within a minute, of all listeners"
            ] + lines.dropFirst()
                + (idle.isEmpty
                    ? []
                    : [
                        "\(idle.count) more listen on this address, and nothing waits for them:"
                            + " SO_REUSEPORT chooses by the peer's address and port"
                    ]),
            next: [
                .change(Self.cure(listeners.first, most: reading.limits.acceptQueueMost)),
                .view(
                    .sockets, of: Self.subject(of: listeners), filter: "LISTEN",
                    sort: .receiveQueue,
                    "the listeners, by accept queue"),
            ], since: network.time)
        return [finding]
    }

    /// One listener, or the machine where several are behind it.
    private static func subject(of listeners: [SocketSample]) -> Subject {
        listeners.count == 1 ? listeners[0].subject : .host
    }

    /// "tcp :8080 (streamd 2214) accept queue full 129/128: 60 dropped since dxtop began".
    private static func line(of socket: SocketSample, _ network: NetworkInput) -> String {
        let queue = [socket.receiveQueue, socket.sendQueue].map { $0.map { "\($0)" } ?? "?" }
            .joined(separator: "/")
        let dropped = socket.lost == 0 ? "" : ": \(socket.lossSince)"
        let full = socket.isAcceptQueueFull ? "full " : ""
        return "\(network.words(for: socket)) accept queue \(full)\(queue)\(dropped)"
    }

    /// The kernel cuts what a program asks for to net.core.somaxconn.
    private static func cure(_ socket: SocketSample?, most: UInt64?) -> String {
        let end =
            switch (socket?.sendQueue, most) {
            case (let backlog?, let most?) where backlog >= most:
                "raise net.core.somaxconn, which is \(most), and the backlog of listen(2)"
            case (let backlog?, let most?):
                "ask for more than \(backlog) in listen(2): net.core.somaxconn allows \(most)"
            case (_, let most?):
                "ask for a longer queue in listen(2), net.core.somaxconn is \(most)"
            default: "ask for a longer queue in listen(2)"
            }
        return "accept(2) faster, or " + end
    }
}

extension FindingKind {
    package static let listenOverflow = FindingKind("listen_overflow", of: .network)
}
