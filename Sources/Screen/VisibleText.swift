internal import Units

/// Text from the machine, made harmless to a terminal and to a reader.
///
/// Names, command lines and tool output may hold anything. What is not harmless (`Unicode.Scalar.escape`)
/// is written out, and so are combining marks with nothing to stand on.
///
/// What is left falls into cells: a character of one or two columns with at most four marks, which
/// is what a curses cell holds. Further marks are written out. Variation selectors and skin tones
/// are left out, because terminals disagree on the width of what they modify.
///
/// Where only ASCII can be shown, every other character becomes one `?` per column. No attempt is
/// made to transliterate: two names must not become one.
package enum VisibleText {
    /// The most scalars in one cell, as in ncurses' `cchar_t`.
    static let scalarsPerCell = 5

    /// The text as it will appear, for files and pipes.
    package static func of(_ text: String, unicode: Bool = true) -> String {
        var result = ""
        visit(text, unicode: unicode) { character, _ in
            result.append(character)
            return true
        }
        return result
    }

    /// The columns that the text will take. Stops counting once there are more than `limit`.
    package static func width(
        _ text: String, unicode: Bool = true, limit: Int = .max
    ) -> Int {
        var columns = 0
        visit(text, unicode: unicode) { _, width in
            columns += width
            return columns <= limit
        }
        return columns
    }

    /// Hands over each cell's character with its width (1 or 2), until `body` returns false. Reads
    /// no further than that, so a line of a megabyte costs no more than the columns shown of it.
    static func visit(
        _ text: String, unicode: Bool, _ body: (_ character: Character, _ width: Int) -> Bool
    ) {
        let plain = plainCharacters
        var scalars = text.unicodeScalars.makeIterator()
        var next = scalars.next()
        while let scalar = next {
            next = scalars.next()
            if scalar.isPlain, (next?.value ?? 0) < firstMark {
                guard body(plain[Int(scalar.value) - 0x20], 1) else { return }
                continue
            }
            let width = CharacterWidth.of(scalar)
            guard width > 0, scalar.isHarmless else {
                for character in scalar.escape {
                    guard body(character, 1) else { return }
                }
                continue
            }
            var cell = String(scalar)
            var count = 1
            while let mark = next {
                if isPresentation(mark, of: scalar) {
                    next = scalars.next()
                } else if count < scalarsPerCell, CharacterWidth.of(mark) == 0, mark.isHarmless,
                    extends(&cell, by: mark)
                {
                    count += 1
                    next = scalars.next()
                } else {
                    break
                }
            }
            if unicode || count == 1 && scalar.isASCII {
                guard body(Character(cell), width) else { return }
            } else {
                for _ in 0..<width {
                    guard body("?", 1) else { return }
                }
            }
        }
    }

    private static let firstMark: UInt32 = 0x300

    /// Printable ASCII, nearly all there is to draw; looking one up is cheaper than making it.
    private static let plainCharacters = (UInt8(0x20)..<0x7f).map {
        Character(Unicode.Scalar($0))
    }

    /// Whether `mark` only chooses how `base` looks: text or emoji style, or a skin tone.
    private static func isPresentation(_ mark: Unicode.Scalar, of base: Unicode.Scalar) -> Bool {
        switch mark.value {
        case 0xfe0e, 0xfe0f: base.properties.isEmoji
        case 0x1f3fb...0x1f3ff: base.properties.isEmojiModifierBase
        default: false
        }
    }

    /// Adds the mark unless Swift would see two characters then, as with a misplaced Hangul part.
    private static func extends(_ cell: inout String, by mark: Unicode.Scalar) -> Bool {
        var longer = cell
        longer.unicodeScalars.append(mark)
        guard longer.count == 1 else { return false }
        cell = longer
        return true
    }
}
