internal import Samples
internal import Units

/// A process that does not close connections that its peers have closed.
struct CloseWait: NetworkDetector {
    static let kind: FindingKind = .closeWait

    /// A few are on their way at any time; a program that forgets does so again and again.
    static let leastSockets = 20
    /// Who closes at all does so within a minute.
    static let leastAge: Duration = .seconds(60)
    /// A leak of four an hour shows in this time; what was left behind before and stays the same is
    /// no news.
    static let window: Duration = .seconds(30 * 60)
    /// One more, or one in twenty, is what a program that closes late shows, too.
    static let leastRise = 2
    static let leastRiseShare = 0.05

    /// Of those that are old; none, too, of a process that holds only young ones.
    private var counts: [ProcessIdentity: [Point]] = [:]
    private var old: [ProcessIdentity: Old] = [:]

    private struct Point: Sendable {
        var moment: Nanoseconds
        var count: Int
    }

    private struct Old: Sendable {
        /// Young ones, too.
        var all = 0
        var count = 0
        var oldest: Duration = .zero
        var peers: [IPAddress: Int] = [:]

        mutating func add(_ socket: SocketSample, age: Duration) {
            count += 1
            oldest = max(oldest, age)
            if case .ip(let peer, _) = socket.peer { peers[peer.unmapped, default: 0] += 1 }
        }
    }

    private mutating func add(_ reading: NetworkReading) {
        // A torn listing would make a low count, and the next one a rise.
        guard reading.sockets.tables.contains(.closeWait), !reading.sockets.isTorn else { return }
        var now: [ProcessIdentity: Int] = [:]
        old.removeAll(keepingCapacity: true)
        let sockets = reading.sockets.sockets
        for index in sockets.indices where sockets[index].state == .closeWait {
            let socket = sockets[index]
            guard socket.transport == .tcp, let process = socket.owner?.process else { continue }
            // Its peer has said nothing since it closed.
            let silent = socket.tcp?.lastAcknowledgedMilliseconds ?? 0
            let age = max(
                Duration(reading.moment.since(socket.since)), .milliseconds(Int64(silent)))
            old[process, default: Old()].all += 1
            // How long one that was there at first has waited is not known: it is none that was added.
            now[process, default: 0] += socket.isFromBefore || age >= Self.leastAge ? 1 : 0
            guard age >= Self.leastAge else { continue }
            old[process, default: Old()].add(socket, age: age)
        }
        let start = reading.moment.since(Self.window.inNanoseconds)
        counts = now.reduce(into: [:]) { counts, entry in
            var points = self.counts[entry.key] ?? []
            if points.last?.count != entry.value {
                points.append(Point(moment: reading.moment, count: entry.value))
            }
            // The one before the window says how many there were when it began.
            let before = points.prefix { $0.moment <= start }.count
            if before > 1 { points.removeFirst(before - 1) }
            counts[entry.key] = points
        }
    }

    mutating func findings(of network: NetworkInput) -> [Finding] {
        add(network.reading)
        return old.compactMap { process, old in
            guard old.count >= Self.leastSockets, let points = counts[process],
                let now = points.last?.count, let fewest = points.map(\.count).min(),
                now - fewest >= Self.leastRise,
                Double(now - fewest) >= Self.leastRiseShare * Double(fewest)
            else { return nil }
            var evidence = [
                "\(old.count) of them for more than \(Self.leastAge.text), the oldest seen"
                    + " \(old.oldest.text) ago",
                "\(fewest) -> \(now): they become more",
            ]
            if let (peer, count) = old.peers.max(by: { $0.value < $1.value }) {
                evidence.append("\(count) with \(peer)")
            }
            return Finding(
                kind: .closeWait, subject: .process(process), severity: .warning,
                confidence: .high,
                claim:
                    "\(network.names[process]) holds \(old.all) sockets in CLOSE_WAIT: its peers closed, it"
                    + " did not call close()",
                evidence: evidence,
                next: [
                    .view(.sockets, of: .process(process), filter: "CLOSE_WAIT", "which peers"),
                    .change("the program must close what it has read to the end"),
                ],
                since: network.time)
        }
    }
}

extension FindingKind {
    package static let closeWait = FindingKind("close_wait", of: .network)
}
