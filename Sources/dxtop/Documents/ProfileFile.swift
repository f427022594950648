import Probes

/// A profile as a file that other programs read.
enum ProfileFile {
    enum Format: String, CaseIterable {
        case folded
        case json
        case svg

        /// By the ending of a file's name; folded stacks unless that says something else.
        init(path: String) {
            self = Self.allCases.first { path.hasSuffix("." + $0.rawValue) } ?? .folded
        }
    }

    /// - Parameter title: stands above a flame graph.
    static func contents(
        of profile: Profile, title: String, format: Format
    ) throws -> [UInt8] {
        let text =
            switch format {
            case .folded: FoldedStacks.text(profile)
            case .json: try JSONText.encode(ProfileDocument(profile: profile)) + "\n"
            case .svg: FlameGraph.svg(profile, title: title)
            }
        return Array(text.utf8)
    }
}
