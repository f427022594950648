import ProcFormats

/// A captured answer of netlink: all that it lists, and how it ended.
struct NetlinkAnswer<Message> {
    var messages: [Message] = []
    var ending: NetlinkMessage.Ending?

    init(
        _ bytes: [UInt8], _ parse: (Span<UInt8>, Range<Int>) throws(ParseError) -> Message
    ) throws(ParseError) {
        try self.init(bytes) { message, bytes throws(ParseError) in
            try parse(bytes, message.payload)
        }
    }

    /// - Parameter parse: gives nil for a message of another kind.
    init(
        _ bytes: [UInt8], _ parse: (NetlinkMessage, Span<UInt8>) throws(ParseError) -> Message?
    ) throws(ParseError) {
        var offset = 0
        while let next = try NetlinkMessage(nextIn: bytes.span, at: &offset) {
            if let ending = try next.ending(in: bytes.span) {
                self.ending = ending
            } else if let message = try parse(next, bytes.span) {
                messages.append(message)
            }
        }
    }
}

extension SocketTableRow {
    static func all(
        in bytes: [UInt8], hasDrops: Bool, noting faults: inout FieldFaults
    ) -> [SocketTableRow] {
        guard var offset = try? SocketTable.firstRow(in: bytes.span) else { return [] }
        var rows: [SocketTableRow] = []
        while let row = SocketTableRow(
            nextIn: bytes.span, at: &offset, hasDrops: hasDrops, noting: &faults)
        {
            rows.append(row)
        }
        return rows
    }
}

extension UnixTableRow {
    static func all(
        in bytes: [UInt8], noting faults: inout FieldFaults
    ) -> [UnixTableRow] {
        guard var offset = try? SocketTable.firstRow(in: bytes.span) else { return [] }
        var rows: [UnixTableRow] = []
        while let row = UnixTableRow(nextIn: bytes.span, at: &offset, noting: &faults) {
            rows.append(row)
        }
        return rows
    }
}

extension PacketTableRow {
    static func all(
        in bytes: [UInt8], noting faults: inout FieldFaults
    ) -> [PacketTableRow] {
        guard var offset = try? SocketTable.firstRow(in: bytes.span) else { return [] }
        var rows: [PacketTableRow] = []
        while let row = PacketTableRow(nextIn: bytes.span, at: &offset, noting: &faults) {
            rows.append(row)
        }
        return rows
    }
}
