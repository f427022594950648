internal import Samples
internal import Units

/// A TCP connection stands still because one end does not read: its receive queue is full, so its
/// window is closed, and the other end has data that it may not send.
struct TCPStall: NetworkDetector {
    static let kind: FindingKind = .tcpStall

    /// A reader that is only busy comes back sooner.
    static let leastAge: Duration = .seconds(10)
    /// Of the receive buffer, in bytes of data: what the kernel needs for itself takes the rest.
    static let leastFill = 0.25

    /// What was found when all connections were read: that is not done at each refresh.
    private var found: [Finding] = []

    mutating func findings(of network: NetworkInput) -> [Finding] {
        guard network.reading.sockets.tables.isSuperset(of: .tcp) else { return found }
        let stalls = Self.stalls(network.reading)
        found =
            Dictionary(grouping: stalls.filter { $0.receiver != nil }) { $0.receiver?.holder }
            .values.compactMap { Self.finding(ofReader: $0, network) }
            + Dictionary(grouping: stalls.filter { $0.receiver == nil }) { $0.sender?.holder }
            .values.compactMap { Self.finding(ofSender: $0, network) }
        return found
    }

    // MARK: Which

    /// A connection that stands still, by the ends that are on this machine.
    private struct Stall {
        var receiver: SocketSample?
        var sender: SocketSample?
        /// For how long.
        var age: Duration

        var waiting: UInt64 { receiver?.receiveQueue ?? sender?.sendQueue ?? 0 }
    }

    private struct Ends: Hashable {
        var from: SocketAddress
        var to: SocketAddress

        init(_ socket: SocketSample) {
            (from, to) = (socket.local.unmapped, socket.peer.unmapped)
        }

        var reversed: Ends {
            var ends = self
            swap(&ends.from, &ends.to)
            return ends
        }
    }

    private static func stalls(_ reading: NetworkReading) -> [Stall] {
        let sockets = reading.sockets.sockets
        var full: [Ends: Int] = [:]
        var blocked: [Ends: Int] = [:]
        for index in sockets.indices where sockets[index].transport == .tcp {
            if sockets[index].isFullAndStill { full[Ends(sockets[index])] = index }
            if sockets[index].isBlocked { blocked[Ends(sockets[index])] = index }
        }
        guard !full.isEmpty || !blocked.isEmpty else { return [] }
        // The other ends of those, as far as they are here.
        var others: [Ends: Int] = [:]
        for index in sockets.indices where sockets[index].transport == .tcp {
            let ends = Ends(sockets[index]).reversed
            if full[ends] != nil || blocked[ends] != nil { others[ends] = index }
        }
        var stalls = full.map { ends, index in
            let sender = blocked[ends.reversed] ?? others[ends]
            return Stall(
                receiver: sockets[index],
                sender: sender.map { sockets[$0] }.flatMap { ($0.sendQueue ?? 0) > 0 ? $0 : nil },
                age: sockets[index].sinceReceived)
        }
        for (ends, index) in blocked where full[ends.reversed] == nil {
            let reader = others[ends].map { sockets[$0] }
            // It would be another fault that keeps data from an end that is here and has no queue.
            if let reader, (reader.receiveQueue ?? 0) == 0 { continue }
            stalls.append(
                Stall(receiver: reader, sender: sockets[index], age: sockets[index].sinceSent))
        }
        return stalls
    }

    // MARK: What is said

    private static func finding(ofReader stalls: [Stall], _ network: NetworkInput) -> Finding? {
        let stalls = stalls.sorted { ($0.age, $0.waiting) > ($1.age, $1.waiting) }
        guard let worst = stalls.first, let receiver = worst.receiver else { return nil }
        let reading = network.reading
        let who = receiver.owner.map { network.names[$0.process] } ?? "an unknown process"
        let what =
            stalls.count == 1
            ? "tcp \(reading.local(of: receiver)) from \(reading.peer(of: receiver))"
            : "\(stalls.count) TCP connections"
        let end = worst.sender.map { sender in
            let name = sender.owner.map { network.names[$0.process] } ?? reading.local(of: sender)
            return "; \(name) cannot send \(ByteCount(sender.sendQueue ?? 0).text)"
        }
        let waiting = stalls.reduce(0) { $0 &+ $1.waiting }
        return Finding(
            kind: kind, subject: receiver.holder, severity: .warning,
            confidence: worst.sender == nil ? .medium : .high,
            claim: "\(who) does not read \(what): \(ByteCount(waiting).text) unread"
                + ", no room for more for \(worst.age.text)\(end ?? "")",
            evidence: stalls.prefix(4).flatMap { lines(of: $0, network) },
            meaning: "its window is closed: the sender waits, however good the path is",
            next: [
                .probe(.stacks, of: receiver.holder, "where its threads are instead of reading"),
                .view(
                    .sockets, of: receiver.holder, sort: .receiveQueue, "what it has not read"),
            ], since: network.time)
    }

    /// Who reads is elsewhere. A server has clients that stop at any time: only one that connected
    /// itself depends on its peer.
    private static func finding(ofSender stalls: [Stall], _ network: NetworkInput) -> Finding? {
        let stalls = stalls.sorted { ($0.age, $0.waiting) > ($1.age, $1.waiting) }
        guard let worst = stalls.first, let sender = worst.sender else { return nil }
        let reading = network.reading
        let ports = Set(
            reading.sockets.sockets.lazy.filter { $0.transport == .tcp && $0.state == .listen }
                .compactMap(\.local.port))
        let isClient = stalls.contains { $0.sender?.local.port.map(ports.contains) == false }
        let who = sender.owner.map { network.names[$0.process] } ?? reading.local(of: sender)
        let waiting = stalls.reduce(0) { $0 &+ $1.waiting }
        let others = stalls.count > 1 ? " and \(stalls.count - 1) more do" : " does"
        return Finding(
            kind: kind, subject: sender.holder, severity: isClient ? .warning : .info,
            confidence: .medium,
            claim: "\(reading.peer(of: sender))\(others) not read: \(who) cannot send"
                + " \(ByteCount(waiting).text) for \(worst.age.text)",
            evidence: stalls.prefix(4).flatMap { lines(of: $0, network) },
            meaning: "the peer's window is closed: neither the path nor this end is slow",
            next: [
                .change("find out at the peer why its program does not read"),
                .view(.sockets, of: sender.holder, "its send queues"),
            ], since: network.time)
    }

    private static func lines(of stall: Stall, _ network: NetworkInput) -> [String] {
        var lines: [String] = []
        if let socket = stall.receiver {
            let buffer = socket.receiveBuffer.map { " of \($0.text)" } ?? ""
            lines.append(
                "\(network.words(for: socket)): receive queue"
                    + " \(ByteCount(socket.receiveQueue ?? 0).text)\(buffer), last data"
                    + " \(socket.sinceReceived.text) ago")
        }
        if let socket = stall.sender {
            lines.append(
                "\(network.words(for: socket)): send queue"
                    + " \(ByteCount(socket.sendQueue ?? 0).text), none of it under way, last sent"
                    + " \(socket.sinceSent.text) ago")
        }
        return lines
    }
}

extension SocketSample {
    /// Whether data may still come, or go; and a program has it.
    private var isOpenConnection: Bool {
        inode != 0 && [.established, .closeWait, .finWait1, .finWait2].contains(state)
    }

    fileprivate var sinceReceived: Duration {
        .milliseconds(Int64(tcp?.lastReceivedMilliseconds ?? 0))
    }

    fileprivate var sinceSent: Duration { .milliseconds(Int64(tcp?.lastSentMilliseconds ?? 0)) }

    /// There is so much unread that nothing came for long.
    fileprivate var isFullAndStill: Bool {
        guard isOpenConnection, sinceReceived >= TCPStall.leastAge, let receiveQueue,
            let receiveBuffer
        else { return false }
        return receiveQueue > 0
            && Double(receiveQueue) >= TCPStall.leastFill * Double(receiveBuffer.rawValue)
    }

    /// It has data to send, none of it is under way, and it has not sent for long: the peer's window
    /// is closed.
    fileprivate var isBlocked: Bool {
        isOpenConnection && (sendQueue ?? 0) > 0 && tcp?.unacknowledged == 0
            && sinceSent >= TCPStall.leastAge
    }
}

extension SocketAddress {
    fileprivate var unmapped: SocketAddress {
        if case .ip(let address, let port) = self {
            .ip(address.unmapped, port: port)
        } else {
            self
        }
    }
}

extension FindingKind {
    package static let tcpStall = FindingKind("tcp_stall", of: .network)
}
