public import Units

/// One row of `/proc/net/tcp`, `udp`, `raw` and their files for version 6; `proc_net_tcp(5)`.
public struct SocketTableRow: Hashable, Sendable {
    public var local: IPAddress
    /// Of a raw socket, its protocol's number.
    public var localPort: UInt16
    public var peer: IPAddress
    public var peerPort: UInt16
    /// A number of `include/net/tcp_states.h`.
    public var state: UInt8
    /// As in `InetDiagMessage`, but that a listener's backlog is not told.
    public var sendQueue: UInt32
    public var receiveQueue: UInt32
    public var user: UserID
    /// 0 where no file stands for it.
    public var inode: UInt32
    /// Datagrams; nil in the files of TCP, which do not have them.
    public var drops: UInt32?

    /// Parses the row that begins at `offset` and moves that to where the next begins; nil at the
    /// end. Allocates nothing.
    public init?(nextIn bytes: Span<UInt8>, at offset: inout Int, hasDrops: Bool)
        throws(ParseError)
    {
        guard offset < bytes.count else { return nil }
        var cursor = ByteCursor(bytes, at: offset)
        cursor.skipBlanks()
        _ = try cursor.unsigned(UInt32.self)  // sl
        try cursor.expect(": ")
        (local, localPort) = try cursor.address()
        try cursor.expect(.space)
        (peer, peerPort) = try cursor.address()
        try cursor.expect(.space)
        state = try cursor.hexadecimalNumber()
        try cursor.expect(.space)
        sendQueue = try cursor.hexadecimalNumber()
        try cursor.expect(.colon)
        receiveQueue = try cursor.hexadecimalNumber()
        try cursor.expect(.space)
        try cursor.skipFields(2)  // tr:tm->when, retrnsmt
        user = UserID(try cursor.column())
        _ = try cursor.column() as UInt64  // timeout
        inode = try cursor.column()
        if hasDrops {
            _ = try cursor.column() as UInt32  // ref
            cursor.skipBlanks()
            try cursor.skipFields(1)  // pointer
            drops = try cursor.column()
        }
        try cursor.skipLine()
        offset = cursor.offset
    }
}

/// One row of `/proc/net/unix`; `proc_net_unix(5)`.
public struct UnixTableRow: Hashable, Sendable {
    /// The kernel's own for the socket: an address made unreadable, or 0 without permission.
    public var number: UInt64
    /// SOCK_STREAM (1), SOCK_DGRAM (2) or SOCK_SEQPACKET (5).
    public var type: UInt8
    public var isListening: Bool
    public var isConnected: Bool
    public var inode: UInt32
    /// Where its name stands in the bytes: a path, or "@" and a name; empty where it has none.
    public var nameRange: Range<Int>

    /// Parses the row that begins at `offset` and moves that to where the next begins; nil at the
    /// end. A name may hold newlines: it ends before what reads as the next row.
    public init?(nextIn bytes: Span<UInt8>, at offset: inout Int) throws(ParseError) {
        guard offset < bytes.count else { return nil }
        var cursor = ByteCursor(bytes, at: offset)
        try self.init(at: &cursor)
        if cursor.current == .space { cursor.offset += 1 }
        let start = cursor.offset
        repeat { try cursor.skipLine() } while !cursor.isAtEnd && !Self.begins(at: cursor)
        nameRange = start..<(cursor.offset - 1)
        offset = cursor.offset
    }

    /// All but the name.
    private init(at cursor: inout ByteCursor) throws(ParseError) {
        number = try cursor.hexadecimalDigits()
        try cursor.expect(": ")
        try cursor.skipFields(2)  // RefCount, Protocol
        isListening = try cursor.hexadecimalNumber(UInt32.self) & 0x10000 != 0  // __SO_ACCEPTCON
        try cursor.expect(.space)
        type = try cursor.hexadecimalNumber()
        try cursor.expect(.space)
        // SS_CONNECTED; SS_CONNECTING is one that waits for accept(2), connected already.
        isConnected = [2, 3].contains(try cursor.hexadecimalNumber(UInt8.self))
        inode = try cursor.column()
        nameRange = cursor.offset..<cursor.offset
    }

    private static func begins(at cursor: borrowing ByteCursor) -> Bool {
        var ahead = ByteCursor(cursor.bytes, at: cursor.offset)
        return (try? UnixTableRow(at: &ahead)) != nil
    }

    /// The name as text, from the bytes that were parsed; what is not UTF-8 becomes U+FFFD.
    public func name(in bytes: Span<UInt8>) -> String { bytes.text(in: nameRange) }
}

/// One row of `/proc/net/packet`; `packet(7)`.
public struct PacketTableRow: Hashable, Sendable {
    /// Its Ethernet protocol, `ETH_P_`; 3 for all.
    public var etherType: UInt16
    /// The interface, by index; 0 for all.
    public var interface: UInt32
    /// Bytes that wait to be read, as the kernel charges them.
    public var receiveQueue: UInt32
    public var user: UserID
    public var inode: UInt32

    /// Parses the row that begins at `offset` and moves that to where the next begins; nil at the
    /// end.
    public init?(nextIn bytes: Span<UInt8>, at offset: inout Int) throws(ParseError) {
        guard offset < bytes.count else { return nil }
        var cursor = ByteCursor(bytes, at: offset)
        try cursor.skipFields(1)  // sk
        _ = try cursor.column() as UInt32  // RefCnt
        _ = try cursor.column() as UInt32  // Type
        cursor.skipBlanks()
        etherType = try cursor.hexadecimalNumber()
        interface = try cursor.column()
        _ = try cursor.column() as UInt32  // R: running
        receiveQueue = try cursor.column()
        user = UserID(try cursor.column())
        inode = try cursor.column()
        try cursor.skipLine()
        offset = cursor.offset
    }
}

/// What the tables of `/proc/net` have in common.
public enum SocketTable {
    /// Where the first row begins: after the headings.
    public static func firstRow(in bytes: Span<UInt8>) throws(ParseError) -> Int {
        var cursor = ByteCursor(bytes)
        try cursor.skipLine()
        return cursor.offset
    }
}

extension ByteCursor {
    /// Moves past blanks and a decimal number.
    fileprivate mutating func column<Number: FixedWidthInteger & UnsignedInteger>()
        throws(ParseError) -> Number
    {
        skipBlanks()
        return try unsigned()
    }

    fileprivate mutating func hexadecimalNumber<Number: FixedWidthInteger & UnsignedInteger>(
        _: Number.Type = Number.self
    ) throws(ParseError) -> Number {
        let start = offset
        guard let number = Number(exactly: try hexadecimalDigits()) else {
            throw ParseError(.overflow, at: start)
        }
        return number
    }

    /// Moves past "0100007F:0035": words as the machine holds them, each of which is in network
    /// order, one or four, and a port.
    fileprivate mutating func address() throws(ParseError) -> (IPAddress, UInt16) {
        let first = try addressWord()
        let address: IPAddress
        if current == .colon {
            address = IPAddress(v4: first)
        } else {
            let second = try addressWord()
            let third = try addressWord()
            let fourth = try addressWord()
            address = IPAddress(
                high: UInt64(first) << 32 | UInt64(second),
                low: UInt64(third) << 32 | UInt64(fourth))
        }
        try expect(.colon)
        return (address, try hexadecimalNumber())
    }

    /// Moves past eight digits.
    private mutating func addressWord() throws(ParseError) -> UInt32 {
        var word: UInt32 = 0
        for _ in 0..<8 {
            let start = offset
            guard let digit = try next().hexadecimalDigit else {
                throw ParseError(.notANumber, at: start)
            }
            word = word << 4 | UInt32(digit)
        }
        return UInt32(bigEndian: word)
    }
}
