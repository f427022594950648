/// Text from the machine, made harmless to a terminal and to a reader.
///
/// Names, command lines and tool output may hold anything. What could move the cursor, change the
/// terminal, reorder the row or hide from sight is written out instead:
///
/// - control bytes as `\n`, `\t`, `\e`, `\x07`, `\x9b`;
/// - bidi controls, joiners, zero-width and other invisible characters, line separators,
///   unassigned characters, and combining marks with nothing to stand on as `\u{202e}`.
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
            if isPlain(scalar), (next?.value ?? 0) < firstMark {
                guard body(plain[Int(scalar.value) - 0x20], 1) else { return }
                continue
            }
            let width = CharacterWidth.of(scalar)
            guard width > 0, isShown(scalar) else {
                for character in escape(scalar) {
                    guard body(character, 1) else { return }
                }
                continue
            }
            var cell = String(scalar)
            var count = 1
            while let mark = next {
                if isPresentation(mark, of: scalar) {
                    next = scalars.next()
                } else if count < scalarsPerCell, CharacterWidth.of(mark) == 0, isShown(mark),
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

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x20 && scalar.value < 0x7f
    }

    /// Whether a reader sees the character, and a terminal does nothing but draw it.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        if isPlain(scalar) { return true }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
        default: !scalar.properties.isDefaultIgnorableCodePoint
        }
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

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x09: "\\t"
        case 0x0a: "\\n"
        case 0x0d: "\\r"
        case 0x1b: "\\e"
        case 0..<0x10: "\\x0" + String(scalar.value, radix: 16)
        case 0x10..<0x100: "\\x" + String(scalar.value, radix: 16)
        default: "\\u{" + String(scalar.value, radix: 16) + "}"
        }
    }
}
