internal import Samples
internal import Units

/// How the CPU quotas of control groups were enforced over the last 10 s.
struct QuotaTrends: Sendable {
    static let span = Nanoseconds(10_000_000_000)
    /// Less is too short to speak of.
    static let leastSpan = Nanoseconds(8_000_000_000)

    private var points: [String: [Point]] = [:]

    private struct Point: Sendable {
        var moment: Nanoseconds
        var periods: UInt64
        var throttled: UInt64
        var time: Nanoseconds
    }

    /// What became of a group's periods.
    struct Enforcement: Hashable, Sendable {
        var periods: UInt64
        var throttled: UInt64
        /// CPUs' times added up.
        var lost: Nanoseconds
        var length: Nanoseconds

        /// Nil where there was no period.
        var share: Percent? {
            periods > 0 ? Percent(100 * Double(throttled) / Double(periods)) : nil
        }
    }

    mutating func add(_ snapshot: Snapshot) {
        guard !snapshot.cpuGroups.isEmpty || !points.isEmpty else { return }
        let start = snapshot.moment.since(Self.span)
        points = snapshot.cpuGroups.reduce(into: [:]) { result, entry in
            guard let periods = entry.value.periods, let throttled = entry.value.throttledPeriods,
                let time = entry.value.throttledTime
            else { return }
            var known = points[entry.key] ?? []
            // Another group of the same name has begun anew.
            if let last = known.last, last.periods > periods || last.throttled > throttled {
                known = []
            }
            known.append(
                Point(moment: snapshot.moment, periods: periods, throttled: throttled, time: time))
            // The last one before the span says how it stood when that began.
            let before = known.prefix { $0.moment <= start }.count
            if before > 1 { known.removeFirst(before - 1) }
            result[entry.key] = known
        }
    }

    /// Of the last 10 s; nil while that is not known.
    func enforcement(of path: String) -> Enforcement? {
        guard let first = points[path]?.first, let last = points[path]?.last,
            case let length = last.moment.since(first.moment), length >= Self.leastSpan
        else { return nil }
        return Enforcement(
            periods: last.periods - first.periods, throttled: last.throttled - first.throttled,
            lost: last.time.since(first.time), length: length)
    }

    /// From the beginning of the group until then.
    func before(_ path: String) -> Enforcement? {
        points[path]?.first.map {
            Enforcement(
                periods: $0.periods, throttled: $0.throttled, lost: $0.time,
                length: Nanoseconds(0))
        }
    }
}
