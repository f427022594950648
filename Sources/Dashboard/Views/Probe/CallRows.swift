import Probes
import Units

/// The rows of a tree of calls, callers above what they call, the heaviest first.
struct CallRows {
    private let tree: CallTree
    private let rows: ProfileRows

    init(_ profile: Profile, _ tree: CallTree) {
        self.tree = tree
        rows = ProfileRows(profile)
    }

    /// A call with so much of the samples is shown with what it calls, unless it was folded.
    private static let leastOpen = Percent(20.0)
    private static let root = "c"

    func rows(unfolded: Set<RowID>, folded: Set<RowID>) -> [ProbeRow] {
        var result: [ProbeRow] = []
        // With a stack of its own: a chain of callers is as deep as it likes.
        var pending = tree.roots.reversed().map { (node: $0, depth: 0, path: Self.root) }
        while let (number, depth, path) = pending.popLast() {
            let node = tree.nodes[number]
            let id = Self.id(of: node.frame, calledBy: path)
            let cells = rows.cells(of: node.frame, self: node.selfCount, total: node.count)
            result.append(
                ProbeRow(id: id, cells: cells, depth: depth, hasChildren: !node.children.isEmpty))
            let row = RowID.probe(id)
            let isOpen = unfolded.contains(row) || tree.share(of: number) >= Self.leastOpen
            guard isOpen, !folded.contains(row) else { continue }
            pending += node.children.reversed().map { ($0, depth + 1, id) }
        }
        return result
    }

    private static func id(of frame: Int, calledBy caller: String) -> String {
        caller + ".\(frame)"
    }

    /// The rows from a root to the heaviest call of a function.
    func way(to frame: Int) -> [RowID] {
        let calls = tree.nodes.indices.filter { tree.nodes[$0].frame == frame }
        guard var node = calls.max(by: { tree.nodes[$0].count < tree.nodes[$1].count }) else {
            return []
        }
        var frames = [frame]
        while let parent = tree.nodes[node].parent {
            frames.append(tree.nodes[parent].frame)
            node = parent
        }
        var path = Self.root
        return frames.reversed().map { frame in
            path = Self.id(of: frame, calledBy: path)
            return .probe(path)
        }
    }
}
