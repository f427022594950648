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
                    isUnified: isUnified, root: bytes.unescapedText(in: root),
                    mountPoint: bytes.unescapedText(in: mountPoint),
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

extension Span<UInt8> {
    /// Text in which `\040` and the like stand for bytes.
    func unescapedText(in range: Range<Int>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            if let byte = octalEscape(at: index, upTo: range.upperBound) {
                text.append(byte)
                index += 4
            } else {
                text.append(self[index])
                index += 1
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func octalEscape(at index: Int, upTo end: Int) -> UInt8? {
        guard self[index] == UInt8(ascii: "\\"), end - index >= 4 else { return nil }
        var value = 0
        for place in (index + 1)...(index + 3) {
            let digit = self[place] &- UInt8(ascii: "0")
            guard digit < 8 else { return nil }
            value = value * 8 + Int(digit)
        }
        return UInt8(exactly: value)
    }
}
