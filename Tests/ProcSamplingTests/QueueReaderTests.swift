import Glibc
import ProcFormats
import TestTraits
import Testing
import Units

@testable import ProcSampling

/// Samples of queues of UDP sockets of this test, each of which lost a number of its own.
@Suite(.serialized)
struct QueueReaderTests {
    private static let any = IPAddress(v4: 0)
    private static let any6 = IPAddress(high: 0, low: 0)
    private static let loopback = IPAddress(v4: 0x7F00_0001)
    private static let loopback6 = IPAddress(high: 0, low: 1)
    private static let mapped = IPAddress(high: 0, low: 0xFFFF_7F00_0001)

    private func receiver(
        _ address: IPAddress, port: UInt16 = 0, buffer: Int32 = 4096, option: Int32? = nil
    ) throws -> OpenSocket {
        let socket = try OpenSocket(address.isV6 ? AF_INET6 : AF_INET, .datagram)
        try socket.set(SOL_SOCKET, SO_RCVBUF, buffer)
        if let option { try socket.set(SOL_SOCKET, option, 1) }
        try socket.bind(address, port: port)
        return socket
    }

    private func sample(of socket: OpenSocket) throws -> SocketSample {
        try #require(try Flood.samples().first { $0.inode == socket.inode })
    }

    @Test(arguments: [
        (any, loopback), (loopback, loopback), (any6, loopback6), (any6, loopback),
        (loopback6, loopback6), (mapped, loopback),
    ])
    func samplesShowWhatTheListingShows(bound: IPAddress, target: IPAddress) throws {
        let socket = try receiver(bound)
        try Flood.send(50, to: target, [socket])
        let sample = try sample(of: socket)
        let reader = try #require(QueueReader())
        let found = try #require(reader.sample(sample))
        #expect(found.queue > 4000 && UInt64(found.queue) == sample.receiveQueue)
        #expect(found.buffer == 8192)
        #expect(found.drops > 10 && UInt64(found.drops) == sample.drops?.total)
        _ = socket.drain()
        #expect(reader.sample(sample)?.queue == 0)
    }

    /// Until that is a quarter of the buffer.
    @Test func whatWasReadIsChargedForAWhile() throws {
        let socket = try receiver(Self.loopback)
        try Flood.send(50, to: Self.loopback, [socket])
        let sample = try sample(of: socket)
        let reader = try #require(QueueReader())
        let full = try #require(reader.sample(sample))
        #expect(full.charged == full.queue)
        try socket.receive()
        let later = try #require(reader.sample(sample))
        #expect(later.queue < full.queue && later.charged == full.charged)
        _ = socket.drain()
        #expect(reader.sample(sample)?.charged == 0)
    }

    @Test func theRightOneOfManyThatShareAnAddress() throws {
        let first = try receiver(Self.any, option: SO_REUSEPORT)
        let all =
            [first]
            + (try (1..<8).map {
                try receiver(
                    Self.any, port: first.port, buffer: 4096 + $0 * 512, option: SO_REUSEPORT)
            })
        try Flood.send(5, sources: 40, to: Self.loopback, all)
        let samples = try Flood.samples()
        let reader = try #require(QueueReader())
        for _ in 0..<2 {
            for socket in all {
                let sample = try #require(samples.first { $0.inode == socket.inode })
                let found = try #require(reader.sample(sample))
                #expect(ByteCount(UInt64(found.buffer)) == sample.receiveBuffer)
                #expect(UInt64(found.queue) == sample.receiveQueue)
                #expect(UInt64(found.drops) == sample.drops?.total)
            }
        }
        #expect(Set(samples.compactMap(\.receiveBuffer)).count >= 8)
    }

    @Test func aConnectedOneBesideOneThatIsNot() throws {
        let open = try receiver(Self.loopback, option: SO_REUSEADDR)
        let peer = try receiver(Self.loopback)
        let connected = try receiver(
            Self.loopback, port: open.port, buffer: 5000, option: SO_REUSEADDR)
        try connected.connect(Self.loopback, port: peer.port)
        let reader = try #require(QueueReader())
        #expect(reader.sample(try sample(of: connected))?.buffer == 10000)
        #expect(reader.sample(try sample(of: open))?.buffer == 8192)
    }

    @Test(.needsRoot) func oneThatIsBoundToAnInterface() throws {
        let socket = try OpenSocket(AF_INET, .datagram)
        let name = Array("lo".utf8)
        let result = setsockopt(
            socket.descriptor, SOL_SOCKET, SO_BINDTODEVICE, name, socklen_t(name.count))
        try #require(result == 0)
        try socket.set(SOL_SOCKET, SO_RCVBUF, 6000)
        try socket.bind(Self.any)
        let sample = try sample(of: socket)
        #expect(sample.interface == 1)
        #expect(QueueReader()?.sample(sample)?.buffer == 12000)
    }

    @Test func whatIsGoneIsNotAnotherOne() throws {
        let reader = try #require(QueueReader())
        var socket: OpenSocket? = try receiver(Self.any)
        let sample = try sample(of: try #require(socket))
        let port = try #require(socket?.port)
        #expect(reader.sample(sample) != nil)
        socket = nil
        // A program that another test starts just now may hold a copy until it runs.
        #expect(SlowLaneTests.poll { reader.sample(sample) == nil })
        let next = try receiver(Self.any, port: port)
        #expect(reader.sample(sample) == nil)
        #expect(reader.sample(try self.sample(of: next)) != nil)
    }
}
