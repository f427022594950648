/// A place on the screen, counted in cells from the top left corner.
package struct Point: Hashable, Sendable {
    package var column: Int
    package var row: Int

    package init(column: Int, row: Int) {
        self.column = column
        self.row = row
    }
}

/// The extent of a screen or a part of it, in cells.
package struct Size: Hashable, Sendable {
    package var columns: Int
    package var rows: Int

    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }
}

/// A part of the screen. Views draw inside the one they are given.
package struct Rect: Hashable, Sendable {
    package var origin: Point
    package var size: Size

    package init(origin: Point, size: Size) {
        self.origin = origin
        self.size = size
    }

    package init(column: Int, row: Int, columns: Int, rows: Int) {
        origin = Point(column: column, row: row)
        size = Size(columns: max(0, columns), rows: max(0, rows))
    }

    package var column: Int { origin.column }
    package var row: Int { origin.row }
    package var columns: Int { size.columns }
    package var rows: Int { size.rows }
    package var isEmpty: Bool { columns == 0 || rows == 0 }

    /// Cuts `count` rows (fewer if there are fewer) off the top and returns them.
    package mutating func takeTop(_ count: Int) -> Rect {
        let taken = min(max(0, count), rows)
        let top = Rect(column: column, row: row, columns: columns, rows: taken)
        self = Rect(column: column, row: row + taken, columns: columns, rows: rows - taken)
        return top
    }

    /// Cuts `count` rows (fewer if there are fewer) off the bottom and returns them.
    package mutating func takeBottom(_ count: Int) -> Rect {
        let taken = min(max(0, count), rows)
        let bottom = Rect(column: column, row: row + rows - taken, columns: columns, rows: taken)
        self = Rect(column: column, row: row, columns: columns, rows: rows - taken)
        return bottom
    }
}
