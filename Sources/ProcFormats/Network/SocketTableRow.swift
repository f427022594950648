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
    /// As in `InetDiagMessage`, but that a listener's backlog is not told. These and those below are
    /// nil where they do not parse, too.
    public var sendQueue: UInt32?
    public var receiveQueue: UInt32?
    public var user: UserID?
    /// 0 where no file stands for it.
    public var inode: UInt32
    /// Datagrams, of a counter of 32 bits that kernels before 5.4 print with a sign; nil in the files
    /// of TCP, which do not have them.
    public var drops: UInt32?

    /// Parses the row that begins at `offset` and moves that to where the next begins; nil at the
    /// end. Passes over rows that do not say which socket is theirs, and notes them. Allocates
    /// nothing.
    public init?(
        nextIn bytes: Span<UInt8>, at offset: inout Int, hasDrops: Bool,
        noting faults: inout FieldFaults
    ) {
        var cursor = ByteCursor(bytes, at: max(offset, 0))
        while !cursor.isAtEnd {
            let start = cursor.offset
            var found = FieldFaults()
            if let row = try? Self(at: &cursor, hasDrops: hasDrops, &found) {
                self = row
                faults.add(found)
                offset = cursor.offset
                return
            }
            cursor.loseLine("a socket", from: start, &faults)
        }
        offset = bytes.count
        return nil
    }

    private init(
        at cursor: inout ByteCursor, hasDrops: Bool, _ faults: inout FieldFaults
    ) throws(ParseError) {
        // Columns have blanks before them, so that a missing one shows in their number only.
        let columns = cursor.columnsOfLine
        guard hasDrops ? columns == 13 : columns == 12 || columns >= 17 else {
            throw ParseError(.unexpected, at: cursor.offset)
        }
        cursor.skipBlanks()
        _ = try cursor.unsigned(UInt32.self)  // sl
        try cursor.expect(": ")
        (local, localPort) = try cursor.address()
        try cursor.expect(.space)
        (peer, peerPort) = try cursor.address()
        try cursor.expect(.space)
        state = try cursor.hexadecimalNumber()
        try cursor.expect(.space)
        sendQueue = cursor.hexadecimal("tx_queue", &faults)
        if cursor.current == .colon { cursor.offset += 1 }
        receiveQueue = cursor.hexadecimal("rx_queue", &faults)
        try cursor.expect(.space)
        try cursor.skipFields(2)  // tr:tm->when, retrnsmt
        cursor.skipBlanks()
        user = cursor.unsigned("uid", &faults).map { UserID($0) }
        cursor.skipColumn()  // timeout
        inode = try cursor.column()
        if hasDrops {
            cursor.skipColumn()  // ref
            cursor.skipColumn()  // pointer
            cursor.skipBlanks()
            let isNegative = cursor.current == .minus
            drops =
                isNegative
                ? cursor.signed("drops", &faults, as: Int32.self).map { UInt32(bitPattern: $0) }
                : cursor.unsigned("drops", &faults)
        }
        try cursor.skipLine()
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
    /// end. A name may hold newlines: it ends before what reads as the next row. Passes over rows
    /// that do not parse, and notes them.
    public init?(
        nextIn bytes: Span<UInt8>, at offset: inout Int,
        noting faults: inout FieldFaults
    ) {
        let row = ByteCursor.nextRow("a socket", in: bytes, at: &offset, noting: &faults) {
            cursor throws(ParseError) in try Self(at: &cursor)
        }
        guard let row else { return nil }
        self = row
    }

    private init(at cursor: inout ByteCursor) throws(ParseError) {
        try self.init(nameless: &cursor)
        if cursor.current == .space { cursor.offset += 1 }
        let start = cursor.offset
        // What is behind the last newline was cut, and is no part of it.
        repeat {
            try cursor.skipLine()
        } while cursor.firstOffset(of: .newline) != nil && !Self.begins(at: cursor)
        nameRange = start..<(cursor.offset - 1)
    }

    /// All but the name.
    private init(nameless cursor: inout ByteCursor) throws(ParseError) {
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
        guard cursor.endsField else { throw ParseError(.unexpected, at: cursor.offset) }
        nameRange = cursor.offset..<cursor.offset
    }

    /// Whether a row begins here, be it one of which a single column is damaged.
    private static func begins(at cursor: borrowing ByteCursor) -> Bool {
        var ahead = ByteCursor(cursor.bytes, at: cursor.offset)
        if (try? UnixTableRow(nameless: &ahead)) != nil { return true }
        ahead.offset = cursor.offset
        // RefCount, Protocol, Flags, Type, St, between the row's number and the inode.
        var damaged = ahead.skipsWord(digits: nil, isLast: false) ? 0 : 1
        for digits in [8, 8, 8, 4, 2] where !ahead.skipsWord(digits: digits, isLast: false) {
            damaged += 1
        }
        ahead.skipBlanks()
        if !ahead.skipsWord(digits: nil, isLast: true) { damaged += 1 }
        return damaged <= 1
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
    /// end. Passes over rows that do not parse, and notes them.
    public init?(
        nextIn bytes: Span<UInt8>, at offset: inout Int,
        noting faults: inout FieldFaults
    ) {
        let row = ByteCursor.nextRow("a socket", in: bytes, at: &offset, noting: &faults) {
            cursor throws(ParseError) in try Self(at: &cursor)
        }
        guard let row else { return nil }
        self = row
    }

    private init(at cursor: inout ByteCursor) throws(ParseError) {
        guard cursor.columnsOfLine == 9 else { throw ParseError(.unexpected, at: cursor.offset) }
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
    /// Moves past a word and one space, and tells whether it is a number of so many hexadecimal digits.
    /// The number of a row ends in a colon.
    fileprivate mutating func skipsWord(digits: Int?, isLast: Bool) -> Bool {
        let start = offset
        let isNumber = (try? hexadecimalDigits()) != nil
        let count = offset - start
        var isRight = isNumber && digits.map { $0 == count } ?? true
        if digits == nil, !isLast { isRight = skip(":") && isRight }
        isRight = isRight && (current == .space || isLast && current == .newline)
        while let current, current != .space, current != .newline { offset += 1 }
        passSpace()
        return isRight
    }

    /// Moves past blanks and a decimal number.
    fileprivate mutating func column<Number: FixedWidthInteger & UnsignedInteger>()
        throws(ParseError) -> Number
    {
        skipBlanks()
        let number = try unsigned(Number.self)
        guard endsField else { throw ParseError(.unexpected, at: offset) }
        return number
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
