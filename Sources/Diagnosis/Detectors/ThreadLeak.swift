internal import ProcFormats
internal import Samples
internal import Units

/// A process that starts threads which do not end, or that has nearly all the tasks there may be.
struct ThreadLeak: Detector {
    static let kind: FindingKind = .threadLeak

    /// A limit that others use up is not this process's matter: it must have half of what is used.
    static let leastShareOfUse = 0.5

    private var threads = CountTrends()

    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        let snapshot = input.snapshot
        threads.add(snapshot) { $0.isKernelThread ? nil : $0.threadCount }
        return snapshot.processes.compactMap { process in
            guard process.threadCount >= CountTrends.leastCount else { return nil }
            let leak = CountLeak(
                count: process.threadCount, rise: threads.rise(of: process.id),
                climb: threads.climb(of: process.id),
                limit: Self.limit(of: process, snapshot.host))
            guard let severity = leak.severity else { return nil }
            return Finding(
                kind: .threadLeak, subject: .process(process.id), severity: severity,
                confidence: leak.confidence,
                claim: "\(process.name) \(process.id.pid) has \(process.threadCount) threads:"
                    + " \(leak.claim)",
                evidence: leak.evidence, baseline: leak.baseline,
                meaning: leak.meaning("it starts more threads than end")
                    + "at the limit clone and fork fail with EAGAIN, in others as well",
                next: [
                    .view(.threads, of: .process(process.id), "its threads, by name"),
                    .probe(
                        .stacks, of: .process(process.id),
                        "the stacks of all, identical ones grouped"),
                ],
                since: leak.since(snapshot.time))
        }
    }

    /// The limit that leaves it least room: of a control group, or of the machine.
    private static func limit(of process: ProcessSample, _ host: HostSample) -> CountLeak.Limit? {
        var limits: [CountLeak.Limit] = []
        if let group = process.taskLimit {
            limits.append(
                CountLeak.Limit(
                    text: "the \(group.limit) tasks of group \(group.group) (pids.max)",
                    used: Double(group.used), most: Double(group.limit)))
        }
        if let limit = host.taskLimit, let tasks = host.load?.tasks {
            limits.append(
                CountLeak.Limit(
                    text: "the machine's \(limit) tasks (threads-max, pid_max)",
                    used: Double(tasks), most: Double(limit)))
        }
        for index in limits.indices {
            limits[index].isOthers =
                Double(process.threadCount) < leastShareOfUse * limits[index].used
        }
        return limits.min { $0.most - $0.used < $1.most - $1.used }
    }
}

extension FindingKind {
    package static let threadLeak = FindingKind("thread_leak", of: .threads)
}
