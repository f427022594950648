internal import ProcSampling
package import Units

/// A thread that is busy entering the kernel.
package struct SystemCallStorm: Detector {
    static let kind = FindingKind.systemCallStorm

    package static let leastCPU = Percent(70.0)
    /// Of the CPU time it uses.
    package static let leastSystemShare = 0.6
    /// A server that does real work with each call makes less on one thread.
    package static let leastCalls = Rate(100_000.0)
    /// Memory that is touched for the first time takes the kernel's time, too, about a microsecond a
    /// page: with so many it is not the calls.
    package static let mostFaults = Rate(100_000.0)
    package static let leastCounted: Duration = .seconds(1)

    /// Whether it may be one, by the figures of one refresh, which are rough; see `UserSpin`.
    static func goesOn(_ thread: ThreadSample) -> Bool {
        guard thread.demands(Percent(50.0)), let cpu = thread.cpu, let system = thread.system
        else { return false }
        return Double(system.rawValue) >= (leastSystemShare - 0.15) * Double(cpu.rawValue)
    }

    static func isStorm(_ facts: ThreadFacts) -> Bool {
        guard let spell = facts.spell, spell.duration >= ThreadBook.span,
            let recent = facts.recent, recent.demand >= leastCPU, recent.faults < mostFaults
        else { return false }
        return Double(recent.system.rawValue) >= leastSystemShare * Double(recent.cpu.rawValue)
    }

    func findings(in input: DiagnosisInput) -> [Finding] {
        Self.findings(input.threads.storming, at: input.snapshot.time)
    }

    /// For information only, until the calls are counted: a web server that has as many requests as
    /// it can serve spends its time in the kernel as well.
    package static func findings(_ threads: [ThreadFacts], at time: WallTime) -> [Finding] {
        threads.filter(isStorm).findings(one: finding, many: finding)
    }

    private static func finding(_ facts: ThreadFacts) -> Finding {
        let isCertain = calls(facts) ?? .zero >= leastCalls
        let rate = calls(facts).map { ", \($0.text) calls/s" } ?? ""
        return Finding(
            kind: .systemCallStorm, subject: facts.subject,
            severity: isCertain ? .warning : .info, confidence: isCertain ? .high : .medium,
            claim: "\(facts.title) is busy entering the kernel: \(share([facts])) of its CPU time"
                + " is system time\(rate)",
            evidence: evidence(facts), baseline: facts.spell?.before?.text,
            meaning: "the CPU goes into system calls, not into its own code",
            next: [
                calls(facts) == nil
                    ? .probe(
                        .systemCalls, of: facts.subject, "which calls, and how many a second")
                    : .probe(.profile, of: facts.subject, "the code that makes the calls")
            ],
            since: since([facts]))
    }

    private static func finding(
        _ process: ProcessIdentity, _ threads: [ThreadFacts]
    ) -> Finding {
        let rates = threads.compactMap(calls)
        let isCertain = rates.contains { $0 >= leastCalls }
        let name = threads.first?.poll.processName ?? ""
        return Finding(
            kind: .systemCallStorm, subject: .process(process),
            severity: isCertain ? .warning : .info, confidence: isCertain ? .high : .medium,
            claim: "\(name) \(process.pid.rawValue): \(threads.count) threads are busy entering the"
                + " kernel, \(share(threads)) of their CPU time is system time",
            evidence: [threads.labels] + (threads.first.map(evidence) ?? []),
            baseline: threads.first?.spell?.before?.text,
            meaning: "the CPU goes into system calls, not into the program's own code",
            next: [
                .probe(.systemCalls, of: .process(process), "which calls, and how many a second")
            ],
            since: since(threads))
    }

    private static func since(_ threads: [ThreadFacts]) -> WallTime {
        threads.compactMap(\.spell?.since).min() ?? WallTime(seconds: 0)
    }

    private static func share(_ threads: [ThreadFacts]) -> String {
        let all = threads.reduce(0) { $0 + ($1.recent?.cpu.rawValue ?? 0) }
        let system = threads.reduce(0) { $0 + ($1.recent?.system.rawValue ?? 0) }
        return "\(Percent(all > 0 ? 100 * system / all : 0).text) %"
    }

    /// Calls a second as counted: all of them on request, or reads and writes by the kernel itself.
    private static func calls(_ facts: ThreadFacts) -> Rate? {
        if let counted = facts.counted, counted.elapsed >= leastCounted { return facts.callRate }
        guard let rate = facts.poll.readsAndWrites, rate >= leastCalls else { return nil }
        return rate
    }

    private static func evidence(_ facts: ThreadFacts) -> [String] {
        var lines: [String] = []
        if let recent = facts.recent {
            lines.append(
                "\(recent.text) over \(recent.span.text): usr \(recent.user.text) % sys"
                    + " \(recent.system.text) %")
            if recent.faults >= Rate(1.0) { lines.append("\(recent.faults.text) page faults/s") }
        }
        if let switches = facts.poll.voluntarySwitches {
            lines.append("went to sleep \(switches.text)/s")
        }
        if let rate = facts.poll.readsAndWrites {
            lines.append("\(rate.text) read and write calls/s (/proc/PID/io)")
        }
        if let counted = facts.counted, let rate = facts.callRate {
            lines.append("\(rate.text) system calls/s (counted for \(counted.elapsed.text))")
        }
        return lines
    }
}

extension FindingKind {
    package static let systemCallStorm = FindingKind("syscall_storm", of: .threads)
}
