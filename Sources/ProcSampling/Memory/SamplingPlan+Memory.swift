internal import Units

// What is read about memory.

extension SamplingPlan {
    struct MemoryFacts {
        /// It used CPU since the refresh before.
        var hasRun = false
        /// Resident memory by `stat`, which was just read, and by the one beside which `status` was
        /// read last; nil if that never was.
        var resident = PageCount(0)
        var residentThen: PageCount?
        /// Since `status` was read.
        var age = Nanoseconds(0)
        var pageSize: ByteCount
    }

    /// A process smaller than this is new to `status` only when it is swept or shown.
    private static let leastNew = ByteCount(1 << 20)
    /// So old may the parts of a process that runs become while the whole seems to stand still:
    /// some kernels count in batches, and a page may go from one part to another.
    private static let oldestParts = Nanoseconds(10_000_000_000)

    /// Whether to read the parts of a process's memory, after its `stat` was read for whatever
    /// reason. `status` costs more than `stat` and the walk of a small process together, and a
    /// process that did not run did not grow; so one that ran is asked for its parts only if `stat`
    /// shows another amount of resident memory than it did when they were read. What is reclaimed
    /// from a process that stands still, the sweep finds. In addition, everything is read that
    /// `reads(for:)` says.
    func readsParts(of memory: MemoryFacts) -> Bool {
        guard depth != .processesOnly, memory.resident.rawValue > 0 else { return false }
        guard let then = memory.residentThen else {
            let size = memory.resident.rawValue.multipliedReportingOverflow(
                by: memory.pageSize.rawValue)
            return size.overflow || size.partialValue >= Self.leastNew.rawValue
        }
        return then != memory.resident || (memory.hasRun && memory.age >= Self.oldestParts)
    }
}

// MARK: - Control groups

extension SamplingPlan {
    /// More groups than this are not read: those of processes on the screen come first.
    static let mostGroups = 1024
    /// Every group is read again within this time.
    static let groupPeriod = Nanoseconds(10_000_000_000)
    /// `memory.stat` makes the kernel add up the counters of the group and all below it.
    private static let shortestStatPeriod = Nanoseconds(1_000_000_000)

    struct GroupFacts {
        /// It was never read.
        var isNew = false
        /// Its turn in the rolling sweep has come.
        var isSwept = false
        /// A process of it, or of one below it, is on the screen or chosen.
        var isShown = false
        /// Near its limit.
        var isTight = false
        var hasLimit = false
        /// The kernel killed because memory ran out: in which group, and in all above it, their events
        /// tell.
        var hasKill = false
        /// Nil if `memory.stat` was never read.
        var sinceStat: Nanoseconds?
    }

    struct GroupReads: OptionSet, Hashable {
        let rawValue: Int
        /// Usage, limits and events.
        static let usage = GroupReads(rawValue: 1)
        /// What could be dropped, from `memory.stat`.
        static let stat = GroupReads(rawValue: 2)
    }

    /// Groups that are near their limit or shown are read each time, others every 10 s, a few
    /// at each refresh.
    func groupReads(for group: GroupFacts) -> GroupReads {
        let isDue = group.isNew || group.isSwept || group.hasKill
        guard isDue || group.isShown || group.isTight || depth == .everything else { return [] }
        let isStatDue = group.sinceStat.map { $0 >= Self.shortestStatPeriod } ?? true
        return group.hasLimit && isStatDue ? [.usage, .stat] : .usage
    }
}
