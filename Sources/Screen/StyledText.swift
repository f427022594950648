/// A piece of text and how it is drawn.
package struct StyledText: Hashable, Sendable, ExpressibleByStringLiteral {
    package var text: String
    package var style: Style

    package init(_ text: String, _ style: Style = .text) {
        self.text = text
        self.style = style
    }

    package init(stringLiteral text: String) {
        self.init(text)
    }
}
