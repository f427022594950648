import Fields
import Probes
import Testing

/// What `FieldTable.problems` asks of tables of samples, of those that probes fill.
struct ReportTablesTests {
    private static let reports = [
        ContractReadings.profile.report, ContractReadings.faults.report,
        ContractReadings.counted.report, ContractReadings.polled.report,
        ContractReadings.waits.report, ContractReadings.stacks.report,
        MadeReadings.profile.report, MadeReadings.counted.report, MadeReadings.polled.report,
        MadeReadings.waits.report, MadeReadings.stacks.report,
    ]

    /// The rows that any of the reports has on a page.
    private static func rows(on page: ProbePage) -> [ReportRow] {
        reports.compactMap { $0.table(page) }.flatMap { table in
            let top = table.rows(ReportFolding())
            return top + table.rows(ReportFolding(unfolded: Set(top.map(\.id))))
        }
    }

    @Test(arguments: ProbeKind.all.flatMap(\.pages))
    func everyColumnHasAHeadAHelpATextAndAKey(_ page: ProbePage) {
        let rows = Self.rows(on: page)
        #expect(!rows.isEmpty)
        for column in page.columns {
            let cells = rows.compactMap { $0.cells[column.id] }.filter { !$0.value.isAbsent }
            #expect(!column.title.isEmpty, "\(column.id.name)")
            #expect(!column.help.isEmpty && !column.help.hasSuffix("."), "\(column.id.name)")
            #expect(cells.contains { !$0.text.isEmpty }, "\(column.id.name) has no text")
            #expect(cells.contains { $0.value.key() != nil }, "nothing sorts by \(column.id.name)")
        }
        #expect(Set(page.columns.map(\.id)).count == page.columns.count)
        #expect(Set(page.columns.map(\.title)).count == page.columns.count)
    }
}
