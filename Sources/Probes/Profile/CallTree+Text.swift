import Units

extension CallTree {
    /// The tree in lines, callers above what they call: "100    main", "99.4   rd_kafka_consume0".
    /// A chain without a branch goes straight down; each branch is indented. What has a smaller
    /// share than `least` percent is left out.
    package func lines(of profile: Profile, least: Float = 5) -> [String] {
        var lines: [String] = []
        append(roots, of: profile, indent: "", least, to: &lines)
        return lines
    }

    private func append(
        _ siblings: [Int], of profile: Profile, indent: String, _ least: Float,
        to lines: inout [String]
    ) {
        for node in siblings {
            let share = share(of: node)
            guard share.rawValue >= least else { break }
            let padding = String(repeating: " ", count: max(0, 5 - share.text.utf8.count))
            lines.append(
                "\(padding)\(share.text) %  \(indent)\(profile.frames[nodes[node].frame].label)")
            // A caller that is left for two ways, or is busy itself too, is a branch.
            let ways = children(of: node).count { self.share(of: $0).rawValue >= least }
            let isBranch = ways > 1 || selfShare(of: node).rawValue >= least
            append(
                children(of: node), of: profile, indent: isBranch ? indent + "  " : indent, least,
                to: &lines)
        }
    }
}
