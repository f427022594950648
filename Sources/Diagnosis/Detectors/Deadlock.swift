internal import Samples
internal import Units

/// Threads that wait in a circle, each for a lock that the next one holds: none of them ever goes on.
///
/// Two signals: each lock names its holder in memory, and none of the threads has moved. A lock whose
/// holder only sleeps is no circle.
struct Deadlock: Detector {
    static let kind: FindingKind = .deadlock

    /// A program may hold locks in a circle for a moment, where it gives up after a while.
    static let leastSpan: Duration = .seconds(8)
    static let leastSamples = 20

    func findings(in input: DiagnosisInput) -> [Finding] {
        let stuck = input.threads.polled.filter(Self.isStuck)
        let byNumber = Dictionary(
            stuck.map { ($0.id.tid, $0) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<ThreadID> = []
        return stuck.sorted { $0.id.tid < $1.id.tid }.compactMap { thread in
            guard !seen.contains(thread.id.tid) else { return nil }
            let circle = Self.circle(from: thread, byNumber)
            seen.formUnion(circle.map(\.id.tid))
            guard !circle.isEmpty else { return nil }
            let behind = stuck.count {
                $0.poll.process == thread.poll.process && !circle.map(\.id).contains($0.id)
            }
            return Self.finding(circle, behind: behind, at: input.snapshot.time)
        }
    }

    /// It waited for one lock in all samples, and slept on, for ever: who gives up after a while opens
    /// the circle.
    private static func isStuck(_ facts: ThreadFacts) -> Bool {
        let poll = facts.poll
        guard poll.samples >= leastSamples, let counted = poll.counted, counted.span >= leastSpan,
            counted.voluntarySwitches == 0, poll.holders.count == 1, poll.limitedWaits == 0
        else { return false }
        return poll.holders.first?.value == poll.samples && poll.futexes.count == 1
    }

    /// From a thread to the one that holds what it waits for, and so on; empty if that does not lead back.
    private static func circle(
        from first: ThreadFacts, _ stuck: [ThreadID: ThreadFacts]
    ) -> [ThreadFacts] {
        var circle = [first]
        while circle.count <= stuck.count, let holder = circle.last?.poll.holders.first?.key,
            let next = stuck[holder]
        {
            if next.id == first.id { return circle }
            circle.append(next)
        }
        return []
    }

    private static func finding(
        _ circle: [ThreadFacts], behind: Int, at time: WallTime
    ) -> Finding {
        let process = circle[0].poll.process
        let subject = Subject.process(process)
        let processes = Set(circle.map(\.poll.process))
        func label(_ thread: ThreadFacts) -> String {
            processes.count == 1 ? thread.label : owner(of: thread)
        }
        let head = processes.count == 1 ? owner(of: circle[0]) : "\(processes.count) processes"
        let links = zip(circle, circle.dropFirst() + circle.prefix(1)).map { thread, holder in
            "\(label(thread)) waits for \(holder.id == thread.id ? "itself" : label(holder))"
        }
        var evidence = zip(circle, links).map { thread, link in
            let address = thread.poll.futexes.first?.key.address ?? 0
            return "\(link), which holds the lock at 0x" + String(address, radix: 16)
        }
        evidence.append(
            "none of them moved for \((circle[0].poll.counted?.span ?? leastSpan).text), in"
                + " \(circle[0].poll.samples) samples")
        if behind > 0 {
            evidence.append("\(behind) more threads wait for locks that are not given back")
        }
        return Finding(
            kind: .deadlock, subject: subject, severity: .critical, confidence: .high,
            claim: "\(head): deadlock, "
                + (circle.count == 1
                    ? "\(circle[0].label) waits for a lock that it holds itself"
                    : links.prefix(mostNamed).joined(separator: ", ")
                        + (links.count > mostNamed ? ", and so on in a circle" : "")),
            evidence: evidence,
            meaning: "they never go on by themselves, nor does whoever waits for them",
            next: [
                .probe(.stacks, of: subject, "where each of them locks"),
                .change("take locks in one order everywhere; restart it until then"),
            ],
            since: time.earlier(by: circle[0].poll.counted?.span ?? leastSpan))
    }

    private static func owner(of thread: ThreadFacts) -> String {
        "\(thread.poll.processName) \(thread.poll.process.pid)"
    }

    private static let mostNamed = 3
}

extension FindingKind {
    package static let deadlock = FindingKind("deadlock", of: .threads)
}
