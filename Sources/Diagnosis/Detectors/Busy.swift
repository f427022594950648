internal import ProcFormats
internal import Samples
internal import Units

/// A thread that keeps a CPU busy, and neither spins nor storms the kernel as far as that can be told:
/// it is said, with what it spends its time on, so that no busy thread is passed over in silence.
///
/// For information only: most of them do their work. Of kernel threads see `KernelThreadBusy`.
struct Busy: Detector {
    static let kind: FindingKind = .busy

    static let leastDemand = Percent(90.0)
    /// Whatever starts, compiles or answers one question is busy for less.
    static let span: Duration = .seconds(30)

    /// Whether it may be one, by the figures of one refresh, which are rough; see `UserSpin`.
    static func goesOn(_ thread: ThreadSample) -> Bool { thread.demands(Percent(70.0)) }

    func findings(in input: DiagnosisInput) -> [Finding] {
        let said = Set(
            input.threads.saidToSpin.map(\.id)
                + input.threads.storming.filter(SystemCallStorm.isSaid).map(\.id))
        return input.threads.busy.filter { Self.isBusy($0) && !said.contains($0.id) }
            .findings(one: Self.finding, many: Self.finding)
    }

    static func isBusy(_ facts: ThreadFacts) -> Bool {
        guard let spell = facts.spell, spell.duration >= span, let recent = facts.recent else {
            return false
        }
        return recent.demand >= leastDemand
    }

    private static func finding(_ facts: ThreadFacts) -> Finding {
        Finding(
            kind: .busy, subject: facts.subject, severity: .info, confidence: .high,
            claim: "\(facts.title): busy, \(split([facts]))", evidence: evidence(facts),
            baseline: facts.spell?.before?.text,
            next: [
                .probe(.profile, of: facts.subject, "the functions it spends its CPU time in"),
                .probe(.systemCalls, of: facts.subject, "which calls, and how many a second"),
            ],
            since: [facts].since)
    }

    private static func finding(_ process: ProcessIdentity, _ threads: [ThreadFacts]) -> Finding {
        Finding(
            kind: .busy, subject: .process(process), severity: .info, confidence: .high,
            claim: "\(threads.title) busy, \(split(threads))",
            evidence: [threads.labels] + (threads.first.map(evidence) ?? []),
            baseline: threads.first?.spell?.before?.text,
            next: [
                .probe(
                    .profile, of: .process(process), "the functions they spend their CPU time in")
            ],
            since: threads.since)
    }

    // MARK: Words

    /// "54 % user, 46 % system", of all their time on a CPU.
    private static func split(_ threads: [ThreadFacts]) -> String {
        let cpu = threads.reduce(0) { $0 + ($1.recent?.cpu.rawValue ?? 0) }
        let system = threads.reduce(0) { $0 + ($1.recent?.system.rawValue ?? 0) }
        let share = cpu > 0 ? Int((100 * system / cpu).rounded()) : 0
        return "\(100 - share) % user, \(share) % system"
    }

    private static func evidence(_ facts: ThreadFacts) -> [String] {
        var lines: [String] = []
        if let recent = facts.recent {
            lines.append(recent.textWithSpan)
            if recent.faults >= Rate(1.0) { lines.append("\(recent.faults.text) page faults/s") }
        }
        if let sleeps = facts.poll.voluntarySwitches { lines.append("sleeps \(sleeps.text)/s") }
        if let calls = facts.poll.readsAndWrites, calls >= Rate(1.0) {
            lines.append("\(calls.text) read and write calls/s")
        }
        return lines + facts.countEvidence
    }
}

extension FindingKind {
    package static let busy = FindingKind("busy", of: .threads)
}
