/// `/proc/net/softnet_stat`: how each CPU takes packets from its interfaces, in hexadecimal numbers
/// of 32 bits that wrap around; `softnet_seq_show` in `net/core/net-procfs.c`.
public struct SoftnetStat: Hashable, Sendable {
    /// A row for each CPU that is online.
    public var rows: [Row]

    public struct Row: Hashable, Sendable {
        public var processed: UInt32
        /// Packets that found the CPU's backlog full.
        public var dropped: UInt32
        /// Times that work was left when the budget was spent.
        public var squeezed: UInt32
        /// Packets in the backlog now (since 5.10).
        public var backlog: UInt32?
        /// The CPU's number (since 5.10).
        public var cpu: UInt32?
    }

    /// Parses one read of the file: 10 columns on RHEL 7, 11 on RHEL 8, 13 since 5.10, 15 by now.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        guard !cursor.isAtEnd else { throw ParseError(.truncated, at: 0) }
        rows = []
        while !cursor.isAtEnd { rows.append(try Row(at: &cursor)) }
    }
}

extension SoftnetStat.Row {
    fileprivate init(at cursor: inout ByteCursor) throws(ParseError) {
        processed = try cursor.softnetColumn()
        dropped = try cursor.softnetColumn()
        squeezed = try cursor.softnetColumn()
        var column = 3
        while cursor.current == .space {
            let value = try cursor.softnetColumn()
            column += 1
            if column == 12 { backlog = value }
            if column == 13 { cpu = value }
        }
        try cursor.expect(.newline)
    }
}

extension ByteCursor {
    fileprivate mutating func softnetColumn() throws(ParseError) -> UInt32 {
        skipBlanks()
        let start = offset
        guard let value = UInt32(exactly: try hexadecimalDigits()) else {
            throw ParseError(.overflow, at: start)
        }
        return value
    }
}
