internal import ProcFormats

extension GroupHierarchy {
    /// Of a group's limit on tasks and those above it, the one that leaves least; nil where none has
    /// one, or none can be read.
    func taskLimit(of path: String, _ files: GroupFiles) -> TaskLimit? {
        let limits = GroupPath.lineage(of: path).compactMap { path -> TaskLimit? in
            guard let name = directory(of: path) else { return nil }
            return files.withDirectory(name) { directory -> TaskLimit? in
                let limit = files.read("pids.max", in: directory, as: CgroupTaskLimit.self)?.tasks
                let used = files.read("pids.current", in: directory, as: CgroupCount.self)?.count
                guard let limit, let used else { return nil }
                return TaskLimit(group: path, limit: limit, used: used)
            } ?? nil
        }
        return limits.min { $0.headroom < $1.headroom }
    }
}
