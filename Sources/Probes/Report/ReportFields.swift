import Fields

/// The fields of a table's rows, declared once: its columns, cells and JSON come from here.
struct ReportFields<Row: FieldRow>: Sendable {
    private let fields: [ReportField<Row>]

    init(_ fields: [ReportField<Row>]) { self.fields = fields }

    /// Left to right.
    var columns: [ReportColumn] {
        fields.compactMap { own in
            guard let rank = own.rank else { return nil }
            let (width, isFlexible) =
                switch own.field.width {
                case .fixed(let width): (width, false)
                case .flexible(let least): (least, true)
                }
            return ReportColumn(
                id: own.field.id, title: own.field.title, width: width, isFlexible: isFlexible,
                isText: own.field.alignment.isText, rank: rank, help: own.field.help)
        }
    }

    func cells(of row: Row) -> [FieldID: ReportCell] {
        var cells: [FieldID: ReportCell] = [:]
        for own in fields where own.rank != nil {
            cells[own.field.id] = ReportCell(own.field.value(row), own.tone(row))
        }
        return cells
    }

    /// An object with the fields that have a JSON name.
    func json(of row: Row) -> [String: JSONValue] {
        var object: [String: JSONValue] = [:]
        for own in fields {
            guard case .named(let name) = own.field.export else { continue }
            object[name] = JSONValue(own.field.value(row), named: name)
        }
        return object
    }
}

/// A field, and what reports add to it.
struct ReportField<Row: FieldRow>: Sendable {
    let field: Field<Row>
    /// See `ReportColumn.rank`; nil for what only JSON has.
    let rank: Int?
    let tone: @Sendable (Row) -> ReportTone

    /// A column of the screen and of text.
    static func column(
        rank: Int, _ field: Field<Row>,
        tone: @escaping @Sendable (Row) -> ReportTone = { _ in .plain }
    ) -> ReportField {
        ReportField(field: field, rank: rank, tone: tone)
    }

    /// What programs get beside the columns.
    static func json(
        _ name: String, _ help: String, _ value: @escaping @Sendable (Row) -> FieldValue
    ) -> ReportField {
        ReportField(
            field: Field(
                FieldID(name), "", .fixed(0), json: .named(name), help: help, value: value),
            rank: nil, tone: { _ in .plain })
    }
}
