internal import Samples
internal import Units

/// What control groups use, over the last hour.
struct GroupUse: Sendable {
    private var usage: [String: [UsePoint]] = [:]

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
