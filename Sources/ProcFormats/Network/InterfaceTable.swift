/// `/proc/net/dev`; `proc_pid_net(5)`, `dev_seq_printf_stats` in `net/core/net-procfs.c`.
public struct InterfaceTable: ProcFormat, Hashable, Sendable {
    public var rows: [Row]

    /// What does not parse is nil.
    public struct Row: Hashable, Sendable {
        public var name: String
        public var receivedPackets: UInt64?
        /// `rx_dropped` and `rx_missed_errors` together.
        public var dropped: UInt64?
        /// `rx_fifo_errors`.
        public var overrun: UInt64?
        /// `rx_length_errors`, `rx_over_errors`, `rx_crc_errors` and `rx_frame_errors` together.
        public var damaged: UInt64?
        public var sentPackets: UInt64?
        /// `tx_dropped`.
        public var sendDropped: UInt64?
    }

    /// Parses one read of the file: two lines of heads, then a line for each interface.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        try cursor.skipLine()
        try cursor.skipLine()
        rows = []
        while !cursor.isAtEnd {
            let start = cursor.offset
            do throws(ParseError) {
                rows.append(try Row(at: &cursor, &faults))
            } catch {
                cursor.loseLine("an interface", from: start, &faults)
            }
        }
    }
}

extension InterfaceTable.Row {
    fileprivate init(
        at cursor: inout ByteCursor, _ faults: inout FieldFaults
    ) throws(ParseError) {
        cursor.skipBlanks()
        let start = cursor.offset
        // No interface may have a colon or a newline in its name.
        while try cursor.next() != .colon {
            if cursor.bytes[cursor.offset - 1] == .newline {
                throw ParseError(.unexpected, at: cursor.offset - 1)
            }
        }
        guard cursor.offset - 1 > start else { throw ParseError(.unexpected, at: start) }
        name = cursor.bytes.text(in: start..<(cursor.offset - 1))
        guard cursor.columnsOfLine == 16 else { throw ParseError(.unexpected, at: cursor.offset) }
        cursor.skipColumn()  // bytes
        receivedPackets = cursor.column("packets", &faults)
        cursor.skipColumn()  // all errors together
        dropped = cursor.column("drop", &faults)
        overrun = cursor.column("fifo", &faults)
        damaged = cursor.column("frame", &faults)
        for _ in 0..<3 { cursor.skipColumn() }  // compressed, multicast, bytes sent
        sentPackets = cursor.column("packets sent", &faults)
        cursor.skipColumn()  // all errors together
        sendDropped = cursor.column("drop of sent", &faults)
        try cursor.skipLine()
    }
}

extension ByteCursor {
    fileprivate mutating func column(
        _ name: StaticString, _ faults: inout FieldFaults
    ) -> UInt64? {
        skipBlanks()
        return unsigned(name, &faults)
    }
}
