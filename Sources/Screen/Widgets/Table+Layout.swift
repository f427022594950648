extension Table {
    /// A column that is drawn, and where, counted from the left edge of the table.
    struct Slot {
        var column: Column
        var start: Int
        var width: Int
    }

    /// The columns that are drawn in a width, left to right.
    package func columns(in width: Int) -> [ID] { slots(in: width).map(\.column.id) }

    /// The columns that fit side by side, one blank between two. The last one left is cut rather
    /// than dropped, so that something is shown in any width.
    func slots(in width: Int) -> [Slot] {
        var shown = columns
        var needed = shown.reduce(0) { $0 + 1 + $1.width.least }
        while needed > width, shown.count > 1,
            let last = shown.indices.max(by: { shown[$0].rank < shown[$1].rank })
        {
            needed -= 1 + shown[last].width.least
            shown.remove(at: last)
        }
        var spare = max(0, width - needed)
        var flexible = shown.count { $0.width.isFlexible }
        var start = 1
        return shown.map { column in
            var columns = column.width.least
            if column.width.isFlexible {
                let share = spare / flexible
                columns += share
                spare -= share
                flexible -= 1
            }
            defer { start += columns + 1 }
            return Slot(column: column, start: start, width: min(columns, max(0, width - start)))
        }
    }
}

extension Table.Column.Width {
    var least: Int {
        switch self {
        case .fixed(let columns), .flexible(minimum: let columns): max(0, columns)
        }
    }

    var isFlexible: Bool {
        if case .flexible = self { true } else { false }
    }
}
