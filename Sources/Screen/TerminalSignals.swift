/// Signals that have come for the main loop to act upon.
package struct TerminalSignals: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// SIGWINCH: the size may be another one.
    package static let resize = Self(rawValue: 1)
    /// SIGINT: Ctrl-C.
    package static let interrupt = Self(rawValue: 2)
    /// SIGTERM: somebody wants the process to end.
    package static let terminate = Self(rawValue: 4)
    /// SIGHUP: the terminal or the connection is gone.
    package static let hangUp = Self(rawValue: 8)
    /// SIGTSTP: Ctrl-Z.
    package static let suspend = Self(rawValue: 16)
    /// SIGCONT: stopped from outside, and going on.
    package static let resume = Self(rawValue: 32)

    /// Those that mean that the process is to end now.
    package static let ending: TerminalSignals = [.interrupt, .terminate, .hangUp]
}
