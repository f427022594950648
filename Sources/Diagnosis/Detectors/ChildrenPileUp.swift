internal import ProcFormats
internal import Samples
internal import Units

/// A process whose live children become more and more: it starts what does not end, and their memory
/// piles up, though none of them grows.
struct ChildrenPileUp: Detector {
    static let kind: FindingKind = .childrenPileUp

    /// Children that are there when it is first said.
    static let leastChildren = 20
    /// A limit that is met later than this is no business of today.
    static let warningTimeLeft = CountLeak.warningTimeLeft

    private var children = CountTrends()

    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        let snapshot = input.snapshot
        var counts: [ProcessID: Int] = [:]
        for process in snapshot.processes where process.state != .zombie && !process.isKernelThread
        {
            counts[process.parent, default: 0] += 1
        }
        // The first process adopts those whose parents ended, and starts every service.
        counts[ProcessID(1)] = nil
        children.add(snapshot) { $0.isKernelThread ? nil : counts[$0.id.pid] }
        return snapshot.processes.compactMap { parent in
            guard let count = counts[parent.id.pid], count >= Self.leastChildren,
                let rise = children.rise(of: parent.id)
            else { return nil }
            return Self.finding(parent, count, rise, snapshot)
        }
    }

    private static func finding(
        _ parent: ProcessSample, _ count: Int, _ rise: CountTrend.Rise, _ snapshot: Snapshot
    ) -> Finding? {
        let pid = parent.id.pid
        let subject = Subject.process(parent.id)
        let alive = snapshot.processes.filter { $0.parent == pid }
        let memory = alive.reduce(0.0) {
            $0 + Double(($1.memory?.undroppable ?? $1.residentMemory)?.rawValue ?? 0)
        }
        let each = memory / Double(max(1, alive.count))
        let available = snapshot.host.memory?.available.map { Double($0.rawValue) }
        let limits = [
            available.flatMap { each > 0 ? ($0 / each, "the machine's memory") : nil },
            alive.compactMap(\.taskLimit).min { $0.headroom < $1.headroom }.map {
                (Double($0.headroom), "the \($0.limit) tasks of group \($0.group)")
            },
            snapshot.host.taskLimit.flatMap { limit in
                (snapshot.host.load?.tasks).map {
                    (Double(limit) - Double($0), "the machine's \(limit) tasks")
                }
            },
        ].compactMap(\.self)
        let end = limits.min { $0.0 < $1.0 }
        let left = end.flatMap { rise.time(for: max(0, $0.0)) }
        let isSoon = rise.isSteady && (left.map { $0 < warningTimeLeft } ?? false)
        let names = Dictionary(grouping: alive, by: \.name).mapValues(\.count)
        let most = names.max { ($0.value, $1.key) < ($1.value, $0.key) }
        return Finding(
            kind: .childrenPileUp, subject: subject, severity: isSoon ? .warning : .info,
            confidence: isSoon ? .medium : .low,
            claim:
                "\(parent.name) \(pid) has \(count) live children, +\(Rate(rise.perHour).text)/h:"
                + " they do not end" + (left.map { "; limit in \($0.longEstimate)" } ?? ""),
            evidence: [
                "\(rise.from) -> \(rise.to) in \(Duration(rise.length).text), rising in"
                    + " \(rise.rising) of \(rise.windows) windows",
                "they hold \(ByteCount(clamping: memory).longText) together,"
                    + " \(ByteCount(clamping: each).longText) each",
                most.map { "\($0.value) are named \($0.key)" },
                end.map { "first limit: \($0.1)" },
            ].compactMap(\.self),
            baseline: "\(rise.from), \(Duration(rise.length).text) ago",
            meaning: "it starts more than end: their memory and PIDs are used up together",
            next: [
                .command(
                    "ps --ppid \(pid) -o pid,stat,etimes,rss,args --sort=-etimes", of: subject,
                    "its children, the oldest first"),
                .probe(.stacks, of: .process(alive.first?.id ?? parent.id), "what one waits for"),
            ],
            since: snapshot.time.earlier(by: Duration(rise.length)))
    }
}

extension FindingKind {
    package static let childrenPileUp = FindingKind("children_pile_up", of: .memory)
}
