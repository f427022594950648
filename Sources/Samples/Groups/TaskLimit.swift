/// How many tasks a control group may hold: `pids.max` and `pids.current`;
/// `Documentation/admin-guide/cgroup-v2.rst`. Beyond it `fork(2)` and `clone(2)` fail.
public struct TaskLimit: Hashable, Codable, Sendable {
    /// The group that has the limit.
    public var group: String
    public var limit: UInt64
    /// Tasks in it and below it.
    public var used: UInt64

    public init(group: String, limit: UInt64, used: UInt64) {
        self.group = group
        self.limit = limit
        self.used = used
    }

    /// What is left.
    public var headroom: UInt64 { limit - min(limit, used) }
}
