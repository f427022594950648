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

    /// How long not to send anything, since a slow line is busy; nil when it is free.
    var pause: Duration? { get }

    /// Has the next `present` send everything, for when other output has spoilt the screen.
    func redraw()

    /// The next key that has arrived, or nil. Never waits.
    func nextKey() -> Key?

    /// Readable when a key may have arrived, and when the terminal is gone.
    var keyDescriptor: CInt { get }
    /// Readable when a signal has come.
    var signalDescriptor: CInt { get }
    /// Writable when the terminal takes output.
    var outputDescriptor: CInt { get }

    /// Whether the terminal is gone, so that no key will ever come: a lost connection.
    var hasHungUp: Bool { get }
    /// The signals that have come since the last call.
    func takeSignals() -> TerminalSignals
    /// Takes over the tty's size, on `.resize`.
    ///
    /// - Returns: whether it is another one than before.
    @discardableResult
    func updateSize() -> Bool
    /// Gives the tty back to the shell and stops, on `.suspend`; returns once continued.
    func suspend()
    /// Takes the tty over again after the process was stopped from outside, on `.resume`.
    func resume()
}
