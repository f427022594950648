internal import ProcFormats
package import Samples
package import Units

/// A control group that is close to its memory limit with what cannot simply be dropped.
///
/// Page cache fills any limit in time and is given back: what counts is the working set, usage
/// without all page cache of files, and where that is not known nothing is said. Near is 90 % of the
/// limit: one signal, a warning of medium confidence. It is critical and sure with a second one,
/// which must be memory as well and not cache: tasks of the machine wait for memory (PSI), something
/// in the group was killed, or the limit was hit while the working set is at 95 % of it. A hit by
/// itself says nothing: writing a large file makes thousands.
package struct GroupMemory: Detector {
    static let kind: FindingKind = .groupMemory

    /// Shares of the limit, in percent.
    package static let leastUse: UInt64 = 90
    package static let leastUseOfHits: UInt64 = 95
    /// Some task waited for memory in this share of the last 10 s (PSI), as for swap thrash.
    package static let leastPressure = SwapThrash.leastPressure
    /// How long a hit of the limit or a kill counts as present trouble.
    package static let recent: Duration = .seconds(60)

    /// What happened in a group in the last 60 s.
    package struct Signs: Hashable, Sendable {
        /// Its limit was hit.
        package var wasHit: Bool
        /// Something in it was killed.
        package var hadKill: Bool

        package init(wasHit: Bool = false, hadKill: Bool = false) {
            self.wasHit = wasHit
            self.hadKill = hadKill
        }
    }

    func findings(in input: DiagnosisInput) -> [Finding] {
        let snapshot = input.snapshot
        let recently = snapshot.moment.since(Self.recent.inNanoseconds)
        return Self.findings(
            snapshot.memoryGroups, pressure: snapshot.host.memoryPressure?.some?.average10,
            signs: { input.groups.signs(of: $0, since: recently) }, at: snapshot.time)
    }

    /// One finding for each group that is near its limit, and none for those above it that are near
    /// theirs: it is the same memory.
    ///
    /// - Parameter pressure: of the machine: groups' own is not read.
    package static func findings(
        _ groups: [String: MemoryGroup], pressure: Percent?, signs: (String) -> Signs,
        at time: WallTime
    ) -> [Finding] {
        let near = groups.values.compactMap(Near.init)
        guard !near.isEmpty else { return [] }
        let above = Set(near.flatMap { GroupPath.lineage(of: $0.group.path).dropFirst() })
        return near.filter { !above.contains($0.group.path) }
            .sorted { $0.group.path < $1.group.path }
            .map { finding($0, pressure: pressure, signs: signs($0.group.path), at: time) }
    }

    private struct Near {
        let group: MemoryGroup
        let limit: ByteCount
        let workingSet: ByteCount
        let headroom: ByteCount

        init?(_ group: MemoryGroup) {
            guard let limit = group.limit, let workingSet = group.workingSet,
                let headroom = group.headroom, limit.rawValue > 0
            else { return nil }
            self.group = group
            self.limit = limit
            self.workingSet = workingSet
            self.headroom = headroom
            guard isAt(leastUse) else { return nil }
        }

        /// A limit is at most 2^63: no product of it fits.
        func isAt(_ percent: UInt64) -> Bool {
            Double(workingSet.rawValue) >= Double(limit.rawValue) * Double(percent) / 100
        }
    }

    private static func finding(
        _ near: Near, pressure: Percent?, signs: Signs, at time: WallTime
    ) -> Finding {
        let group = near.group
        let share = Percent(
            100 * Double(near.workingSet.rawValue) / Double(near.limit.rawValue))
        var evidence = [
            "working set \(near.workingSet.longText) of \(near.limit.longText);"
                + " \(near.headroom.longText) left",
            "in use \(group.usage.longText), page cache that can be dropped"
                + " \(group.reclaimable?.longText ?? "not known")",
        ]
        let isHit = signs.wasHit && near.isAt(leastUseOfHits)
        let waits = pressure.map { $0.rawValue >= leastPressure } ?? false
        if let pressure, waits {
            evidence.append("tasks waited for memory in \(pressure.text) % of the last 10 s (psi)")
        }
        if signs.hadKill { evidence.append("something in it was killed within 60 s") }
        if let hits = group.limitHits {
            let times = "limit hit \(hits) \(hits == 1 ? "time" : "times")"
            evidence.append(signs.wasHit ? "\(times), the last within 60 s" : times)
        }
        if let swap = group.swap { evidence.append("swap \(swap.longText)") }
        let isSure = isHit || waits || signs.hadKill
        return Finding(
            kind: .groupMemory, subject: .group(group.path),
            severity: isSure ? .critical : .warning, confidence: isSure ? .high : .medium,
            claim: "group \(group.path) at \(share.text) % of its memory limit"
                + (isHit ? ", which it hits" : ""),
            evidence: evidence,
            next: [
                .view(.memory, of: .group(group.path), "which of its processes grow"),
                .change("raise memory.max"),
            ], since: time)
    }
}

extension FindingKind {
    package static let groupMemory = FindingKind("cgroup_memory", of: .memory)
}
