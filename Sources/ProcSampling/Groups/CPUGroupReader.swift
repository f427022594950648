internal import ProcFormats
internal import Units

/// Reads the CPU quotas of control groups in which something ran, and how they were enforced.
final class CPUGroupReader {
    private let hierarchy: GroupHierarchy
    private let files = GroupFiles()
    private var tracked: [String: Tracked] = [:]

    private struct Tracked {
        /// Nil without a quota.
        var limit: Double?
        var limitReadAt: Instant
        var ranAt: Instant
    }

    /// Those with a quota, by path, as of when something in them ran last.
    private(set) var groups: [String: CPUGroup] = [:]

    init(hierarchy: GroupHierarchy) {
        self.hierarchy = hierarchy
    }

    /// Brings `groups` up to date.
    ///
    /// - Parameter running: The groups of processes that ran, or waited for a CPU, since the refresh
    ///   before; those above them are found from these.
    func refresh(running: Set<String>, at now: Instant = .now) {
        var active: Set<String> = []
        for path in running {
            let lineage = GroupPath.lineage(of: path)
            guard active.count + lineage.count <= SamplingPlan.mostGroups else { continue }
            active.formUnion(lineage)
        }
        for path in groups.keys where !active.contains(path) { groups[path]?.throttled = nil }
        for path in active { read(path, at: now) }
        let gone = tracked.filter { now.since($0.value.ranAt) > SamplingPlan.sweepPeriod }
        for path in gone.keys { forget(path) }
    }

    /// Files read since this was asked last.
    func takeReadCount() -> Int { files.takeReadCount() }

    /// What did not parse.
    var trouble: SamplingTrouble { files.trouble }

    private func forget(_ path: String) {
        tracked[path] = nil
        groups[path] = nil
    }

    private func read(_ path: String, at now: Instant) {
        let known = tracked[path]
        let isLimitDue = known.map { now.since($0.limitReadAt) >= SamplingPlan.groupPeriod } ?? true
        guard isLimitDue || known?.limit != nil else {
            tracked[path]?.ranAt = now
            return
        }
        guard let name = hierarchy.directory(of: path) else { return forget(path) }
        let isThere: Void? = files.withDirectory(name) { directory in
            let limit = isLimitDue ? limit(directory) : known?.limit
            tracked[path] = Tracked(
                limit: limit, limitReadAt: isLimitDue ? now : known?.limitReadAt ?? now, ranAt: now)
            groups[path] = limit.map { group(path, limit: $0, directory) }
        }
        if isThere == nil { forget(path) }
    }

    private func limit(_ directory: Int32) -> Double? {
        if hierarchy.isUnified {
            guard let both = quota("cpu.max", directory), let quota = both.quota else { return nil }
            return both.period.flatMap { $0 > 0 ? Double(quota) / Double($0) : nil }
        }
        guard let quota = quota("cpu.cfs_quota_us", directory)?.quota,
            let period = self.quota("cpu.cfs_period_us", directory)?.quota, period > 0
        else { return nil }
        return Double(quota) / Double(period)
    }

    private func quota(_ file: StaticString, _ directory: Int32) -> CgroupCPUQuota? {
        files.read(file, in: directory, as: CgroupCPUQuota.self)
    }

    private func group(_ path: String, limit: Double, _ directory: Int32) -> CPUGroup {
        let stat = files.read("cpu.stat", in: directory, as: CgroupCPUStat.self)
        var group = CPUGroup(
            path: path, limit: limit, periods: stat?.periods,
            throttledPeriods: stat?.throttledPeriods, throttledTime: stat?.throttledTime)
        if let before = groups[path], let periods = group.periods, let then = before.periods,
            let throttled = group.throttledPeriods, let throttledThen = before.throttledPeriods,
            let all = Rates.change(from: then, to: periods), all > 0,
            let held = Rates.change(from: throttledThen, to: throttled), held <= all
        {
            group.throttled = Percent(100 * Double(held) / Double(all))
        }
        return group
    }
}
