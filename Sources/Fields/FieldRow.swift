/// A row that fields can read: a lent sample, and what all rows of its table have in common.
package protocol FieldRow: Sendable {
    /// Zeros may be overlooked in its table.
    static var fadesZeros: Bool { get }
    /// Figures are rounded so that few change; see `FieldValue.text`.
    var isCoarse: Bool { get }
}

extension FieldRow {
    package var isCoarse: Bool { false }
}

/// How much a value wants to be seen.
package enum Emphasis: Hashable, Sendable {
    case normal
    /// Absent or zero.
    case faint
    /// The whole of what follows.
    case heading
    case good, warning, critical
}

/// What stands in a cell of a table.
package struct FieldCell: Hashable, Sendable {
    package var text: String
    package var emphasis: Emphasis

    package init(_ text: String, _ emphasis: Emphasis = .normal) {
        self.text = text
        self.emphasis = emphasis
    }
}
