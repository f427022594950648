internal import ProcFormats
internal import Samples
internal import Units

/// A process that does not wait for its children: they have ended, and stay as zombies.
///
/// A server that starts many has zombies at any moment, each for a moment: only those that stay
/// count. Two signals: how many there are, and for how long each of them is there.
struct PileUp: Detector {
    static let kind: FindingKind = .pileUp

    static let leastZombies = 20
    /// Whoever waits for its children at all does so sooner.
    static let leastAge: Duration = .seconds(30)

    /// When each zombie was first seen as one.
    private var zombies: [ProcessIdentity: Nanoseconds] = [:]

    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        let snapshot = input.snapshot
        let now = snapshot.processes.filter {
            // A first thread that has ended while others go on is no zombie that nobody waits for.
            $0.state == .zombie && $0.threadCount <= 1
        }
        zombies = Dictionary(
            now.map { ($0.id, zombies[$0.id] ?? snapshot.moment) },
            uniquingKeysWith: { first, _ in first })
        guard now.count >= Self.leastZombies else { return [] }
        return Dictionary(grouping: now, by: \.parent).compactMap { parent, children in
            let ages = children.map { age(of: $0, at: snapshot.moment) }.sorted(by: >)
            guard ages.count >= Self.leastZombies,
                case let age = ages[Self.leastZombies - 1], age >= Self.leastAge,
                let server = snapshot.processes.first(where: { $0.id.pid == parent })
            else { return nil }
            return Self.finding(server, children, ages, since: snapshot.time.earlier(by: age))
        }
    }

    private func age(of zombie: ProcessSample, at moment: Nanoseconds) -> Duration {
        zombies[zombie.id].map { Duration(moment.since($0)) } ?? .zero
    }

    private static func finding(
        _ server: ProcessSample, _ children: [ProcessSample], _ ages: [Duration],
        since: WallTime
    ) -> Finding {
        let pid = server.id.pid
        let subject = Subject.process(server.id)
        var evidence = [
            "\(ages.count { $0 >= leastAge }) of them for more than \(leastAge.text), the oldest"
                + " seen \(ages[0].text) ago"
        ]
        let names = Dictionary(grouping: children, by: \.name).mapValues(\.count)
        if let (name, count) = names.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) {
            evidence.append("\(count) are named \(name)")
        }
        return Finding(
            kind: .pileUp, subject: subject, severity: .warning, confidence: .high,
            claim:
                "\(server.name) \(pid) does not wait for its children: \(children.count) zombies",
            evidence: evidence,
            meaning: "a zombie uses neither CPU nor memory, but a PID; at pid_max or pids.max fork"
                + " fails for others too",
            next: [
                .probe(.stacks, of: subject, "what its threads do instead of waiting"),
                .command("ps --ppid \(pid) -o pid,stat,etimes,comm", of: subject, "its zombies"),
                .change(
                    "have it call waitpid(2) on SIGCHLD; if it ends, init reaps them"),
            ],
            since: since)
    }
}

extension FindingKind {
    package static let pileUp = FindingKind("pile_up", of: .threads)
}
