internal import Samples
internal import Units

/// What the counters of control groups did while dxtop looked.
struct GroupTrends: Sendable {
    private(set) var kills = GroupKillCount()
    private var counters: [String: Counters] = [:]
    private var usage: [String: [UsePoint]] = [:]

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

    // MARK: Use

    private struct UsePoint: Sendable {
        var moment: Nanoseconds
        var use: Use
    }

    /// What a group uses. Page cache comes and goes: it is left out where it is known.
    private struct Use: Sendable {
        var usage: UInt64
        var workingSet: UInt64?

        init(_ group: MemoryGroup) {
            usage = group.usage.rawValue
            workingSet = group.workingSet?.rawValue
        }

        func since(_ earlier: Use) -> Double {
            if let now = workingSet, let then = earlier.workingSet {
                return Double(now) - Double(then)
            }
            return Double(usage) - Double(earlier.usage)
        }
    }

    /// Uses are kept for an hour, at least a minute apart.
    private static let useStep = Nanoseconds(60_000_000_000)
    private static let mostPoints = 60

    /// Keeps the use of these groups, and forgets that of others.
    mutating func follow(_ paths: Set<String>, in snapshot: Snapshot) {
        for path in usage.keys where !paths.contains(path) { usage[path] = nil }
        for path in paths {
            guard let group = snapshot.memoryGroups[path] else { continue }
            var points = usage[path] ?? []
            if let last = points.last, snapshot.moment.since(last.moment) < Self.useStep {
                continue
            }
            if points.count >= Self.mostPoints { points.removeFirst() }
            points.append(UsePoint(moment: snapshot.moment, use: Use(group)))
            usage[path] = points
        }
    }

    /// The bytes a group gained since it has been followed, and the seconds that took.
    func use(of path: String, in snapshot: Snapshot) -> (bytes: Double, seconds: Double)? {
        guard let first = usage[path]?.first, let now = snapshot.memoryGroups[path] else {
            return nil
        }
        return (Use(now).since(first.use), snapshot.moment.since(first.moment).seconds)
    }
}
