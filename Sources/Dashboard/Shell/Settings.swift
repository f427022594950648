package import Samples
package import Screen
package import Units

/// What was asked for at the start and holds until the end.
package struct Settings: Sendable {
    /// CPU % of one CPU from which a thread is hot.
    package var hotThreshold: Percent
    package var glyphs: Glyphs
    package var userName: String
    /// Runs as root, which may still lack root's rights: in a container.
    package var isRoot: Bool
    /// Where files are saved: the working directory at the start.
    package var directory: String
    /// What `~` stands for in paths; nil if it is not known.
    package var homeDirectory: String?
    /// Seconds to add to UTC for the clock on the wall.
    package var secondsFromUTC: Int
    /// Of where the samples come from.
    package var traits: SourceTraits
    /// The line to the terminal is slow: what changes little is not to be drawn anew.
    package var isSlow: Bool

    package init(
        hotThreshold: Percent = Percent(Float(90)), glyphs: Glyphs = .ascii,
        userName: String = "root", isRoot: Bool = false, directory: String = ".",
        homeDirectory: String? = nil, secondsFromUTC: Int = 0,
        traits: SourceTraits = SourceTraits(isLive: true, machine: .own), isSlow: Bool = false
    ) {
        self.hotThreshold = hotThreshold
        self.glyphs = glyphs
        self.userName = userName
        self.isRoot = isRoot
        self.directory = directory
        self.homeDirectory = homeDirectory
        self.secondsFromUTC = secondsFromUTC
        self.traits = traits
        self.isSlow = isSlow
    }

    /// Seen through `--proc DIR`: another machine's or an earlier tree, no place for tools.
    package var isForeign: Bool { traits.machine == .foreign }
}
