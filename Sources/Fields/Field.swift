package import Samples

/// Which field of a row type: "cpu", "localAddress". Only fields that other code names (a default
/// sort column, a key) have a constant.
package struct FieldID: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let name: String

    package init(_ name: String) { self.name = name }
    package init(stringLiteral name: String) { self.name = name }

    package var description: String { name }
}

/// A field of a row, declared once: the column of the screen, its order, its JSON name, its metric
/// name, its help and what it costs all come from here.
package struct Field<Row>: Sendable {
    /// Under which name a field stands in JSON and in metrics.
    package enum Export: Hashable, Sendable {
        /// snake_case with the unit as the end: "cpu_percent".
        case named(String)
        /// Not in documents, and why: "a curve; its figures are cpu_percent".
        case screenOnly(String)
    }

    /// How wide its column is.
    package enum Width: Hashable, Sendable {
        case fixed(Int)
        /// Takes what the fixed columns leave.
        case flexible(minimum: Int)
    }

    package let id: FieldID
    /// The head of its column.
    package let title: String
    package let width: Width
    /// Words stand on the left and are sorted from a to z, figures on the right, the largest first.
    package let isText: Bool
    /// For the help page: what it says, in which unit, from where.
    package let help: String
    package let export: Export
    /// Under which name `dxtop metrics` has it; nil where it makes no sense as a time series.
    package let metric: String?
    /// What must be read of every thread to sort by it.
    package let cost: Interest.Columns
    package let value: @Sendable (Row) -> FieldValue

    package init(
        _ id: FieldID, _ title: String, _ width: Width, isText: Bool = false, json: Export,
        metric: String? = nil, cost: Interest.Columns = [], help: String,
        value: @escaping @Sendable (Row) -> FieldValue
    ) {
        self.id = id
        self.title = title
        self.width = width
        self.isText = isText
        self.help = help
        self.export = json
        self.metric = metric
        self.cost = cost
        self.value = value
    }
}
