package import Samples

/// A field of a row, declared once: the column of the screen, its order, its JSON name, its metric
/// name, its help and what it costs all come from here.
package struct Field<Row: FieldRow>: Sendable {
    /// Under which name a field stands in JSON.
    package enum Export: Hashable, Sendable {
        /// snake_case with the unit as the end: "cpu_percent".
        case named(String)
        /// Not in documents, and why: "two fields of its own: local_address, local_port".
        case screenOnly(String)
    }

    /// How wide its column is.
    package enum Width: Hashable, Sendable {
        case fixed(Int)
        /// Takes what the fixed columns leave.
        case flexible(minimum: Int)
    }

    /// What stands in its column.
    package enum Alignment: Hashable, Sendable {
        /// Words, on the left.
        case text
        /// Words of which the end matters more than the beginning, on the left.
        case textKeepingEnd
        /// Figures, on the right.
        case figure

        package var isText: Bool { self != .figure }
    }

    package let id: FieldID
    /// The head of its column.
    package let title: String
    package let width: Width
    package let alignment: Alignment
    /// From a to z, the shortest time first; other fields have the largest figure first.
    package let leastFirst: Bool
    /// For the help page: what it says, in which unit, from where.
    package let help: String
    package let export: Export
    /// Under which name it is a time series; nil where it makes no sense as one.
    package let metric: String?
    /// What must be read of every thread to sort by it.
    package let cost: Interest.Columns
    /// For documents.
    package let value: @Sendable (Row) -> FieldValue
    /// For screens: mostly the same.
    package let shown: @Sendable (Row) -> FieldValue
    private let ownKey: (@Sendable (Row) -> SortKey?)?
    private let ownEmphasis: (@Sendable (Row) -> Emphasis?)?
    private let mark: (@Sendable (Row) -> Bool)?

    /// - Parameters:
    ///   - shown: what screens show where that is not `value`.
    ///   - key: what sorts by it where that is not what is shown.
    ///   - mark: a figure that is to stand out without colour too: "!" follows it, otherwise a blank.
    ///   - emphasis: nil for the one that the value has by itself.
    package init(
        _ id: FieldID, _ title: String, _ width: Width, _ alignment: Alignment = .figure,
        leastFirst: Bool? = nil, json: Export, metric: String? = nil,
        cost: Interest.Columns = [], help: String,
        value: @escaping @Sendable (Row) -> FieldValue,
        shown: (@Sendable (Row) -> FieldValue)? = nil,
        key: (@Sendable (Row) -> SortKey?)? = nil,
        mark: (@Sendable (Row) -> Bool)? = nil,
        emphasis: (@Sendable (Row) -> Emphasis?)? = nil
    ) {
        self.id = id
        self.title = title
        self.width = width
        self.alignment = alignment
        self.leastFirst = leastFirst ?? alignment.isText
        self.help = help
        export = json
        self.metric = metric
        self.cost = cost
        self.value = value
        self.shown = shown ?? value
        ownKey = key
        self.mark = mark
        ownEmphasis = emphasis
    }
}

extension Field {
    /// As a table shows it.
    package func cell(of row: Row) -> FieldCell {
        let value = shown(row)
        let isMarked = mark?(row)
        var text = value.text(isCoarse: row.isCoarse)
        if let isMarked { text += isMarked ? "!" : " " }
        if isMarked == true { return FieldCell(text, .critical) }
        return FieldCell(text, ownEmphasis?(row) ?? emphasis(of: value, row))
    }

    private func emphasis(of value: FieldValue, _ row: Row) -> Emphasis {
        if value == .stale { return .normal }
        if value.isAbsent { return .faint }
        guard value.isZero, !row.isCoarse else { return .normal }
        if Row.fadesZeros { return .faint }
        if case .percent = value { return .faint }
        return .normal
    }

    /// Without its mark.
    package func text(of row: Row) -> String { shown(row).text(isCoarse: row.isCoarse) }

    /// What sorts by it; nil for what is absent, which comes last.
    package func key(of row: Row) -> SortKey? {
        if let ownKey { return ownKey(row) }
        return shown(row).key(isCoarse: row.isCoarse)
    }
}

extension Field {
    /// The same field, shown otherwise in one view; its order stays.
    package func showing(_ shown: @escaping @Sendable (Row) -> FieldValue) -> Field {
        Field(
            id, title, width, alignment, leastFirst: leastFirst, json: export, metric: metric,
            cost: cost, help: help, value: value, shown: shown, key: { key(of: $0) }, mark: mark,
            emphasis: ownEmphasis)
    }
}

/// All fields of a row type.
package struct FieldTable<Row: FieldRow>: Sendable {
    package let fields: [Field<Row>]

    /// - Parameter declarations: it has each field as a stored property, so that none can be declared
    ///   and forgotten here. It is an object: the code to copy dozens of fields is 30 KB and more.
    package init(of declarations: some Sendable) {
        fields = Mirror(reflecting: declarations).children.compactMap { $0.value as? Field<Row> }
    }

    package subscript(id: FieldID) -> Field<Row>? { fields.first { $0.id == id } }
}
