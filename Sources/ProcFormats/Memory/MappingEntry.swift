public import Units

/// One entry of `/proc/PID/smaps`; `proc_pid_smaps(5)`. Figures are those that every kernel since
/// 3.10 has, except where one is optional.
public struct MappingEntry: Hashable, Sendable {
    /// The addresses: from `start` up to, not including, `end`.
    public var start: UInt64
    public var end: UInt64
    public var permissions: Permissions
    /// The file's number; 0 where there is no file.
    public var inode: UInt64
    /// Where the name stands in the bytes: a path, in which the kernel writes newlines as `\012`, or
    /// a name of the kernel's in brackets; empty where there is none.
    public var nameRange: Range<Int>
    /// `Rss`: resident pages, those of hugetlbfs not among them.
    public var resident: ByteCount
    /// `Pss`: resident pages, each divided by how many processes share it.
    public var proportional: ByteCount
    /// `Anonymous`.
    public var anonymous: ByteCount
    /// `AnonHugePages`.
    public var anonymousHugePages: ByteCount
    /// `Swap`: swapped out pages that were anonymous.
    public var swap: ByteCount
    /// `Shared_Hugetlb` and `Private_Hugetlb` together (since 4.4).
    public var hugetlb: ByteCount?
    /// `ht` of `VmFlags`: pages of hugetlbfs.
    public var isHugetlb: Bool

    public struct Permissions: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let read = Permissions(rawValue: 1)
        public static let write = Permissions(rawValue: 2)
        public static let execute = Permissions(rawValue: 4)
        /// `s`, where a private mapping has `p`.
        public static let shared = Permissions(rawValue: 8)
    }

    /// Parses the entry that begins at `offset` and moves that to where the next begins. Nil, with
    /// `offset` where an entry begins, where the bytes end before the entry does: its last line is
    /// `VmFlags`. Passes over entries that do not parse, and notes them.
    ///
    /// Allocates nothing: the name stays in `bytes`.
    public init?(
        nextIn bytes: Span<UInt8>, at offset: inout Int, noting faults: inout FieldFaults
    ) {
        while let next = Self.end(in: bytes, from: offset) {
            var cursor = ByteCursor(bytes, at: offset)
            let start = offset
            offset = next
            if let entry = try? MappingEntry(at: &cursor), cursor.offset == next {
                self = entry
                return
            }
            cursor.loseLine("a mapping", from: start, &faults)
        }
        return nil
    }

    private init(at cursor: inout ByteCursor) throws(ParseError) {
        let line = try MappingLine(at: &cursor)
        (start, end, permissions) = (line.start, line.end, line.permissions)
        (inode, nameRange) = (line.inode, line.nameRange)

        var resident: ByteCount?
        var proportional: ByteCount?
        (anonymous, anonymousHugePages, swap) = (ByteCount(0), ByteCount(0), ByteCount(0))
        hugetlb = nil
        isHugetlb = false
        while true {
            if cursor.skip("Rss:") {
                resident = try cursor.kibibytesOfLine()
            } else if cursor.skip("Pss:") {
                proportional = try cursor.kibibytesOfLine()
            } else if cursor.skip("Anonymous:") {
                anonymous = try cursor.kibibytesOfLine()
            } else if cursor.skip("AnonHugePages:") {
                anonymousHugePages = try cursor.kibibytesOfLine()
            } else if cursor.skip("Swap:") {
                swap = try cursor.kibibytesOfLine()
            } else if cursor.skip("Shared_Hugetlb:") || cursor.skip("Private_Hugetlb:") {
                hugetlb = (hugetlb ?? ByteCount(0)) + (try cursor.kibibytesOfLine())
            } else if cursor.skip("VmFlags:") {
                isHugetlb = try cursor.hasFlag("ht")
                break
            }
            try cursor.skipLine()
        }
        guard let resident, let proportional else {
            throw ParseError(.truncated, at: cursor.offset)
        }
        self.resident = resident
        self.proportional = proportional
    }

    /// The name as text, from the bytes that were parsed; what is not UTF-8 becomes U+FFFD.
    public func name(in bytes: Span<UInt8>) -> String {
        bytes.text(in: nameRange)
    }

    /// Where the entry ends, and the next begins; nil where the bytes end before.
    private static func end(in bytes: Span<UInt8>, from offset: Int) -> Int? {
        var cursor = ByteCursor(bytes, at: min(max(offset, 0), bytes.count))
        while let newline = cursor.firstOffset(of: .newline) {
            // No other line begins like it: the first begins with a digit or a small letter.
            if cursor.skip("VmFlags:") { return newline + 1 }
            cursor.offset = newline + 1
        }
        return nil
    }
}

extension ByteCursor {
    /// A number that ends its line.
    fileprivate mutating func kibibytesOfLine() throws(ParseError) -> ByteCount {
        let amount = try kibibytes()
        guard current == .newline else { throw ParseError(.unexpected, at: offset) }
        return amount
    }

    /// Moves past the rest of a line of two-letter words and tells whether `flag` is among them.
    fileprivate mutating func hasFlag(_ flag: StaticString) throws(ParseError) -> Bool {
        let line = try restOfLine()
        let after = offset
        offset = line.lowerBound
        var found = false
        while offset < line.upperBound, !found {
            skipBlanks()
            found = skip(flag)
            while let byte = current, byte != .space, byte != .newline {
                offset += 1
                found = false
            }
        }
        offset = after
        return found
    }
}
