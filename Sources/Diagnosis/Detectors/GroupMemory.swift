package import ProcSampling
package import Units

/// A control group that is close to its memory limit.
package enum GroupMemory {
    /// The share of the limit, in percent, that cannot simply be dropped.
    package static let leastUse: UInt64 = 90
    /// How long a hit of the limit counts as present trouble.
    package static let hitTime: Duration = .seconds(60)

    /// One finding for each group that is near its limit, and none for those above it that are near
    /// theirs: it is the same memory.
    ///
    /// - Parameter wasHit: whether the group's limit was hit in the last 60 s.
    package static func findings(
        _ groups: [String: MemoryGroup], wasHit: (String) -> Bool, at time: WallTime
    ) -> [Finding] {
        let near = groups.values.filter(isNear)
        let above = Set(near.flatMap { MemoryGroup.lineage(of: $0.path).dropFirst() })
        return near.filter { !above.contains($0.path) }
            .sorted { $0.path < $1.path }
            .compactMap { finding($0, wasHit: wasHit($0.path), at: time) }
    }

    private static func isNear(_ group: MemoryGroup) -> Bool {
        guard let limit = group.limit?.rawValue, limit > 0, let workingSet = group.workingSet else {
            return false
        }
        // A limit is at most 2^63: no product of it fits.
        return Double(workingSet.rawValue) >= Double(limit) * Double(leastUse) / 100
    }

    private static func finding(
        _ group: MemoryGroup, wasHit: Bool, at time: WallTime
    ) -> Finding? {
        guard let limit = group.limit, let headroom = group.headroom,
            let workingSet = group.workingSet
        else { return nil }
        let share = Percent(
            100 * Double(workingSet.rawValue) / Double(max(1, limit.rawValue)))
        var evidence = [
            "working set \(workingSet.longText) of"
                + " \(limit.longText); \(headroom.longText) left",
            "in use \(group.usage.longText), page cache that can be dropped"
                + " \(group.reclaimable?.longText ?? "not known")",
        ]
        if let hits = group.limitHits {
            let times = "limit hit \(hits) \(hits == 1 ? "time" : "times")"
            evidence.append(wasHit ? "\(times), the last within 60 s" : times)
        }
        if let swap = group.swap { evidence.append("swap \(swap.longText)") }
        return Finding(
            kind: .groupMemory, subject: .group(group.path),
            severity: wasHit ? .critical : .warning, confidence: wasHit ? .high : .medium,
            claim: "group \(group.path) at \(share.text) % of its memory limit"
                + (wasHit ? ", which it hits" : ""),
            evidence: evidence,
            advice: "Enter: who in it grows; or raise memory.max", since: time)
    }
}
