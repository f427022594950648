import History
import Samples

/// The points of a curve at which something is known, since the last restart.
struct KnownPoints {
    /// Seconds since the first of them, ascending.
    let times: [Double]
    /// Bytes.
    let values: [Double]
    /// Zero without points.
    let lowest: Double
    let highest: Double

    init(_ curve: MemoryCurve) {
        let (seconds, attoseconds) = curve.step.components
        let step = Double(seconds) + Double(attoseconds) / 1e18
        var times: [Double] = []
        var values: [Double] = []
        times.reserveCapacity(curve.values.count)
        values.reserveCapacity(curve.values.count)
        var first: Int?
        let start = min(max(curve.restarts.last ?? 0, 0), curve.values.count)
        for index in start..<curve.values.count {
            guard let value = curve.values[index], value.isFinite else { continue }
            let origin = first ?? index
            first = origin
            times.append(Double(index - origin) * step)
            values.append(value)
        }
        self.times = times
        self.values = values
        lowest = values.min() ?? 0
        highest = values.max() ?? 0
    }

    /// The means of so many neighbours each: their errors are smaller as they are fewer, so that
    /// what is estimated from all of them is as sure. What is left over at the beginning is left
    /// out.
    init(meansOf points: KnownPoints, size: Int) {
        let size = max(1, size)
        let rest = points.count % size
        func means(_ numbers: [Double]) -> [Double] {
            stride(from: rest, to: numbers.count, by: size).map { start in
                numbers[start..<(start + size)].reduce(0, +) / Double(size)
            }
        }
        times = means(points.times)
        values = means(points.values)
        lowest = values.min() ?? 0
        highest = values.max() ?? 0
    }

    var count: Int { values.count }

    /// Seconds from the first to the last.
    var span: Double { times.last ?? 0 }

    /// Bytes a second from one point to a later one.
    func slope(_ first: Int, _ second: Int) -> Double {
        (values[second] - values[first]) / (times[second] - times[first])
    }

    /// The standard deviation of what comes and goes from point to point: from the differences of
    /// neighbours, so that neither a trend nor a few jumps count.
    var noise: Double {
        let differences = zip(values.dropFirst(), values).map { $0 - $1 }
        return 1.4826 * OrderStatistics.medianDeviation(differences) / 2.0.squareRoot()
    }

    /// The values, with each lone point that juts out from two neighbours that agree put back
    /// between them: a spike is no fall and no jump.
    ///
    /// - Parameter size: bytes by which a spike juts out.
    func withoutSpikes(of size: Double) -> [Double] {
        guard count > 2 else { return values }
        var calm = values
        for index in 1..<(count - 1) {
            let (left, right) = (values[index - 1], values[index + 1])
            let between = (left + right) / 2
            if abs(left - right) < size / 2, abs(values[index] - between) > size {
                calm[index] = between
            }
        }
        return calm
    }
}
