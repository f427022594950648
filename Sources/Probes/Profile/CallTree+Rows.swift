import Units

/// The rows of a tree of calls, callers above what they call, the heaviest first.
extension CallTree {
    /// A call with so much of the samples is shown with what it calls, unless it was folded.
    private static let leastOpen = Percent(20.0)
    private static let root = "c"

    func rows(of profile: Profile, _ folding: ReportFolding) -> [ReportRow] {
        var result: [ReportRow] = []
        // With a stack of its own: a chain of callers is as deep as it likes.
        var pending = roots.reversed().map { (node: $0, depth: 0, caller: Self.root) }
        while let (number, depth, caller) = pending.popLast() {
            let node = nodes[number]
            let id = Self.id(of: node.frame, calledBy: caller)
            let row = FunctionRow(
                node.frame, in: profile, own: node.selfCount, total: node.count, weight: weight)
            result.append(
                ReportRow(
                    id: id, cells: FunctionRow.callFields.cells(of: row), depth: depth,
                    hasChildren: !node.children.isEmpty))
            let isOpen = folding.unfolded.contains(id) || share(of: number) >= Self.leastOpen
            guard isOpen, !folding.folded.contains(id) else { continue }
            pending += node.children.reversed().map { ($0, depth + 1, id) }
        }
        return result
    }

    private static func id(of frame: Int, calledBy caller: String) -> String {
        caller + ".\(frame)"
    }

    /// The rows from a root to the heaviest call of a function.
    func way(toFrame frame: Int) -> [String] {
        let calls = nodes.indices.filter { nodes[$0].frame == frame }
        guard var node = calls.max(by: { nodes[$0].count < nodes[$1].count }) else { return [] }
        var frames = [frame]
        while let parent = nodes[node].parent {
            frames.append(nodes[parent].frame)
            node = parent
        }
        var caller = Self.root
        return frames.reversed().map { frame in
            caller = Self.id(of: frame, calledBy: caller)
            return caller
        }
    }
}
