import Screen

extension Surface {
    /// Says at the end of a page, or of a part of one, that a taller screen would show more of it.
    mutating func markMore(in page: Rect) {
        let text = " +more"
        let columns = text.utf8.count
        guard page.rows > 0, page.columns > columns else { return }
        put(
            text,
            at: Point(column: page.column + page.columns - columns, row: page.row + page.rows - 1),
            style: .accent)
    }
}
