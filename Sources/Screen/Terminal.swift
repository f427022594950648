/// What a terminal can show.
package struct TerminalCapabilities: Hashable, Sendable {
    /// 0 (monochrome or switched off), 8, 16 or 256.
    package var colors: Int
    /// Whether characters beyond ASCII arrive as they should.
    package var unicode: Bool

    package init(colors: Int, unicode: Bool) {
        self.colors = colors
        self.unicode = unicode
    }
}

/// Something that shows a surface and reads keys. `CursesTerminal` is the only real one.
package protocol Terminal: AnyObject {
    var size: Size { get }
    var capabilities: TerminalCapabilities { get }

    /// Shows the surface, sending only what changed since the last one.
    func present(_ surface: borrowing Surface)

    /// The next key that has arrived, or nil. Never waits.
    func nextKey() -> Key?
}
