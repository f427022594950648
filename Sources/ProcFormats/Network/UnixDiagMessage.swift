public import Units

/// One UNIX socket: `sock_diag(7)`, `struct unix_diag_msg` in `include/uapi/linux/unix_diag.h`.
public struct UnixDiagMessage: Hashable, Sendable {
    /// SOCK_STREAM (1), SOCK_DGRAM (2) or SOCK_SEQPACKET (5).
    public var type: UInt8
    /// 1 is connected, 7 is not, 10 listens.
    public var state: UInt8
    /// Never 0: what waits for accept(2) is not listed.
    public var inode: UInt32
    public var cookie: UInt64
    /// Where its name stands in the bytes; empty where it has none.
    public var nameRange: Range<Int>
    /// The other end's inode.
    public var peer: UInt32?
    /// Bytes that wait to be read; of a listener, connections that wait for accept(2).
    public var receiveQueue: UInt32?
    /// Bytes the other end has not read, as the kernel charges them; of a listener, its backlog.
    public var sendQueue: UInt32?
    public var memory: SocketMemory?
    /// Since 4.20.
    public var user: UserID?

    /// Parses the payload of a message that answers `NetlinkRequest.unixSockets`. Allocates nothing:
    /// the name stays in `bytes`.
    public init(parsing bytes: Span<UInt8>, in payload: Range<Int>) throws(ParseError) {
        let start = payload.lowerBound
        guard payload.count >= Self.fixedLength else { throw ParseError(.truncated, at: start) }
        type = bytes[start + 1]
        state = bytes[start + 2]
        inode = bytes.number(at: start + 4)
        cookie = bytes.cookie(at: start + 8)
        nameRange = start..<start

        var offset = start + Self.fixedLength
        while let attribute = try NetlinkAttribute(
            nextIn: bytes, at: &offset, before: payload.upperBound)
        {
            switch attribute.kind {
            case 0: nameRange = attribute.payload
            case 2: peer = attribute.number(in: bytes)
            case 4:
                receiveQueue = attribute.number(in: bytes)
                sendQueue = attribute.number(in: bytes, at: 4)
            case 5: memory = SocketMemory(attribute, in: bytes)
            case 7: user = attribute.number(in: bytes).map { UserID($0) }
            default: break
            }
        }
    }

    private static let fixedLength = 16

    /// The name as text, from the bytes that were parsed: a path, or for one that begins with a NUL
    /// "@" and the rest, in which NULs are "@", too, as in `/proc/net/unix`. What is not UTF-8
    /// becomes U+FFFD.
    public func name(in bytes: Span<UInt8>) -> String {
        guard !nameRange.isEmpty else { return "" }
        if bytes[nameRange.lowerBound] == 0 {
            let name = nameRange.map { bytes[$0] == 0 ? UInt8(ascii: "@") : bytes[$0] }
            return String(decoding: name, as: UTF8.self)
        }
        let end = nameRange.first { bytes[$0] == 0 } ?? nameRange.upperBound
        return bytes.text(in: nameRange.lowerBound..<end)
    }
}

extension NetlinkRequest {
    /// Asks for all UNIX sockets.
    public static func unixSockets() -> NetlinkRequest {
        var request = NetlinkRequest(kind: socketDiagnosis, isDump: true)
        request.append([SocketFamily.unix.rawValue, 0, 0, 0])
        request.append(UInt32.max)  // states
        request.append(UInt32(0))  // inode
        // Name, peer, queues, memory and user.
        request.append(UInt32(0x01 | 0x04 | 0x10 | 0x20 | 0x40))
        request.append(UInt64.max)  // cookie
        return request
    }
}
