internal import Samples
internal import Units

/// A thread that is interrupted by signals thousands of times a second: by a timer of its own, or by
/// another that sends them. Told by a count of its calls, since each handler of a signal ends with one.
struct SignalStorm: Detector {
    static let kind: FindingKind = .signalStorm

    /// A second. Profilers take 1,000, runtimes that stop their threads by signals some hundreds.
    static let leastSignals = Rate(5_000.0)

    func findings(in input: DiagnosisInput) -> [Finding] {
        var seen: Set<ThreadIdentity> = []
        let all = input.threads.waking + input.threads.storming + input.threads.spinning
        return all.filter { facts in
            facts.counted.map(Self.isStorm) ?? false && seen.insert(facts.id).inserted
        }.findings(one: Self.finding, many: Self.finding)
    }

    static func isStorm(_ counted: CountedSystemCalls) -> Bool {
        counted.signals >= leastSignals
    }

    private static func finding(_ facts: ThreadFacts) -> Finding {
        let tid = facts.id.tid.rawValue
        return Finding(
            kind: .signalStorm, subject: facts.subject, severity: .warning, confidence: .high,
            claim: "\(facts.title): interrupted by \(signals([facts])) signals a second",
            evidence: evidence(facts), baseline: facts.spell?.before?.text, meaning: meaning,
            next: [
                .command(
                    "timeout 1 strace -p \(tid) -e trace=none 2>&1 | tail -3", of: facts.subject,
                    "which signals, and who sends them (si_pid); stops it at each"),
                .probe(.profile, of: facts.subject, "the code that handles them"),
            ],
            since: [facts].since)
    }

    private static func finding(_ process: ProcessIdentity, _ threads: [ThreadFacts]) -> Finding {
        Finding(
            kind: .signalStorm, subject: .process(process), severity: .warning, confidence: .high,
            claim:
                "\(threads.title) interrupted by \(signals(threads)) signals a second together",
            evidence: [threads.labels] + (threads.first.map(evidence) ?? []),
            baseline: threads.first?.spell?.before?.text, meaning: meaning,
            next: [
                .probe(.profile, of: .process(process), "the code that handles them")
            ],
            since: threads.since)
    }

    private static let meaning =
        "a timer of its own that is set too short, or another program that sends them: what it has to do"
        + " waits meanwhile, and calls that wait are interrupted (EINTR)"

    private static func signals(_ threads: [ThreadFacts]) -> String {
        Rate(threads.reduce(0) { $0 + Double($1.counted?.signals.rawValue ?? 0) }).text
    }

    private static func evidence(_ facts: ThreadFacts) -> [String] {
        // What decides comes first.
        facts.countEvidence + (facts.recent.map { [$0.textWithSpan] } ?? [])
    }
}

extension FindingKind {
    package static let signalStorm = FindingKind("signal_storm", of: .threads)
}
