internal import ProcFormats
internal import Samples
internal import Units

/// A thread that waits for a lock, and the one that holds it is runnable but gets no CPU: the first is as
/// slow as the second, however important it is.
///
/// Two signals: the lock names its holder in memory, and the kernel counts how long that waited for a CPU.
struct PriorityInversion: Detector {
    static let kind: FindingKind = .priorityInversion

    static let leastSamples = 20
    /// Of the samples of the one that waits, those at locks, and of these those of one holder.
    static let leastWaiting = Percent(70.0)
    static let leastOfHolder = 0.7
    /// Of the samples of the holder, those in which it was runnable.
    static let leastRunnable = 0.6
    /// Of the time that it wants a CPU, the most that it gets.
    static let mostGot = 0.5

    func findings(in input: DiagnosisInput) -> [Finding] {
        let threads = Dictionary(
            input.threads.polled.map { ($0.id.tid, $0) }, uniquingKeysWith: { first, _ in first })
        let pairs = input.threads.polled.compactMap { waiter -> (ThreadFacts, ThreadFacts)? in
            guard let holder = Self.holder(of: waiter.poll).flatMap({ threads[$0] }),
                holder.id != waiter.id, Self.isHeldBack(holder)
            else { return nil }
            return (waiter, holder)
        }
        return Dictionary(grouping: pairs, by: \.1.id).compactMap { _, pairs in
            let waiters = pairs.map(\.0).sorted { $0.id.tid < $1.id.tid }
            guard let holder = pairs.first?.1 else { return nil }
            return Self.finding(holder, waiters, input.snapshot)
        }
    }

    private static func holder(of poll: ThreadPoll) -> ThreadID? {
        guard poll.samples >= leastSamples, poll.shareWaitingForLocks >= leastWaiting,
            let most = poll.holders.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })
        else { return nil }
        let all = poll.futexes.reduce(0) { $1.key.isLock ? $0 + $1.value : $0 }
        return Double(most.value) >= leastOfHolder * Double(all) ? most.key : nil
    }

    private static func isHeldBack(_ holder: ThreadFacts) -> Bool {
        let poll = holder.poll
        guard poll.samples >= leastSamples,
            Double(poll.running) >= leastRunnable * Double(poll.samples)
        else { return false }
        return holder.share <= mostGot * 100 * Double(poll.running) / Double(poll.samples)
    }

    private static func finding(
        _ holder: ThreadFacts, _ waiters: [ThreadFacts], _ snapshot: Snapshot
    ) -> Finding {
        let first = waiters[0]
        let runnable = Percent(holder.poll.running, of: holder.poll.samples)
        let more = waiters.count > 1 ? " and \(waiters.count - 1) more" : ""
        let isLower = holder.isLess(than: first)
        var evidence = [
            "\(first.label) waits for it in \(first.poll.shareWaitingForLocks.text) % of"
                + " \(first.poll.samples) samples" + first.schedule,
            "\(holder.label) is runnable in \(runnable.text) % of \(holder.poll.samples) samples, and"
                + " gets \(Percent(holder.share).text) % of a CPU" + holder.schedule,
        ]
        let hogs = CPUHogs(snapshot).text(without: holder.poll.process)
        if let hogs { evidence.append("the CPUs are busy with \(hogs)") }
        return Finding(
            kind: .priorityInversion, subject: holder.subject, severity: .warning,
            confidence: .high,
            claim: "\(holder.title) holds a lock and gets no CPU: \(first.label)\(more)"
                + " \(waiters.count > 1 ? "wait" : "waits") for it"
                + (isLower ? " (priority inversion)" : ""),
            evidence: evidence,
            meaning:
                "who waits for the lock is as slow as \(holder.label), however important it is",
            next: [
                .command(
                    "renice -n \(first.poll.schedule?.nice ?? 0) -p \(holder.id.tid)",
                    of: holder.subject, "gives the holder the priority of the one that waits"),
                .change("use a lock that lends its priority: PTHREAD_PRIO_INHERIT"),
            ],
            since: snapshot.time.earlier(by: ThreadEvidence.span))
    }
}

extension ThreadFacts {
    /// Percent of a CPU; 0 for one that did not run in one of the last refreshes.
    fileprivate var share: Double { Double(recent?.cpu.rawValue ?? 0) }

    /// ", nice 19", ", SCHED_FIFO 20"; empty where it is the usual one.
    fileprivate var schedule: String {
        guard let schedule = poll.schedule else { return "" }
        if let name = schedule.realTimeText { return ", \(name)" }
        return schedule.nice == 0 ? "" : ", nice \(schedule.nice)"
    }

    /// Whether the scheduler puts it behind another one.
    fileprivate func isLess(than other: ThreadFacts) -> Bool {
        guard let own = poll.schedule, let others = other.poll.schedule else { return false }
        let (first, second) = (own.realTimePriority, others.realTimePriority)
        return first < second || (first == second && own.nice > others.nice)
            || (own.policy == .idle && others.policy != .idle)
    }
}

extension ThreadPoll.Schedule {
    /// "SCHED_FIFO 20", "SCHED_RR 1", "SCHED_DEADLINE"; nil for one that is not of real time.
    var realTimeText: String? {
        switch policy {
        case .fifo: "SCHED_FIFO \(realTimePriority)"
        case .roundRobin: "SCHED_RR \(realTimePriority)"
        case .deadline: "SCHED_DEADLINE"
        default: nil
        }
    }
}

extension FindingKind {
    package static let priorityInversion = FindingKind("priority_inversion", of: .threads)
}
