/// `/proc/net/softnet_stat`: how each CPU takes packets from its interfaces, in hexadecimal numbers
/// of 32 bits that wrap around; `softnet_seq_show` in `net/core/net-procfs.c`.
public struct SoftnetStat: ProcFormat, Hashable, Sendable {
    /// A row for each CPU that is online.
    public var rows: [Row]

    /// What does not parse is nil.
    public struct Row: Hashable, Sendable {
        public var processed: UInt32?
        /// Packets that found the CPU's backlog full.
        public var dropped: UInt32?
        /// Times that work was left when the budget was spent.
        public var squeezed: UInt32?
        /// Packets in the backlog now (since 5.10).
        public var backlog: UInt32?
        /// The CPU's number (since 5.10).
        public var cpu: UInt32?
    }

    /// Parses one read of the file: 10 columns on RHEL 7, 11 on RHEL 8, 13 since 5.10, 15 by now.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        guard !cursor.isAtEnd else { throw ParseError(.truncated, at: 0) }
        rows = []
        while !cursor.isAtEnd {
            if cursor.firstOffset(of: .newline) != nil {
                rows.append(Row(at: &cursor, &faults))
            }
            cursor.passLine(&faults)
        }
    }
}

extension SoftnetStat.Row {
    fileprivate init(at cursor: inout ByteCursor, _ faults: inout FieldFaults) {
        processed = cursor.hexadecimal("processed", &faults)
        cursor.passSpace()
        dropped = cursor.hexadecimal("dropped", &faults)
        cursor.passSpace()
        squeezed = cursor.hexadecimal("time_squeeze", &faults)
        cursor.passSpace()
        cursor.passFields(8)
        guard let current = cursor.current, current != .newline else { return }
        backlog = cursor.hexadecimal("backlog", &faults)
        cursor.passSpace()
        cpu = cursor.hexadecimal("cpu", &faults)
    }
}
