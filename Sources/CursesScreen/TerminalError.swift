/// Why there is no screen, in words for people.
package enum TerminalError: Error, Hashable, CustomStringConvertible {
    /// Standard output is a pipe or a file.
    case noTerminal
    /// There is a terminal that cannot be used: its name, or what the system said.
    case unusable(String)

    package var description: String {
        switch self {
        case .noTerminal:
            "dxtop needs a terminal; for pipes use `dxtop snapshot` or `dxtop watch`"
        case .unusable(let reason):
            "the terminal cannot be used: \(reason)"
        }
    }
}
