import Fields
import Screen

/// A row of what a probe has found, ready to be drawn and sorted.
struct ProbeRow: Sendable {
    struct Cell: Sendable {
        var text: String
        var style = Style.text
        var key: SortKey?
    }

    /// Stays the same from reading to reading.
    var id: String
    var cells: [FieldID: Cell]
    /// In a tree: how deep it stands, and whether there is something below it.
    var depth = 0
    var hasChildren = false
    /// Lines on the selected row, below the list.
    var grounds: [String] = []

    func matches(_ filter: TextFilter) -> Bool {
        cells.values.contains { filter.matches($0.text) }
    }
}
