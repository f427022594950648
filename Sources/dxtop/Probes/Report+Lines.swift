import Probes
import Screen

/// A report as text for pipes and scripts: what it means first, then the tables, then what to know
/// when reading them.
extension Report {
    /// Rows of a table; JSON has them all.
    private static let mostRows = 20

    var lines: [String] {
        var lines = [title].compactMap(\.self) + [conclusion] + furtherText()
        for table in tables where table.isInText {
            lines += table.block.map(Self.lines) ?? Self.lines(of: table)
        }
        lines += blocks.flatMap(Self.lines) + remarks
        return lines.map { VisibleText.of($0) }
    }

    private static func lines(of table: ReportTable) -> [String] {
        let text = table.text
        guard !text.rows.isEmpty else { return [] }
        let rest = text.rows.count - mostRows
        let shown = TextTable.lines(
            [text.heads] + text.rows.prefix(mostRows), leftAligned: text.words)
        return [""] + shown
            + (rest > 0 ? ["\(rest) more \(table.page.name); --json has them all"] : [])
    }

    /// One without a head has its own blank lines.
    private static func lines(of block: ReportBlock) -> [String] {
        let lines = block.lines(false)
        guard let head = block.head, !lines.isEmpty else { return lines }
        return ["", head] + lines
    }

    private var remarks: [String] {
        let sentences = notes + offers.compactMap(\.sentence).map { "to see more, \($0)" }
        return sentences.isEmpty ? [] : [""] + sentences.map { "note: " + $0 }
    }
}
