package import ProcSampling
package import Units

/// Its network: that of the UDP case.
extension Edge07 {
    package static let host = NamespaceID(4_026_531_840)
    package static let edged = ProcessIdentity(pid: ProcessID(310), startTime: ClockTicks(310))

    package static func id(_ cookie: UInt64) -> SocketID {
        SocketID(namespace: host, cookie: cookie)
    }

    package static func ip(_ text: String, _ port: UInt16) -> SocketAddress {
        IPAddress(text).map { .ip($0, port: port) } ?? .none
    }

    package static func seconds(_ count: UInt64) -> Nanoseconds {
        Nanoseconds(count * 1_000_000_000)
    }

    /// Two readers of datagrams, of which one is lost; a server with connections of all kinds.
    package static func sockets(at moment: Nanoseconds) -> [SocketSample] {
        let streamd = SocketOwner(process: Edge07.streamd, descriptor: 91)
        func since(_ count: UInt64) -> Nanoseconds { moment.since(seconds(count)) }
        return [
            SocketSample(
                id: id(1), transport: .tcp, local: ip("0.0.0.0", 8080), peer: ip("0.0.0.0", 0),
                state: .listen, inode: 7001, user: UserID(1001),
                owner: SocketOwner(process: Edge07.streamd, descriptor: 12), receiveQueue: 129,
                sendQueue: 128, since: since(400_000), isFromBefore: true),
            SocketSample(
                id: id(2), transport: .tcp, local: ip("10.0.3.7", 8080),
                peer: ip("10.9.1.4", 51514), state: .closeWait, inode: 7002, user: UserID(1001),
                owner: streamd, receiveQueue: 1, sendQueue: 0, receiveBuffer: ByteCount(131_072),
                sendBuffer: ByteCount(87_040), drops: Counted(total: 0),
                tcp: TCPFigures(
                    roundTripMicroseconds: 312, roundTripVariationMicroseconds: 90,
                    retransmits: Counted(total: 0, rate: .zero), congestionWindow: 10,
                    pathMTU: 1500, lastSentMilliseconds: 2_460_000,
                    lastReceivedMilliseconds: 2_460_000, unacknowledged: 0, bytesReceived: 812,
                    bytesAcknowledged: 44_212), since: since(2460)),
            SocketSample(
                id: id(3), transport: .tcp, local: ip("192.168.100.200", 48_212),
                peer: ip("203.0.113.199", 9092), state: .established, inode: 7003,
                user: UserID(1001),
                owner: SocketOwner(process: Edge07.streamd, descriptor: 93), otherOwners: 2,
                receiveQueue: 0, sendQueue: 127_072, receiveBuffer: ByteCount(131_072),
                sendBuffer: ByteCount(4 << 20), drops: Counted(total: 0),
                tcp: TCPFigures(
                    roundTripMicroseconds: 84_200, roundTripVariationMicroseconds: 12_000,
                    retransmits: Counted(total: 1312, rate: Rate(4.2)), congestionWindow: 3,
                    pathMTU: 1400, lastSentMilliseconds: 4, lastReceivedMilliseconds: 90,
                    unacknowledged: 4, bytesReceived: 91_000, bytesAcknowledged: 812_000_000,
                    receiveWindowLimitedMicroseconds: 1_200_000), since: since(11_000)),
            SocketSample(
                id: id(4), transport: .tcp, local: ip("10.0.3.7", 8080),
                peer: ip("10.9.1.5", 40_000), state: .timeWait, since: since(12)),
            SocketSample(
                id: id(5), transport: .udp, local: ip("0.0.0.0", 12_201),
                peer: ip("0.0.0.0", 0), state: .close, inode: 8001, user: UserID(0),
                owner: SocketOwner(process: edged, descriptor: 7), receiveQueue: 424_960,
                sendQueue: 0, receiveBuffer: ByteCount(425_984), sendBuffer: ByteCount(212_992),
                drops: Counted(total: 9148, rate: Rate(212.0), sinceStart: 9148),
                since: since(400_000), isFromBefore: true),
            SocketSample(
                id: id(6), transport: .udp, local: ip("::", 8125), peer: ip("::", 0),
                state: .close, inode: 8002, user: UserID(1001),
                owner: SocketOwner(process: Edge07.streamd, descriptor: 14), receiveQueue: 1280,
                sendQueue: 0, receiveBuffer: ByteCount(425_984), sendBuffer: ByteCount(212_992),
                drops: Counted(total: 0, rate: .zero), since: since(400_000), isFromBefore: true),
            SocketSample(
                id: id(7), transport: .unixStream, local: .unix("/run/streamd/control.sock"),
                peer: .unixPeer(0), state: .listen, inode: 9001,
                owner: SocketOwner(process: Edge07.streamd, descriptor: 5), receiveQueue: 0,
                sendQueue: 4096, since: since(400_000), isFromBefore: true),
            SocketSample(
                id: id(8), transport: .unixDatagram, local: .unix("@evil\u{1B}[2J\nname"),
                peer: .unixPeer(9011), state: .established, inode: 9002, receiveQueue: 0,
                sendQueue: 0, since: since(30)),
        ]
    }

    /// What five seconds of samples of a reader that stopped look like.
    package static func stalledBurst(at moment: Nanoseconds) -> QueueBurst {
        QueueBurst(
            socket: id(5), moment: moment, duration: .seconds(5), isComplete: true,
            queue: Array(repeating: 424_960, count: 500), buffer: ByteCount(425_984),
            dropped: 1060,
            reader: SocketReader(
                owner: SocketOwner(process: edged, descriptor: 7),
                epolls: [SocketReader.Epoll(descriptor: 5, isEdgeTriggered: true)],
                threads: [
                    SocketReader.Thread(
                        id: ThreadIdentity(tid: ThreadID(3318), startTime: ClockTicks(310)),
                        name: "reader", samples: 50, waits: 50, call: "epoll_wait", epoll: 5)
                ], threadCount: 1), cost: Percent(0.4))
    }

    package static func counters() -> NetworkCounters {
        var counters = NetworkCounters()
        let lost = Counted(total: 9148, rate: Rate(212.0), sinceStart: 9148)
        counters[.udpReceived] = Counted(total: 81_000_000, rate: Rate(8100.0), sinceStart: 480_000)
        counters[.udpErrors] = lost
        counters[.udpBufferErrors] = lost
        for quiet in [
            NetworkCounter.udpMemoryErrors, .udpChecksumErrors, .reassemblyFailed,
            .reassemblyNeeded, .ipDiscarded, .ipHeaderErrors, .listenOverflows,
        ] {
            counters[quiet] = Counted(total: 0, rate: .zero)
        }
        counters[.tcpEstablished] = Counted(total: 140, rate: .zero)
        counters[.tcpSegmentsSent] = Counted(total: 9_000_000, rate: Rate(21_000.0))
        counters[.tcpRetransmitted] = Counted(total: 1800, rate: Rate(4.2))
        return counters
    }

    package static func routes() -> RoutingReading {
        let eth0 = UInt32(2)
        return RoutingReading(
            routes: [
                Route(
                    destination: IPAddress("10.0.3.0"), prefixLength: 24, isV6: false,
                    interface: eth0, interfaceName: "eth0", source: IPAddress("10.0.3.7")),
                Route(
                    destination: nil, prefixLength: 0, isV6: false,
                    gateway: IPAddress("10.0.3.1"), interface: eth0, interfaceName: "eth0",
                    metric: 100, origin: "dhcp"),
                Route(
                    destination: IPAddress("203.0.113.0"), prefixLength: 24, isV6: false,
                    table: 254, kind: "blackhole", origin: "static"),
                Route(
                    destination: IPAddress("fe80::"), prefixLength: 64, isV6: true,
                    interface: eth0, interfaceName: "eth0", metric: 256),
            ])
    }

    package static func network(number: Int, at moment: Nanoseconds) -> NetworkReading {
        let quiet = Counted(total: 0, rate: .zero)
        return NetworkReading(
            number: number, moment: moment,
            namespace: NetworkNamespace(
                id: host, isOwn: true,
                process: ProcessIdentity(
                    pid: ProcessID(1), startTime: ClockTicks(1)), processCount: 4),
            interval: .seconds(1), counters: counters(),
            interfaces: [
                InterfaceSample(
                    id: 2, name: "eth0", mtu: 1500,
                    receivedPackets: Counted(total: 9_000_000, rate: Rate(12_000.0)),
                    dropped: quiet)
            ],
            softnet: [
                SoftnetSample(
                    id: 0, processed: Counted(total: 9_000_000, rate: Rate(12_000.0)),
                    dropped: quiet, squeezed: Counted(total: 12, rate: .zero), backlog: 0)
            ],
            sockets: SocketReading(sockets: sockets(at: moment), tables: .all),
            bursts: [id(5): stalledBurst(at: moment)], cost: .milliseconds(1))
    }
}
