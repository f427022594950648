internal import ProcFormats

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

extension GroupHierarchy {
    /// Of a group's limit on tasks and those above it, the one that leaves least; nil where none has
    /// one, or none can be read.
    func taskLimit(of path: String, _ files: GroupFiles) -> TaskLimit? {
        let limits = GroupPath.lineage(of: path).compactMap { path -> TaskLimit? in
            guard let name = directory(of: path) else { return nil }
            return files.withDirectory(name) { directory -> TaskLimit? in
                let limit = files.read("pids.max", in: directory) { bytes throws(ParseError) in
                    try CgroupTaskLimit(parsing: bytes).tasks
                }
                let used = files.read("pids.current", in: directory) { bytes throws(ParseError) in
                    try CgroupCount(parsing: bytes).count
                }
                guard let limit, let limit, let used else { return nil }
                return TaskLimit(group: path, limit: limit, used: used)
            } ?? nil
        }
        return limits.min { $0.headroom < $1.headroom }
    }
}
