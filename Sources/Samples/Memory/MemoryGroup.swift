public import Units

/// The memory of one control group: `memory.*` of version 2, else of version 1; `cgroups(7)`,
/// `Documentation/admin-guide/cgroup-v2.rst`, `cgroup-v1/memory.rst`. All figures include its
/// descendants. A field is nil where this version or kernel does not have it.
public struct MemoryGroup: Hashable, Codable, Sendable {
    /// As `/proc/PID/cgroup` names it: "/system.slice/streamd.service".
    public var path: String
    /// `memory.current`, `memory.usage_in_bytes`: page cache and kernel memory included.
    public var usage: ByteCount
    /// `inactive_file` and `active_file` of `memory.stat` (version 1: with `total_`): the page cache
    /// of files, which is given back before anything is killed. Nil without a limit, where it is not
    /// read.
    public var reclaimable: ByteCount?
    /// `memory.max`, `memory.limit_in_bytes`; nil where it is "max".
    public var limit: ByteCount?
    /// `memory.high`: beyond it the group is slowed, not killed; nil where it is "max".
    public var high: ByteCount?
    /// `memory.swap.current`, `memory.swap.max`; version 2 only.
    public var swap: ByteCount?
    public var swapLimit: ByteCount?
    /// How often the limit was hit: `max` of `memory.events`, `memory.failcnt`.
    public var limitHits: UInt64?
    /// Processes killed in it: `oom_kill` of `memory.events` or `memory.oom_control`.
    public var oomKills: UInt64?

    public init(
        path: String, usage: ByteCount, reclaimable: ByteCount? = nil, limit: ByteCount? = nil,
        high: ByteCount? = nil, swap: ByteCount? = nil, swapLimit: ByteCount? = nil,
        limitHits: UInt64? = nil, oomKills: UInt64? = nil
    ) {
        self.path = path
        self.usage = usage
        self.reclaimable = reclaimable
        self.limit = limit
        self.high = high
        self.swap = swap
        self.swapLimit = swapLimit
        self.limitHits = limitHits
        self.oomKills = oomKills
    }

    /// Usage that cannot simply be dropped: what counts against the limit in the end. Nil where it is
    /// not known what could be dropped.
    public var workingSet: ByteCount? {
        reclaimable.map { ByteCount(usage.rawValue - min(usage.rawValue, $0.rawValue)) }
    }

    /// What is left of the limit for the working set; nil without a limit, and where the working set
    /// is not known.
    public var headroom: ByteCount? {
        guard let limit, let workingSet else { return nil }
        return ByteCount(limit.rawValue - min(limit.rawValue, workingSet.rawValue))
    }
}
