/// How many columns a character takes on a terminal.
///
/// The C library's `wcwidth` is not asked: it depends on the locale, and a view must look the same
/// in a test as on a screen. The table is Unicode's own (see `Scripts/character-width.py`).
package enum CharacterWidth {
    /// 0 for marks that are drawn into the cell before them, 2 for wide East Asian characters and
    /// emoji, 1 for the rest.
    package static func of(_ scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        // Below the first combining mark everything takes one column.
        if value < 0x300 { return 1 }
        if contains(value, zero) { return 0 }
        return contains(value, wide) ? 2 : 1
    }

    /// The width of a grapheme cluster: that of its widest scalar, since the others are drawn
    /// into it.
    package static func of(_ character: Character) -> Int {
        var width = 0
        for scalar in character.unicodeScalars {
            width = max(width, of(scalar))
        }
        return width
    }

    private static func contains(_ value: UInt32, _ ranges: [ClosedRange<UInt32>]) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < value {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < ranges.count && ranges[low].contains(value)
    }
}
