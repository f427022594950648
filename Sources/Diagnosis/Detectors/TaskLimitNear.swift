internal import ProcFormats
internal import Samples
internal import Units

/// A limit on tasks that is nearly met, or met: of a control group (pids.max), or of the machine. What one
/// process has most of is `ThreadLeak`'s.
struct TaskLimitNear: Detector {
    static let kind: FindingKind = .taskLimit

    static let nearShare = CountLeak.nearShare
    static let criticalShare = 98.0
    /// Of a group that may hold fewer, nearly all is a handful.
    static let leastLimit: UInt64 = 10

    func findings(in input: DiagnosisInput) -> [Finding] {
        let snapshot = input.snapshot
        var groups: [String: (limit: TaskLimit, most: ProcessSample)] = [:]
        for process in snapshot.processes {
            guard let limit = process.taskLimit, limit.limit >= Self.leastLimit else { continue }
            if let known = groups[limit.group], known.most.threadCount >= process.threadCount {
                continue
            }
            groups[limit.group] = (limit, process)
        }
        var found = groups.values.compactMap { limit, most -> Finding? in
            guard Double(most.threadCount) < ThreadLeak.leastShareOfUse * Double(limit.used) else {
                return nil
            }
            return Self.finding(
                .group(limit.group), "group \(limit.group)", "pids.max", limit.used, limit.limit,
                snapshot)
        }
        if let limit = snapshot.host.taskLimit, let tasks = snapshot.host.load?.tasks, tasks > 0,
            let finding = Self.finding(
                .host, "the machine", "threads-max, pid_max", UInt64(tasks), limit, snapshot)
        {
            found.append(finding)
        }
        return found
    }

    private static func finding(
        _ subject: Subject, _ who: String, _ setting: String, _ used: UInt64, _ most: UInt64,
        _ snapshot: Snapshot
    ) -> Finding? {
        let share = 100 * Double(used) / Double(max(1, most))
        guard share >= nearShare else { return nil }
        let children = Dictionary(grouping: snapshot.processes, by: \.parent)
            .filter { $0.key.rawValue > 2 }
            .max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
        let parent = children.flatMap { parent, children in
            snapshot.processes.first { $0.id.pid == parent }.map { ($0, children.count) }
        }
        return Finding(
            kind: .taskLimit, subject: subject,
            severity: share >= criticalShare ? .critical : .warning, confidence: .high,
            claim: "\(who) has \(used) of \(most) tasks (\(setting)): \(Percent(share).text) %",
            evidence: parent.map {
                ["most children: \($0.0.name) \($0.0.id.pid), \($0.1)"]
            } ?? [],
            meaning: "at the limit fork and clone fail with EAGAIN, for all in it",
            next: [
                .view(.overview, "which processes there are"),
                .change("end what is too much, or raise the limit (\(setting))"),
            ],
            since: snapshot.time)
    }
}

extension FindingKind {
    package static let taskLimit = FindingKind("task_limit", of: .threads)
}
