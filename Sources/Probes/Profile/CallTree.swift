package import Units

/// Who called whom in a profile, and what each call cost: equal beginnings of call chains together.
package struct CallTree: Hashable, Sendable {
    /// A function as it was called by one chain of callers.
    package struct Node: Hashable, Sendable {
        /// Index into the profile's `frames`.
        package var frame: Int
        /// What was met in it and in all that it called.
        package var count = 0
        /// What was met in the function itself.
        package var selfCount = 0
        /// The heaviest first.
        package var children: [Int] = []
        /// Nil of an outermost function.
        package var parent: Int?
    }

    package private(set) var nodes: [Node] = []
    /// The outermost functions, the heaviest first.
    package private(set) var roots: [Int] = []
    /// Everything that was met, also where the chain is not known: what shares are of.
    package let weight: Int

    private struct Call: Hashable {
        var caller: Int?
        var frame: Int
    }

    /// - Complexity: O(*n*), where *n* is the length of all chains together, but for the sorting.
    package init(_ profile: Profile) {
        weight = profile.weight
        var known: [Call: Int] = [:]
        for stack in profile.stacks {
            var caller: Int?
            for frame in stack.frames {
                let call = Call(caller: caller, frame: frame)
                let node = known[call] ?? add(call)
                known[call] = node
                nodes[node].count += stack.count
                caller = node
            }
            if let caller { nodes[caller].selfCount += stack.count }
        }
        sort(&roots)
        for node in nodes.indices { sort(&nodes[node].children) }
    }

    private mutating func add(_ call: Call) -> Int {
        nodes.append(Node(frame: call.frame, parent: call.caller))
        let node = nodes.count - 1
        if let caller = call.caller {
            nodes[caller].children.append(node)
        } else {
            roots.append(node)
        }
        return node
    }

    /// Nodes were made in the order in which they were met, which settles what weighs the same.
    private func sort(_ siblings: inout [Int]) {
        siblings.sort { (nodes[$1].count, $0) < (nodes[$0].count, $1) }
    }

    package func share(of node: Int) -> Percent { Percent(nodes[node].count, of: weight) }

    package func selfShare(of node: Int) -> Percent { Percent(nodes[node].selfCount, of: weight) }

    /// What a function called; of nil, the outermost functions.
    package func children(of node: Int?) -> [Int] { node.map { nodes[$0].children } ?? roots }
}
