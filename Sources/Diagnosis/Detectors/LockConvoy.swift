internal import Samples
package import Units

/// Threads of a process that wait for one another, at one lock.
package struct LockConvoy: Detector {
    static let kind: FindingKind = .lockConvoy

    package static let leastThreads = 3
    /// Of the samples of a thread: it waits there most of the time.
    package static let leastShare = Percent(50.0)
    package static let leastSamples = 20
    /// Each goes to sleep and is woken that often: the lock goes round. A pool without work sleeps
    /// at one address, too, but it sleeps on.
    package static let leastSwitches = Rate(100.0)

    func findings(in input: DiagnosisInput) -> [Finding] {
        Self.findings(input.threads.polled, at: input.snapshot.time)
            + Self.sharedLocks(input.threads.polled, input.snapshot)
    }

    /// - Parameter threads: those that are sampled, of all processes.
    package static func findings(_ threads: [ThreadFacts], at time: WallTime) -> [Finding] {
        let contending = threads.filter { facts in
            facts.poll.samples >= leastSamples
                && facts.poll.voluntarySwitches ?? .zero >= leastSwitches
                && facts.poll.futexes.keys.contains(where: \.isLock)
        }
        return Dictionary(grouping: contending, by: \.poll.process).compactMap { process, some in
            finding(process, some, of: threads.filter { $0.poll.process == process }, at: time)
        }
    }

    /// Of processes: those of one parent and name have a lock in memory that they share at the same
    /// address.
    private static func sharedLocks(_ threads: [ThreadFacts], _ snapshot: Snapshot) -> [Finding] {
        struct Place: Hashable {
            var parent: ProcessID
            var name: String
            var address: UInt64
        }
        let places = threads.compactMap { facts -> (Place, ThreadFacts)? in
            let poll = facts.poll
            guard poll.samples >= leastSamples, poll.voluntarySwitches ?? .zero >= leastSwitches,
                let wait = poll.futexes.filter({ $0.key.isLock && $0.key.isShared })
                    .max(by: { $0.value < $1.value })?.key,
                poll.share(waitingForLockAt: wait.address) >= leastShare,
                let process = snapshot.process(poll.process)
            else { return nil }
            return (Place(parent: process.parent, name: process.name, address: wait.address), facts)
        }
        return Dictionary(grouping: places, by: \.0).compactMap { place, found in
            let waiters = found.map(\.1).sorted { $0.id.tid < $1.id.tid }
            guard Set(waiters.map(\.poll.process)).count >= leastThreads else { return nil }
            let parent = snapshot.processes.first { $0.id.pid == place.parent }?.id
            let address = "0x" + String(place.address, radix: 16)
            return Finding(
                kind: .lockConvoy, subject: .process(parent ?? waiters[0].poll.process),
                severity: .warning, confidence: .medium,
                claim:
                    "\(waiters.count) processes \(place.name) of \(place.parent) contend for the lock"
                    + " at \(address) in shared memory",
                evidence: waiters.prefix(mostNamed).map { evidence($0, at: place.address) },
                meaning: "they wait for one another: more of them would not make it faster",
                next: [
                    .probe(.waits, of: waiters[0].subject, "what it waits for"),
                    .probe(.stacks, of: waiters[0].subject, "where it wants the lock"),
                ],
                since: snapshot.time)
        }
    }

    private static func evidence(_ facts: ThreadFacts, at address: UInt64) -> String {
        "\(facts.label) waits there in \(facts.poll.share(waitingForLockAt: address).text) % of"
            + " \(facts.poll.samples) samples, switches \(facts.poll.voluntarySwitches?.text ?? "-")/s"
    }

    private struct Lock {
        var address: UInt64
        var waiters: [ThreadFacts]
    }

    private static func finding(
        _ process: ProcessIdentity, _ contending: [ThreadFacts], of all: [ThreadFacts],
        at time: WallTime
    ) -> Finding? {
        let addresses = Set(contending.flatMap { $0.poll.futexes.keys.filter(\.isLock) })
            .map(\.address)
        let locks = addresses.map { address in
            Lock(
                address: address,
                waiters: contending.filter {
                    $0.poll.share(waitingForLockAt: address) >= leastShare
                })
        }.filter { $0.waiters.count >= leastThreads }
        let worst = locks.max { a, b in
            (a.waiters.count, b.address) < (b.waiters.count, a.address)
        }
        guard let worst, case let waiters = worst.waiters.sorted(by: { $0.id.tid < $1.id.tid }),
            let first = waiters.first
        else { return nil }
        let address = "0x" + String(worst.address, radix: 16)
        let name = all.first?.poll.processName ?? ""
        var evidence = waiters.prefix(mostNamed).map { Self.evidence($0, at: worst.address) }
        let more = waiters.count - evidence.count
        if more > 0 { evidence.append("\(more) threads more") }
        if locks.count > 1 { evidence.append("\(locks.count - 1) locks more like this one") }
        let runner = all.max { ($0.recent?.cpu ?? .zero) < ($1.recent?.cpu ?? .zero) }
        let ran = runner.flatMap { facts in facts.recent.map { (facts, $0) } }
        if let (facts, figures) = ran {
            evidence.append("\(facts.label) ran most: \(figures.cpu.text) % CPU")
        }
        return Finding(
            kind: .lockConvoy, subject: .process(process), severity: .warning,
            confidence: .medium,
            claim: "\(name) \(process.pid.rawValue): \(waiters.count) threads contend for the"
                + " lock at \(address)",
            evidence: evidence,
            meaning: "they wait for one another: more threads or CPUs would not make it faster",
            next: next(ran, waiter: first, of: process),
            since: time)
    }

    /// Who holds the lock while it runs is seen in a profile; who sleeps with it, is not.
    private static func next(
        _ ran: (ThreadFacts, ThreadAverages)?, waiter: ThreadFacts, of process: ProcessIdentity
    ) -> [NextStep] {
        let first: NextStep =
            if let (facts, figures) = ran, figures.cpu >= busy {
                .probe(
                    .profile, of: facts.subject, "what \(facts.label) does while it holds the lock")
            } else {
                .probe(.waits, of: waiter.subject, "who holds the lock that it waits for")
            }
        return [first, .probe(.stacks, of: .process(process), "where all of them are")]
    }

    private static let busy = Percent(20.0)

    /// Threads that are told of one by one.
    private static let mostNamed = 4
}

extension FindingKind {
    package static let lockConvoy = FindingKind("lock_convoy", of: .threads)
}
