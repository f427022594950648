internal import ProcFormats
internal import Samples
internal import Units

/// Processes that want a CPU and wait for one.
///
/// Any benchmark on a small machine makes its threads wait: they fill the CPUs because there is
/// work, and rest as soon as there is none. So waiting by itself is told (info), not warned of. It
/// is a warning where it does harm for certain: a thread that computes and never gets to rest waits,
/// so what it has to do takes that much longer; or nearly all of its time goes by in the queue; or
/// half of it, because of others that compute and never rest. A server that has more requests than
/// it can serve never rests either, but a good part of its time is the kernel's.
struct CPUStarvation: Detector {
    static let kind: FindingKind = .cpuStarvation
    /// Who is in a group that uses up its quota waits for that.
    static let suppressedBy: [FindingKind] = [.cgroupThrottle]

    /// Of the time that CPU is wanted, in percent, over 30 s and still over the last 10 s.
    static let leastShare = 20.0
    /// CPU seconds waited for in a second: who wants so little that it does not come to a tenth of a
    /// CPU may wait for half of it and nobody notices.
    static let leastDelay = 0.1
    /// A thread that gives up the CPU less often (a second) never rests.
    static let mostSwitches = Rate(1.0)
    /// Who never rests wants a CPU all the time, in percent.
    static let leastDemand = 90.0
    /// Shares from which the waiting is a warning: by itself, and where others never rest.
    static let badShare = 90.0
    static let badShareBesideHogs = 50.0
    /// A thread of which the kernel has this share of the time may serve requests; what it waits for
    /// is a warning from the second share on.
    static let leastSystemOfServers = 20.0
    static let badShareOfServers = 60.0
    /// In percent of a CPU, what others use before they can be what holds a process back: threads of one
    /// that are more than the CPUs wait for each other, and lose nothing by it.
    static let leastOfOthers = 25.0
    /// So many processes are told as one: the machine has too few CPUs for them.
    static let many = 3

    private var waits = CPUWaits()

    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        let snapshot = input.snapshot
        waits.add(snapshot)
        let starved = waits.waits.filter(Self.isStarved)
        guard !starved.isEmpty else { return [] }
        let processes = Dictionary(
            snapshot.processes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let cases = starved.compactMap { wait -> Case? in
            // That dxtop waits is no trouble of the machine's.
            guard let process = processes[wait.process], !input.isExplained(process),
                process.id.pid != snapshot.ownCost.process, !process.isKernelThread
            else { return nil }
            return Case(
                process: process, wait: wait, isBatch: BatchWork.isBatch(process, in: snapshot))
        }.sorted { ($1.wait.delay, $0.process.id.pid) < ($0.wait.delay, $1.process.id.pid) }
        let machine = Machine(snapshot)
        let victims = cases.filter { !$0.isCause }
        let causes = cases.filter(\.isCause)
        if victims.count >= Self.many {
            return [Self.hostWide(victims + causes, machine, at: snapshot.time)]
        }
        // Who is the cause is not a victim as well.
        let told =
            causes.count >= Self.many
            ? [Self.hostWide(causes, machine, at: snapshot.time)]
            : causes.map { Self.finding($0, machine, at: snapshot.time) }
        return victims.map { Self.finding($0, machine, at: snapshot.time) }
            + (victims.isEmpty ? told : told.map(Self.asInformation))
    }

    private static func asInformation(_ finding: Finding) -> Finding {
        var finding = finding
        finding.severity = .info
        return finding
    }

    private static func isStarved(_ wait: CPUWaits.Wait) -> Bool {
        wait.share.percent >= leastShare && wait.recent.percent >= leastShare
            && wait.delay >= leastDelay * wait.seconds
    }

    private struct Case {
        var process: ProcessSample
        var wait: CPUWaits.Wait
        /// It is there to compute: with more threads than CPUs it takes as long as with fewer.
        var isBatch: Bool

        var name: String { "\(process.name) \(process.id.pid)" }
        var share: String { Percent(wait.share.percent).text }

        /// The one thread that nearly all of it is about.
        var thread: CPUWaits.Thread? {
            wait.worst.flatMap { $0.delay >= 0.8 * wait.delay ? $0 : nil }
        }

        /// It computes and never rests.
        var isCause: Bool {
            guard let worst = wait.worst, worst.neverSleeps == true else { return false }
            return isBatch || 100 * worst.system < leastSystemOfServers * worst.run
        }

        /// It has a thread that never rests and waits all the same.
        var isBehind: Bool {
            guard let worst = wait.worst, worst.neverSleeps == true else { return false }
            let mayServe = 100 * worst.system >= leastSystemOfServers * worst.run
            return 100 * (worst.run + worst.delay) >= leastDemand * wait.seconds
                && CPUWaits.Share(run: worst.run, delay: worst.delay).percent
                    >= (mayServe ? badShareOfServers : leastShare)
        }

        func severity(_ machine: Machine) -> Finding.Severity {
            guard !isBatch, !machine.makesYield(process), machine.mayBeOthers(than: process)
            else { return .info }
            let share = wait.share.percent
            let hasHogs = machine.hogs.areOthers(than: process)
            let isBad = share >= badShare || (hasHogs && share >= badShareBesideHogs)
            return isBehind || isBad ? .warning : .info
        }
    }

    /// Who has the CPUs, and how many there are.
    private struct Machine {
        let host: HostSample
        private let processes: [ProcessSample]
        let busiest: ProcessSample?
        let hogs: CPUHogs

        init(_ snapshot: Snapshot) {
            host = snapshot.host
            processes = snapshot.processes
            busiest = snapshot.processes.max { $0.cpu ?? .zero < $1.cpu ?? .zero }
            hogs = CPUHogs(snapshot)
        }

        var hasIdleCPUs: Bool { host.cpu.map { $0.idle.rawValue >= 25 } ?? false }

        /// Whether others than the process use enough of the CPUs to hold it back; also where that is not
        /// known.
        func mayBeOthers(than process: ProcessSample) -> Bool {
            guard let busy = host.cpu?.busy, let count = host.cpuCount, let cpu = process.cpu else {
                return true
            }
            return Double(busy.rawValue) * Double(count) - Double(cpu.rawValue) >= leastOfOthers
        }

        /// Whether it was told to yield to others (`nice`), and those use enough of the CPUs to make it.
        func makesYield(_ process: ProcessSample) -> Bool {
            guard let nice = process.nice, nice > 0 else { return false }
            let used = processes.reduce(0) { sum, other in
                other.nice ?? 0 < nice ? sum + Double(other.cpu?.rawValue ?? 0) : sum
            }
            return used >= leastOfOthers
        }

        /// - Parameter process: who is starved.
        func evidence(of process: ProcessSample) -> [String] {
            var line = "\(host.cpuCount.map(String.init) ?? "?") CPUs"
            if let busy = host.cpu?.busy { line += ", \(busy.text) % busy" }
            if let load = host.load?.oneMinute { line += ", load \(text(load))" }
            if let hogs = hogs.text(without: process.id) {
                return [line, "the CPUs are busy with \(hogs)"]
            }
            guard let busiest, let cpu = busiest.cpu else { return [line] }
            return [
                line, "most CPU by \(busiest.name) \(busiest.id.pid): \(cpu.text) % of one",
            ]
        }

        var baseline: String? {
            host.load?.fifteenMinutes.map { "load over the last 15 min was \(text($0))" }
        }

        private func text(_ load: Double) -> String { Percent(load).text }
    }

    private static func finding(_ found: Case, _ machine: Machine, at time: WallTime) -> Finding {
        let who: String
        let subject: Subject
        if let thread = found.thread {
            let name = found.process.threads.first { $0.id == thread.id }?.name
            who = "T\(thread.id.tid) \(name ?? found.process.name) (\(found.name))"
            subject = .thread(thread.id, of: found.process.id)
        } else {
            who = found.name
            subject = .process(found.process.id)
        }
        return Finding(
            kind: .cpuStarvation, subject: subject, severity: found.severity(machine),
            confidence: .high,
            claim:
                "\(who) is CPU-starved: waits for a CPU \(found.share) % of the time that it wants one",
            evidence: [figures(found.wait)] + machine.evidence(of: found.process),
            baseline: machine.baseline,
            meaning: meaning(found, machine),
            next: machine.hasIdleCPUs
                ? [
                    .command(
                        "taskset -pc \(found.process.id.pid)", of: subject, "its CPU affinity")
                ] : othersFirst,
            since: time)
    }

    private static func meaning(_ found: Case, _ machine: Machine) -> String {
        if machine.hasIdleCPUs {
            return
                "CPUs are idle meanwhile: its affinity or cpuset keeps it off them, or a quota that"
                + " is not visible from here holds it back"
        }
        if machine.makesYield(found.process), let nice = found.process.nice {
            return "it runs at nice \(nice) and yields to others, as it was told"
        }
        let isAlone = !machine.mayBeOthers(than: found.process)
        if isAlone || (machine.busiest?.id == found.process.id && !found.isBatch) {
            return "its own threads compete: more of them than CPUs make it no faster"
        }
        if found.isBatch {
            return "work that is there to compute, and others as well: they share the CPUs"
        }
        return "CPU-starved, not slow by its own code: the CPUs are busy with others"
    }

    private static let othersFirst: [NextStep] = [
        .view(.overview, sort: .cpu, "what the CPUs are busy with"),
        .change("stop or renice (nice, cpu.weight) what matters less"),
    ]

    private static func figures(_ wait: CPUWaits.Wait) -> String {
        let (run, delay) = (Percent(wait.run).text, Percent(wait.delay).text)
        return
            "ran \(run) s, waited for a CPU \(delay) s in the last \(Int(wait.seconds.rounded()))"
            + " s (schedstat)"
    }

    private static func hostWide(_ cases: [Case], _ machine: Machine, at time: WallTime) -> Finding
    {
        let victims = cases.filter { !$0.isCause }
        let worst = victims.isEmpty ? cases : victims
        var finding = Finding(
            kind: .cpuStarvation, subject: .host,
            severity: worst.map { $0.severity(machine) }.max() ?? .info, confidence: .high,
            claim:
                "\(cases.count) processes are CPU-starved, most \(cases[0].name): waits for a CPU"
                + " \(cases[0].share) % of the time that it wants one",
            evidence: [cases[0].name + " " + figures(cases[0].wait)]
                + machine.evidence(of: cases[0].process),
            baseline: machine.baseline,
            meaning: machine.hasIdleCPUs
                ? "CPUs are idle meanwhile: affinity or cpuset keeps them off those"
                : "more wants to run than there are CPUs: what is slow need not be slow by itself",
            next: othersFirst,
            since: time)
        finding.processes = cases.map(\.process.id.pid)
        return finding
    }
}

extension FindingKind {
    package static let cpuStarvation = FindingKind("cpu_starvation", of: .threads)
}
