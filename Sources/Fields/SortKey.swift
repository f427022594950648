/// What puts rows in order by one field.
package enum SortKey: Hashable, Sendable {
    case number(Double)
    case text(String)
    /// Of addresses, and of figures that another one decides between: the first number counts, then
    /// the second, then the third. Texts come after all of them: the first is below `.max`.
    case packed(UInt64, UInt64 = 0, UInt64 = 0)
}

extension SortKey {
    /// By a figure, and where it is the same by another.
    package static func pair(_ number: Double, _ other: UInt64) -> SortKey {
        .packed(bits(of: number), other)
    }

    /// In the order of the numbers, below zero, too.
    fileprivate static func bits(of number: Double) -> UInt64 {
        // Zero has two signs.
        let bits = (number + 0).bitPattern
        return bits >> 63 == 1 ? ~bits : bits | 1 << 63
    }
}

/// Puts rows in order by their keys: each is asked for once, each text is compared with others once,
/// and only numbers are compared and moved.
package enum RowOrder {
    /// The numbers of the rows, in order; those without a key come last, whichever way round.
    ///
    /// - Parameters:
    ///   - count: of the rows.
    ///   - descending: the largest comes first, words from z to a.
    ///   - places: those of equal keys stand in the order of these, and where these are equal, too,
    ///     or nil, in the order they come in.
    ///   - key: of a row, by its number.
    /// - Complexity: O(`count` log `count`).
    package static func sorted(
        _ count: Int, descending: Bool, places: [Int]? = nil, key: (Int) -> SortKey?
    ) -> [Int] {
        var entries: [Entry] = []
        var unknown: [Entry] = []
        var texts = Texts()
        var textEntries: [Int] = []
        entries.reserveCapacity(count)
        for index in 0..<count {
            var entry = Entry(index: index, place: places?[index] ?? 0)
            switch key(index) {
            case .number(let number) where !number.isNaN: entry.first = SortKey.bits(of: number)
            case .packed(let first, let second, let third):
                (entry.first, entry.second, entry.third) = (first, second, third)
            case .text(let text):
                (entry.first, entry.second) = (.max, texts.number(of: text))
                textEntries.append(entries.count)
            case .number, nil:
                unknown.append(entry)
                continue
            }
            entries.append(entry)
        }
        let ranks = texts.ranks
        for index in textEntries { entries[index].second = ranks[Int(entries[index].second)] }
        if descending { for index in entries.indices { entries[index].reverse() } }
        entries.sort(by: Entry.precedes)
        if places != nil { unknown.sort(by: Entry.precedes) }
        return entries.map(\.index) + unknown.map(\.index)
    }

    private struct Entry {
        let index: Int
        let place: Int
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0

        init(index: Int, place: Int) { (self.index, self.place) = (index, place) }

        mutating func reverse() { (first, second, third) = (~first, ~second, ~third) }

        static func precedes(_ a: Entry, _ b: Entry) -> Bool {
            if a.first != b.first { return a.first < b.first }
            if a.second != b.second { return a.second < b.second }
            if a.third != b.third { return a.third < b.third }
            return a.place != b.place ? a.place < b.place : a.index < b.index
        }
    }

    /// The texts of a column, each once.
    private struct Texts {
        private var numbers: [String: UInt64] = [:]
        private var texts: [String] = []

        mutating func number(of text: String) -> UInt64 {
            if let known = numbers[text] { return known }
            let new = UInt64(texts.count)
            numbers[text] = new
            texts.append(text)
            return new
        }

        /// By number, its place from a to z.
        var ranks: [UInt64] {
            var ranks = [UInt64](repeating: 0, count: texts.count)
            for (rank, number) in texts.indices.sorted(by: { texts[$0] < texts[$1] }).enumerated() {
                ranks[number] = UInt64(rank)
            }
            return ranks
        }
    }
}
