internal import Samples
internal import Units

/// Processes that are started again and again and end at once: no list shows them, and no row their CPU.
///
/// How many there are the kernel counts; who starts them is told by the faults of children that ended,
/// and by those that a refresh happens to see. A script that configures or builds starts as many, but of
/// many kinds: that is information.
struct ForkStorm: Detector {
    static let kind: FindingKind = .forkStorm

    /// New tasks a second, of all processes.
    static let leastForks = Rate(200.0)
    static let span: Duration = .seconds(8)
    /// Of the faults of all children, the least that those of one parent make to be named.
    static let leastShare = 0.2
    /// Each process begins with some; less is no process a second.
    static let leastFaults = 1000.0
    /// Of the children that were seen, so many have one name where one thing is done over and over.
    static let leastAlike = 0.8
    static let leastSeen = 5
    /// So many refreshes in a row a process must have become another program.
    static let leastExecs = 5

    private struct Storm: Sendable {
        var began: Nanoseconds
        var forks = 0.0
        var seconds = 0.0
        var parents: [ProcessIdentity: Parent] = [:]
    }

    private struct Parent: Sendable {
        var faults = 0.0
        var seen = 0
        var names: [String: Int] = [:]
    }

    private var storm: Storm?
    private var known: Set<ProcessIdentity> = []
    private var execs: [ProcessIdentity: Int] = [:]

    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        let snapshot = input.snapshot
        let before = known
        known = Set(snapshot.processes.lazy.map(\.id))
        let execing = noteExecs(snapshot)
        guard let interval = snapshot.interval, let forks = snapshot.host.forks,
            forks >= Self.leastForks
        else {
            storm = nil
            return execing
        }
        let seconds = interval / .seconds(1)
        var storm =
            self.storm ?? Storm(began: snapshot.moment.since(interval.inNanoseconds))
        storm.forks += Double(forks.rawValue) * seconds
        storm.seconds += seconds
        note(snapshot, seconds, notIn: before, &storm)
        self.storm = storm
        guard storm.seconds >= Self.span / .seconds(1) else { return execing }
        return execing + Self.findings(storm, snapshot)
    }

    private func note(
        _ snapshot: Snapshot, _ seconds: Double, notIn before: Set<ProcessIdentity>,
        _ storm: inout Storm
    ) {
        var owners: [ProcessID: ProcessIdentity] = [:]
        for process in snapshot.processes {
            owners[process.id.pid] = process.id
            guard let faults = process.childrenFaults, faults > .zero else { continue }
            storm.parents[process.id, default: Parent()].faults += Double(faults.rawValue) * seconds
        }
        for child in snapshot.processes where !before.isEmpty && !before.contains(child.id) {
            guard let parent = owners[child.parent] else { continue }
            storm.parents[parent, default: Parent()].seen += 1
            storm.parents[parent, default: Parent()].names[child.name, default: 0] += 1
        }
    }

    private static func findings(_ storm: Storm, _ snapshot: Snapshot) -> [Finding] {
        let rate = storm.forks / storm.seconds
        let all = storm.parents.values.reduce(0) { $0 + $1.faults }
        let seen = storm.parents.values.reduce(0) { $0 + $1.seen }
        let named = storm.parents.compactMap { id, parent -> (ProcessSample, Parent, Double)? in
            guard let process = snapshot.process(id) else { return nil }
            // Who has its children reaped by others shows no faults of theirs.
            let share =
                all >= leastFaults * storm.seconds
                ? parent.faults / all : Double(parent.seen) / Double(max(seen, leastSeen))
            return share >= leastShare ? (process, parent, share) : nil
        }
        return named.map { process, parent, share in
            finding(process, parent, rate: rate * share, storm, snapshot)
        }.filter { _ in rate >= Double(leastForks.rawValue) }
    }

    private static func finding(
        _ process: ProcessSample, _ parent: Parent, rate: Double, _ storm: Storm,
        _ snapshot: Snapshot
    ) -> Finding {
        let children = parent.names.filter { $0.key != process.name }
        let count = children.values.reduce(0, +)
        let most = children.max { ($0.value, $1.key) < ($1.value, $0.key) }
        let isAlike =
            count < leastSeen || Double(most?.value ?? 0) >= leastAlike * Double(count)
        let subject = Subject.process(process.id)
        let span = Duration.seconds(storm.seconds)
        var evidence = [
            "\(Rate(storm.forks / storm.seconds).text) new tasks/s on the machine over \(span.text)"
        ]
        if let most {
            evidence.append("of \(count) that were seen \(most.value) are named \(most.key)")
        }
        if let cpu = snapshot.host.cpu?.busy {
            evidence.append(
                "CPU \(cpu.text) % busy, of which the processes that are there use"
                    + " \(Int(snapshot.listedCPU.rounded())) of \(100 * (snapshot.host.cpuCount ?? 1)) %"
            )
        }
        let what = most.map { " (\($0.key))" } ?? ""
        return Finding(
            kind: .forkStorm, subject: subject,
            severity: isAlike && rate >= Double(leastForks.rawValue) / 2 ? .warning : .info,
            confidence: .medium,
            claim:
                "\(process.name) \(process.id.pid) starts about \(Rate(rate).text) processes/s\(what),"
                + " each of which soon ends",
            evidence: evidence,
            meaning: "starting and ending them takes the CPU; no row of a process shows it",
            next: [
                .command("dxtop profile --all", "where the CPU time goes"),
                .command(
                    "timeout 2 strace -f -e trace=execve,clone,clone3,vfork -p \(process.id.pid)",
                    of: subject, "what it starts"),
            ],
            since: snapshot.time.earlier(by: span))
    }

    // MARK: Programs that become others

    private mutating func noteExecs(_ snapshot: Snapshot) -> [Finding] {
        var now: [ProcessIdentity: Int] = [:]
        var found: [Finding] = []
        for process in snapshot.processes where process.hasExeced {
            let count = (execs[process.id] ?? 0) + 1
            now[process.id] = count
            guard count >= Self.leastExecs else { continue }
            found.append(
                Finding(
                    kind: .forkStorm, subject: .process(process.id), severity: .warning,
                    confidence: .medium,
                    claim: "\(process.name) \(process.id.pid) calls execve over and over",
                    evidence: [
                        "at each of \(count) refreshes in a row it was another program than before",
                        "\(process.cpu?.text ?? "-") % CPU, \(process.minorFaults?.text ?? "-") page faults/s",
                    ],
                    meaning: "it restarts all the time, and does nothing else",
                    next: [
                        .command(
                            "timeout 2 strace -f -e trace=execve -p \(process.id.pid)",
                            of: .process(process.id), "what it starts")
                    ],
                    since: snapshot.time))
        }
        execs = now
        return found
    }
}

extension FindingKind {
    package static let forkStorm = FindingKind("fork_storm", of: .threads)
}
