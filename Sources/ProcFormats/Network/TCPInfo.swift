/// What the kernel knows of a TCP connection: `struct tcp_info` in `include/uapi/linux/tcp.h`, from
/// the attribute INET_DIAG_INFO. It grew with the kernel: nil is what this one's does not have.
public struct TCPInfo: Hashable, Sendable {
    /// Segments that were not acknowledged yet; of a listener, connections that wait for accept(2).
    public var unacknowledged: UInt32?
    /// In milliseconds: since data was sent, and since some came.
    public var lastDataSent: UInt32?
    public var lastDataReceived: UInt32?
    /// And since an acknowledgement came.
    public var lastAcknowledgement: UInt32?
    /// In bytes.
    public var pathMTU: UInt32?
    /// The smoothed round trip time and its mean deviation, in microseconds.
    public var roundTrip: UInt32?
    public var roundTripVariation: UInt32?
    /// In segments.
    public var congestionWindow: UInt32?
    /// Segments sent again since the connection began.
    public var retransmits: UInt32?
    /// In bytes; since 4.1.
    public var bytesAcknowledged: UInt64?
    public var bytesReceived: UInt64?
    /// Time in which nothing could be sent for the peer's window, in microseconds; since 4.10.
    public var receiveWindowLimited: UInt64?

    init(_ attribute: NetlinkAttribute, in bytes: Span<UInt8>) {
        unacknowledged = attribute.number(in: bytes, at: 24)
        lastDataSent = attribute.number(in: bytes, at: 44)
        lastDataReceived = attribute.number(in: bytes, at: 52)
        lastAcknowledgement = attribute.number(in: bytes, at: 56)
        pathMTU = attribute.number(in: bytes, at: 60)
        roundTrip = attribute.number(in: bytes, at: 68)
        roundTripVariation = attribute.number(in: bytes, at: 72)
        congestionWindow = attribute.number(in: bytes, at: 80)
        retransmits = attribute.number(in: bytes, at: 100)
        bytesAcknowledged = attribute.number(in: bytes, at: 120)
        bytesReceived = attribute.number(in: bytes, at: 128)
        receiveWindowLimited = attribute.number(in: bytes, at: 176)
    }
}
