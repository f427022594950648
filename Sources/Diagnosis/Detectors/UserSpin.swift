internal import Samples
package import Units

/// A thread that keeps a CPU busy, hardly ever waits, and spends no time in the kernel: it spins, or it
/// computes.
///
/// A warning, unless it is a process that has done nothing else since it began and that nobody talks to:
/// a compression, a simulation. A service's thread that begins to spin is a warning at once.
package struct UserSpin: Detector {
    static let kind: FindingKind = .userSpin

    /// Whatever a service does for a request takes less.
    package static let span: Duration = .seconds(10)
    package static let leastCPU = Percent(90.0)
    /// The kernel's share of the ticks of interrupts and page faults; a single call in a loop takes
    /// far more.
    package static let mostSystem = Percent(1.0)
    package static let leastSamples = 20
    /// One line of a log a second, or a sleep of a millisecond, make no work of a spin.
    package static let mostSleeps = Rate(2.0)
    package static let mostReadsAndWrites = Rate(2.0)
    package static let leastRunning = 0.95
    /// Memory that is touched for the first time belongs to work.
    package static let mostFaults = Rate(1.0)
    /// Who was said to spin may miss each of these by so many times as much.
    static let slackOfKnown = 3.0
    /// Who spins for so long, and did not before, does not do its normal work.
    package static let certainAfter: Duration = .seconds(60)
    package static let leastBefore: Duration = .seconds(30)
    package static let mostCPUBefore = Percent(50.0)

    /// Whether it may be one, by the figures of one refresh: those are rough. Time waited for a CPU
    /// counts when the wait is over, maybe in the next one, and a hundred ticks at most tell user
    /// from system time.
    static func goesOn(_ thread: ThreadSample) -> Bool {
        thread.demands(Percent(70.0)) && thread.system ?? .zero <= Percent(5.0)
    }

    /// - Parameter isKnown: it was said at the refresh before.
    static func isSpin(_ facts: ThreadFacts, isKnown: Bool = false) -> Bool {
        let slack = isKnown ? slackOfKnown : 1
        func isAtMost(_ figure: Float, _ most: Float) -> Bool {
            Double(figure) <= slack * Double(most)
        }
        guard let spell = facts.spell, spell.duration >= span, let recent = facts.recent,
            isAtMost(100 - recent.demand.rawValue, 100 - leastCPU.rawValue),
            isAtMost(recent.system.rawValue, mostSystem.rawValue),
            isAtMost(recent.faults.rawValue, mostFaults.rawValue)
        else { return false }
        let poll = facts.poll
        guard poll.samples >= leastSamples, let sleeps = poll.voluntarySwitches else {
            return false
        }
        let asleep = Double(poll.samples - poll.running)
        return asleep <= slack * (1 - leastRunning) * Double(poll.samples)
            && Double(sleeps.rawValue) < slack * Double(mostSleeps.rawValue)
            && Double(poll.readsAndWrites?.rawValue ?? 0)
                < slack * Double(mostReadsAndWrites.rawValue)
    }

    func findings(in input: DiagnosisInput) -> [Finding] {
        input.threads.saidToSpin
            .findings(one: Self.finding, many: Self.finding)
            .map { finding in
                guard let process = finding.subject.process.flatMap(input.snapshot.process),
                    BatchWork.isBatch(process, in: input.snapshot)
                else { return finding }
                var finding = finding
                finding.severity = .info
                finding.meaning = BatchWork.meaning(process)
                return finding
            }
    }

    private static func finding(_ facts: ThreadFacts) -> Finding {
        var finding = Finding(
            kind: .userSpin, subject: facts.subject, severity: .warning,
            confidence: isCertain(facts) ? .high : .medium,
            claim: "\(facts.title): spin or pure compute in user space,"
                + " \(facts.recent?.text ?? "a CPU")",
            evidence: evidence(facts), baseline: facts.spell?.before?.text,
            next: [
                .probe(.profile, of: facts.subject, "the function it burns the CPU in"),
                .probe(.systemCalls, of: facts.subject, "whether it makes system calls"),
            ],
            since: [facts].since)
        finding.meaning =
            switch facts.makesNoCalls {
            case true?: "it makes no system calls: strace will show nothing; use a profile"
            case nil: "it spends next to no time in the kernel: a profile shows where it is"
            // Calls that are over at once need hardly any system time.
            case false?: nil
            }
        return finding
    }

    private static func finding(
        _ process: ProcessIdentity, _ threads: [ThreadFacts]
    ) -> Finding {
        let cpu = threads.reduce(0) { $0 + ($1.recent?.cpu.rawValue ?? 0) }
        let isCertain = threads.contains(where: isCertain)
        return Finding(
            kind: .userSpin, subject: .process(process), severity: .warning,
            confidence: isCertain ? .high : .medium,
            claim:
                "\(threads.title) spin or purely compute"
                + " in user space, \(Percent(cpu).text) % CPU together",
            evidence: [threads.labels] + (threads.first.map(evidence) ?? []),
            baseline: threads.first?.spell?.before?.text,
            meaning: threads.allSatisfy { $0.makesNoCalls == true }
                ? "they make no system calls: strace will show nothing; use a profile"
                : "they spend next to no time in the kernel: a profile shows where they are",
            next: [
                .probe(
                    .profile, of: .process(process),
                    "which function each of them is in: of a spinlock, who is in another may hold it"
                )
            ],
            since: threads.since)
    }

    private static func evidence(_ facts: ThreadFacts) -> [String] {
        var lines: [String] = []
        if let recent = facts.recent {
            let faults =
                recent.faults.rawValue < 0.05
                ? "no page faults" : "\(recent.faults.text) page faults/s"
            lines.append(
                "usr \(recent.user.text) % sys \(recent.system.text) %, \(faults) in"
                    + " \(recent.span.text)")
        }
        lines.append("runnable in \(facts.poll.running) of \(facts.poll.samples) samples")
        if let counted = facts.poll.counted {
            let sleeps = counted.voluntarySwitches.map { Self.count($0, "sleep") }
            let calls = counted.readsAndWrites.map { Self.count($0, "read or write call") }
            let both = [sleeps, calls].compactMap(\.self).joined(separator: ", ")
            lines.append("\(both) in \(counted.span.text)")
        }
        let counted = facts.counted.map {
            "\($0.count) system calls in \($0.elapsed.text) (counted\(facts.countAge))"
        }
        // What makes it certain comes first.
        return [counted].compactMap(\.self) + lines
    }

    /// "no sleeps", "1 sleep", "3 sleeps".
    private static func count(_ count: UInt64, _ what: String) -> String {
        count == 1 ? "1 \(what)" : "\(count == 0 ? "no" : "\(count)") \(what)s"
    }

    private static func isCertain(_ facts: ThreadFacts) -> Bool {
        if let makesNoCalls = facts.makesNoCalls { return makesNoCalls }
        guard let spell = facts.spell, spell.duration >= certainAfter, let before = spell.before
        else { return false }
        return before.span >= leastBefore && before.cpu < mostCPUBefore
    }
}

extension ThreadFacts {
    /// Nil if its calls were not counted.
    fileprivate var makesNoCalls: Bool? { counted.map { $0.count == 0 } }
}

extension FindingKind {
    package static let userSpin = FindingKind("user_spin", of: .threads)
}
