internal import ProcSampling
internal import Units

/// What the counters of control groups did while dxtop looked.
struct GroupTrends: Sendable {
    private var counters: [String: Counters] = [:]
    private var usage: [String: [UsePoint]] = [:]
    private var kills: [String: OOMKill.GroupKills] = [:]

    private struct Counters: Sendable {
        var oomKills: UInt64?
        var limitHits: UInt64?
        /// The moment at which the hits last rose.
        var lastHit: Nanoseconds?
    }

    /// Kills by group, those of groups that are gone included, by path.
    var groupKills: [OOMKill.GroupKills] { kills.values.sorted { $0.path < $1.path } }

    /// Kills of so many groups are kept: a job that is killed again and again may have a new group
    /// each time.
    static let mostGroups = 256

    mutating func add(_ snapshot: Snapshot) {
        var rises: [String: UInt64] = [:]
        for (path, group) in snapshot.memoryGroups {
            var known = counters[path] ?? Counters()
            if let before = known.limitHits, let now = group.limitHits, now > before {
                known.lastHit = snapshot.moment
            }
            if let before = known.oomKills, let now = group.oomKills, now > before {
                rises[path] = now - before
            }
            known.limitHits = group.limitHits ?? known.limitHits
            known.oomKills = group.oomKills ?? known.oomKills
            counters[path] = known
        }
        for path in counters.keys where snapshot.memoryGroups[path] == nil {
            counters[path] = nil
        }
        count(rises, at: snapshot.time)
    }

    /// Version 2 counts a kill in every group above as well: what those below explain is theirs.
    private mutating func count(_ rises: [String: UInt64], at time: WallTime) {
        var own = rises
        for path in rises.keys.sorted(by: { $0.utf8.count > $1.utf8.count }) {
            guard let rest = own[path], rest > 0 else { continue }
            for above in MemoryGroup.lineage(of: path).dropFirst() {
                if let rise = own[above] { own[above] = rise - min(rise, rest) }
            }
            guard kills[path] != nil || kills.count < Self.mostGroups else { continue }
            let before = kills[path]?.count ?? 0
            kills[path] = OOMKill.GroupKills(path: path, count: before + rest, lastSeen: time)
        }
    }

    func wasHit(_ path: String, since moment: Nanoseconds) -> Bool {
        (counters[path]?.lastHit).map { $0 >= moment } ?? false
    }

    // MARK: Use

    private struct UsePoint: Sendable {
        var moment: Nanoseconds
        var bytes: UInt64
    }

    /// Uses are kept for an hour, at least a minute apart.
    private static let useStep = Nanoseconds(60_000_000_000)
    private static let mostPoints = 60

    /// Keeps the use of these groups, and forgets that of others.
    mutating func follow(_ paths: Set<String>, in snapshot: Snapshot) {
        for path in usage.keys where !paths.contains(path) { usage[path] = nil }
        for path in paths {
            guard let workingSet = snapshot.memoryGroups[path]?.workingSet else { continue }
            var points = usage[path] ?? []
            if let last = points.last, snapshot.moment.since(last.moment) < Self.useStep {
                continue
            }
            if points.count >= Self.mostPoints { points.removeFirst() }
            points.append(UsePoint(moment: snapshot.moment, bytes: workingSet.rawValue))
            usage[path] = points
        }
    }

    /// The bytes a group gained since it has been followed, and the seconds that took.
    func use(of path: String, in snapshot: Snapshot) -> (bytes: Double, seconds: Double)? {
        guard let first = usage[path]?.first, let now = snapshot.memoryGroups[path]?.workingSet
        else { return nil }
        return (
            Double(now.rawValue) - Double(first.bytes),
            snapshot.moment.since(first.moment).seconds
        )
    }
}
