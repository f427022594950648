/// How /proc itself is mounted, by `/proc/PID/mountinfo`; proc(5), `proc_pid_mountinfo(5)`.
public struct ProcMount: Hashable, Sendable {
    /// Options of the file system: "hidepid=invisible", "subset=pid".
    public var options: [String]

    /// Processes of other users are not to be seen without CAP_SYS_PTRACE (since 3.3).
    public var hidesProcesses: Bool {
        options.contains { $0.hasPrefix("hidepid=") && !["hidepid=0", "hidepid=off"].contains($0) }
    }

    /// There is nothing in it but processes (since 5.8).
    public var isSubset: Bool { options.contains("subset=pid") }

    /// Parses one read of the file; of several mounts the last one covers the others. Nil where
    /// /proc is not mounted.
    public init?(parsing bytes: Span<UInt8>, noting faults: inout FieldFaults) {
        var found: [String]?
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            guard let mount = MountLine(at: &cursor, &faults) else { continue }
            if mount.isOf("proc", at: "/proc ", in: bytes) { found = mount.options(in: bytes) }
        }
        guard let found else { return nil }
        options = found
    }
}
