/// One fast fall of a curve: from a peak to the trough after it, most of it within a moment.
struct Fall {
    /// Index of the lowest point after it.
    var trough: Int
    var depth: Double

    /// How much of a fall must come at once, and by how much the rise before must be slower: a wave
    /// that falls as it rises is no sawtooth.
    static let leastAtOnce = 0.7
    static let slowerRise = 2

    /// The fast falls, in order.
    ///
    /// - Parameters:
    ///   - swing: what a curve must turn back by before it counts as a peak or a trough.
    ///   - moment: points that are "at once".
    static func all(in values: [Double], of swing: Double, within moment: Int) -> [Fall] {
        var falls: [Fall] = []
        var rise = 0
        for (peak, trough) in swings(in: values, of: swing) {
            let depth = values[peak] - values[trough]
            let isFast = points(from: peak, to: trough, of: values, depth: depth, within: moment)
                .map { $0 * slowerRise <= peak - rise }
            if isFast == true { falls.append(Fall(trough: trough, depth: depth)) }
            rise = trough
        }
        return falls
    }

    /// The fewest points in which most of a fall comes; nil if it takes longer than a moment.
    private static func points(
        from peak: Int, to trough: Int, of values: [Double], depth: Double, within moment: Int
    ) -> Int? {
        for length in 1...max(1, min(moment, trough - peak)) {
            for start in peak...(trough - length)
            where values[start] - values[start + length] >= leastAtOnce * depth {
                return length
            }
        }
        return nil
    }

    /// Peaks and the troughs after them, where the curve turned back by at least `swing`.
    private static func swings(in values: [Double], of swing: Double) -> [(Int, Int)] {
        var found: [(Int, Int)] = []
        guard swing > 0, !values.isEmpty else { return found }
        var isRising = true
        var (peak, trough) = (0, 0)
        for index in values.indices {
            if isRising {
                if values[index] >= values[peak] { peak = index }
                if values[index] <= values[peak] - swing {
                    isRising = false
                    trough = index
                }
            } else {
                if values[index] <= values[trough] { trough = index }
                if values[index] >= values[trough] + swing {
                    found.append((peak, trough))
                    isRising = true
                    peak = index
                }
            }
        }
        // The last fall counts as well, if nothing came after it.
        if !isRising { found.append((peak, trough)) }
        return found
    }
}
