/// The control group hierarchies among the mounts of `/proc/PID/mountinfo`;
/// `proc_pid_mountinfo(5)`, `cgroups(7)`.
public struct CgroupMounts: ProcFormat, Hashable, Sendable {
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
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        mounts = []
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            guard let line = MountLine(at: &cursor, &faults) else { continue }
            let isUnified = line.isOf("cgroup2", in: bytes)
            guard isUnified || line.isOf("cgroup", in: bytes) else { continue }
            mounts.append(
                Mount(
                    isUnified: isUnified, root: bytes.text(in: line.root, undoing: UInt8.octal),
                    mountPoint: bytes.text(in: line.mountPoint, undoing: UInt8.octal),
                    options: line.options(in: bytes)))
        }
    }
}

/// Where one line of `mountinfo` has what it tells: "36 35 0:25 / /proc rw,relatime shared:1 - proc
/// proc rw".
struct MountLine {
    var id: Range<Int>
    var device: Range<Int>
    var root: Range<Int>
    var mountPoint: Range<Int>
    var mountOptions: Range<Int>
    var type: Range<Int>
    var source: Range<Int>
    /// Of the file system, not of the mount.
    var optionsRange: Range<Int>

    /// Moves past a line; nil, and noted, where it is none.
    init?(at cursor: inout ByteCursor, _ faults: inout FieldFaults) {
        let start = cursor.offset
        do throws(ParseError) {
            let line = try cursor.restOfLine()
            let after = cursor.offset
            var fields: [Range<Int>] = []
            var field = line.lowerBound
            for index in line where cursor.bytes[index] == .space {
                fields.append(field..<index)
                field = index + 1
            }
            fields.append(field..<line.upperBound)
            // IDs of the mount and its parent, device, root, mount point, options of the mount, then
            // as many optional fields as there are, up to a minus; type, source, options.
            let minus = fields.indices.dropFirst(6).first { index in
                fields[index].count == 1 && cursor.bytes[fields[index].lowerBound] == .minus
            }
            guard let minus, fields.count > minus + 3 else {
                throw ParseError(.unexpected, at: start)
            }
            (id, device, root) = (fields[0], fields[2], fields[3])
            (mountPoint, mountOptions) = (fields[4], fields[5])
            (type, source) = (fields[minus + 1], fields[minus + 2])
            optionsRange = fields[minus + 3].lowerBound..<line.upperBound
            cursor.offset = after
        } catch {
            cursor.loseLine("a mount", from: start, &faults)
            return nil
        }
    }

    func isOf(_ type: StaticString, in bytes: Span<UInt8>) -> Bool {
        bytes.text(in: self.type) == type.description
    }

    /// - Parameter place: where it is mounted, and a space.
    func isOf(_ type: StaticString, at place: StaticString, in bytes: Span<UInt8>) -> Bool {
        var cursor = ByteCursor(bytes, at: mountPoint.lowerBound)
        return isOf(type, in: bytes) && cursor.skip(place)
    }

    func options(in bytes: Span<UInt8>) -> [String] {
        bytes.text(in: optionsRange).split(separator: ",").map(String.init)
    }
}

extension UInt8 {
    /// The byte that `\040` and the like stand for, by its digits.
    static func octal(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> UInt8? {
        var value = 0
        for digit in [a, b, c] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
            value = value * 8 + Int(digit - UInt8(ascii: "0"))
        }
        return UInt8(exactly: value)
    }
}
