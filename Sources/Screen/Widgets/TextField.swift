/// One line of text that a person types: a filter, a file name, a number.
package struct TextField: Hashable, Sendable {
    private var characters: [Character]
    /// How many characters stand before the cursor.
    package private(set) var cursor: Int

    /// More than anyone types, less than a stuck key could fill.
    private static let limit = 1024

    package init(_ text: String = "") {
        characters = Array(text.prefix(Self.limit))
        cursor = characters.count
    }

    package var text: String { String(characters) }

    /// Edits the text, if that is what the key is for.
    ///
    /// - Returns: whether the key was used. Enter, Escape and the vertical arrows never are.
    package mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .character(let character):
            guard characters.count < Self.limit else { return true }
            characters.insert(character, at: cursor)
            cursor += 1
        case .backspace, .control("h"):
            guard cursor > 0 else { return true }
            cursor -= 1
            characters.remove(at: cursor)
        case .delete, .control("d"):
            guard cursor < characters.count else { return true }
            characters.remove(at: cursor)
        case .left: cursor = max(0, cursor - 1)
        case .right: cursor = min(characters.count, cursor + 1)
        case .home: cursor = 0
        case .end, .control("e"): cursor = characters.count
        case .control("u"):
            characters.removeSubrange(..<cursor)
            cursor = 0
        case .control("k"): characters.removeSubrange(cursor...)
        case .control("w"): deleteWord()
        default: return false
        }
        return true
    }

    /// Draws in the first row of `rect`, scrolled so that the cursor is in sight, and puts the
    /// surface's cursor there.
    package func draw(into surface: inout Surface, in rect: Rect, style: Style = .text) {
        guard !rect.isEmpty else { return }
        let before = VisibleText.width(
            String(characters[..<cursor]), unicode: surface.glyphs.isUnicode)
        let hidden = max(0, before - rect.columns + 1)
        surface.fill(
            Rect(column: rect.column, row: rect.row, columns: rect.columns, rows: 1), style: style)
        surface.put(
            text, at: rect.origin, style: style, within: rect.columns, skipping: hidden)
        surface.cursor = Point(column: rect.column + before - hidden, row: rect.row)
    }

    private mutating func deleteWord() {
        while cursor > 0, characters[cursor - 1] == " " { _ = handle(.backspace) }
        while cursor > 0, characters[cursor - 1] != " " { _ = handle(.backspace) }
    }
}
