import ProcFormats
import ProcReading
import Units

/// A part of a process's memory that may be executed, by `/proc/PID/maps`.
struct CodeMapping: Hashable, Sendable {
    /// From `start` up to, not including, `end`.
    var start: UInt64
    var end: UInt64
    /// Where in the file it begins, in bytes.
    var offset: UInt64
    /// The file's number; 0 where there is no file.
    var inode: UInt64
    /// The file's path as the process sees it, or a name of the kernel's in brackets, or empty.
    var name: String

    func fileOffset(of address: UInt64) -> UInt64 { address &- start &+ offset }

    /// The last part of the path, or the kernel's name; nil where there is neither.
    var module: String? {
        let path = isDeleted ? name.dropLast(Self.deleted.count) : name[...]
        let last =
            path.hasPrefix("/")
            ? path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...] : path
        return last.isEmpty ? nil : String(last)
    }

    /// Whether it is of a file on a disk, which has its code: not memory that a runtime filled, shared
    /// or not; `memfd_create(2)`, "/dev/zero", "/SYSV...", "[anon:v8]".
    var isFile: Bool {
        inode != 0
            && ["/memfd:", "/dev/zero", "/dev/shm/", "/SYSV"].allSatisfy { !name.hasPrefix($0) }
    }

    /// How the kernel marks a file that has no name any more.
    private static let deleted = " (deleted)"
    private var isDeleted: Bool { inode != 0 && name.hasSuffix(Self.deleted) }
}

/// All of them, by address.
struct CodeMappings: Sendable {
    private var mappings: [CodeMapping] = []

    /// Nil if the file cannot be read: the process ended, or is another user's.
    init?(of process: ProcessID) {
        guard
            let bytes = try? smallFile(ProcPath.process(process, "maps"), atMost: Self.mostBytes)
        else { return nil }
        var offset = 0
        var faults = FieldFaults()
        // The last line may be cut off.
        while let line = MappingLine(nextIn: bytes.span, at: &offset, noting: &faults) {
            guard line.permissions.contains(.execute) else { continue }
            mappings.append(
                CodeMapping(
                    start: line.start, end: line.end, offset: line.offset, inode: line.inode,
                    name: line.name(in: bytes.span)))
        }
    }

    /// 65530 mappings are the most a process has by default, 100 bytes each.
    private static let mostBytes = 16 << 20

    func first(named name: String) -> CodeMapping? { mappings.first { $0.name == name } }

    func mapping(at address: UInt64) -> CodeMapping? {
        let index = mappings.lastSortedIndex { $0.start <= address }
        return index.flatMap { address < mappings[$0].end ? mappings[$0] : nil }
    }
}

extension Array {
    /// The last element that `isBefore` holds for, which holds for all before it and none after it.
    ///
    /// - Complexity: O(log *n*).
    func lastSortedIndex(where isBefore: (Element) -> Bool) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }
}
