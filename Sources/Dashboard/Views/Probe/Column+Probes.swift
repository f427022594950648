import Probes

/// The columns of reports: their fields declare them.
extension Column {
    static func columns(of page: ProbePage) -> [Column] {
        page.columns.map { column in
            Column(
                column.id, column.title, column.width, priority: column.rank,
                flexible: column.isFlexible, text: column.isText, column.help)
        }
    }
}
