/// `/proc/net/dev`; `proc_pid_net(5)`, `dev_seq_printf_stats` in `net/core/net-procfs.c`.
public struct InterfaceTable: Hashable, Sendable {
    public var rows: [Row]

    public struct Row: Hashable, Sendable {
        public var name: String
        public var receivedPackets: UInt64
        /// `rx_dropped` and `rx_missed_errors` together.
        public var dropped: UInt64
        /// `rx_fifo_errors`.
        public var overrun: UInt64
        /// `rx_length_errors`, `rx_over_errors`, `rx_crc_errors` and `rx_frame_errors` together.
        public var damaged: UInt64
        public var sentPackets: UInt64
        /// `tx_dropped`.
        public var sendDropped: UInt64
    }

    /// Parses one read of the file: two lines of heads, then a line for each interface.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        try cursor.skipLine()
        try cursor.skipLine()
        rows = []
        while !cursor.isAtEnd { rows.append(try Row(at: &cursor)) }
    }
}

extension InterfaceTable.Row {
    fileprivate init(at cursor: inout ByteCursor) throws(ParseError) {
        cursor.skipBlanks()
        let start = cursor.offset
        // No interface may have a colon or a newline in its name.
        while try cursor.next() != .colon {
            if cursor.bytes[cursor.offset - 1] == .newline {
                throw ParseError(.unexpected, at: cursor.offset - 1)
            }
        }
        name = cursor.bytes.text(in: start..<(cursor.offset - 1))
        _ = try cursor.column()  // bytes
        receivedPackets = try cursor.column()
        _ = try cursor.column()  // all errors together
        dropped = try cursor.column()
        overrun = try cursor.column()
        damaged = try cursor.column()
        for _ in 0..<3 { _ = try cursor.column() }  // compressed, multicast, bytes sent
        sentPackets = try cursor.column()
        _ = try cursor.column()  // all errors together
        sendDropped = try cursor.column()
        try cursor.skipLine()
    }
}

extension ByteCursor {
    fileprivate mutating func column() throws(ParseError) -> UInt64 {
        skipBlanks()
        return try unsigned()
    }
}
