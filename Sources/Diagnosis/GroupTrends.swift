internal import Samples
internal import Units

/// What the counters of control groups did since dxtop began.
struct GroupTrends: Sendable {
    private(set) var kills = GroupKillCount()
    private var counters: [String: Counters] = [:]

    private struct Counters: Sendable {
        var oomKills: UInt64?
        var limitHits: UInt64?
        /// The moment at which the hits last rose, and the kills, those below the group included.
        var lastHit: Nanoseconds?
        var lastKill: Nanoseconds?
    }

    mutating func add(_ snapshot: Snapshot) {
        var rises: [String: UInt64] = [:]
        for (path, group) in snapshot.memoryGroups {
            var known = counters[path] ?? Counters()
            if let before = known.limitHits, let now = group.limitHits, now > before {
                known.lastHit = snapshot.moment
            }
            if let before = known.oomKills, let now = group.oomKills, now > before {
                known.lastKill = snapshot.moment
                rises[path] = now - before
            }
            known.limitHits = group.limitHits ?? known.limitHits
            known.oomKills = group.oomKills ?? known.oomKills
            counters[path] = known
        }
        for path in counters.keys where snapshot.memoryGroups[path] == nil {
            counters[path] = nil
        }
        kills.add(rises, at: snapshot.moment, time: snapshot.time) {
            counters[$0]?.oomKills != nil
        }
    }

    /// What happened in a group since a moment.
    func signs(of path: String, since moment: Nanoseconds) -> GroupMemory.Signs {
        let known = counters[path]
        return GroupMemory.Signs(
            wasHit: known?.lastHit.map { $0 >= moment } ?? false,
            hadKill: known?.lastKill.map { $0 >= moment } ?? false)
    }
}
