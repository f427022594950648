package import Fields
package import Units

/// A table of a report: a page of the screen, rows of text, a list of JSON.
package struct ReportTable: Sendable {
    package let page: ProbePage
    /// The heads that differ in this report: "MEMORY" where pages are counted, not samples.
    package var heads: [FieldID: String] = [:]
    /// The rows with what is unfolded; made when they are first read.
    package let rows: @Sendable (_ folding: ReportFolding) -> [ReportRow]
    /// Lines on a row, below the list.
    package var grounds: @Sendable (_ row: String) -> [String] = { _ in [] }
    /// What Enter does on a row; nil for nothing.
    package var open: @Sendable (_ row: String) -> ReportAction? = { _ in nil }
    /// What text has in place of the rows, as for trees.
    package var block: ReportBlock?
    /// Whether text has it at all.
    package var isInText = true

    package init(
        _ page: ProbePage, rows: @escaping @Sendable (_ folding: ReportFolding) -> [ReportRow]
    ) {
        self.page = page
        self.rows = rows
    }
}

/// What a person unfolded and folded in a tree, by the rows' ids.
package struct ReportFolding: Hashable, Sendable {
    package var unfolded: Set<String>
    package var folded: Set<String>

    package init(unfolded: Set<String> = [], folded: Set<String> = []) {
        self.unfolded = unfolded
        self.folded = folded
    }
}

/// A row of a report, ready to be shown and sorted.
package struct ReportRow: Sendable {
    /// Stays the same from reading to reading.
    package var id: String
    package var cells: [FieldID: ReportCell]
    /// In a tree: how deep it stands, and whether there is something below it.
    package var depth = 0
    package var hasChildren = false

    package init(
        id: String, cells: [FieldID: ReportCell], depth: Int = 0, hasChildren: Bool = false
    ) {
        self.id = id
        self.cells = cells
        self.depth = depth
        self.hasChildren = hasChildren
    }
}

package struct ReportCell: Hashable, Sendable {
    package var value: FieldValue
    /// What its field says of such a row; `tone` knows of absent values, too.
    var ownTone: ReportTone

    package init(_ value: FieldValue, _ tone: ReportTone = .plain) {
        self.value = value
        ownTone = tone
    }

    package var tone: ReportTone { value.isAbsent || value.isZero ? .faint : ownTone }

    /// As the screen shows it: large counts are short.
    package var text: String { value.reportText(isShort: true) }

    /// As text and files have it: all digits, and never blank, so that columns can be counted.
    package var longText: String { value.isAbsent ? "-" : value.reportText(isShort: false) }
}

/// How a cell stands out; views have a style for each.
package enum ReportTone: Hashable, Sendable {
    case plain, faint, kernel, good, warning, subject
}

/// What Enter does on a row.
package enum ReportAction: Hashable, Sendable {
    /// Unfolds it, or folds it again.
    case fold
    /// Goes to the last of these rows of another page, with those above it unfolded.
    case show(ProbePage, way: [String])
    /// Shows another page of this part of the target alone.
    case part(ReportPart, ProbePage)
    /// Opens a thread's own view.
    case thread(ThreadIdentity, of: ProcessIdentity)
}

extension FieldValue {
    /// Times are fine ("2.5us"), counts grouped ("60,000") or short from five digits on ("60k").
    fileprivate func reportText(isShort: Bool) -> String {
        switch self {
        case .duration(let time): time.fineText
        case .count(let count) where isShort && count >= 10_000: Rate(Double(count)).text
        case .count(let count): Int(clamping: count).groupedText
        default: text()
        }
    }
}
