package import ProcFormats
package import Samples
package import Units

/// What all rows of a list of sockets have in common, once for all of them.
package final class SocketContext: Sendable {
    package let reading: NetworkReading
    let userNames: UserNames
    /// How an address is written, on which interface: in numbers, or with the names of services and
    /// hosts.
    package typealias Address = @Sendable (SocketAddress, Transport, _ zone: String?) -> String
    let address: Address
    let processName: @Sendable (ProcessIdentity) -> String?
    /// Whether there is no room in its receive queue: a listener's, or one for datagrams.
    let isFull: @Sendable (SocketSample) -> Bool
    /// How a socket is read, as far as its queue was sampled; nil where nothing is known of that.
    let reader: @Sendable (SocketID) -> SocketReaderFigures?

    package init(
        _ reading: NetworkReading, userNames: UserNames,
        address: @escaping Address = { address, _, zone in address.text(zone: zone) },
        processName: @escaping @Sendable (ProcessIdentity) -> String? = { _ in nil },
        isFull: @escaping @Sendable (SocketSample) -> Bool = { _ in false },
        reader: @escaping @Sendable (SocketID) -> SocketReaderFigures? = { _ in nil }
    ) {
        self.reading = reading
        self.userNames = userNames
        self.address = address
        self.processName = processName
        self.isFull = isFull
        self.reader = reader
    }

    /// Nil for one that this reading does not have.
    package func row(of id: SocketID) -> SocketRow? {
        reading.sockets.sockets.indices.first { reading.sockets.sockets[$0].id == id }
            .map { SocketRow(self, $0) }
    }
}

/// What samples of a socket's queue say of the one who is to read it.
package struct SocketReaderFigures: Hashable, Sendable {
    /// As a narrow column calls it, its name in JSON, and its place among kinds: what needs a person
    /// most comes first.
    package var kind: FieldValue
    package var emphasis: Emphasis
    /// Shares of the samples at which the queue was full, and empty.
    package var full: Percent
    package var empty: Percent
    package var confidence: String
    package var claim: String
    package var proof: [String]
    package var advice: String
    /// What one datagram costs of the buffer, and how many fit.
    package var datagramCost: ByteCount?
    package var capacity: Int?

    package init(
        kind: FieldValue, emphasis: Emphasis, full: Percent, empty: Percent, confidence: String,
        claim: String, proof: [String], advice: String, datagramCost: ByteCount?, capacity: Int?
    ) {
        self.kind = kind
        self.emphasis = emphasis
        self.full = full
        self.empty = empty
        self.confidence = confidence
        self.claim = claim
        self.proof = proof
        self.advice = advice
        self.datagramCost = datagramCost
        self.capacity = capacity
    }
}

/// A row of a list of sockets.
package struct SocketRow: FieldRow {
    package let context: SocketContext
    /// Where the reading has it.
    package let index: Int

    package init(_ context: SocketContext, _ index: Int) {
        self.context = context
        self.index = index
    }

    package static var fadesZeros: Bool { true }

    /// Lent, not copied: this is asked for every row of a table of tens of thousands.
    package var socket: SocketSample {
        _read { yield context.reading.sockets.sockets[index] }
    }

    /// Its ends for people.
    var local: String {
        context.address(
            socket.local, socket.transport, context.reading.interfaceName(of: socket))
    }
    var peer: String {
        context.address(socket.peer, socket.transport, context.reading.peerZone(of: socket))
    }

    var isListener: Bool { socket.state == .listen }
    var reader: SocketReaderFigures? { context.reader(socket.id) }

    /// For how long it was seen in its state.
    var age: Duration { Duration(context.reading.moment.since(socket.since)) }

    /// Of a listener a queue has connections, not bytes.
    func queue(_ length: UInt64?) -> FieldValue {
        guard let length else { return .unknown }
        return isListener ? .count(length) : .exactBytes(length)
    }

    /// A figure of TCP: others have none, nor have listeners and what is over.
    func ofTCP(_ value: FieldValue?) -> FieldValue {
        if let value { return value }
        let isConnection =
            socket.transport == .tcp && socket.state != .listen && socket.state != .timeWait
        return isConnection ? .unknown : .inapplicable
    }

    /// Without its descriptor no process holds a socket: the kernel finishes it.
    var noOwner: FieldValue { socket.inode == 0 ? .inapplicable : .unknown }

    /// The thread that was seen waiting for the socket most.
    package var readerThread: ThreadIdentity? {
        let threads = context.reading.bursts[socket.id]?.reader.threads ?? []
        return threads.filter { $0.waits > 0 }.max { $0.waits < $1.waits }?.id
    }

    /// Its queue is being sampled for the first time.
    var isBeingSampled: Bool {
        context.reading.bursts[socket.id].map { !$0.isComplete } ?? false
    }
}

extension SortKey {
    /// Version 4 first, within a host by port; nil for nobody.
    init?(_ address: SocketAddress) {
        switch address {
        case .ip(let ip, let port):
            let bare = ip.unmapped
            if bare.isUnspecified {
                guard port != 0 else { return nil }
                self = .packed(0, 0, UInt64(port))
            } else if bare.isV6 {
                self = .packed(1 + (bare.high >> 1), bare.low, UInt64(port))
            } else {
                self = .packed(0, bare.low, UInt64(port))
            }
        case .unixPeer(let inode): self = .packed(.max - 1, UInt64(inode))
        case .unix, .packet: self = .text(address.description)
        case .none: return nil
        }
    }
}
