internal import Samples
internal import Units

/// Processes that are started again and again and end at once: no list shows them, and no row their CPU.
///
/// How many there are the kernel counts, threads included; who starts them is told by the faults of
/// children that ended, and by those that a refresh happens to see. A script that configures or builds
/// starts as many, but of many kinds: that is information. Where threads come and go meanwhile, most new
/// tasks may be theirs: then a parent is named only by children that were seen, and those must be young.
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
    /// A process that was started has so many at the very least: a parent started no more than its
    /// children's faults allow.
    static let leastFaultsOfProcess = 10.0
    /// Of a CPU, what threads that ended used, from which most new tasks may be threads.
    static let leastCPUOfThreads = Percent(1.0)
    /// The same, from which their process is named.
    static let leastCPUOfNamedThreads = Percent(10.0)
    /// Who lives for so long cannot have been started more often than are alive at once. Refreshes see
    /// when a process started in ticks, and read it some time after they listed it.
    static let leastLifetime: Duration = .milliseconds(20)
    /// What was seen may be chance: so many times as many are possible.
    static let possibleOfSeen = 3.0
    /// So many refreshes in a row a process must have become another program.
    static let leastExecs = 5

    private struct Storm: Sendable {
        var began: Nanoseconds
        var forks = 0.0
        var seconds = 0.0
        var refreshes = 0
        var parents: [ProcessIdentity: Parent] = [:]
        /// CPU seconds of threads that ended, by their process, and in how many refreshes some did.
        var endedThreads: [ProcessIdentity: (cpu: Double, refreshes: Int)] = [:]

        var rate: Double { forks / seconds }

        /// In percent of a CPU.
        func cpuOfEndedThreads(of process: ProcessIdentity) -> Percent {
            Percent(100 * (endedThreads[process]?.cpu ?? 0) / seconds)
        }

        var mayBeThreads: Bool {
            let all = endedThreads.values.reduce(0) { $0 + $1.cpu }
            return Percent(100 * all / seconds) >= ForkStorm.leastCPUOfThreads
        }

        /// How many processes a second a parent can have started, by what is known of its children.
        func most(of parent: Parent) -> Double {
            let byFaults =
                parent.faults > 0 ? parent.faults / seconds / leastFaultsOfProcess : .infinity
            guard mayBeThreads else { return byFaults }
            guard parent.seen >= leastSeen else { return 0 }
            // When one is met, it has lived for half of its time.
            let lifetime = max(2 * parent.age / Double(parent.seen), leastLifetime / .seconds(1))
            let bySight = Double(parent.seen) / Double(max(1, refreshes)) / lifetime
            return min(byFaults, bySight * possibleOfSeen)
        }
    }

    private struct Parent: Sendable {
        var faults = 0.0
        var seen = 0
        /// Of those that were seen, in seconds, together.
        var age = 0.0
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
        storm.refreshes += 1
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
            if let ended = process.endedCPU, ended > .zero {
                let cpu = Double(ended.rawValue) / 100 * seconds
                storm.endedThreads[process.id, default: (0, 0)].cpu += cpu
                storm.endedThreads[process.id, default: (0, 0)].refreshes += 1
            }
            guard let faults = process.childrenFaults, faults > .zero else { continue }
            storm.parents[process.id, default: Parent()].faults += Double(faults.rawValue) * seconds
        }
        for child in snapshot.processes where !before.isEmpty && !before.contains(child.id) {
            guard let parent = owners[child.parent] else { continue }
            let start = Machine.current.units.nanoseconds(child.id.startTime)
            storm.parents[parent, default: Parent()].age += snapshot.moment.since(start).seconds
            storm.parents[parent, default: Parent()].seen += 1
            storm.parents[parent, default: Parent()].names[child.name, default: 0] += 1
        }
    }

    private static func findings(_ storm: Storm, _ snapshot: Snapshot) -> [Finding] {
        guard storm.rate >= Double(leastForks.rawValue) else { return [] }
        let all = storm.parents.values.reduce(0) { $0 + $1.faults }
        let seen = storm.parents.values.reduce(0) { $0 + $1.seen }
        let named = storm.parents.compactMap { id, parent -> Finding? in
            guard let process = snapshot.process(id) else { return nil }
            // Who has its children reaped by others shows no faults of theirs.
            let isByFaults = all >= leastFaults * storm.seconds
            guard isByFaults || parent.seen >= leastSeen else { return nil }
            let share = isByFaults ? parent.faults / all : Double(parent.seen) / Double(seen)
            let rate = min(storm.rate * share, storm.most(of: parent))
            guard share >= leastShare, rate >= Double(leastForks.rawValue) / 2 else { return nil }
            return finding(process, parent, rate: rate, storm, snapshot)
        }
        return named.isEmpty ? threads(storm, snapshot) : named
    }

    /// Who starts and ends threads all the time, by what those used.
    private static func threads(_ storm: Storm, _ snapshot: Snapshot) -> [Finding] {
        // A long-lived thread that ends has used much at once, and once.
        let named = storm.endedThreads.filter { 2 * $1.refreshes >= storm.refreshes }.keys
            .map { ($0, storm.cpuOfEndedThreads(of: $0)) }
            .max { ($0.1, $1.0.pid) < ($1.1, $0.0.pid) }
        guard let (id, cpu) = named, cpu >= leastCPUOfNamedThreads,
            let process = snapshot.process(id)
        else { return [] }
        let span = Duration.seconds(storm.seconds)
        return [
            Finding(
                kind: .forkStorm, subject: .process(id), severity: .info, confidence: .medium,
                claim: "\(process.name) \(id.pid) starts threads that soon end: they used"
                    + " \(cpu.text) % of a CPU",
                evidence: [
                    "\(Rate(storm.rate).text) new tasks/s on the machine over \(span.text),"
                        + " threads and processes",
                    "no row of a thread has what those used that ended between two refreshes",
                ],
                meaning:
                    "a thread costs tens of microseconds to start and to end: threads that stay"
                    + " and take work from a queue save that",
                next: [
                    .probe(.profile, of: .process(id), "what they do"),
                    .command(
                        "timeout 2 strace -f -c -e trace=clone,clone3 -p \(id.pid)",
                        of: .process(id), "how many it starts"),
                ],
                since: snapshot.time.earlier(by: span))
        ]
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
            "\(Rate(storm.rate).text) new tasks/s on the machine over \(span.text)"
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
            severity: isAlike ? .warning : .info, confidence: .medium,
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
