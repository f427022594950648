/// The characters that a picture is drawn with.
package enum Glyphs: Hashable, Sendable, CaseIterable {
    /// For locales that are not UTF-8, serial consoles and old terminals.
    case ascii
    /// Block elements: the default.
    case blocks
    /// As blocks, with curves in braille dots: finer, where the font has them.
    case braille

    /// Whether anything but ASCII may be drawn.
    package var isUnicode: Bool { self != .ascii }

    /// Heights for one cell of a sparkline: zero first, the maximum last. No blank among them: a
    /// blank says that nothing was measured.
    package var levels: [Character] {
        isUnicode ? Self.eighths : [".", "-", "=", "+", "*", "#"]
    }

    /// Widths from empty to full, for the last cell of a bar.
    package var fractions: [Character] {
        isUnicode ? [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"] : [" ", "#"]
    }

    /// Heights of a curve within one cell, lowest first.
    package var curve: [Character] {
        isUnicode ? Self.eighths : ["_", "-", "\""]
    }

    private static let eighths: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    package var ellipsis: Character { isUnicode ? "…" : "~" }
    package var rule: Character { isUnicode ? "─" : "-" }
    package var bar: Character { isUnicode ? "│" : "|" }
    /// Where the axes of a chart meet.
    package var origin: Character { isUnicode ? "└" : "+" }
    /// The corners of a box: top left, top right, bottom left, bottom right.
    package var corners: (Character, Character, Character, Character) {
        isUnicode ? ("┌", "┐", "└", "┘") : ("+", "+", "+", "+")
    }
    package var descending: Character { isUnicode ? "▼" : "v" }
    package var ascending: Character { isUnicode ? "▲" : "^" }
    /// Stands before the selected row. The same everywhere: it must not depend on a font.
    package var selection: Character { ">" }
    /// Where a measured thing started anew.
    package var restart: Character { "^" }
}
