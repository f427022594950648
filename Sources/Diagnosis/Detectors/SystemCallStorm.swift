internal import Samples
package import Units

/// A thread that never sleeps and makes one kind of system call, or a pair of them, over and over.
///
/// Neither the share of system time nor the rate of the calls tells it from a busy server: nginx,
/// redis and wrk reach 90 % and 750,000 a second. But they sleep, and their most frequent call makes
/// 71 % at most. Both are told by counting, so a thread is a candidate until it was counted.
package struct SystemCallStorm: Detector {
    static let kind: FindingKind = .systemCallStorm

    package static let leastDemand = Percent(70.0)
    /// Of a CPU. A storm's system time depends on the call and on the CPU: stat(2) from Python takes
    /// 22 %, getppid 50 to 68 %, a send 93 %.
    package static let mostSystemOfOthers = Percent(10.0)
    /// Page faults take system time, too: so long each, 1 us was measured in a virtual machine.
    package static let timeOfFault: Duration = .microseconds(2)
    /// The least that was seen of a server under full load are 4 a second.
    package static let leastSleepsOfOthers = Rate(1.0)
    /// For less time a rate of nearly none says little.
    package static let leastWatched: Duration = .seconds(5)
    /// Who goes on for so long is counted, and named where it is a storm; what was not counted is told
    /// after `ThreadEvidence.span`.
    package static let spanToCount: Duration = .seconds(6)
    /// For each second of CPU time that the thread got: others may have had the CPU.
    package static let leastCalls = Rate(100_000.0)
    /// Of all calls, the part that the two most frequent kinds make. Storms reach 0.99.
    package static let leastShare = 0.9
    /// Who never succeeds need not be so fast, and may do it in a round of several calls: a socket is made,
    /// connect(2) is refused, the socket is closed.
    static let leastCallsInVain = Rate(20_000.0)
    static let leastShareInVain = 0.25
    static let mostKindsInVain = 4
    /// Who moves a page or more with each call copies: that is work, however often it calls.
    static let leastBytesOfWork = ByteCount(4096)

    /// Whether it may be one, by the figures of one refresh, which are rough: of a short one some
    /// ticks at most tell user from system time. See `UserSpin`.
    static func goesOn(_ thread: ThreadSample) -> Bool {
        thread.demands(Percent(50.0)) && thread.system ?? .zero >= Percent(2.0)
    }

    /// Whether only a count can tell that it is none.
    static func isCandidate(_ facts: ThreadFacts, for span: Duration = spanToCount) -> Bool {
        guard let spell = facts.spell, spell.duration >= span,
            let recent = facts.recent, recent.demand >= leastDemand,
            let watched = facts.poll.counted, watched.span >= leastWatched,
            let sleeps = facts.poll.voluntarySwitches, sleeps < leastSleepsOfOthers
        else { return false }
        let faults = 100 * Double(recent.faults.rawValue) * (timeOfFault / .seconds(1))
        return recent.system > Percent(Double(mostSystemOfOthers.rawValue) + faults)
    }

    func findings(in input: DiagnosisInput) -> [Finding] {
        Self.findings(input.threads.storming, at: input.snapshot.time)
    }

    static func isStorm(_ counted: CountedSystemCalls) -> Bool {
        let repeats =
            counted.rateOnCPU >= leastCalls && counted.share(ofMostFrequent: 2) >= leastShare
        let isInVain =
            counted.rateOnCPU >= leastCallsInVain && counted.failing != nil
            && counted.share(ofMostFrequent: mostKindsInVain) >= leastShare
            && !counted.copies(leastBytesOfWork)
        return (repeats || isInVain)
            && !counted.moves(leastBytesOfWork) && !SignalStorm.isStorm(counted)
    }

    /// For information only until the calls are counted, and nothing where they are no storm.
    package static func findings(_ threads: [ThreadFacts], at time: WallTime) -> [Finding] {
        threads.filter(isSaid).findings(one: finding, many: finding)
    }

    /// A candidate that was not counted yet, or that is a storm.
    static func isSaid(_ facts: ThreadFacts) -> Bool {
        isCandidate(facts)
            && facts.counted.map(isStorm) ?? isCandidate(facts, for: ThreadEvidence.span)
    }

    private static func finding(_ facts: ThreadFacts) -> Finding {
        Finding(
            kind: .systemCallStorm, subject: facts.subject,
            severity: facts.counted == nil ? .info : .warning,
            confidence: facts.counted == nil ? .medium : .high,
            claim: facts.counted.map { "\(facts.title): system-call storm, \($0.storm)" }
                ?? "\(facts.title): perhaps a system-call storm, \(share([facts])) of its CPU time is"
                + " system time",
            evidence: evidence(facts), baseline: facts.spell?.before?.text,
            meaning: facts.counted?.meaning ?? uncounted,
            next: [
                facts.counted == nil
                    ? .probe(
                        .systemCalls, of: facts.subject, "which calls, and how many a second")
                    : .probe(.profile, of: facts.subject, "the code that makes the calls")
            ],
            since: [facts].since)
    }

    private static func finding(
        _ process: ProcessIdentity, _ threads: [ThreadFacts]
    ) -> Finding {
        let first = threads.first { $0.counted != nil } ?? threads.first
        let counted = first?.counted
        let head = threads.title
        return Finding(
            kind: .systemCallStorm, subject: .process(process),
            severity: counted == nil ? .info : .warning,
            confidence: counted == nil ? .medium : .high,
            claim: counted.map { "\(head) in a system-call storm, one of them: \($0.storm)" }
                ?? "\(head) perhaps in a system-call storm, \(share(threads)) of their CPU time is"
                + " system time",
            evidence: [threads.labels] + (first.map(evidence) ?? []),
            baseline: first?.spell?.before?.text,
            meaning: counted?.meaning ?? uncounted,
            next: [
                .probe(.systemCalls, of: .process(process), "which calls, and how many a second")
            ],
            since: threads.since)
    }

    private static let uncounted =
        "its system calls were not counted: a program that does much useful work looks the same"

    private static func share(_ threads: [ThreadFacts]) -> String {
        let all = threads.reduce(0) { $0 + ($1.recent?.cpu.rawValue ?? 0) }
        let system = threads.reduce(0) { $0 + ($1.recent?.system.rawValue ?? 0) }
        return "\(Percent(all > 0 ? 100 * system / all : 0).text) %"
    }

    private static func evidence(_ facts: ThreadFacts) -> [String] {
        var lines: [String] = []
        if let recent = facts.recent {
            lines.append(
                "\(recent.textWithSpan): usr \(recent.user.text) % sys"
                    + " \(recent.system.text) %")
            if recent.faults >= Rate(1.0) { lines.append("\(recent.faults.text) page faults/s") }
        }
        if let sleeps = facts.poll.counted?.voluntarySwitches, let span = facts.poll.counted?.span {
            lines.append("\(sleeps) sleeps in \(span.text)")
        }
        return lines + facts.countEvidence
    }
}

extension FindingKind {
    package static let systemCallStorm = FindingKind("syscall_storm", of: .threads)
}
