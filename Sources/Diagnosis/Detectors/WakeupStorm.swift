internal import Samples
internal import Units

/// A thread that wakes up thousands of times a second and finds nothing to do: it sleeps for moments
/// instead of waiting for what it wants, or is woken for what others have taken already.
///
/// A busy server wakes up as often (redis 12,600 times a second), and does something each time. So only
/// a count of its system calls tells, and until there is one nothing is said.
struct WakeupStorm: Detector {
    static let kind: FindingKind = .wakeupStorm

    /// A second; a timer of a millisecond makes a fourth of that.
    static let leastWakeups = Rate(4_000.0)
    /// For a steady rate of thousands that is enough.
    static let span: Duration = .seconds(5)
    /// Of all calls, the part that achieves nothing.
    static let leastIdle = 0.8
    /// So often it is woken for each wait (poll, epoll_wait) that ends: the kernel puts it to sleep again
    /// where another thread was faster.
    static let leastWakeupsOfWait = 2.0
    /// And for each call of any kind, since it may sleep in others, too. Page faults and what writes or
    /// locks sleep more than once, so such threads are left out.
    static let leastWakeupsOfCall = 1.5
    static let leastWaits = 0.9
    /// Who takes so much with one call may sleep in it several times.
    static let pieces = ByteCount(4096)
    static let mostFaults = Rate(1.0)

    /// Whether it may be one, by the figures of one refresh.
    static func goesOn(_ thread: ThreadSample) -> Bool {
        thread.voluntarySwitches.map { $0.rawValue >= leastWakeups.rawValue / 2 } ?? false
    }

    static func isCandidate(_ facts: ThreadFacts) -> Bool {
        guard let spell = facts.spell, spell.duration >= span,
            let wakeups = facts.poll.voluntarySwitches
        else { return false }
        return wakeups >= leastWakeups
    }

    func findings(in input: DiagnosisInput) -> [Finding] {
        let candidates = input.threads.waking.filter(Self.isCandidate)
        let awake = Dictionary(grouping: candidates, by: \.poll.process).mapValues(\.count)
        return candidates.filter(Self.isStorm).findings(
            one: { Self.finding($0, besides: (awake[$0.poll.process] ?? 1) - 1) },
            many: Self.finding)
    }

    private static func isStorm(_ facts: ThreadFacts) -> Bool {
        guard isCandidate(facts), let counted = facts.counted else { return false }
        return counted.idleShare >= leastIdle || isWokenInVain(facts, counted)
    }

    private static func isWokenInVain(_ facts: ThreadFacts, _ counted: CountedSystemCalls) -> Bool {
        let (waits, calls) = (Double(counted.waits.rawValue), Double(counted.rate.rawValue))
        guard waits > 0, counted.waitsAndTakes(leastWaits), !counted.movesPieces(of: pieces),
            let recent = facts.recent, recent.faults <= mostFaults
        else { return false }
        let wakeups = Double(facts.poll.voluntarySwitches?.rawValue ?? 0)
        return wakeups >= leastWakeupsOfWait * waits && wakeups >= leastWakeupsOfCall * calls
    }

    /// - Parameter others: so many more threads of its process wake up all the time; their system calls
    ///   are counted later, one after another.
    private static func finding(_ facts: ThreadFacts, besides others: Int) -> Finding {
        let more =
            others == 1 ? "1 more of its threads wakes up" : "\(others) more of its threads wake up"
        return Finding(
            kind: .wakeupStorm, subject: facts.subject, severity: .warning, confidence: .high,
            claim:
                "\(facts.title): wakes up \(wakeups([facts])) times a second and finds nothing to do",
            evidence: evidence(facts)
                + (others > 0
                    ? ["\(more) more than \(leastWakeups.text) times a second, too"] : []),
            baseline: facts.spell?.before?.text, meaning: meaning(facts),
            next: [
                .probe(.waits, of: facts.subject, "what it waits for, and where in the code")
            ],
            since: [facts].since)
    }

    private static func finding(_ process: ProcessIdentity, _ threads: [ThreadFacts]) -> Finding {
        let first = threads.first
        return Finding(
            kind: .wakeupStorm, subject: .process(process), severity: .warning, confidence: .high,
            claim:
                "\(threads.title) wake up \(wakeups(threads)) times a second together and find nothing to do",
            evidence: [threads.labels] + (first.map(evidence) ?? []),
            baseline: first?.spell?.before?.text, meaning: first.flatMap(meaning),
            next: [.probe(.waits, of: .process(process), "what they wait for")],
            since: threads.since)
    }

    private static func wakeups(_ threads: [ThreadFacts]) -> String {
        Rate(threads.reduce(0) { $0 + Double($1.poll.voluntarySwitches?.rawValue ?? 0) }).text
    }

    private static func meaning(_ facts: ThreadFacts) -> String? {
        facts.counted.map {
            $0.sleepsForMoments
                ? "it sleeps for moments and looks again, instead of waiting until there is something"
                : "it is woken for what is gone when it comes: others that wait for the same were woken, too"
        }
    }

    /// What decides comes first.
    private static func evidence(_ facts: ThreadFacts) -> [String] {
        let figures = facts.recent.map { [$0.textWithSpan] } ?? []
        guard let counted = facts.counted else { return figures }
        let waits =
            isWokenInVain(facts, counted)
            ? ["of \(wakeups([facts])) wakeups a second \(counted.waits.text) ended a wait"] : []
        return waits + [counted.storm] + facts.countEvidence + figures
    }
}

extension FindingKind {
    package static let wakeupStorm = FindingKind("wakeup_storm", of: .threads)
}
