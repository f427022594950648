/// The control group hierarchies among the mounts of `/proc/PID/mountinfo`;
/// `proc_pid_mountinfo(5)`, `cgroups(7)`.
public struct CgroupMounts: Hashable, Sendable {
    /// In the file's order.
    public var mounts: [Mount]

    public struct Mount: Hashable, Sendable {
        /// Version 2 (type "cgroup2") or 1 ("cgroup").
        public var isUnified: Bool
        /// The group that is mounted, as `/proc/PID/cgroup` would name it: "/" unless only a part
        /// of the hierarchy is to be seen here, as in a container.
        public var root: String
        public var mountPoint: String
        /// Options of the hierarchy: in version 1 its controllers are among them.
        public var options: [String]
    }

    /// Parses one read of the file. Spaces, tabs, newlines and backslashes in paths are octal
    /// escapes in it.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        mounts = []
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            try cursor.skipFields(3)  // mount ID, parent ID, device
            let root = try cursor.field()
            let mountPoint = try cursor.field()
            // Options of the mount, then as many optional fields as there are, up to a minus.
            while !cursor.skip("- ") { try cursor.skipFields(1) }
            let isUnified: Bool
            if cursor.skip("cgroup2 ") {
                isUnified = true
            } else if cursor.skip("cgroup ") {
                isUnified = false
            } else {
                try cursor.skipLine()
                continue
            }
            try cursor.skipFields(1)  // source
            let options = try cursor.restOfLine()
            mounts.append(
                Mount(
                    isUnified: isUnified, root: bytes.text(in: root, undoing: UInt8.octal),
                    mountPoint: bytes.text(in: mountPoint, undoing: UInt8.octal),
                    options: bytes.text(in: options).split(separator: ",").map(String.init)))
        }
    }
}

extension ByteCursor {
    /// Moves past a field and the space after it, and returns where it stands.
    fileprivate mutating func field() throws(ParseError) -> Range<Int> {
        let start = offset
        try skipFields(1)
        return start..<(offset - 1)
    }
}

extension UInt8 {
    /// The byte that `\040` and the like stand for, by its digits.
    fileprivate static func octal(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> UInt8? {
        var value = 0
        for digit in [a, b, c] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
            value = value * 8 + Int(digit - UInt8(ascii: "0"))
        }
        return UInt8(exactly: value)
    }
}
