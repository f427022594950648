/// What a terminal can show.
package struct TerminalCapabilities: Hashable, Sendable {
    /// 0 (monochrome or switched off), 8, 16 or 256.
    package var colors: Int
    /// Whether characters beyond ASCII arrive as they should.
    package var unicode: Bool
    /// Bits a second of a slow line, to be drawn on sparingly; nil for any other.
    package var slowBaud: Int?

    package init(colors: Int, unicode: Bool, slowBaud: Int? = nil) {
        self.colors = colors
        self.unicode = unicode
        self.slowBaud = slowBaud
    }
}

/// Something that shows a surface and reads keys. `CursesTerminal` is the only real one.
package protocol Terminal: AnyObject {
    var size: Size { get }
    var capabilities: TerminalCapabilities { get }

    /// Shows the surface, sending only what changed since the last one; where the terminal takes no
    /// more at the moment, a part of it or nothing.
    ///
    /// - Returns: whether it shows all of it.
    @discardableResult
    func present(_ surface: borrowing Surface) -> Bool

    /// The next key that has arrived, or nil. Never waits.
    func nextKey() -> Key?
}
