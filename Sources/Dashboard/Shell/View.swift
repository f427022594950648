import Fields
import Samples
import Screen

/// A view: all that is particular to one place of the dashboard.
///
/// A view is one conformer in a folder of its own, with a member of `Place` that makes it beside it.
/// One that has a number key and a name for `--view` is also on the list `RootView.all`. All but the
/// first four members have a default.
protocol View: Hashable, Sendable {
    /// What the breadcrumb calls it. Who has ended keeps the name.
    func crumb(_ level: Level, _ state: State) -> String
    /// The first lines of its help page.
    var about: [String] { get }
    /// Its keys, the most useful first, besides those that work anywhere (`Keymap.anywhere`).
    var bindings: [Binding] { get }
    /// Draws all between the header and the bottom line.
    func draw(_ state: State, into surface: inout Surface, _ layout: Layout)

    // MARK: Rows

    /// The columns of its list, left to right; none where it shows no list.
    var columns: [Column] { get }
    /// The column that its list is sorted by at first.
    var firstSort: FieldID { get }
    /// Its rows stand in an order that no column makes: a path, a tree.
    var hasOwnOrder: Bool { get }
    /// Its list names threads by their own number among processes.
    var namesThreads: Bool { get }
    /// A selected row that is gone stays selected until it comes back.
    var waitsForSelection: Bool { get }
    /// It shows a network namespace, which may be another than ours.
    var isOfNetwork: Bool { get }
    /// Findings stand above its rows, and keys may act on one.
    var showsFindings: Bool { get }
    /// Hot processes and threads are marked: CPU time is its subject.
    var marksHot: Bool { get }
    /// Its rows and their order change with the samples only, as far as no filter is set.
    var followsSamples: Bool { get }
    /// What one comes to first when one goes back from it, where dxtop was started with it.
    var parent: Place? { get }
    /// A column that says something now.
    func shows(_ column: FieldID, _ state: State) -> Bool
    /// A column with the head and the width that it has now.
    func fitted(_ column: Table<FieldID>.Column, _ state: State) -> Table<FieldID>.Column
    /// Brings what rows are made of up to what is shown.
    func prepare(_ state: inout State)
    /// All rows that pass the filter, in order.
    func rows(_ arrangement: Arrangement) -> [Row]
    /// The rows are in order: selects one where nobody did.
    func settle(_ state: inout State)
    /// Which of its rows a recorded moment has; nil where none are recorded.
    func kept(_ snapshot: Snapshot, of totals: Snapshot.Totals) -> KeptRows?
    /// What stands where there is no row; nil where the summary says it.
    func emptiness(_ state: State) -> String?

    // MARK: The screen

    /// Rows between the header and the list.
    func summaryHeight(_ state: State) -> Int
    /// Rows below the list, for the grounds of the selected row.
    func groundsHeight(rows: Int) -> Int
    /// The hints of the bottom line, with what matters more right now.
    func hints(_ hints: [String], _ state: State) -> [String]
    /// The same in a shell, to copy.
    func shellCommands(_ state: State) -> [ShellCommand]
    /// As text, for pipes: what stands above the rows, and what stands below them.
    func textSummary(_ state: State) -> [[StyledText]]
    func textRemarks(_ state: State, width: Int) -> [String]

    // MARK: What happens

    /// What keys act on where no row says it; nil where it is about nothing in particular.
    func subject(_ state: State) -> Subject?
    /// What a row of a kind of its own is about.
    func subject(ofRow row: RowID, _ state: State) -> Subject?
    /// What the sampler should read closely for what is on the screen.
    func wish(_ interest: inout Interest, _ state: State)
    /// Keeps what is known of its subject, for when that has ended.
    func note(_ snapshot: Snapshot, in level: inout Level)
    /// Opens the selected row, or what the view itself leads to.
    func open(_ state: inout State) -> [Effect]
    /// Does what only this view does, or does otherwise; nil for all else.
    func perform(_ command: Command, _ state: inout State) -> [Effect]?
    /// Writes what it shows to a file.
    func save(to path: String, _ state: State) -> [Effect]
    /// One goes back from it, or to another view.
    func leave(_ state: inout State) -> [Effect]
    /// Its list is as one left it when one comes back.
    var isKept: Bool { get }
}

extension View {
    var columns: [Column] { [] }
    var firstSort: FieldID { .cpu }
    var hasOwnOrder: Bool { false }
    var namesThreads: Bool { false }
    var waitsForSelection: Bool { false }
    var isOfNetwork: Bool { false }
    var showsFindings: Bool { false }
    var marksHot: Bool { true }
    var followsSamples: Bool { false }
    var parent: Place? { nil }
    func shows(_ column: FieldID, _ state: State) -> Bool { true }
    func fitted(
        _ column: Table<FieldID>.Column, _ state: State
    ) -> Table<FieldID>.Column { column }
    func prepare(_ state: inout State) {}
    func rows(_ arrangement: Arrangement) -> [Row] { [] }
    func settle(_ state: inout State) {}
    func kept(_ snapshot: Snapshot, of totals: Snapshot.Totals) -> KeptRows? { nil }
    func emptiness(_ state: State) -> String? { "nothing here" }

    /// Above a list, its title, where the screen has room for one.
    func summaryHeight(_ state: State) -> Int { isList && state.size.rows >= 8 ? 1 : 0 }
    func groundsHeight(rows: Int) -> Int { 0 }
    func hints(_ hints: [String], _ state: State) -> [String] { hints }
    func shellCommands(_ state: State) -> [ShellCommand] { [] }
    func textSummary(_ state: State) -> [[StyledText]] { [] }
    func textRemarks(_ state: State, width: Int) -> [String] { [] }

    func subject(_ state: State) -> Subject? { nil }
    func subject(ofRow row: RowID, _ state: State) -> Subject? { nil }
    func wish(_ interest: inout Interest, _ state: State) {}
    func note(_ snapshot: Snapshot, in level: inout Level) {}
    func open(_ state: inout State) -> [Effect] { state.openSelectedRow() }
    func perform(_ command: Command, _ state: inout State) -> [Effect]? { nil }
    func save(to path: String, _ state: State) -> [Effect] { [] }
    func leave(_ state: inout State) -> [Effect] { [] }
    var isKept: Bool { false }

    var isList: Bool { !columns.isEmpty }
}
