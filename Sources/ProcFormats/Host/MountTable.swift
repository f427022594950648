/// The file systems of `/proc/PID/mountinfo`; `proc_pid_mountinfo(5)`. Those of the kernel's own making,
/// which hold no files that anybody stores, are left out.
public struct MountTable: ProcFormat, Hashable, Sendable {
    /// In the file's order: a later one may cover an earlier.
    public var mounts: [Mount]

    public struct Mount: Hashable, Sendable {
        /// As `DescriptorInfo.mount` has it.
        public var id: Int?
        /// "254:0": equal of mounts of one file system.
        public var device: String
        /// The folder of it that is mounted: "/" unless a part is, as by a bind mount.
        public var root: String
        public var path: String
        /// "ext4", "fuse.sshfs".
        public var type: String
        /// "/dev/vda1", or what it was called.
        public var source: String
        /// The mount, and the file system below it.
        public var isReadOnly: Bool
        public var isFileSystemReadOnly: Bool
    }

    /// What holds no files, and what cannot be written and is full by nature.
    private static let leftOut: Set<String> = [
        "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "cramfs", "debugfs",
        "devpts",
        "devtmpfs", "efivarfs", "erofs", "fusectl", "hugetlbfs", "iso9660", "mqueue", "nsfs",
        "proc",
        "pstore", "ramfs", "romfs", "rpc_pipefs", "securityfs", "selinuxfs", "squashfs", "sysfs",
        "tracefs", "udf",
    ]

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        mounts = []
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            guard let line = MountLine(at: &cursor, &faults) else { continue }
            let type = bytes.text(in: line.type)
            guard !Self.leftOut.contains(type) else { continue }
            let id = Int(bytes.text(in: line.id))
            if id == nil { faults.note("mount ID", bytes, line.id) }
            mounts.append(
                Mount(
                    id: id, device: bytes.text(in: line.device),
                    root: bytes.text(in: line.root, undoing: UInt8.octal),
                    path: bytes.text(in: line.mountPoint, undoing: UInt8.octal), type: type,
                    source: bytes.text(in: line.source, undoing: UInt8.octal),
                    isReadOnly: bytes.text(in: line.mountOptions).hasReadOnly,
                    isFileSystemReadOnly: bytes.text(in: line.optionsRange).hasReadOnly))
        }
    }
}

extension String {
    fileprivate var hasReadOnly: Bool { split(separator: ",").contains("ro") }
}
