internal import Glibc
internal import ProcFormats
internal import Units

/// Reads the memory of control groups. A file that this version or kernel lacks is absent, and a
/// group whose usage cannot be read is none.
final class MemoryGroupReader {
    private let hierarchy: GroupHierarchy
    private let files = GroupFiles()

    private struct Tracked {
        let path: String
        /// It was read, or that was tried.
        var isRead = false
        var statReadAt: Instant?
    }

    /// Never more than `SamplingPlan.mostGroups`, and where they are by path.
    private var tracked: [Tracked] = []
    private var places: [String: Int] = [:]
    /// The groups of processes that `tracked` was made for.
    private var members: Set<String> = []

    /// All groups by path, as they are known after the latest refresh, and why others are not.
    private(set) var groups: [String: MemoryGroup] = [:]
    private(set) var gaps = MemoryGroupGaps()

    /// Where the sweep goes on, and what is left of a turn.
    private var sweepCursor = 0
    private var sweepCredit: Float = 0
    private var lastRefresh: Instant?

    init(hierarchy: GroupHierarchy) {
        self.hierarchy = hierarchy
    }

    /// Brings `groups` and `gaps` up to date.
    ///
    /// - Parameters:
    ///   - members: The groups that hold processes; those above them are found from these.
    ///   - shown: Of these, the groups of processes that a person looks at.
    ///   - hasKill: The kernel has killed because memory ran out since the refresh before.
    func refresh(
        members: Set<String>, shown: Set<String>, plan: SamplingPlan, hasKill: Bool = false,
        at now: Instant = .now
    ) {
        let shownGroups = Set(shown.flatMap(GroupPath.lineage))
        if members != self.members || !shownGroups.allSatisfy({ places[$0] != nil }) {
            list(members, first: shown)
        }
        let shownPlaces = Set(shownGroups.compactMap { places[$0] })
        let count = tracked.count
        let swept = sweep(at: now)
        var foundKill = false
        for place in tracked.indices {
            let group = groups[tracked[place].path]
            let reads = plan.groupReads(
                for: SamplingPlan.GroupFacts(
                    isNew: !tracked[place].isRead,
                    isSwept: (place + count - swept.lowerBound) % count < swept.count,
                    isShown: shownPlaces.contains(place), isTight: group?.isTight ?? false,
                    hasLimit: group?.limit != nil, hasKill: hasKill,
                    sinceStat: tracked[place].statReadAt.map { now.since($0) }))
            guard !reads.isEmpty else { continue }
            if read(place, reads, at: now) { foundKill = true }
        }
        // It was counted in one group after those above or below it were read.
        guard foundKill, !hasKill else { return }
        for place in tracked.indices { _ = read(place, .usage, at: now) }
    }

    /// Whose turn has come; may go on past the last, at the first.
    private func sweep(at now: Instant) -> Range<Int> {
        let elapsed = lastRefresh.map { now.since($0) } ?? Nanoseconds(0)
        lastRefresh = now
        let share = SamplingPlan.sweepShare(
            of: tracked.count, elapsed: elapsed, period: SamplingPlan.groupPeriod,
            credit: &sweepCredit)
        let start = sweepCursor < tracked.count ? sweepCursor : 0
        sweepCursor = tracked.isEmpty ? 0 : (start + share) % tracked.count
        return start..<(start + share)
    }

    /// Brings `tracked` up to date: the groups that are shown first, then as many of the others
    /// as there is room for, each with all above it. The order stays, for the sweep.
    private func list(_ members: Set<String>, first: Set<String>) {
        self.members = members
        var wanted: Set<String> = []
        for member in Array(first) + members {
            let lacking = GroupPath.lineage(of: member).filter { !wanted.contains($0) }
            guard wanted.count + lacking.count <= SamplingPlan.mostGroups else { continue }
            wanted.formUnion(lacking)
        }
        for group in tracked where !wanted.contains(group.path) {
            groups[group.path] = nil
            gaps.reasons[group.path] = nil
        }
        tracked.removeAll { !wanted.contains($0.path) }
        let new = wanted.filter { places[$0] == nil }
        tracked += new.map { Tracked(path: $0) }
        places = [:]
        for (place, group) in tracked.enumerated() { places[group.path] = place }
    }

    /// Files read since this was asked last.
    func takeReadCount() -> Int { files.takeReadCount() }

    /// What did not parse.
    var trouble: SamplingTrouble { files.trouble }

    // MARK: One group

    /// Reads a group, and tells whether something was killed in it since it was read before.
    private func read(_ place: Int, _ reads: SamplingPlan.GroupReads, at now: Instant) -> Bool {
        let path = tracked[place].path
        tracked[place].isRead = true
        guard let name = hierarchy.directory(of: path) else {
            lose(path, .outside)
            return false
        }
        let hasKill = files.withDirectory(name) { read(place, path, $0, reads, at: now) }
        if hasKill == nil { lose(path, .failed) }
        return hasKill ?? false
    }

    private func read(
        _ place: Int, _ path: String, _ directory: Int32, _ reads: SamplingPlan.GroupReads,
        at now: Instant
    ) -> Bool {
        guard var group = hierarchy.isUnified ? unified(path, directory) : legacy(path, directory)
        else {
            lose(path, hierarchy.isUnified && lacksController(directory) ? .noLimit : .failed)
            return false
        }
        let before = groups[path]
        group.reclaimable = group.limit == nil ? nil : before?.reclaimable
        // A limit found just now has its share of droppable pages read at once.
        if group.limit != nil, reads.contains(.stat) || tracked[place].statReadAt == nil {
            group.reclaimable = reclaimable(directory)
            tracked[place].statReadAt = now
        }
        groups[path] = group
        if gaps.reasons[path] != nil { gaps.reasons[path] = nil }
        guard let old = before?.oomKills, let kills = group.oomKills else { return false }
        return kills > old
    }

    private func lose(_ path: String, _ reason: MemoryGroupGaps.Reason) {
        if groups[path] != nil { groups[path] = nil }
        if gaps.reasons[path] != reason { gaps.reasons[path] = reason }
    }

    /// In version 2 a group has no such files where its parent does not pass the controller on.
    private func lacksController(_ directory: Int32) -> Bool {
        faccessat(directory, "memory.current", F_OK, 0) != 0 && errno == ENOENT
    }

    private func unified(_ path: String, _ directory: Int32) -> MemoryGroup? {
        guard let usage = amount("memory.current", directory) else { return nil }
        var group = MemoryGroup(path: path, usage: usage)
        group.limit = amount("memory.max", directory)
        group.high = amount("memory.high", directory)
        group.swap = amount("memory.swap.current", directory)
        group.swapLimit = amount("memory.swap.max", directory)
        let events = events("memory.events", directory)
        group.limitHits = events?.max
        group.oomKills = events?.oomKill
        return group
    }

    /// Version 1. Its limit on memory and swap together is no limit on swap, so it has none here.
    private func legacy(_ path: String, _ directory: Int32) -> MemoryGroup? {
        guard let usage = amount("memory.usage_in_bytes", directory) else { return nil }
        var group = MemoryGroup(path: path, usage: usage)
        group.limit = amount("memory.limit_in_bytes", directory)
        group.limitHits = files.read("memory.failcnt", in: directory, as: CgroupCount.self)?.count
        group.oomKills = events("memory.oom_control", directory)?.oomKill
        return group
    }

    private func amount(_ file: StaticString, _ directory: Int32) -> ByteCount? {
        let amount = files.read(file, in: directory, as: CgroupAmount.self)
        return amount?.bytes
    }

    private func events(_ file: StaticString, _ directory: Int32) -> CgroupMemoryEvents? {
        files.read(file, in: directory, as: CgroupMemoryEvents.self)
    }

    private func reclaimable(_ directory: Int32) -> ByteCount? {
        let stat = files.read("memory.stat", in: directory, as: CgroupMemoryStat.self)
        return stat?.fileCache
    }
}

extension MemoryGroup {
    /// At 80 % of its limit or more with what cannot be dropped: full of page cache is any group
    /// that reads files.
    fileprivate var isTight: Bool {
        guard let limit else { return false }
        return Double((workingSet ?? usage).rawValue) >= 0.8 * Double(limit.rawValue)
    }
}
