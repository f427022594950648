import ProcSampling
import Units

/// A curve of CPU % over a span of time that ends with its last reading, as evenly spaced points for
/// a widget.
struct Curve {
    /// Oldest first; nil where nothing is known.
    let values: [Double?]

    /// Each point is the mean of what was measured in its share of the span. A reading covers the
    /// time since the one before it, so that slow refreshes leave no holes.
    init(_ readings: [Reading], span: Duration, points: Int) {
        let step = span.seconds / Double(max(1, points))
        var sums = Array(repeating: (total: 0.0, weight: 0.0), count: max(0, points))
        var before: Double?
        for reading in readings {
            guard let cpu = reading.cpu else {
                // What comes after a gap covers none of it.
                before = nil
                continue
            }
            let newest = reading.age.seconds
            let oldest = before ?? newest + step
            before = newest
            for index in sums.indices {
                // The point's own share of the span, in seconds before the end.
                let right = Double(points - 1 - index) * step
                let overlap = min(oldest, right + step) - max(newest, right)
                guard overlap > 0 else { continue }
                sums[index].total += Double(cpu.rawValue) * overlap
                sums[index].weight += overlap
            }
        }
        values = sums.map { $0.weight > 0 ? $0.total / $0.weight : nil }
    }
}

extension State {
    /// The CPU curve of a thread up to the moment that is shown.
    func cpuCurve(of thread: ThreadIdentity, last span: Duration, points: Int) -> [Double?] {
        guard let shown else { return [] }
        var lastSeen: Int?
        if let view = place.view as? ThreadView, view.thread == thread,
            hasEnded(thread, of: view.process)
        {
            lastSeen = max(level.lastSeen ?? 0, history.lastSequence(of: thread) ?? 0)
        }
        let readings = history.cpuCurve(
            of: thread, last: span, until: shown.sequence, lastSeen: lastSeen)
        return Curve(readings, span: span, points: points).values
    }
}
