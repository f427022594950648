import Screen

/// Rows of text in columns, two blanks between two; the last one is as long as it is.
enum TextTable {
    /// - Parameter leftAligned: the columns that hold names; the others hold figures.
    static func lines(_ rows: [[String]], leftAligned: Set<Int>) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.lazy.filter { column < $0.count }.map { VisibleText.width($0[column]) }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, text in
                let blanks = String(
                    repeating: " ", count: widths[column] - VisibleText.width(text))
                guard leftAligned.contains(column) else { return blanks + text }
                return column == row.count - 1 ? text : text + blanks
            }.joined(separator: "  ")
        }
    }
}
