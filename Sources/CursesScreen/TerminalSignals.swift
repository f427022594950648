internal import CCurses

/// Signals that have come for the main loop to act upon.
package struct TerminalSignals: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// SIGWINCH: the size may be another one.
    package static let resize = Self(rawValue: UInt32(CCurses_signal_resize))
    /// SIGINT: Ctrl-C.
    package static let interrupt = Self(rawValue: UInt32(CCurses_signal_interrupt))
    /// SIGTERM: somebody wants the process to end.
    package static let terminate = Self(rawValue: UInt32(CCurses_signal_terminate))
    /// SIGHUP: the terminal or the connection is gone.
    package static let hangUp = Self(rawValue: UInt32(CCurses_signal_hangup))
    /// SIGTSTP: Ctrl-Z.
    package static let suspend = Self(rawValue: UInt32(CCurses_signal_suspend))
    /// SIGCONT: stopped from outside, and going on.
    package static let resume = Self(rawValue: UInt32(CCurses_signal_continue))

    /// Those that mean that the process is to end now.
    package static let ending: TerminalSignals = [.interrupt, .terminate, .hangUp]
}
