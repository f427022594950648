/// The slope of a cloud of points, which a few wild ones do not move, with its 95 % interval.
///
/// The interval takes the points' errors for independent. Memory figures a second apart are not
/// quite, so it is the least there is to doubt, not the most.
struct RobustSlope {
    var slope: Double
    var interval: ClosedRange<Double>

    /// Two-sided 95 % of a normal distribution.
    private static let quantile = 1.959964

    /// The median slope of all pairs: Theil (1950), Sen (1968), "Estimates of the regression
    /// coefficient based on Kendall's tau". The interval is Sen's, from Kendall's variance of the
    /// number of rising pairs less the falling ones; equal values, which would narrow it, are not
    /// taken off (Gilbert 1987, "Statistical Methods for Environmental Pollution Monitoring", 16.5).
    ///
    /// - Complexity: O(n²): 1,770 pairs of 60 points.
    /// - Returns: nil with fewer than two points. Times must ascend.
    static func ofAllPairs(_ points: KnownPoints, in range: Range<Int>) -> RobustSlope? {
        let count = range.count
        guard count > 1 else { return nil }
        var slopes: [Double] = []
        slopes.reserveCapacity(count * (count - 1) / 2)
        for first in range {
            for second in (first + 1)..<range.upperBound {
                slopes.append(points.slope(first, second))
            }
        }
        let size = Double(count)
        let spread = quantile * (size * (size - 1) * (2 * size + 5) / 18).squareRoot()
        return RobustSlope(slopes: &slopes, spread: spread)
    }

    /// The median slope of pairs half the points apart, each point used once: Theil's incomplete
    /// method, for curves of which little is asked. The interval is that of a median, by signs.
    ///
    /// - Complexity: O(n).
    static func ofHalves(_ points: KnownPoints) -> RobustSlope? {
        let half = points.count / 2
        guard half > 0 else { return nil }
        let offset = points.count - half
        var slopes = (0..<half).map { points.slope($0, $0 + offset) }
        return RobustSlope(slopes: &slopes, spread: quantile * Double(half).squareRoot())
    }

    /// - Parameter spread: the distance in ranks between the interval's ends.
    private init?(slopes: inout [Double], spread: Double) {
        let count = Double(slopes.count)
        let below = max(0, (count - spread) / 2)
        let above = min(count - 1, (count + spread) / 2)
        slope = OrderStatistics.median(sorting: &slopes)
        // What is below the middle is in front of it now, and what is above behind.
        let middle = slopes.count / 2
        guard
            let low = OrderStatistics.select(
                Int(below.rounded(.down)), of: &slopes, in: 0..<(middle + 1)),
            let high = OrderStatistics.select(
                Int(above.rounded(.up)), of: &slopes, in: middle..<slopes.count)
        else { return nil }
        interval = min(low, slope)...max(high, slope)
    }
}
