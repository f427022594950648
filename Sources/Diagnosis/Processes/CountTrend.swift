internal import Units

/// An hour of a count of one process, as fine as 60 points allow: every 5 s at first, and coarser
/// as it grows old, every minute in the end.
struct CountTrend: Hashable, Sendable {
    static let span = Nanoseconds(3600 * 1_000_000_000)
    static let firstStep = Nanoseconds(5_000_000_000)
    private static let lastStep = Nanoseconds(60_000_000_000)
    private static let mostPoints = 61
    /// What did not rise for so long, and for a quarter of the time it is known, is no leak: it is
    /// known from then on.
    private static let longestPause = Nanoseconds(300_000_000_000)

    private(set) var points: [Point]
    private var step = firstStep
    /// The most there were, and when that many were reached.
    private var peak: Point

    struct Point: Hashable, Sendable {
        var moment: Nanoseconds
        var count: Int
    }

    init(_ count: Int, at moment: Nanoseconds) {
        peak = Point(moment: moment, count: count)
        points = [peak]
    }

    mutating func add(_ count: Int, at moment: Nanoseconds) {
        guard let first = points.first, let last = points.last,
            moment.since(last.moment) >= step
        else { return }
        let point = Point(moment: moment, count: count)
        if count > peak.count { peak = point }
        let patience = max(
            Self.longestPause, Nanoseconds(moment.since(first.moment).rawValue / 4))
        guard count >= first.count, moment.since(peak.moment) < patience else {
            self = CountTrend(count, at: moment)
            return
        }
        points.append(point)
        guard points.count > Self.mostPoints else { return }
        if step < Self.lastStep {
            points = points.indices.filter { $0 % 2 == 0 }.map { points[$0] }
            step = min(Nanoseconds(2 * step.rawValue), Self.lastStep)
        } else {
            points.removeFirst()
        }
    }

    /// How it rises; nil while it does not, or while that is not known.
    var rise: Rise? {
        guard let first = points.first, let last = points.last,
            case let length = last.moment.since(first.moment), length >= Rise.leastLength,
            case let more = last.count - first.count, more > Rise.leastSteady
        else { return nil }
        let isSteady =
            Double(deepestFall) <= Rise.mostFall * Double(more)
            && Double(more) / length.seconds * 3600 > Rise.leastPerHour
        guard isSteady || more > Rise.least else { return nil }
        let windows = Windows(points.map { Double($0.count) })
        guard windows.mostlyRise, windows.stillRise else { return nil }
        return Rise(
            from: first.count, to: last.count, length: length, rising: windows.rising,
            windows: windows.count, isSteady: isSteady)
    }

    /// How it rose at each point up to the last one; nil where that is too short to say how fast.
    var climb: Climb? {
        guard let last = points.last else { return nil }
        var first = last
        var steps = 0
        for point in points.reversed().dropFirst() {
            guard point.count < first.count else { break }
            first = point
            steps += 1
        }
        guard steps >= Climb.leastSteps else { return nil }
        return Climb(more: last.count - first.count, length: last.moment.since(first.moment))
    }

    /// Too young to be called a leak, and fast enough to matter where little is left.
    struct Climb: Hashable, Sendable {
        static let leastSteps = 3

        var more: Int
        var length: Nanoseconds

        func time(for rest: Double) -> Duration { .seconds(rest / Double(more) * length.seconds) }
    }

    /// The most that was given back between two of the points.
    private var deepestFall: Int {
        var highest = Int.min
        return points.reduce(0) { deepest, point in
            highest = max(highest, point.count)
            return max(deepest, highest - point.count)
        }
    }

    struct Rise: Hashable, Sendable {
        /// A few more are on their way at any time.
        static let least = 50
        /// Where hardly any is given back in between, fewer say it, if they come fast.
        static let leastSteady = 12
        static let mostFall = 0.1
        static let leastPerHour = 60.0
        /// Less says nothing.
        static let leastLength = Nanoseconds(90_000_000_000)
        /// Who opens for so long and does not close is no program that warms up.
        static let sureLength = Nanoseconds(55 * 60 * 1_000_000_000)

        var from: Int
        var to: Int
        var length: Nanoseconds
        var rising: Int
        var windows: Int
        /// It goes one way.
        var isSteady: Bool

        var isSure: Bool { length >= Self.sureLength }
        var perHour: Double { Double(to - from) / length.seconds * 3600 }

        /// Until so many more are there; nil where that is a matter of years.
        func time(for more: Double) -> Duration? {
            let seconds = more / Double(to - from) * length.seconds
            return seconds < 1e8 ? .seconds(seconds) : nil
        }
    }
}
