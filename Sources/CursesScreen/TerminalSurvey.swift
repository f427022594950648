internal import CCurses
import Glibc

/// What is known of the terminal without opening it.
package struct TerminalSurvey: Hashable, Sendable {
    /// `TERM`; empty where it is not set.
    package let name: String
    /// The machine has a description of it, not only of a relative.
    package let isKnown: Bool
    /// By the locale.
    package let isUTF8: Bool
    /// As the description has it; 0 for a terminal without, and with `NO_COLOR`.
    package let colors: Int

    package static var current: TerminalSurvey {
        let name = Environment["TERM"] ?? ""
        let wantsColor = (Environment["NO_COLOR"] ?? "").isEmpty
        return TerminalSurvey(
            name: name, isKnown: !name.isEmpty && CCurses_describes(name, STDOUT_FILENO),
            isUTF8: CCurses_uses_utf8() && !TerminalName.isASCII(name),
            colors: wantsColor ? max(0, Int(CCurses_described_colors(name, STDOUT_FILENO))) : 0)
    }
}
