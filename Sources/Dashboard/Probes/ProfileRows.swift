import Probes
import ProcSampling
import Screen
import Units

/// The rows of a profile: its functions, its calls, its threads.
struct ProfileRows {
    private let profile: Profile
    private let state: ProbeState
    /// What shares are of.
    private let weight: Int

    init(_ profile: Profile, of state: ProbeState) {
        self.profile = profile
        weight = profile.weight
        self.state = state
    }

    private func share(_ count: Int) -> Percent { Percent(count, of: weight) }

    // MARK: Functions

    func functions() -> [ProbeRow] {
        state.functions.map { function in
            let frame = profile.frames[function.frame]
            var cells = figures(self: function.selfCount, total: function.totalCount)
            cells[.function] = name(of: frame)
            cells[.module] = ProbeRow.Cell(
                text: frame.module ?? "-", style: .faint, key: .text(frame.module ?? ""))
            return ProbeRow(
                id: Self.id(ofFunction: function.frame), cells: cells,
                grounds: heaviestChain(through: function.frame))
        }
    }

    static func id(ofFunction frame: Int) -> String { "f\(frame)" }

    /// The function that a row of `functions` stands for.
    static func frame(ofFunction id: String) -> Int? {
        id.hasPrefix("f") ? Int(id.dropFirst()) : nil
    }

    private func figures(self own: Int, total: Int) -> [ColumnID: ProbeRow.Cell] {
        func percent(_ count: Int) -> ProbeRow.Cell {
            ProbeRow.Cell(
                text: share(count).text, style: count == 0 ? .faint : .text,
                key: .number(Double(count)))
        }
        return [
            .selfShare: percent(own), .totalShare: percent(total),
            .samples: ProbeRow.Cell(text: profile.figure(total), key: .number(Double(total))),
        ]
    }

    private func name(of frame: CodeFrame) -> ProbeRow.Cell {
        let style: Style =
            frame.isUnnamed ? .faint : frame.origin == .kernel ? .heading : .text
        return ProbeRow.Cell(
            text: frame.label, style: style, key: .text(frame.name))
    }

    /// Who called a function in most of its samples, from the outermost on.
    private func heaviestChain(through frame: Int) -> [String] {
        var chains: [ArraySlice<Int>: Int] = [:]
        for stack in profile.stacks {
            guard let place = stack.frames.lastIndex(of: frame) else { continue }
            chains[stack.frames[...place], default: 0] += stack.count
        }
        guard
            let (chain, count) = chains.max(by: {
                ($0.value, $1.key.count) < ($1.value, $0.key.count)
            })
        else { return [] }
        let names = chain.map { profile.frames[$0].label }
        return ["called as  \(names.joined(separator: " > "))  \(share(count).text)%"]
    }

    // MARK: Calls

    /// The tree of calls, the heaviest callee first; a caller of just one function has that below it
    /// in the same step.
    func callTree(unfolded: Set<RowID>, folded: Set<RowID>) -> [ProbeRow] {
        guard let tree = state.tree else { return [] }
        var rows: [ProbeRow] = []
        var pending = tree.roots.reversed().map { (node: $0, depth: 0, path: "c") }
        while let (number, depth, path) = pending.popLast() {
            let node = tree.nodes[number]
            let frame = profile.frames[node.frame]
            let id = path + ".\(node.frame)"
            var cells = figures(self: node.selfCount, total: node.count)
            cells[.function] = name(of: frame)
            cells[.module] = ProbeRow.Cell(text: frame.module ?? "-", style: .faint)
            rows.append(
                ProbeRow(id: id, cells: cells, depth: depth, hasChildren: !node.children.isEmpty))
            let row = RowID.probe(id)
            // At first the way of most samples is open, whatever else is folded.
            let isHeavy = share(node.count) >= Self.leastOpen
            guard unfolded.contains(row) || (isHeavy && !folded.contains(row)) else { continue }
            pending += node.children.reversed().map { ($0, depth + 1, id) }
        }
        return rows
    }

    /// A call with so much of the samples is shown with what it calls.
    private static let leastOpen = Percent(20.0)

    /// The rows of the tree from a root to the heaviest call of a function, by their names.
    func way(to frame: Int) -> [String] {
        guard let tree = state.tree else { return [] }
        let calls = tree.nodes.indices.filter { tree.nodes[$0].frame == frame }
        guard var node = calls.max(by: { tree.nodes[$0].count < tree.nodes[$1].count }) else {
            return []
        }
        var frames = [tree.nodes[node].frame]
        while let parent = tree.nodes[node].parent {
            frames.append(tree.nodes[parent].frame)
            node = parent
        }
        var path = "c"
        return frames.reversed().map { frame in
            path += ".\(frame)"
            return path
        }
    }

    // MARK: Threads

    static func threads(of profile: Profile) -> [ProbeRow] {
        let whole = profile.threads.reduce(0) { $0 + $1.samples }
        return profile.threads.map { thread in
            ProbeRow(
                id: "t\(thread.tid)",
                cells: [
                    .totalShare: ProbeRow.Cell(
                        text: Percent(thread.samples, of: whole).text,
                        key: .number(Double(thread.samples))),
                    .samples: ProbeRow.Cell(
                        text: thread.samples.groupedText,
                        key: .number(Double(thread.samples))),
                    .tid: ProbeRow.Cell(
                        text: "\(thread.tid)", key: .number(Double(thread.tid.rawValue))),
                    .name: ProbeRow.Cell(text: thread.name, key: .text(thread.name)),
                    .pid: ProbeRow.Cell(
                        text: "\(thread.process)", key: .number(Double(thread.process.rawValue))),
                ])
        }
    }

    /// The thread that a row of `threads` stands for.
    static func thread(ofRow id: String) -> ThreadID? {
        id.hasPrefix("t") ? Int32(id.dropFirst()).map { ThreadID($0) } : nil
    }
}
