/// Order statistics without sorting it all: what robust estimates are made of.
enum OrderStatistics {
    /// The value that would be at `rank` if the values were sorted; they are left partly sorted.
    /// `rank` is clamped; nil without values.
    ///
    /// Hoare's FIND (1961). Complexity: O(n) on average.
    ///
    /// - Parameter range: where the value is known to be, after an earlier selection; all if nil.
    static func select(
        _ rank: Int, of values: inout [Double], in range: Range<Int>? = nil
    ) -> Double? {
        let range = range ?? 0..<values.count
        guard !range.isEmpty else { return nil }
        let rank = min(max(rank, range.lowerBound), range.upperBound - 1)
        return values.withUnsafeMutableBufferPointer { values in
            var low = range.lowerBound
            var high = range.upperBound - 1
            while low < high {
                let pivot = values[low + (high - low) / 2]
                var left = low
                var right = high
                while left <= right {
                    while values[left] < pivot { left += 1 }
                    while values[right] > pivot { right -= 1 }
                    if left <= right {
                        values.swapAt(left, right)
                        left += 1
                        right -= 1
                    }
                }
                if rank <= right {
                    high = right
                } else if rank >= left {
                    low = left
                } else {
                    break
                }
            }
            return values[rank]
        }
    }

    /// The median, the mean of the middle two for an even count; zero without values.
    static func median(_ values: [Double]) -> Double {
        var values = values
        return median(sorting: &values)
    }

    /// The same; the values are left partly sorted around the middle.
    static func median(sorting values: inout [Double]) -> Double {
        let middle = values.count / 2
        guard let upper = select(middle, of: &values) else { return 0 }
        if !values.count.isMultiple(of: 2) { return upper }
        // What is below the middle is in front of it now.
        let lower = values[..<middle].max() ?? upper
        return (lower + upper) / 2
    }

    /// The median distance from the median (MAD); of normal noise 0.6745 standard deviations.
    static func medianDeviation(_ values: [Double]) -> Double {
        let center = median(values)
        return median(values.map { abs($0 - center) })
    }
}
