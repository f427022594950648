/// Which descriptions to try for a terminal, best first.
enum TerminalName {
    /// - Parameter name: the value of `TERM`.
    static func candidates(_ name: String) -> [String] {
        guard !isUnknown(name) else { return [] }
        var candidates = [name]
        for relative in relatives(name) where relative != name { candidates.append(relative) }
        return candidates
    }

    /// Whether the terminal is one that shows ASCII only, whatever the locale says: consoles and
    /// serial lines whose font or wire is narrower than Unicode, and those that are not known.
    static func isASCII(_ name: String) -> Bool {
        isUnknown(name) || name.hasPrefix("vt") || name == "linux" || name.hasPrefix("linux-")
    }

    private static func isUnknown(_ name: String) -> Bool {
        ["", "dumb", "unknown", "network", "dialup"].contains(name)
    }

    /// Descriptions that fit when the machine is too old to know the terminal's own.
    private static func relatives(_ name: String) -> [String] {
        switch name.prefix(while: { $0 != "-" }) {
        case "tmux", "screen": ["screen-256color", "screen", "xterm-256color", "xterm"]
        case "linux": ["linux", "vt100"]
        case "vt52", "vt100", "vt102", "vt220", "vt320", "vt420": ["vt100"]
        case "xterm", "alacritty", "foot", "ghostty", "iterm2", "kitty", "konsole", "mintty",
            "rxvt", "st", "vte", "wezterm", "gnome", "contour":
            ["xterm-256color", "xterm", "vt100"]
        default: []
        }
    }
}
