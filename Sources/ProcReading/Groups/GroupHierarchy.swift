internal import Glibc
package import ProcFormats

/// Where the control groups that one controller limits are mounted; `cgroups(7)`.
package struct GroupHierarchy: Hashable, Sendable {
    /// Version 2; else 1, with other names for the files.
    package var isUnified: Bool
    package var mountPoint: String
    /// The group that is mounted there, as `/proc/PID/cgroup` names it.
    package var root: String

    package init(isUnified: Bool, mountPoint: String, root: String = "/") {
        self.isUnified = isUnified
        self.mountPoint = mountPoint
        self.root = root
    }

    /// The one of a controller on this machine: version 1 where that has the controller, which
    /// version 2 cannot have then. Of several mounts the one that shows most.
    package init?(of controller: String, among mounts: [CgroupMounts.Mount]) {
        let old = mounts.filter { !$0.isUnified && $0.options.contains(controller) }
        let candidates = old.isEmpty ? mounts.filter(\.isUnified) : old
        guard let mount = candidates.min(by: { $0.root.utf8.count < $1.root.utf8.count }) else {
            return nil
        }
        self.init(isUnified: mount.isUnified, mountPoint: mount.mountPoint, root: mount.root)
    }

    /// The directory of a group; nil for one outside of what is mounted.
    package func directory(of path: String) -> String? {
        // A group outside of our cgroup namespace has a path that begins like this.
        guard path.hasPrefix("/"), !path.hasPrefix("/..") else { return nil }
        if root == "/" { return path == "/" ? mountPoint : mountPoint + path }
        guard path == root || path.hasPrefix(root + "/") else { return nil }
        return mountPoint + path.dropFirst(root.count)
    }
}

/// The hierarchies of the controllers that are read; nil where one is not to be seen.
package struct GroupHierarchies: Hashable, Sendable {
    package var memory: GroupHierarchy?
    package var cpu: GroupHierarchy?
    package var tasks: GroupHierarchy?

    package init(
        memory: GroupHierarchy? = nil, cpu: GroupHierarchy? = nil, tasks: GroupHierarchy? = nil
    ) {
        self.memory = memory
        self.cpu = cpu
        self.tasks = tasks
    }

    /// Those of this machine.
    package static func current(_ reader: ProcReader) -> GroupHierarchies {
        GroupHierarchies(among: mounts(in: "self/mountinfo", reader) ?? [])
    }

    /// Those that stand beside another tree as the first process in it sees them: of `/host/proc`
    /// under `/host`.
    package static func beside(_ reader: ProcReader) -> GroupHierarchies {
        let known = mounts(in: "1/mountinfo", reader) ?? mounts(in: "self/mountinfo", reader)
        return GroupHierarchies(among: beside(known ?? [], reader.root))
    }

    /// Those of these mounts that are there beside a tree, and where.
    package static func beside(_ mounts: [CgroupMounts.Mount], _ root: ProcRoot) -> [CgroupMounts
        .Mount]
    {
        mounts.compactMap { mount in
            var mount = mount
            mount.mountPoint = root.path + "/.." + mount.mountPoint
            return access(mount.mountPoint, R_OK) == 0 ? mount : nil
        }
    }

    private static func mounts(
        in file: StaticString, _ reader: ProcReader
    ) -> [CgroupMounts.Mount]? {
        (try? reader.read(.host(file), as: CgroupMounts.self))?.mounts
    }
}

extension GroupHierarchies {
    package init(among mounts: [CgroupMounts.Mount]) {
        memory = GroupHierarchy(of: "memory", among: mounts)
        cpu = GroupHierarchy(of: "cpu", among: mounts)
        tasks = GroupHierarchy(of: "pids", among: mounts)
    }
}
