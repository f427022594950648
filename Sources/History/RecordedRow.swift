/// What is kept of one row of a view at one recorded moment.
package protocol RecordedRow: Equatable, Sendable {
    /// What the row is of, for good.
    associatedtype Subject: Hashable, Sendable
    /// What many rows share, kept once in `RowLog.details`.
    associatedtype Detail: Hashable, Sendable

    /// Calls with the place of each detail that this row uses.
    func forEachDetail(_ body: (UInt32) -> Void)
    /// Memory that it holds beside its own size, about.
    var heapBytes: Int { get }
}

extension RecordedRow {
    package func forEachDetail(_ body: (UInt32) -> Void) {}
    package var heapBytes: Int { 0 }
}

/// How much a `RowLog` keeps.
package struct RowLimits: Sendable {
    /// Rows at one moment.
    var rows: Int
    /// Rows that change from one moment to the next, on average over all moments.
    var changes: Int
    /// So many more may change at once, where fewer did before.
    var changesAtOnce: Int

    package init(rows: Int, changes: Int, changesAtOnce: Int) {
        self.rows = rows
        self.changes = changes
        self.changesAtOnce = changesAtOnce
    }
}
