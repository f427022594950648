/// One column of one row.
package struct Cell: Hashable, Sendable {
    /// What stands here: one visible grapheme cluster, harmless to a terminal. Empty in the right
    /// half of a wide character, whose left half holds it.
    package var text: Character?
    package var style: Style

    package init(_ text: Character?, _ style: Style) {
        self.text = text
        self.style = style
    }

    package static let blank = Cell(" ", .text)
}
