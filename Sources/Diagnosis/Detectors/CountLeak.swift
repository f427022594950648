internal import Samples
internal import Units

/// What the findings of open files and of threads that become more and more have in common.
///
/// A count that rises steadily towards a limit that comes within a day, or that rises for an hour, is a
/// warning of medium confidence: one counter says so, and only time tells a leak from a program that has
/// more to do by the hour. Another rise is told, no more. At 80 % of its limit it is a warning whether it
/// rises or not: the limit is the second signal.
struct CountLeak {
    /// Of the limit, in percent.
    static let nearShare = 80.0
    /// Of the limit, where it rises as well: hardly time to look for the cause. Where it does not, it
    /// is critical once there is nothing left.
    static let criticalShare = 95.0
    /// A limit that is met later than this is no business of today.
    static let warningTimeLeft: Duration = .seconds(24 * 60 * 60)

    var count: Int
    var rise: CountTrend.Rise?
    var climb: CountTrend.Climb?
    var limit: Limit?

    struct Limit {
        /// "its limit of 1024 (RLIMIT_NOFILE)".
        var text: String
        /// All that counts towards it: others may use it, too.
        var used: Double
        var most: Double
        /// Others use most of it: that it is near is not this process's doing.
        var isOthers = false

        var share: Double { most > 0 ? 100 * used / most : 0 }
    }

    private var isNear: Bool {
        limit.map { !$0.isOthers && $0.share >= Self.nearShare } ?? false
    }

    /// Until the limit is met.
    private var timeLeft: Duration? {
        guard let rise, let limit else { return nil }
        return rise.time(for: max(0, limit.most - limit.used))
    }

    private var endsSoon: Bool {
        (rise?.isSteady ?? false) && (timeLeft.map { $0 < Self.warningTimeLeft } ?? false)
    }

    /// Nil if neither holds.
    var severity: Finding.Severity? {
        if let limit, !limit.isOthers, limit.share >= (rise == nil ? 100 : Self.criticalShare) {
            return .critical
        }
        if isNear { return .warning }
        return rise.map { $0.isSure || endsSoon ? .warning : .info }
    }

    var confidence: Finding.Confidence {
        if isNear { return .high }
        return rise?.isSure == true || endsSoon ? .medium : .low
    }

    /// "+38/h, limit in ~9 h", or "81.0 % of its limit of 1024 (RLIMIT_NOFILE)".
    var claim: String {
        var parts: [String] = []
        if let rise {
            var speed = "+\(Rate(rise.perHour).text)/h"
            if let left = timeLeft {
                speed += ", limit in \(left.longEstimate)"
            }
            parts.append(speed)
        }
        if let limit, isNear { parts.append("\(Percent(limit.share).text) % of \(limit.text)") }
        return parts.joined(separator: "; ")
    }

    var evidence: [String] {
        var lines: [String] = []
        if let rise {
            lines.append(
                "\(rise.from) -> \(rise.to) in \(Duration(rise.length).text), rising in"
                    + " \(rise.rising) of \(rise.windows) windows")
        }
        if rise == nil, isNear, let climb, let limit, limit.used < limit.most {
            let left = climb.time(for: limit.most - limit.used)
            lines.append(
                "+\(climb.more) in \(Duration(climb.length).text): at that rate it is met in"
                    + " \(left.longEstimate)")
        }
        if let limit {
            lines.append("\(Int(limit.used)) of \(limit.text)")
        } else {
            lines.append("its limit is not known")
        }
        return lines
    }

    var baseline: String? {
        rise.map { "\($0.from), \(Duration($0.length).text) ago" }
    }

    /// What follows where it rises, as the beginning of a sentence.
    func meaning(_ ofRise: String) -> String { rise == nil ? "" : ofRise + "; " }

    /// When it began, as far as that is known.
    func since(_ time: WallTime) -> WallTime {
        guard let rise else { return time }
        return WallTime(
            seconds: time.seconds - Int64(rise.length.seconds), nanoseconds: time.nanoseconds)
    }
}
