internal import ProcFormats
internal import Units

// What the kernel says, as a sample; `ListedSockets` fills in what depends on earlier readings.

extension SocketSample {
    init(
        _ message: borrowing InetDiagMessage, _ transport: Transport, in namespace: NamespaceID
    ) {
        let state = SocketState(rawValue: message.state) ?? .unknown
        self.init(
            id: SocketID(namespace: namespace, cookie: message.cookie), transport: transport,
            local: .ip(message.local, port: message.localPort),
            peer: .ip(message.peer, port: message.peerPort), state: state,
            interface: message.interface, inode: message.inode,
            // The kernel shows root for one that nobody has any more.
            user: state == .timeWait ? nil : message.user,
            receiveQueue: UInt64(message.receiveQueue), sendQueue: UInt64(message.sendQueue))
        if let memory = message.memory {
            receiveBuffer = memory.receiveBuffer.map { ByteCount(UInt64($0)) }
            sendBuffer = memory.sendBuffer.map { ByteCount(UInt64($0)) }
        }
        // Of a listener, they would be those of its queue.
        if let info = message.tcp, state != .listen { tcp = TCPFigures(info) }
    }

    init(_ message: UnixDiagMessage, _ bytes: Span<UInt8>, in namespace: NamespaceID) {
        self.init(
            id: SocketID(namespace: namespace, cookie: message.cookie),
            transport: Transport(unixType: message.type), local: .unix(message.name(in: bytes)),
            peer: .unixPeer(message.peer ?? 0),
            state: SocketState(rawValue: message.state) ?? .unknown, inode: message.inode,
            user: message.user, receiveQueue: message.receiveQueue.map { UInt64($0) },
            sendQueue: message.sendQueue.map { UInt64($0) },
            receiveBuffer: message.memory?.receiveBuffer.map { ByteCount(UInt64($0)) },
            sendBuffer: message.memory?.sendBuffer.map { ByteCount(UInt64($0)) })
    }

    init(_ message: PacketDiagMessage, in namespace: NamespaceID) {
        self.init(
            id: SocketID(namespace: namespace, cookie: message.cookie), transport: .packet,
            local: .packet(interface: message.interface ?? 0, protocol: message.etherType),
            peer: .none, state: .close, inode: message.inode, user: message.user,
            receiveQueue: message.receiveQueue.map { UInt64($0) },
            receiveBuffer: message.memory?.receiveBuffer.map { ByteCount(UInt64($0)) },
            sendBuffer: message.memory?.sendBuffer.map { ByteCount(UInt64($0)) })
    }

    init(_ row: SocketTableRow, _ transport: Transport, in namespace: NamespaceID) {
        let state = SocketState(rawValue: row.state) ?? .unknown
        let local = SocketAddress.ip(row.local, port: row.localPort)
        let peer = SocketAddress.ip(row.peer, port: row.peerPort)
        self.init(
            id: SocketID(namespace: namespace, inode: row.inode, orElse: [local, peer]),
            transport: transport, local: local, peer: peer, state: state, inode: row.inode,
            user: state == .timeWait ? nil : row.user,
            receiveQueue: row.receiveQueue.map { UInt64($0) },
            // The file tells no backlog.
            sendQueue: state == .listen ? nil : row.sendQueue.map { UInt64($0) })
    }

    init(_ row: UnixTableRow, _ bytes: Span<UInt8>, in namespace: NamespaceID) {
        self.init(
            id: SocketID(namespace: namespace, inode: row.inode, orElse: row.number),
            transport: Transport(unixType: row.type), local: .unix(row.name(in: bytes)),
            peer: .none,
            state: row.isListening ? .listen : row.isConnected ? .established : .close,
            inode: row.inode)
    }

    init(_ row: PacketTableRow, in namespace: NamespaceID) {
        self.init(
            id: SocketID(namespace: namespace, inode: row.inode, orElse: 0), transport: .packet,
            local: .packet(interface: row.interface, protocol: row.etherType), peer: .none,
            state: .close, inode: row.inode,
            user: row.user, receiveQueue: UInt64(row.receiveQueue))
    }
}

extension SocketID {
    /// From a file, which knows no cookie: those without an inode are told apart by something else.
    fileprivate init(namespace: NamespaceID, inode: UInt32, orElse other: some Hashable) {
        var cookie = UInt64(inode)
        if inode == 0 {
            // Never that of an inode.
            cookie = UInt64(UInt(bitPattern: other.hashValue)) | 1 << 63
        }
        self.init(namespace: namespace, cookie: cookie)
    }
}

extension Transport {
    fileprivate init(unixType: UInt8) {
        switch unixType {
        case 2: self = .unixDatagram
        case 5: self = .unixSequenced
        default: self = .unixStream
        }
    }
}

extension TCPFigures {
    /// Zeros of what was not measured yet are nil.
    fileprivate init(_ info: TCPInfo) {
        func measured(_ figure: UInt32?) -> UInt32? { figure == 0 ? nil : figure }
        self.init(
            roundTripMicroseconds: measured(info.roundTrip),
            roundTripVariationMicroseconds: info.roundTrip == 0 ? nil : info.roundTripVariation,
            congestionWindow: info.congestionWindow, pathMTU: measured(info.pathMTU),
            lastSentMilliseconds: info.lastDataSent,
            lastReceivedMilliseconds: info.lastDataReceived,
            lastAcknowledgedMilliseconds: info.lastAcknowledgement,
            unacknowledged: info.unacknowledged,
            bytesReceived: info.bytesReceived, bytesAcknowledged: info.bytesAcknowledged,
            receiveWindowLimitedMicroseconds: info.receiveWindowLimited)
    }
}
