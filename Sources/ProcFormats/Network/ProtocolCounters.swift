/// Counters of a network namespace, read from files that name them: `/proc/net/snmp` and `netstat`
/// ("Udp.InErrors" for column `InErrors` of the lines `Udp:`), `snmp6` ("Udp6InErrors") and
/// `/proc/net/stat/nf_conntrack` ("nf_conntrack.drop"); `proc_pid_net(5)`,
/// `Documentation/networking/snmp_counter.rst`.
///
/// Kernels put new columns between old ones, so every figure is found by its name.
public struct ProtocolCounters: Sendable {
    /// In the order of the names; nil where no file that was read has the counter.
    public private(set) var values: [UInt64?]
    private let groups: [Group]

    /// Names that begin alike: those of one line of `snmp`, or all of `snmp6`.
    private struct Group {
        let prefix: [UInt8]
        var columns: [Column] = []
    }

    private struct Column {
        let name: [UInt8]
        /// Its place in `values`.
        let index: Int
    }

    /// - Parameter names: what is wanted of the files; all else in them is passed over.
    public init(names: [String]) {
        values = Array(repeating: nil, count: names.count)
        var groups: [Group] = []
        for (index, name) in names.enumerated() {
            let parts = name.split(separator: ".", maxSplits: 1)
            let prefix = parts.count == 2 ? Array(parts[0].utf8) : []
            let column = Column(name: Array((parts.last ?? "").utf8), index: index)
            if let known = groups.firstIndex(where: { $0.prefix == prefix }) {
                groups[known].columns.append(column)
            } else {
                groups.append(Group(prefix: prefix, columns: [column]))
            }
        }
        self.groups = groups
    }

    /// Forgets all figures.
    public mutating func clear() {
        for index in values.indices { values[index] = nil }
    }

    /// Takes what is wanted of `snmp` or `netstat`: pairs of lines, names and then numbers, both
    /// with the protocol in front.
    public mutating func takePairs(
        of bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var heads = ByteCursor(bytes)
        guard !heads.isAtEnd else { throw ParseError(.truncated, at: 0) }
        guard heads.firstOffset(of: .colon) != nil else { throw ParseError(.unexpected, at: 0) }
        while !heads.isAtEnd {
            let start = heads.offset
            var numbers = ByteCursor(bytes, at: start)
            numbers.passLine(&faults)
            // A sandbox (gVisor) names the counters of `netstat`, and counts none.
            if numbers.isAtEnd { return }
            let second = numbers.offset
            guard let prefix = try? heads.word(endedBy: .colon),
                let other = try? numbers.word(endedBy: .colon), heads.holds(prefix, sameAs: other)
            else {
                // One line is lost; the next two may be a pair again.
                heads.loseLine("a line of names", from: start, &faults)
                continue
            }
            if heads.spacesOfLine != numbers.spacesOfLine {
                // Which number is whose is not known.
                faults.note("a line of numbers", bytes, prefix)
            } else if let group = group(prefix, in: bytes) {
                takePair(&heads, &numbers, group, &faults)
            }
            numbers.offset = second
            numbers.passLine(&faults)
            heads.offset = numbers.offset
        }
    }

    private mutating func takePair(
        _ heads: inout ByteCursor, _ numbers: inout ByteCursor, _ group: Group,
        _ faults: inout FieldFaults
    ) {
        // One space stands before each, so that a number that is missing leaves a place behind.
        while heads.skip(" "), numbers.skip(" ") {
            let name = heads.field()
            if let index = index(of: name, in: heads.bytes, group) {
                values[index] = numbers.unsigned("a counter", &faults)
            } else {
                _ = numbers.field()
            }
        }
    }

    /// Takes what is wanted of `snmp6`: a name and a number on each line.
    public mutating func takeList(
        of bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        let group = group(0..<0, in: bytes)
        var cursor = ByteCursor(bytes)
        guard !cursor.isAtEnd else { throw ParseError(.truncated, at: 0) }
        while !cursor.isAtEnd {
            let name = cursor.field()
            cursor.skipBlanks()
            if let group, let index = index(of: name, in: bytes, group) {
                values[index] = cursor.unsigned("a counter", &faults)
            }
            cursor.passLine(&faults)
        }
    }

    /// Takes what is wanted of `nf_conntrack`: names, then a line for each CPU with hexadecimal
    /// numbers of 32 bits, which are added up.
    public mutating func takeConntrack(
        of bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        guard let group = groups.first(where: { $0.prefix == Self.conntrack }) else { return }
        var numbers = ByteCursor(bytes)
        try numbers.skipLine()
        guard !numbers.isAtEnd else { throw ParseError(.truncated, at: bytes.count) }
        // The sum is not known where one CPU's part is not.
        var lost: Set<Int> = []
        while !numbers.isAtEnd {
            var heads = ByteCursor(bytes)
            let isWhole = heads.columnsOfLine == numbers.columnsOfLine
            if !isWhole { faults.note("a CPU", bytes, numbers.offset..<numbers.offset) }
            while heads.isBeforeField() {
                let index = index(of: heads.field(), in: bytes, group)
                numbers.skipBlanks()
                let number =
                    isWhole && index != nil
                    ? numbers.hexadecimal("a counter", &faults, as: UInt64.self) : nil
                if isWhole, index == nil { _ = numbers.field() }
                guard let index else { continue }
                if let number {
                    values[index] = (values[index] ?? 0) &+ number
                } else {
                    lost.insert(index)
                }
            }
            numbers.passLine(&faults)
        }
        for index in lost { values[index] = nil }
    }

    private static let conntrack = Array("nf_conntrack".utf8)

    private func group(_ prefix: Range<Int>, in bytes: Span<UInt8>) -> Group? {
        groups.first { bytes.holds($0.prefix, at: prefix) }
    }

    private func index(of name: Range<Int>, in bytes: Span<UInt8>, _ group: Group) -> Int? {
        group.columns.first { bytes.holds($0.name, at: name) }?.index
    }
}

extension Span<UInt8> {
    fileprivate func holds(_ name: [UInt8], at range: Range<Int>) -> Bool {
        guard name.count == range.count else { return false }
        for index in name.indices where name[index] != self[range.lowerBound + index] {
            return false
        }
        return true
    }
}

extension ByteCursor {
    /// Moves past bytes up to `end`, which must stand on this line, and past it.
    fileprivate mutating func word(endedBy end: UInt8) throws(ParseError) -> Range<Int> {
        let start = offset
        while try next() != end {
            if bytes[offset - 1] == .newline { throw ParseError(.unexpected, at: offset - 1) }
        }
        return start..<(offset - 1)
    }

    fileprivate func holds(_ range: Range<Int>, sameAs other: Range<Int>) -> Bool {
        range.count == other.count
            && zip(range, other).allSatisfy { bytes[$0] == bytes[$1] }
    }

    /// How many spaces there are up to the end of this line.
    fileprivate var spacesOfLine: Int {
        let end = firstOffset(of: .newline) ?? bytes.count
        return (offset..<end).reduce(0) { bytes[$1] == .space ? $0 + 1 : $0 }
    }

    /// Moves to the next field of this line; false where it has no more.
    fileprivate mutating func isBeforeField() -> Bool {
        skipBlanks()
        return current.map { $0 != .newline } ?? false
    }

    /// Moves past a field.
    fileprivate mutating func field() -> Range<Int> {
        let start = offset
        while let current, current != .space, current != .tab, current != .newline { offset += 1 }
        return start..<offset
    }
}
