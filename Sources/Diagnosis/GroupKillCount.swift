internal import Samples
internal import Units

/// In which groups something was killed.
///
/// Version 2 counts a kill in every group above as well: what those below explain is theirs. Groups
/// are read at different times, so one kill may show first in either of them: each remembers for a
/// minute what those below have told already, and gives back what one below tells after it. Version
/// 1, and version 2 mounted with `memory_localevents`, count it in one group alone: there the minute
/// passes and nothing comes.
struct GroupKillCount: Sendable {
    private var kills: [String: OOMKill.GroupKills] = [:]
    /// The moments at which they were told; those of the last minute may be given back.
    private var told: [String: [Rise]] = [:]
    /// Kills that a group below told, and that will show in this one.
    private var expected: [String: [Rise]] = [:]
    /// Kills of groups that had to be forgotten.
    private(set) var forgotten: UInt64 = 0

    private struct Rise: Sendable {
        var moment: Nanoseconds
        var count: UInt64
    }

    /// Kills by group, those of groups that are gone included, by path.
    var groups: [OOMKill.GroupKills] { kills.values.sorted { $0.path < $1.path } }

    /// Kills of so many groups are kept, the latest: a job that is killed again and again may have
    /// a new group each time.
    static let mostGroups = 256
    /// Within this time every group is read: those that are not shown every 10 s, or at each refresh if
    /// that takes longer.
    static let longestDelay = Nanoseconds(60_000_000_000)

    /// - Parameters:
    ///   - rises: by how much each group's counter rose since it was last read.
    ///   - isCounted: whether a group has a counter.
    mutating func add(
        _ rises: [String: UInt64], at moment: Nanoseconds, time: WallTime,
        isCounted: (String) -> Bool
    ) {
        forget(at: moment)
        // The lowest first: what they tell is expected above at once.
        for (path, rise) in rises.sorted(by: { $0.key.utf8.count > $1.key.utf8.count }) {
            let own = rise - Self.take(rise, from: &expected[path])
            guard own > 0 else { continue }
            count(own, in: path, at: moment, time: time)
            var unexplained = own
            for above in GroupPath.lineage(of: path).dropFirst() where unexplained > 0 {
                let before = Self.take(unexplained, from: &told[above])
                giveBack(before, from: above)
                unexplained -= before
                if unexplained > 0, isCounted(above) {
                    expected[above, default: []].append(Rise(moment: moment, count: unexplained))
                }
            }
        }
    }

    private mutating func count(
        _ own: UInt64, in path: String, at moment: Nanoseconds, time: WallTime
    ) {
        told[path, default: []].append(Rise(moment: moment, count: own))
        let before = kills[path]?.count ?? 0
        kills[path] = OOMKill.GroupKills(path: path, count: before + own, lastSeen: time)
        guard kills.count > Self.mostGroups,
            let oldest = kills.values.min(by: { $0.lastSeen < $1.lastSeen })
        else { return }
        forgotten += oldest.count
        kills[oldest.path] = nil
    }

    private mutating func giveBack(_ count: UInt64, from path: String) {
        guard count > 0, var group = kills[path] else { return }
        group.count -= min(group.count, count)
        kills[path] = group.count == 0 ? nil : group
    }

    /// Takes up to so many kills, the oldest first, and says how many there were.
    private static func take(_ most: UInt64, from rises: inout [Rise]?) -> UInt64 {
        guard var rest = rises else { return 0 }
        var taken: UInt64 = 0
        while taken < most, let first = rest.first {
            let part = min(first.count, most - taken)
            taken += part
            if part == first.count { rest.removeFirst() } else { rest[0].count -= part }
        }
        rises = rest.isEmpty ? nil : rest
        return taken
    }

    private mutating func forget(at moment: Nanoseconds) {
        func isRecent(_ rise: Rise) -> Bool { moment.since(rise.moment) <= Self.longestDelay }
        func recent(_ rises: [String: [Rise]]) -> [String: [Rise]] {
            rises.compactMapValues { rises in
                let rest = rises.filter(isRecent)
                return rest.isEmpty ? nil : rest
            }
        }
        if !told.isEmpty { told = recent(told) }
        if !expected.isEmpty { expected = recent(expected) }
    }
}
