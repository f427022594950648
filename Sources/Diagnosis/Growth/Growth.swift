package import History
import Samples
package import Units

/// What a memory curve does: how fast it grows, how sure that is, and in which shape.
package struct Growth: Hashable, Sendable {
    /// Nil where no shape fits: no verdict.
    package let shape: GrowthShape?
    /// Bytes a second over the whole curve: the median slope of its pairs of points.
    package let slope: Double
    /// Where the slope is with 95 % certainty, if the points' errors are independent.
    package let interval: ClosedRange<Double>
    /// In how many of so many windows of equal size the curve rose: "rising 12/12 windows".
    package let rising: Int
    package let windows: Int
    /// From the first to the last known point. Gaps between them are counted in.
    package let span: Duration
    /// Bytes gained from the first three points to the last three, by their medians.
    package let change: Double
    /// Bytes at the end: the last value; of a plateau the level it levelled off at.
    package let level: Double

    /// It is called flat only because it is big: it changed by 64 MiB or more, which is less than
    /// 5 % of its size.
    package let isBelowShare: Bool
    /// It changed by too little for its shape to be told: there is no verdict yet.
    package let isTooSmall: Bool

    /// As it was judged before.
    init(
        shape: GrowthShape?, slope: Double, interval: ClosedRange<Double>, rising: Int,
        windows: Int, span: Duration, change: Double, level: Double, isBelowShare: Bool,
        isTooSmall: Bool
    ) {
        self.shape = shape
        self.slope = slope
        self.interval = interval
        self.rising = rising
        self.windows = windows
        self.span = span
        self.change = change
        self.level = level
        self.isBelowShare = isBelowShare
        self.isTooSmall = isTooSmall
    }

    /// With fewer points, or over less time, any noise has some shape.
    package static let leastPoints = 20
    package static let leastSpan: Duration = .seconds(30)

    /// Judges the part of a curve after its last restart; points that are not known are left out.
    /// 60 to 120 points are meant.
    ///
    /// - Parameter least: bytes that a curve must span to have a shape; see `leastShape(below:)`.
    /// - Returns: nil with fewer than 20 known points, or less than 30 s from the first to the last.
    package init?(_ curve: MemoryCurve, least: Double = leastShapeBytes) {
        let points = KnownPoints(curve)
        let span = Duration.nanoseconds(Int64(points.span * 1e9))
        guard points.count >= Self.leastPoints, span >= Self.leastSpan,
            let last = points.values.last
        else { return nil }
        self.span = span
        let windows = Windows(points.values)
        self.windows = windows.count
        rising = windows.rising
        change =
            OrderStatistics.median(Array(points.values.suffix(3)))
            - OrderStatistics.median(Array(points.values.prefix(3)))

        // Most curves of a machine are flat: no pairs are made for them.
        let range = points.highest - points.lowest
        let isSmallShare = range < Self.leastShapeShare * points.highest
        // What goes one way may have begun just now; what breathes is flat.
        let goesOneWay = change >= Self.leastWay * range && windows.mostlyRise
        isBelowShare = isSmallShare && range >= least
        isTooSmall = !isSmallShare && range < least && goesOneWay
        let isFlat = isSmallShare || (range < least && !isTooSmall)
        guard let line = isFlat || isTooSmall ? RobustSlope.ofHalves(points) : Self.line(points)
        else {
            return nil
        }
        slope = line.slope
        interval = line.interval
        if isFlat {
            shape = .flat
        } else if isTooSmall {
            shape = nil
        } else {
            shape = ShapeRules(points, slope: line.slope, windows: windows).shape
        }
        level = shape == .plateau ? ShapeRules.endLevel(points.values) : last
    }

    /// A curve that spans less than this has no shape worth a word: heaps of big programs breathe
    /// by tens of MiB. It hides the slow growth of a small process for a while, but not its slope.
    package static let leastShapeBytes: Double = 64 * 1024 * 1024

    /// The same for a process whose memory is limited: where all of it is little, little matters.
    package static func leastShape(below limit: ByteCount?) -> Double {
        guard let limit else { return leastShapeBytes }
        return min(leastShapeBytes, max(1024 * 1024, Double(limit.rawValue) / 16))
    }

    /// The same for big processes: less than one part in twenty is daily life.
    static let leastShapeShare = 0.05

    /// The share of what a curve spans that it must have gained to count as going one way.
    static let leastWay = 0.5

    /// Of more points than this, pairs would be too many.
    private static let mostPaired = 64

    private static func line(_ points: KnownPoints) -> RobustSlope? {
        let size = (points.count + mostPaired - 1) / mostPaired
        let few = size > 1 ? KnownPoints(meansOf: points, size: size) : points
        return RobustSlope.ofAllPairs(few, in: 0..<few.count)
    }
}
