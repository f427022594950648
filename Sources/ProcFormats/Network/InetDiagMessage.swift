public import Units

/// One TCP, UDP or raw socket: `sock_diag(7)`, `struct inet_diag_msg` in
/// `include/uapi/linux/inet_diag.h`, with the attributes that were asked for.
public struct InetDiagMessage: Hashable, Sendable {
    /// A number of `include/net/tcp_states.h`.
    public var state: UInt8
    public var local: IPAddress
    public var localPort: UInt16
    public var peer: IPAddress
    public var peerPort: UInt16
    /// The interface it is bound to, by index; 0 for none.
    public var interface: UInt32
    public var cookie: UInt64
    /// Bytes that wait to be read; of a TCP listener, connections that wait for accept(2).
    public var receiveQueue: UInt32
    /// Bytes not acknowledged or not sent yet; of a TCP listener, its backlog.
    public var sendQueue: UInt32
    public var user: UserID
    /// 0 where no file stands for it.
    public var inode: UInt32
    public var memory: SocketMemory?
    public var tcp: TCPInfo?

    /// Parses the payload of a message that answers `NetlinkRequest.inetSockets`, `.tcpSockets`
    /// or `.udpSocket`.
    /// Allocates nothing.
    public init(parsing bytes: Span<UInt8>, in payload: Range<Int>) throws(ParseError) {
        let start = payload.lowerBound
        guard payload.count >= Self.fixedLength else { throw ParseError(.truncated, at: start) }
        let isV6 = bytes[start] == SocketFamily.inet6.rawValue
        state = bytes[start + 1]
        localPort = bytes.networkNumber(at: start + 4)
        peerPort = bytes.networkNumber(at: start + 6)
        local = bytes.address(at: start + 8, isV6: isV6)
        peer = bytes.address(at: start + 24, isV6: isV6)
        interface = bytes.number(at: start + 40)
        cookie = bytes.cookie(at: start + 44)
        receiveQueue = bytes.number(at: start + 56)
        sendQueue = bytes.number(at: start + 60)
        user = UserID(bytes.number(at: start + 64))
        inode = bytes.number(at: start + 68)

        var offset = start + Self.fixedLength
        while let attribute = try NetlinkAttribute(
            nextIn: bytes, at: &offset, before: payload.upperBound)
        {
            switch attribute.kind {
            case Self.infoAttribute: tcp = TCPInfo(attribute, in: bytes)
            case Self.memoryAttribute: memory = SocketMemory(attribute, in: bytes)
            default: break
            }
        }
    }

    private static let fixedLength = 72
    /// INET_DIAG_INFO and INET_DIAG_SKMEMINFO.
    fileprivate static let infoAttribute: UInt16 = 2
    fileprivate static let memoryAttribute: UInt16 = 7
}

/// Families of addresses that sockets are listed by; `socket(2)`.
public enum SocketFamily: UInt8, Sendable {
    case unix = 1
    case inet = 2
    case inet6 = 10
    case packet = 17
}

/// The attribute SKMEMINFO of every kind of socket: what it holds and may hold, in bytes;
/// `sock_diag(7)`.
public struct SocketMemory: Hashable, Sendable {
    /// What the kernel compares with the receive buffer: all that waits, and what was read and is
    /// not released yet.
    public var receiveCharged: UInt32?
    public var receiveBuffer: UInt32?
    public var sendBuffer: UInt32?
    /// Datagrams or segments; nil before 4.7.
    public var drops: UInt32?

    init(_ attribute: NetlinkAttribute, in bytes: Span<UInt8>) {
        receiveCharged = attribute.number(in: bytes, at: 0)
        receiveBuffer = attribute.number(in: bytes, at: 4)
        sendBuffer = attribute.number(in: bytes, at: 12)
        drops = attribute.number(in: bytes, at: 32)
    }
}

extension NetlinkRequest {
    /// SOCK_DIAG_BY_FAMILY.
    static let socketDiagnosis: UInt16 = 20

    /// Asks for all sockets of a family and an `IPPROTO_` that are in the states of the mask, one
    /// bit each, with what they hold, and with figures of TCP.
    public static func inetSockets(
        _ family: SocketFamily, protocol number: UInt8, states: UInt32 = .max
    ) -> NetlinkRequest {
        var request = NetlinkRequest(kind: socketDiagnosis, isDump: true)
        request.append([family.rawValue, number, wantedExtensions, 0])
        request.append(states)
        request.append(repeatElement(0, count: socketIdentityLength))
        return request
    }

    /// Asks for all TCP sockets of both families in one answer, like `inetSockets`: TCPDIAG_GETSOCK,
    /// `struct inet_diag_req`. It is older than that and the only request for more than one family.
    public static func tcpSockets(states: UInt32 = .max) -> NetlinkRequest {
        var request = NetlinkRequest(kind: 18, isDump: true)
        let anyFamily: UInt8 = 0
        request.append([anyFamily, 0, 0, wantedExtensions])
        request.append(repeatElement(0, count: socketIdentityLength))
        request.append(states)
        request.append(UInt32(0))  // what it calls databases
        return request
    }

    /// Asks for the UDP socket that a datagram from the peer's to the local address would reach.
    public static func udpSocket(
        local: IPAddress, localPort: UInt16, peer: IPAddress, peerPort: UInt16, interface: UInt32
    ) -> NetlinkRequest {
        var request = NetlinkRequest(kind: socketDiagnosis, isDump: false)
        request.appendUDPHeader(isV6: local.isV6)
        // The kernel looks from the other side: what it calls the source is the peer.
        request.append(peerPort.bigEndian)
        request.append(localPort.bigEndian)
        for address in [peer, local] {
            request.append(address.bytes)
            request.append(repeatElement(0, count: 16 - address.bytes.count))
        }
        request.append(interface)
        request.append(UInt64.max)  // INET_DIAG_NOCOOKIE
        return request
    }

    /// Asks for all UDP sockets of a family that are bound to a port.
    public static func udpSockets(isV6: Bool, localPort: UInt16) -> NetlinkRequest {
        var request = NetlinkRequest(kind: socketDiagnosis, isDump: true)
        request.appendUDPHeader(isV6: isV6)
        request.append(repeatElement(0, count: socketIdentityLength))
        // Two conditions for the kernel, `struct inet_diag_bc_op`: the port at least, and at most
        // this one. Each takes two words: what it is, how far to go on where it holds and where it
        // does not (past the end), and the port. There is one for "equal" only since 5.7.
        let (atLeast, atMost): (UInt8, UInt8) = (2, 3)
        var program: [UInt8] = []
        for (condition, pastEnd) in [(atLeast, UInt16(20)), (atMost, 12)] {
            program += [condition, 8] + pastEnd.inMachineOrder
            program += [0, 0] + localPort.inMachineOrder
        }
        request.append(attribute: 1, program)  // INET_DIAG_REQ_BYTECODE
        return request
    }

    /// What an entry is to have besides what each has.
    private static var wantedExtensions: UInt8 {
        [InetDiagMessage.infoAttribute, InetDiagMessage.memoryAttribute]
            .reduce(0) { $0 | 1 << ($1 - 1) }
    }

    private mutating func appendUDPHeader(isV6: Bool) {
        let family: SocketFamily = isV6 ? .inet6 : .inet
        let wanted: UInt8 = 1 << (InetDiagMessage.memoryAttribute - 1)
        append([family.rawValue, 17, wanted, 0])
        append(UInt32.max)
    }

    /// `struct inet_diag_sockid`.
    private static var socketIdentityLength: Int { 48 }
}

extension Span<UInt8> {
    /// An address in network order.
    fileprivate func address(at offset: Int, isV6: Bool) -> IPAddress {
        guard isV6 else { return IPAddress(v4: networkNumber(at: offset)) }
        return IPAddress(high: networkNumber(at: offset), low: networkNumber(at: offset + 8))
    }

    /// Two numbers, the lower half first.
    func cookie(at offset: Int) -> UInt64 {
        let low = number(at: offset, as: UInt32.self)
        let high = number(at: offset + 4, as: UInt32.self)
        return UInt64(high) << 32 | UInt64(low)
    }
}
