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
    /// The part of each sum that is shared memory, which several may count.
    private var hostShared = 0.0
    private var groupsShared: [String: Double] = [:]

    package init() {}

    /// Adds a process that grows.
    ///
    /// - Parameters:
    ///   - shared: the part of the slope that is shared memory.
    ///   - group: its `memoryGroup`.
    mutating func add(slope: Double, shared: Double = 0, group: String?) {
        var sum = Sum()
        sum.slope = slope
        sum.count = 1
        host.add(sum)
        hostShared += shared
        if let group {
            groups[group, default: Sum()].add(sum)
            groupsShared[group, default: 0] += shared
        }
    }

    /// Counts what grows in a group in all groups above it as well; once, after all were added.
    ///
    /// - Parameters:
    ///   - shared: how fast the machine's shared memory grows, which bounds what all add to it
    ///     together; nil where that is not known.
    ///   - memory: how fast the machine's memory in use grows, by whatever it is: where it is more
    ///     than the processes explain, it counts. Nil where it does not grow steadily.
    mutating func close(shared: Double? = nil, memory: Double? = nil) {
        for (group, sum) in groups {
            for above in GroupPath.lineage(of: group).dropFirst() {
                groups[above, default: Sum()].add(sum)
                groupsShared[above, default: 0] += groupsShared[group] ?? 0
            }
        }
        if let shared {
            host.slope -= max(0, hostShared - shared)
            for (group, part) in groupsShared { groups[group]?.slope -= max(0, part - shared) }
        }
        host.slope = max(host.slope, memory ?? 0)
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
