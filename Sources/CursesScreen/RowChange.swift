import Screen

/// Which cells of a row look otherwise than on the terminal.
struct RowChange: Hashable {
    let row: Int
    let columns: [Int]
    /// About what it takes to send them: the cells, and for each run of them the way there and a
    /// change of style.
    let bytes: Int
    /// It shows what a person does: the selection, a menu, or what is being typed.
    let isUrgent: Bool

    private static let bytesForARun = 10

    private init?(_ row: Int, of surface: Surface, since old: Surface?, columns: Int) {
        let start = row * surface.size.columns
        self.row = row
        self.columns = (0..<columns).filter {
            old?.cells[start + $0] != surface.cells[start + $0]
        }
        guard let first = self.columns.first else { return nil }
        var (runs, last, isUrgent) = (1, first, surface.cursor?.row == row)
        for column in self.columns {
            if column > last + 1 { runs += 1 }
            last = column
            isUrgent =
                isUrgent || surface.cells[start + column].isReversed
                || old?.cells[start + column].isReversed == true
        }
        bytes = self.columns.count + Self.bytesForARun * runs
        self.isUrgent = isUrgent
    }

    /// The rows that look otherwise, from the top; all of them where nothing is known of before.
    static func all(of surface: Surface, since old: Surface?, within size: Size) -> [RowChange] {
        let columns = min(surface.size.columns, size.columns)
        return (0..<min(surface.size.rows, size.rows)).compactMap {
            RowChange($0, of: surface, since: old, columns: columns)
        }
    }

    /// As many as fit, one at least, those first that a person waits for.
    static func most(urgent changes: [RowChange], within bytes: Int) -> [RowChange] {
        var rest = bytes
        let inOrder = changes.filter(\.isUrgent) + changes.filter { !$0.isUrgent }
        return Array(
            inOrder.prefix { change in
                defer { rest -= change.bytes }
                return rest == bytes || change.bytes <= rest
            })
    }

    /// Whether most of the picture moved up or down by a row: curses then has the terminal move it,
    /// which takes a few bytes, as long as it sees all of it at once.
    static func isScrolled(_ surface: Surface, since old: Surface) -> Bool {
        [-1, 1].contains { distance in
            let moved = (1..<max(1, surface.size.rows - 1)).count { row in
                let (now, before) = (surface.row(row), old.row(row + distance))
                return now == before && now != old.row(row)
            }
            return 2 * moved > surface.size.rows
        }
    }
}

extension Cell {
    fileprivate var isReversed: Bool { style.attributes.contains(.reverse) }
}
