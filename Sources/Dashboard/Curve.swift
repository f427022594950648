import ProcSampling
import Units

/// A curve of CPU % over a span of time that ends now, as evenly spaced points for a widget.
struct Curve {
    /// Oldest first; nil where nothing is known.
    let values: [Double?]

    /// Each point is the mean of what was measured in its share of the span. A reading covers the
    /// time since the one before it, so that slow refreshes leave no holes.
    init(_ readings: [Reading], span: Duration, points: Int, until end: WallTime) {
        let step = span.seconds / Double(max(1, points))
        var sums = Array(repeating: (total: 0.0, weight: 0.0), count: max(0, points))
        var before: WallTime?
        for reading in readings {
            guard let cpu = reading.cpu else {
                // What comes after a gap covers none of it.
                before = nil
                continue
            }
            defer { before = reading.time }
            let newest = end.seconds(since: reading.time)
            let oldest = before.map { end.seconds(since: $0) } ?? newest + step
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

extension WallTime {
    fileprivate func seconds(since earlier: WallTime) -> Double {
        Double(seconds - earlier.seconds) + Double(nanoseconds - earlier.nanoseconds) / 1e9
    }
}

extension State {
    /// The CPU curve of a thread up to the moment that is shown.
    func cpuCurve(of thread: ThreadIdentity, last span: Duration, points: Int) -> [Double?] {
        guard let end = live?.time else { return [] }
        let readings = history.cpuCurve(of: thread, last: span)
        return Curve(readings, span: span, points: points, until: end).values
    }
}
