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
    private var courses: [ProcessIdentity: Course] = [:]
    private var old: [ProcessIdentity: Old] = [:]

    /// The first ones are no rise from none: what comes within this time of them is one lot.
    private static let firstLot: Duration = .seconds(10)

    /// How many there were, at each moment at which it changed.
    private struct Course: Sendable {
        private var points: [Point] = []

        private struct Point: Sendable {
            var moment: Nanoseconds
            var count: Int
        }

        var now: Int { points.last?.count ?? 0 }
        var fewest: Int { points.lazy.map(\.count).min() ?? 0 }

        mutating func add(_ count: Int, at moment: Nanoseconds) {
            if points.last?.count != count { points.append(Point(moment: moment, count: count)) }
            // The one before the window says how many there were when it began.
            let start = moment.since(CloseWait.window.inNanoseconds)
            let before = points.prefix { $0.moment <= start }.count
            if before > 1 { points.removeFirst(before - 1) }
        }

        /// "20 -> 40: they become more", where they still do; else for how long they have not.
        func text(at moment: Nanoseconds) -> String {
            if let first, let rise = moments({ $0 < $1 }).last,
                CloseWait.isRise(from: first.count, to: now)
            {
                let quiet = Duration(moment.since(rise))
                let watched = Duration(moment.since(first.moment))
                return quiet <= max(CloseWait.leastAge, watched / 3)
                    ? "\(first.count) -> \(now): they become more"
                    : "\(first.count) -> \(now), no more for \(quiet.text)"
            }
            if let fall = moments({ $0 > $1 }).last {
                return "\(now), the last was closed \(Duration(moment.since(fall)).text) ago"
            }
            let start = points.first?.moment ?? moment
            return "\(now), none was closed for \(Duration(moment.since(start)).text)"
        }

        /// How many there were first, once the first lot had come.
        private var first: Point? {
            guard let one = points.first(where: { $0.count > 0 }) else { return nil }
            let end = one.moment + CloseWait.firstLot.inNanoseconds
            return points.last { $0.moment <= end }
        }

        /// When it changed in such a way from one count to the next.
        private func moments(_ isMeant: (Int, Int) -> Bool) -> [Nanoseconds] {
            zip(points, points.dropFirst()).filter { isMeant($0.count, $1.count) }
                .map { $1.moment }
        }
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
        courses = now.reduce(into: [:]) { courses, entry in
            var course = self.courses[entry.key] ?? Course()
            course.add(entry.value, at: reading.moment)
            courses[entry.key] = course
        }
    }

    private static func isRise(from before: Int, to now: Int) -> Bool {
        now - before >= leastRise && Double(now - before) >= leastRiseShare * Double(before)
    }

    mutating func findings(of network: NetworkInput) -> [Finding] {
        add(network.reading)
        return old.compactMap { process, old in
            guard old.count >= Self.leastSockets, let course = courses[process],
                Self.isRise(from: course.fewest, to: course.now)
            else { return nil }
            var evidence = [
                "\(old.count) of them for more than \(Self.leastAge.text), the oldest seen"
                    + " \(old.oldest.text) ago",
                course.text(at: network.reading.moment),
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
