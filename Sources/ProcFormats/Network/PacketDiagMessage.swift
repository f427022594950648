public import Units

/// One packet socket, as capture programs open them: `packet(7)`, `struct packet_diag_msg` in
/// `include/uapi/linux/packet_diag.h`.
public struct PacketDiagMessage: Hashable, Sendable {
    /// Its Ethernet protocol, `ETH_P_`; 3 for all.
    public var etherType: UInt16
    public var inode: UInt32
    public var cookie: UInt64
    /// The interface, by index; 0 for all.
    public var interface: UInt32?
    public var user: UserID?
    public var memory: SocketMemory?
    /// Bytes that wait to be read, as the kernel charges them.
    public var receiveQueue: UInt32?

    /// Parses the payload of a message that answers `NetlinkRequest.packetSockets`.
    public init(parsing bytes: Span<UInt8>, in payload: Range<Int>) throws(ParseError) {
        let start = payload.lowerBound
        guard payload.count >= Self.fixedLength else { throw ParseError(.truncated, at: start) }
        etherType = bytes.number(at: start + 2)
        inode = bytes.number(at: start + 4)
        cookie = bytes.cookie(at: start + 8)

        var offset = start + Self.fixedLength
        while let attribute = try NetlinkAttribute(
            nextIn: bytes, at: &offset, before: payload.upperBound)
        {
            switch attribute.kind {
            case 0: interface = attribute.number(in: bytes)
            case 5: user = attribute.number(in: bytes).map { UserID($0) }
            case 6:
                memory = SocketMemory(attribute, in: bytes)
                receiveQueue = attribute.number(in: bytes)
            default: break
            }
        }
    }

    private static let fixedLength = 16
}

extension NetlinkRequest {
    /// Asks for all packet sockets.
    public static func packetSockets() -> NetlinkRequest {
        var request = NetlinkRequest(kind: socketDiagnosis, isDump: true)
        request.append([SocketFamily.packet.rawValue, 0, 0, 0])
        request.append(UInt32(0))  // inode
        request.append(UInt32(0x01 | 0x10))  // what it is, and memory
        request.append(UInt64.max)  // cookie
        return request
    }
}
