package import Fields
package import Samples
import Screen

/// A field in a view's table: how it is headed there, how much room it takes, and what goes first
/// where that is scarce.
package struct Column: Sendable {
    package let id: FieldID
    package let title: String
    /// Columns of text it needs; of a flexible one, at least.
    package let width: Int
    package let isFlexible: Bool
    package let isNumber: Bool
    /// Words begin with a, times that are left with the shortest.
    package let leastFirst: Bool
    /// Of the columns that do not fit, those with the highest number go first.
    package let priority: Int
    /// For the help page: what it says, in which unit, from where.
    package let meaning: String
    /// What must be read of every thread to sort by it.
    package let cost: Interest.Columns
    /// What hangs its row in a tree stands before its text.
    let holdsTree: Bool
    private let keepsEnd: Bool

    /// What stands in a row's cell; nil for a row of another type.
    let cell: @Sendable (Row, RowContexts) -> FieldCell?
    /// What sorts a row; nil, for what is not known, comes last.
    let key: @Sendable (Row, RowContexts) -> SortKey?

    /// - Parameters: what the view says otherwise than the field's declaration.
    init<Fielded: ListRow>(
        _ field: Field<Fielded>, priority: Int, title: String? = nil,
        width: Field<Fielded>.Width? = nil, holdsTree: Bool = false, help: String? = nil
    ) {
        id = field.id
        self.title = title ?? field.title
        switch width ?? field.width {
        case .fixed(let columns): (self.width, isFlexible) = (columns, false)
        case .flexible(let least): (self.width, isFlexible) = (least, true)
        }
        isNumber = !field.alignment.isText
        leastFirst = field.leastFirst
        keepsEnd = field.alignment == .textKeepingEnd
        self.priority = priority
        self.holdsTree = holdsTree
        meaning = help ?? field.help
        cost = field.cost
        cell = { row, contexts in Fielded(row, in: contexts).map { field.cell(of: $0) } }
        key = { row, contexts in Fielded(row, in: contexts).flatMap { field.key(of: $0) } }
    }

    /// A column of what a probe found, whose view draws and sorts it.
    init(
        _ id: FieldID, _ title: String, _ width: Int, priority: Int, flexible: Bool = false,
        text: Bool = false, _ meaning: String
    ) {
        self.id = id
        self.title = title
        self.width = width
        self.priority = priority
        isFlexible = flexible
        isNumber = !text
        leastFirst = text
        keepsEnd = false
        holdsTree = false
        cost = []
        self.meaning = meaning
        cell = { _, _ in nil }
        key = { _, _ in nil }
    }
}

extension Column {
    var inTable: Table<FieldID>.Column {
        Table.Column(
            id, title, isFlexible ? .flexible(minimum: width) : .fixed(width),
            isNumber ? .right : .left, rank: priority, keepsEnd: keepsEnd)
    }
}
