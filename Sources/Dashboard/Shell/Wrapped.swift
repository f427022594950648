import Screen

/// Text in lines of a limited width, broken between words, and within those that are longer than a
/// line, as paths are.
enum Wrapped {
    static func lines(_ text: String, width: Int) -> [String] {
        let width = max(width, indent.count + 1)
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, VisibleText.width(line) + 1 + VisibleText.width(String(word)) > width
            {
                lines.append(line)
                line = indent
            } else if !line.isEmpty {
                line += " "
            }
            for character in word {
                if VisibleText.width(line) + VisibleText.width(String(character)) > width {
                    lines.append(line)
                    line = indent
                }
                line.append(character)
            }
        }
        return lines + [line]
    }

    /// What shows that a line goes on from the one above.
    private static let indent = "  "
}
