/// The steps of a curve from part to part: whether it rises is asked of these, not of its points.
struct Windows {
    /// The median of each of 13 equal parts, or of fewer where points are few: windows lead from one
    /// to the next.
    let levels: [Double]

    /// As many as points allow.
    private static let most = 12

    init(_ values: [Double]) {
        let parts = max(2, min(Self.most + 1, values.count / 2))
        levels = (0..<parts).map { part in
            let range = (part * values.count / parts)..<((part + 1) * values.count / parts)
            return OrderStatistics.median(Array(values[range]))
        }
    }

    var count: Int { levels.count - 1 }
    var rising: Int { zip(levels.dropFirst(), levels).count { $0 > $1 } }

    /// The share of windows that must rise. A random walk does that once in some hundred times.
    static let leastRising = 0.9

    var mostlyRise: Bool { Double(rising) >= Self.leastRising * Double(count) }

    /// What the last two windows must rise by, of what two windows rise by on the whole: less, and
    /// the growth has stopped, however long it went on.
    static let leastEnd = 0.25

    var stillRise: Bool {
        guard levels.count > 3, let first = levels.first, let last = levels.last else {
            return true
        }
        let usual = 2 * (last - first) / Double(count)
        return last - levels[levels.count - 3] >= Self.leastEnd * usual
    }
}
