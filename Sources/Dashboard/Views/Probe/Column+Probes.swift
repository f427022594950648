import Fields
import Probes

/// The columns of reports: their fields declare them.
extension Column {
    static func columns(of page: ProbePage) -> [Column] { page.columns.map(Column.init) }

    private init(_ column: ReportColumn) {
        self.init(
            column.id.column, column.title, column.width, priority: column.rank,
            flexible: column.isFlexible, text: column.isText, column.help)
    }
}

extension FieldID {
    /// The column that shows the field.
    var column: ColumnID {
        guard let column = ColumnID(rawValue: name) else {
            preconditionFailure("no column is called \(name)")
        }
        return column
    }
}

extension ColumnID {
    var field: FieldID { FieldID(rawValue) }
}
