internal import Samples

/// How fast all the processes that grow use up together what they share: the memory of a group and
/// of the machine.
package struct JointGrowth: Sendable {
    /// Of those that grow below one limit.
    package struct Sum: Hashable, Sendable {
        /// Bytes a second.
        package var slope = 0.0
        package var count = 0

        package init() {}

        mutating func add(_ other: Sum) {
            slope += other.slope
            count += other.count
        }
    }

    private var host = Sum()
    private var groups: [String: Sum] = [:]

    package init() {}

    /// Adds a process that grows.
    ///
    /// - Parameter group: its `memoryGroup`.
    mutating func add(slope: Double, group: String?) {
        var sum = Sum()
        sum.slope = slope
        sum.count = 1
        host.add(sum)
        if let group { groups[group, default: Sum()].add(sum) }
    }

    /// Counts what grows in a group in all groups above it as well; once, after all were added.
    mutating func close() {
        for (group, sum) in groups {
            for above in GroupPath.lineage(of: group).dropFirst() {
                groups[above, default: Sum()].add(sum)
            }
        }
    }

    /// What grows below a limit; nil where a process has it for itself.
    package subscript(limit: MemoryLimit) -> Sum? {
        switch limit {
        case .group(let path): groups[path]
        case .hostMemory, .hostMemoryAndSwap: host
        case .addressSpaceLimit, .addressSpace: nil
        }
    }
}
