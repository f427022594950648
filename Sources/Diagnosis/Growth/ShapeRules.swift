/// The rules that name a curve's shape, in the order in which they are asked. The curve is known
/// not to be flat.
///
/// The thresholds are tried on thousands of made series with noise; their tests print how often each
/// shape is told right.
struct ShapeRules {
    private let points: KnownPoints
    /// Of the whole curve, bytes a second.
    private let slope: Double
    private let windows: Windows
    /// From the lowest to the highest value.
    private let span: Double
    /// See `KnownPoints.noise`.
    private let noise: Double
    /// The values without spikes.
    private let calm: [Double]
    /// Points that are 5 % of the curve: what happens within them is at once.
    private let moment: Int

    /// What counts as a fall at all, or as a spike: a tenth of the span, and well above what noise
    /// does by itself (120 normal values span about five standard deviations).
    static let leastSwing = 0.1
    static let leastSwingNoise = 6.0

    init(_ points: KnownPoints, slope: Double, windows: Windows) {
        self.points = points
        self.slope = slope
        self.windows = windows
        span = points.highest - points.lowest
        noise = points.noise
        calm = points.withoutSpikes(of: max(Self.leastSwing * span, Self.leastSwingNoise * noise))
        moment = max(2, points.count / 20)
    }

    var shape: GrowthShape? {
        let swing = max(Self.leastSwing * span, Self.leastSwingNoise * noise)
        let falls = Fall.all(in: calm, of: swing, within: moment)
        if falls.count >= Self.leastFalls {
            return isFloorRising(falls) ? .risingFloor : .sawtooth
        }
        if isStep { return .step }
        // Even a single fall means that memory is given back: what goes on is not simply linear.
        let thirds = thirds()
        if falls.isEmpty, isLinear(thirds) { return .linear }
        return isPlateau(thirds) ? .plateau : nil
    }

    // MARK: Sawtooth

    /// Falls that make a sawtooth: two may be chance.
    static let leastFalls = 3
    /// Troughs that tell whether the floor rises, by how much of a fall it must rise over all of
    /// them, and in which share of the steps from one to the next.
    static let leastTroughs = 4
    static let leastFloorRise = 0.25
    static let leastRisingTroughs = 0.75

    private func isFloorRising(_ falls: [Fall]) -> Bool {
        guard falls.count >= Self.leastTroughs, let first = falls.first, let last = falls.last
        else { return false }
        let steps = zip(falls.dropFirst(), falls)
        let up = steps.count { calm[$0.trough] > calm[$1.trough] }
        guard Double(up) >= Self.leastRisingTroughs * Double(falls.count - 1) else { return false }
        let depth = OrderStatistics.median(falls.map(\.depth))
        return calm[last.trough] - calm[first.trough] >= Self.leastFloorRise * depth
    }

    // MARK: Step

    /// The share of the span that one moment must make, and the levels on both sides of it.
    static let leastJump = 0.7
    /// Points that must be known on both sides: without a before it is the start of a process that
    /// fills its buffers, without an after it may be the start of anything.
    static let leastSide = 0.1

    private var isStep: Bool {
        let count = calm.count
        guard count > moment else { return false }
        var (best, jump) = (0, 0.0)
        for index in 0..<(count - moment) {
            let size = abs(calm[index + moment] - calm[index])
            if size > jump { (best, jump) = (index, size) }
        }
        let side = max(3, Int(Self.leastSide * Double(count)))
        let (before, after) = (best + 1, count - best - moment)
        // Across a gap nobody knows how fast it was.
        let isFast = points.times[best + moment] - points.times[best] <= 0.1 * points.span
        guard isFast, before >= side, after >= side, jump >= Self.leastJump * span else {
            return false
        }
        let low = OrderStatistics.median(Array(calm[...best]))
        let high = OrderStatistics.median(Array(calm[(best + moment)...]))
        return abs(high - low) >= Self.leastJump * span
    }

    // MARK: Linear

    /// Each third of a linear curve rises at least so much of the steepest.
    static let leastThird = 0.5
    /// How far from the line half of the points may be, of the span: beyond, something swings that
    /// is too fast to be seen as falls.
    static let mostDeviation = 0.05

    private func isLinear(_ thirds: [Third]) -> Bool {
        let slopes = thirds.map(\.slope)
        guard slope > 0, let least = slopes.min(), let most = slopes.max(), least > 0,
            least >= Self.leastThird * most,
            windows.mostlyRise, windows.stillRise
        else { return false }
        let rests = zip(points.values, points.times).map { $0 - slope * $1 }
        return OrderStatistics.medianDeviation(rests) <= Self.mostDeviation * span
    }

    // MARK: Plateau

    /// What the last third may still gain of what the steepest gained.
    static let mostCreep = 0.1
    /// What is left at the end of the highest there was: a hump is no plateau.
    static let leastLevel = 0.5

    private func isPlateau(_ thirds: [Third]) -> Bool {
        guard thirds.count == 3, let first = calm.first else { return false }
        let steepest = max(thirds[0].rise, thirds[1].rise)
        let last = thirds[2]
        let end = Self.endLevel(calm)
        let middle = OrderStatistics.median(Array(calm.suffix(calm.count / 3)))
        return steepest > 0 && abs(last.slope * last.time) < Self.mostCreep * steepest
            && abs(end - middle) < Self.mostCreep * steepest + 3 * noise
            && end - first >= Self.leastLevel * span
    }

    /// The level of the last twelfth of the points, at least three.
    static func endLevel(_ values: [Double]) -> Double {
        OrderStatistics.median(Array(values.suffix(max(3, values.count / 12))))
    }

    // MARK: Thirds

    private struct Third {
        var slope: Double
        /// Seconds.
        var time: Double
        /// The most it rose by, told by slope or by its ends: a ramp that is short against a third
        /// hardly shows in its slope.
        var rise: Double
    }

    private func thirds() -> [Third] {
        let count = points.count
        return (0..<3).compactMap { index in
            let range = (index * count / 3)..<((index + 1) * count / 3)
            guard let line = RobustSlope.ofAllPairs(points, in: range), let last = range.last
            else { return nil }
            let time = points.times[last] - points.times[range.lowerBound]
            let rise = calm[last] - calm[range.lowerBound]
            return Third(slope: line.slope, time: time, rise: max(rise, line.slope * time))
        }
    }
}
