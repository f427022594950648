import Fields

/// A report's table as rows of text: the heads first.
package struct ReportText: Hashable, Sendable {
    package var heads: [String]
    package var rows: [[String]]
    /// The columns that hold words.
    package var words: Set<Int>
}

extension ReportTable {
    /// Its rows as text, columns that no row has a value in left out; what is as wide as it likes
    /// comes last.
    package var text: ReportText {
        let rows = rows(ReportFolding())
        let shown = page.columns.filter { column in
            rows.contains { row in row.cells[column.id]?.value.isAbsent == false }
        }
        let columns = shown.filter { !$0.isFlexible } + shown.filter(\.isFlexible)
        return ReportText(
            heads: columns.map { heads[$0.id] ?? $0.title },
            rows: rows.map { row in columns.map { row.cells[$0.id]?.longText ?? "-" } },
            words: Set(columns.indices.filter { columns[$0].isText }))
    }
}

extension Report {
    /// The contents of a file: remarks begin with "#", columns are separated by tabs.
    ///
    /// - Parameter title: "off-CPU of T4127 poll (streamd 2214)".
    package func file(title: String) -> String {
        // Names are whatever somebody chose: no escape sequence of theirs gets into a file, nor a tab.
        var rows = ([title, conclusion] + notes).map { ["# " + $0] }
        for table in tables where table.isInText {
            if let block = table.block {
                rows += block.lines(true).map { [$0] }
            } else {
                let text = table.text
                rows += [text.heads] + text.rows
            }
        }
        rows += blocks.flatMap { $0.lines(true) }.map { [$0] }
        return rows.map { $0.map(HarmlessText.line).joined(separator: "\t") + "\n" }.joined()
    }
}
