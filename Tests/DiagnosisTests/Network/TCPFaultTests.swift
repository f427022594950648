import Diagnosis
import ProcFormats
import ProcSampling
import Testing
import Units

/// Connections that stand still, half-open ones, and ports that are used up.
@Suite struct TCPFaultTests {
    private func findings(
        _ kind: FindingKind, _ change: (Int, inout NetworkReading) -> Void
    ) -> [Finding] {
        var machine = MadeMachine()
        for second in 1...2 {
            machine.refresh(
                [MadeMachine.process(3310, anonymous: 0), MadeMachine.process(3311, anonymous: 0)],
                network: MadeNetwork.reading(second) { change(second, &$0) })
        }
        return machine.findings.findings.filter { $0.kind == kind }
    }

    private static func end(_ port: UInt16) -> SocketAddress {
        .ip(IPAddress(v4: 0x7F00_0001), port: port)
    }

    private func connection(
        _ local: UInt16, _ peer: UInt16, process: Int32 = 3310, state: SocketState = .established,
        change: (inout SocketSample) -> Void = { _ in }
    ) -> SocketSample {
        var socket = SocketSample(
            id: MadeNetwork.id(UInt64(local) << 16 + UInt64(peer)), transport: .tcp,
            local: Self.end(local), peer: Self.end(peer), state: state, inode: UInt32(local),
            owner: SocketOwner(process: MadeMachine.id(process), descriptor: 3),
            receiveQueue: 0, sendQueue: 0, receiveBuffer: ByteCount(131_072),
            tcp: TCPFigures(
                lastSentMilliseconds: 10_000, lastReceivedMilliseconds: 10_000, unacknowledged: 0),
            since: MadeNetwork.moment(1))
        change(&socket)
        return socket
    }

    private func stall(
        queue: UInt64 = 65_536, milliseconds: UInt32 = 10_000, sends: Bool = true
    ) -> Finding? {
        findings(.tcpStall) { _, reading in
            reading.sockets.sockets = [
                connection(7005, 40_000) {
                    $0.receiveQueue = queue
                    $0.tcp?.lastReceivedMilliseconds = milliseconds
                },
                connection(40_000, 7005, process: 3311) {
                    $0.sendQueue = sends ? 2_621_440 : 0
                    $0.tcp?.lastSentMilliseconds = milliseconds
                },
            ]
        }.first
    }

    @Test func aReaderThatStoppedIsNamedWithItsSender() throws {
        let found = try #require(stall())
        #expect(found.subject == .process(MadeMachine.id(3310)))
        #expect(found.severity == .warning && found.confidence == .high)
        #expect(
            found.claim
                == "streamd 3310 does not read tcp 127.0.0.1:7005 from 127.0.0.1:40000: 64K unread,"
                + " no room for more for 10s; streamd 3311 cannot send 2.5M")
        #expect(stall(milliseconds: 9_999) == nil)
        #expect(stall(queue: 0) == nil, "what is sent does not arrive")
        #expect(stall(sends: false)?.confidence == .medium)
        #expect(stall(queue: 100, sends: false) == nil, "nobody sends more")
    }

    /// The peer is elsewhere: a server has such clients at any time.
    @Test(arguments: [(true, Finding.Severity.info), (false, .warning)])
    func aPeerThatDoesNotRead(_ isServer: Bool, _ severity: Finding.Severity) throws {
        let found = try #require(
            findings(.tcpStall) { _, reading in
                reading.sockets.sockets = [connection(40_000, 5044) { $0.sendQueue = 5_000 }]
                if isServer {
                    reading.sockets.sockets.append(connection(40_000, 0, state: .listen))
                }
            }.first)
        #expect(found.severity == severity)
        #expect(found.claim.hasPrefix("127.0.0.1:5044 does not read: streamd 3310 cannot send 5K"))
    }

    private func backlog(
        halfOpen: UInt16, dropped: UInt64 = 0, cookies: UInt64 = 0
    ) -> Finding? {
        findings(.synBacklog) { second, reading in
            reading.counters[.listenDrops] = MadeNetwork.counted(second == 1 ? 0 : dropped)
            reading.counters[.tcpRequestQueueCookies] =
                MadeNetwork.counted(second == 1 ? 0 : cookies)
            reading.sockets.sockets =
                [connection(8080, 0, state: .listen) { $0.sendQueue = 64 }]
                + (0..<halfOpen).map { connection(8080, 1000 + $0, state: .synReceived) }
        }.first
    }

    @Test func aFullQueueOfHalfOpenConnections() throws {
        #expect(backlog(halfOpen: 64) == nil)
        #expect(backlog(halfOpen: 47, dropped: 100) == nil, "there is room")
        #expect(backlog(halfOpen: 64, dropped: 9) == nil)
        let found = try #require(backlog(halfOpen: 64, dropped: 10))
        #expect(found.severity == .critical && found.confidence == .high)
        #expect(
            found.claim == "tcp 127.0.0.1:8080 (streamd 3310) SYN queue full: 64 half-open of 64;"
                + " 10 SYNs dropped in the last minute")
        #expect(backlog(halfOpen: 64, cookies: 10)?.severity == .warning)
    }

    private func ports(_ count: UInt16, timeWait: UInt16 = 0, reuse: UInt64 = 2) -> Finding? {
        findings(.ephemeralPorts) { _, reading in
            reading.limits.ephemeralPorts = 32_768...32_867
            reading.limits.timeWaitReuse = reuse
            reading.sockets.sockets = (0..<count).map { index in
                connection(
                    32_768 + index, 7999, state: index < timeWait ? .timeWait : .established)
            }
        }.first
    }

    @Test func portsAreUsedUpTowardsOneDestination() throws {
        #expect(ports(89) == nil)
        #expect(ports(90)?.severity == .warning)
        let found = try #require(ports(98))
        #expect(found.severity == .critical && found.confidence == .high)
        #expect(found.subject == .process(MadeMachine.id(3310)))
        #expect(
            found.claim
                == "tcp ephemeral ports to 127.0.0.1:7999 used up: 98 of 100, 98 by streamd 3310")
        // connect(2) takes ports over from TIME_WAIT on loopback.
        #expect(ports(98, timeWait: 20) == nil)
        #expect(ports(98, timeWait: 20, reuse: 0) != nil)
    }
}
