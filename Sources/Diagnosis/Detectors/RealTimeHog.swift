internal import ProcFormats
internal import Samples
internal import Units

/// A thread of real time, SCHED_FIFO or round robin, that does not give its CPU away: nothing of lower
/// priority runs there but what `sched_rt_runtime_us` leaves.
///
/// Whoever needs real time needs it for moments. One that computes for ten seconds was not meant to have it,
/// or spins.
struct RealTimeHog: Detector {
    static let kind: FindingKind = .realTimeHog

    static let span: Duration = .seconds(10)
    static let leastDemand = Percent(90.0)

    func findings(in input: DiagnosisInput) -> [Finding] {
        input.threads.busy.filter {
            Self.isHog($0) && input.snapshot.process($0.poll.process)?.isKernelThread != true
        }.findings(
            one: { Self.finding($0, [$0], of: $0.subject, $0.title, input.snapshot) },
            many: { process, threads in
                let most = threads.max { $0.recent?.cpu ?? .zero < $1.recent?.cpu ?? .zero }
                return Self.finding(
                    most ?? threads[0], threads, of: .process(process), threads.title,
                    input.snapshot)
            })
    }

    private static func isHog(_ facts: ThreadFacts) -> Bool {
        guard facts.poll.schedule?.realTimeText != nil, let spell = facts.spell,
            spell.duration >= span, let recent = facts.recent
        else { return false }
        return recent.demand >= leastDemand
    }

    /// - Parameter facts: of the threads the one that used most.
    private static func finding(
        _ facts: ThreadFacts, _ threads: [ThreadFacts], of subject: Subject, _ name: String,
        _ snapshot: Snapshot
    ) -> Finding {
        let policy = facts.poll.schedule?.realTimeText ?? ""
        let thread = snapshot.process(facts.poll.process)?.threads.first { $0.id == facts.id }
        var evidence = threads.count > 1 ? [threads.labels] : []
        if let recent = facts.recent { evidence.append(recent.textWithSpan) }
        if let processor = thread?.processor { evidence.append("on CPU \(processor) now") }
        let victims = snapshot.processes.filter {
            $0.id != facts.poll.process && $0.runDelay ?? .zero >= leastDelay
        }.sorted { $0.runDelay ?? .zero > $1.runDelay ?? .zero }
        if !victims.isEmpty {
            evidence.append(
                "wait for a CPU meanwhile: "
                    + victims.prefix(3).map {
                        "\($0.name) \($0.id.pid) (\(($0.runDelay ?? .zero).text) %)"
                    }.joined(separator: ", "))
        }
        return Finding(
            kind: .realTimeHog, subject: subject, severity: .warning, confidence: .high,
            claim: threads.count > 1
                ? "\(name) keep CPUs as \(policy): others get what they leave"
                : "\(name) keeps a CPU as \(policy): others get what it leaves",
            evidence: evidence, baseline: facts.spell?.before?.text,
            meaning:
                "on its CPU only threads of higher real-time priority run, and for all others what"
                + " sched_rt_runtime_us leaves: 5 % by default",
            next: [
                .command(
                    "chrt --other -p 0 \(facts.id.tid)", of: subject, "makes it one of the others"),
                .probe(.profile, of: subject, "the function it burns the CPU in"),
            ],
            since: threads.since)
    }

    /// In percent of a CPU, from which a process is named as one that waits.
    private static let leastDelay = Percent(20.0)
}

extension FindingKind {
    package static let realTimeHog = FindingKind("realtime_hog", of: .threads)
}
