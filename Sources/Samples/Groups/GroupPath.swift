/// Paths of control groups, as `/proc/PID/cgroup` names them.
public enum GroupPath {
    /// A group's path and those of all above it, the group itself first, the root last.
    public static func lineage(of path: String) -> [String] {
        var paths = [path]
        var rest = path[...]
        while let slash = rest.lastIndex(of: "/"), rest != "/" {
            rest = rest[..<slash]
            paths.append(rest.isEmpty ? "/" : String(rest))
            if rest.isEmpty { break }
        }
        return paths
    }
}
