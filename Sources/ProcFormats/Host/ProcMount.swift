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
    public init?(parsing bytes: Span<UInt8>) throws(ParseError) {
        var found: [String]?
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            try cursor.skipFields(4)  // mount ID, parent ID, device, root
            let isHere = cursor.skip("/proc ")
            if !isHere { try cursor.skipFields(1) }
            // Options of the mount, then as many optional fields as there are, up to a minus.
            while !cursor.skip("- ") { try cursor.skipFields(1) }
            guard isHere, cursor.skip("proc ") else {
                try cursor.skipLine()
                continue
            }
            try cursor.skipFields(1)  // source
            let range = try cursor.restOfLine()
            found = bytes.text(in: range).split(separator: ",").map(String.init)
        }
        guard let found else { return nil }
        options = found
    }
}
