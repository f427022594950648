public import Units

/// One socket at one reading: what `ss(8)` shows of it, and whose it is. What this source does not
/// tell is nil.
public struct SocketSample: Codable, Sendable, Identifiable {
    public let id: SocketID
    public var transport: Transport
    public var local: SocketAddress
    public var peer: SocketAddress
    public var state: SocketState
    /// The interface it is bound to, by index; 0 for none. /proc files do not tell.
    public var interface: UInt32
    /// Of sockfs, as the links in `/proc/PID/fd` name it; 0 for sockets without a file: those in
    /// TIME_WAIT and the kernel's own.
    public var inode: UInt32
    public var user: UserID?
    /// Who holds it open: the process with the lowest number. See `SocketReading.owners` for how
    /// much of that is known.
    public var owner: SocketOwner?
    /// Processes that hold it open beside the owner.
    public var otherOwners: Int
    /// Bytes that wait to be read. Of UDP as the kernel charges them, its own overhead included
    /// (truesize); it may stand up to a quarter of the buffer below it and yet nothing fit, as what
    /// was read is released late (`udp_rmem_release`): `QueueBurst.charged` has both. Of a TCP
    /// listener, connections that wait for accept(2).
    public var receiveQueue: UInt64?
    /// Bytes that were not acknowledged, or not sent yet; of a TCP listener, its backlog.
    public var sendQueue: UInt64?
    /// SO_RCVBUF and SO_SNDBUF as the kernel keeps them, twice what was asked for; `socket(7)`.
    public var receiveBuffer: ByteCount?
    public var sendBuffer: ByteCount?
    /// What was dropped since it was opened; wraps at 2^32 in the kernel, not here.
    public var drops: Counted?
    public var tcp: TCPFigures?
    /// When it was first seen in this state, on the clock of `Snapshot.moment`: it may be older. In
    /// times when its table, or its state, was not read, it may have been in another one.
    public var since: Nanoseconds
    /// It may have been in this state already when nobody sampled, as before the first reading of its
    /// kind: it is older than `since` says.
    public var isFromBefore: Bool

    public init(
        id: SocketID, transport: Transport, local: SocketAddress, peer: SocketAddress,
        state: SocketState, interface: UInt32 = 0, inode: UInt32 = 0, user: UserID? = nil,
        owner: SocketOwner? = nil,
        otherOwners: Int = 0, receiveQueue: UInt64? = nil, sendQueue: UInt64? = nil,
        receiveBuffer: ByteCount? = nil, sendBuffer: ByteCount? = nil, drops: Counted? = nil,
        tcp: TCPFigures? = nil, since: Nanoseconds = Nanoseconds(0), isFromBefore: Bool = false
    ) {
        self.id = id
        self.transport = transport
        self.local = local
        self.peer = peer
        self.state = state
        self.interface = interface
        self.inode = inode
        self.user = user
        self.owner = owner
        self.otherOwners = otherOwners
        self.receiveQueue = receiveQueue
        self.sendQueue = sendQueue
        self.receiveBuffer = receiveBuffer
        self.sendBuffer = sendBuffer
        self.drops = drops
        self.tcp = tcp
        self.since = since
        self.isFromBefore = isFromBefore
    }
}

/// One socket for good: within a network namespace, by the kernel's cookie, which is never used
/// again; `sock_diag(7)`. From /proc files, which have no cookie, by a number made of its inode, or
/// of its addresses where it has none.
public struct SocketID: Hashable, Codable, Sendable {
    public let namespace: NamespaceID
    public let cookie: UInt64

    public init(namespace: NamespaceID, cookie: UInt64) {
        self.namespace = namespace
        self.cookie = cookie
    }
}

/// Which protocol a socket speaks.
public enum Transport: UInt8, Hashable, Codable, Sendable, CaseIterable {
    case tcp, udp, raw, unixStream, unixDatagram, unixSequenced, packet

    public var isUnix: Bool {
        switch self {
        case .unixStream, .unixDatagram, .unixSequenced: true
        case .tcp, .udp, .raw, .packet: false
        }
    }
}

/// One end of a socket.
public enum SocketAddress: Hashable, Codable, Sendable {
    /// Port 0 stands for any, or for none; of a raw socket it is the protocol's number.
    case ip(IPAddress, port: UInt16)
    /// A path, or with a leading "@" a name in the abstract namespace; empty where it has none.
    case unix(String)
    /// The other end of a UNIX socket, by its inode; 0 while it is not connected.
    case unixPeer(UInt32)
    /// A packet socket's interface, by index (0 for all), and its Ethernet protocol.
    case packet(interface: UInt32, protocol: UInt16)
    case none
}

/// The states of `include/net/tcp_states.h`. An unconnected UDP or raw socket is in `.close`, a
/// connected one in `.established`.
public enum SocketState: UInt8, Hashable, Codable, Sendable, CaseIterable {
    case unknown = 0
    case established, synSent, synReceived, finWait1, finWait2, timeWait, close, closeWait
    case lastAck, listen, closing, newSynReceived
}

/// Who holds a socket open, and as which descriptor.
public struct SocketOwner: Hashable, Codable, Sendable {
    public var process: ProcessIdentity
    public var descriptor: Int32

    public init(process: ProcessIdentity, descriptor: Int32) {
        self.process = process
        self.descriptor = descriptor
    }
}

/// A counter of the kernel, and what it did.
public struct Counted: Hashable, Codable, Sendable {
    public var total: UInt64
    /// Since the reading before; nil at the first.
    public var rate: Rate?
    /// How far it has come since the first reading.
    public var sinceStart: UInt64

    public init(total: UInt64, rate: Rate? = nil, sinceStart: UInt64 = 0) {
        self.total = total
        self.rate = rate
        self.sinceStart = sinceStart
    }
}

/// What the kernel tells of a TCP connection: `struct tcp_info` in `include/uapi/linux/tcp.h`.
/// Nil where this kernel's is shorter.
public struct TCPFigures: Hashable, Codable, Sendable {
    /// Smoothed round trip time and its mean deviation.
    public var roundTripMicroseconds: UInt32?
    public var roundTripVariationMicroseconds: UInt32?
    public var retransmits: Counted?
    /// In segments.
    public var congestionWindow: UInt32?
    /// What is believed of the way to the peer, in bytes.
    public var pathMTU: UInt32?
    /// Since data, or an acknowledgement, came or went.
    public var lastSentMilliseconds: UInt32?
    public var lastReceivedMilliseconds: UInt32?
    public var lastAcknowledgedMilliseconds: UInt32?
    /// Segments that are on their way.
    public var unacknowledged: UInt32?
    public var bytesReceived: UInt64?
    public var bytesAcknowledged: UInt64?
    /// Time it could not send because the peer's window was closed.
    public var receiveWindowLimitedMicroseconds: UInt64?

    public init(
        roundTripMicroseconds: UInt32? = nil, roundTripVariationMicroseconds: UInt32? = nil,
        retransmits: Counted? = nil, congestionWindow: UInt32? = nil, pathMTU: UInt32? = nil,
        lastSentMilliseconds: UInt32? = nil, lastReceivedMilliseconds: UInt32? = nil,
        lastAcknowledgedMilliseconds: UInt32? = nil,
        unacknowledged: UInt32? = nil, bytesReceived: UInt64? = nil,
        bytesAcknowledged: UInt64? = nil, receiveWindowLimitedMicroseconds: UInt64? = nil
    ) {
        self.roundTripMicroseconds = roundTripMicroseconds
        self.roundTripVariationMicroseconds = roundTripVariationMicroseconds
        self.retransmits = retransmits
        self.congestionWindow = congestionWindow
        self.pathMTU = pathMTU
        self.lastSentMilliseconds = lastSentMilliseconds
        self.lastReceivedMilliseconds = lastReceivedMilliseconds
        self.lastAcknowledgedMilliseconds = lastAcknowledgedMilliseconds
        self.unacknowledged = unacknowledged
        self.bytesReceived = bytesReceived
        self.bytesAcknowledged = bytesAcknowledged
        self.receiveWindowLimitedMicroseconds = receiveWindowLimitedMicroseconds
    }
}
