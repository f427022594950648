package import History
import Samples
package import Units

extension Growth {
    /// The steps of a curve that is judged, at most: 30 s each over an hour, 12 min over a day.
    static let mostSteps = 120

    /// Judges what an amount of memory did in the last `span`, or in what there is of it.
    ///
    /// The curve has no more points than were sampled and kept. An amount stands until the next one:
    /// points between would be copies, a line would be stairs, and too little would seem enough.
    ///
    /// - Parameters:
    ///   - moment: when the curve ends; the latest refresh if nil.
    ///   - limit: the lowest of the process's groups; see `leastShape(below:)`.
    ///   - interval: from one refresh to the next, `Snapshot.interval`; as fine as is kept if nil.
    /// - Returns: nil where fewer than 20 points are known, or less than 30 s.
    package init?(
        of subject: MemoryHistory.Subject, in history: MemoryHistory, last span: Duration,
        until moment: Nanoseconds? = nil, interval: Duration?, below limit: ByteCount? = nil
    ) {
        guard let latest = history.latest,
            let covered = history.change(of: subject, last: span, until: moment)?.covered
        else { return nil }
        let age = Duration(latest.since(moment ?? latest)) + covered
        let step = max(interval ?? .zero, Self.keptStep(of: age))
        let steps = Int(min(Double(Self.mostSteps), covered / step))
        guard steps > 0 else { return nil }
        // From the first to the last of so many points it is one step less.
        self.init(
            history.curve(
                of: subject, last: covered + covered / steps, points: steps + 1, until: moment),
            least: Self.leastShape(below: limit))
    }

    /// How finely `MemoryHistory` tells a time that began so long ago.
    private static func keptStep(of age: Duration) -> Duration {
        if age <= .seconds(15 * 60) { return .seconds(1) }
        return age <= .seconds(24 * 60 * 60) ? .seconds(10) : .seconds(60)
    }
}
