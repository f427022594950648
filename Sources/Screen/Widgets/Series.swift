/// What pictures of a series of values have in common.
enum Series {
    /// The values spread over a number of columns, the newest in the last one. Fewer values than
    /// columns leave the first columns nil; more are joined, each column taking the highest.
    static func columns(of values: [Double?], _ count: Int) -> [Double?] {
        guard count > 0 else { return [] }
        if values.count <= count {
            return Array(repeating: nil, count: count - values.count) + values.map(finite)
        }
        return (0..<count).map { column in
            values[share(of: column, among: count, values.count)].compactMap(finite).max()
        }
    }

    /// The column in which `columns(of:_:)` shows the value at `index`.
    static func column(ofValueAt index: Int, among values: Int, _ count: Int) -> Int {
        if values <= count { return count - values + index }
        return ((index + 1) * count - 1) / values
    }

    /// Which of `count` steps a fraction of the whole takes: the lowest for zero only.
    static func level(of fraction: Double, among count: Int) -> Int {
        guard fraction.isFinite, fraction > 0, count > 1 else { return 0 }
        return max(1, min(count - 1, Int((min(fraction, 1) * Double(count - 1)).rounded(.up))))
    }

    static func finite(_ value: Double?) -> Double? {
        guard let value, value.isFinite else { return nil }
        return value
    }

    private static func share(of column: Int, among count: Int, _ values: Int) -> Range<Int> {
        column * values / count..<(column + 1) * values / count
    }
}
