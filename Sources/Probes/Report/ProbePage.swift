package import Fields

/// What a table of a report is like, known before there is any: its columns, its keys, its help.
package struct ProbePage: Sendable, Identifiable {
    package let id: String
    /// What its rows are: "functions".
    package let name: String
    package let columns: [ReportColumn]
    /// The column that it is sorted by at first.
    package let sort: FieldID
    /// A tree: its rows have an order of their own, and fold.
    package let isTree: Bool
    /// One chooses a part of the target here; coming here shows all of it again.
    package let choosesPart: Bool
    /// For the help page: what Enter does; nil for nothing.
    package let enterHelp: String?
    /// For the help page.
    package let about: [String]

    package init(
        id: String, name: String, columns: [ReportColumn], sort: FieldID, isTree: Bool = false,
        choosesPart: Bool = false, enterHelp: String? = nil, about: [String]
    ) {
        self.id = id
        self.name = name
        self.columns = columns
        self.sort = sort
        self.isTree = isTree
        self.choosesPart = choosesPart
        self.enterHelp = enterHelp
        self.about = about
    }
}

extension ProbePage: Hashable {
    package static func == (a: ProbePage, b: ProbePage) -> Bool { a.id == b.id }
    package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// A column of a report's table, as its field declares it.
package struct ReportColumn: Sendable, Identifiable {
    package let id: FieldID
    package let title: String
    /// Columns of text it needs; of a flexible one, at least.
    package let width: Int
    package let isFlexible: Bool
    package let isText: Bool
    /// Of the columns that do not fit, those with the highest rank go first.
    package let rank: Int
    package let help: String
}
