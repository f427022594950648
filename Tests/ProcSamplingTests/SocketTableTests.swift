import Glibc
import ProcFormats
import TestTraits
import Testing
import Units

@testable import ProcSampling

/// Sockets that the test opens, seen by netlink and in files.
@Suite(.serialized)
struct SocketTableTests {
    private let loopback = IPAddress(v4: 0x7F00_0001)
    private let loopback6 = IPAddress(high: 0, low: 1)

    private func reader(usesNetlink: Bool = true) throws -> SocketTableReader {
        SocketTableReader(
            reader: ProcReader(root: try ProcRoot()), folder: .thread,
            namespace: NamespaceID(4026531840), usesNetlink: usesNetlink)
    }

    private func seconds(_ seconds: UInt64) -> Nanoseconds { Nanoseconds(seconds * 1_000_000_000) }

    private func sample(_ reading: SocketReading, _ socket: OpenSocket) throws -> SocketSample {
        let all = reading.sockets.filter { $0.inode == socket.inode }
        #expect(all.count == 1)
        return try #require(all.first)
    }

    /// Waits until what was sent has arrived.
    private func settle(_ isSettled: ([UInt32: SocketSample]) -> Bool) throws {
        let reader = try reader()
        try #require(
            SlowLaneTests.poll {
                let sockets = reader.read(.tcp, at: seconds(1)).sockets
                return isSettled(Dictionary(sockets.map { ($0.inode, $0) }) { first, _ in first })
            })
    }

    // MARK: TCP

    @Test(arguments: [true, false]) func aConnectionWithUnreadBytes(usesNetlink: Bool) throws {
        let listener = try OpenSocket(AF_INET, .stream)
        try listener.bind(loopback)
        try listener.listen(backlog: 5)
        let client = try OpenSocket(AF_INET, .stream)
        try client.connect(loopback, port: listener.port)
        let server = try OpenSocket(acceptedBy: listener)
        let waiting = try OpenSocket(AF_INET, .stream)
        try waiting.connect(loopback, port: listener.port)
        try client.send(bytes: 1000)
        try client.send(bytes: 234)
        try settle {
            $0[server.inode]?.receiveQueue == 1234 && $0[client.inode]?.sendQueue == 0
                && $0[listener.inode]?.receiveQueue == 1
        }

        let reading = try reader(usesNetlink: usesNetlink).read(.tcp, at: seconds(1))
        let heard = try sample(reading, listener)
        #expect(heard.state == .listen && heard.transport == .tcp)
        #expect(heard.local == .ip(loopback, port: listener.port))
        #expect(heard.peer == .ip(IPAddress(v4: 0), port: 0))
        #expect(heard.receiveQueue == 1)
        #expect(heard.sendQueue == (usesNetlink ? 5 : nil))
        #expect(heard.tcp == nil)

        let unread = try sample(reading, server)
        #expect(unread.state == .established && unread.receiveQueue == 1234)
        #expect(unread.local == .ip(loopback, port: listener.port))
        #expect(unread.peer == .ip(loopback, port: client.port))
        #expect(unread.user == UserID(geteuid()))
        #expect(unread.owner == nil)
        #expect(unread.since == seconds(1) && unread.isFromBefore)
        let sender = try sample(reading, client)
        #expect(sender.sendQueue == 0)
        #expect((sender.tcp != nil) == usesNetlink)
        #expect((sender.receiveBuffer != nil) == usesNetlink)
        #expect((sender.sendBuffer != nil) == usesNetlink)
        if usesNetlink {
            #expect(unread.tcp?.bytesReceived == 1234)
            #expect(sender.tcp?.bytesAcknowledged.map { $0 >= 1234 } == true)
            #expect(sender.tcp?.retransmits?.total == 0)
            #expect(try #require(sender.tcp?.roundTripMicroseconds) > 0)
            #expect(try #require(sender.tcp?.pathMTU) >= 65535)
            #expect(try #require(sender.tcp?.congestionWindow) >= 1)
        }
        #expect(Set(reading.sockets.map(\.id)).count == reading.sockets.count)
    }

    @Test(arguments: [true, false]) func aPeerThatClosed(usesNetlink: Bool) throws {
        let listener = try OpenSocket(AF_INET6, .stream)
        try listener.bind(loopback6)
        try listener.listen(backlog: 5)
        var client: OpenSocket? = try OpenSocket(AF_INET6, .stream)
        try client?.connect(loopback6, port: listener.port)
        let server = try OpenSocket(acceptedBy: listener)
        let bystander = try OpenSocket(AF_INET6, .stream)
        try bystander.connect(loopback6, port: listener.port)

        let reader = try reader(usesNetlink: usesNetlink)
        let before = try sample(reader.read(.tcp, at: seconds(1)), server)
        #expect(before.state == .established)
        client = nil
        try settle { $0[server.inode]?.state == .closeWait }
        let after = try sample(reader.read(.tcp, at: seconds(4)), server)
        #expect(after.id == before.id)
        #expect(after.state == .closeWait && after.since == seconds(4) && !after.isFromBefore)
        #expect(after.local == .ip(loopback6, port: listener.port))

        // These alone may be asked for, too, and it is the same socket in the same state.
        let few = reader.read([.closeWait, .udp], at: seconds(9))
        let same = try sample(few, server)
        #expect(same.since == seconds(4) && !same.isFromBefore)
        #expect(few.sockets.allSatisfy { $0.transport == .udp || $0.state == .closeWait })
        let listening = reader.read([.closeWait, .listening], at: seconds(10))
        #expect(try sample(listening, listener).isFromBefore)
        #expect(listening.sockets.allSatisfy { $0.state == .closeWait || $0.state == .listen })
        #expect(try sample(listening, server).since == seconds(4))

        // What was not asked for meanwhile goes on where it was.
        let all = reader.read(.tcp, at: seconds(30))
        #expect(try sample(all, server).since == seconds(4))
        #expect(try sample(all, bystander).since == seconds(1))
    }

    // MARK: UDP

    @Test(arguments: [true, false], [true, false])
    func whatAFullQueueLoses(usesNetlink: Bool, isV6: Bool) throws {
        let host = isV6 ? loopback6 : loopback
        let receiver = try OpenSocket(isV6 ? AF_INET6 : AF_INET, .datagram)
        try receiver.set(SOL_SOCKET, SO_RCVBUF, 4096)
        try receiver.bind(host)
        let sender = try OpenSocket(isV6 ? AF_INET6 : AF_INET, .datagram)
        try sender.connect(host, port: receiver.port)

        let reader = try reader(usesNetlink: usesNetlink)
        let before = try sample(reader.read(.udp, at: seconds(1)), receiver)
        #expect(before.drops == Counted(total: 0))
        #expect(before.receiveQueue == 0 && before.state == .close)
        try Flood.send(100, to: host, [receiver])
        let full = try sample(reader.read(.udp, at: seconds(3)), receiver)
        let kept = receiver.drain()
        let lost = UInt64(100 - kept)
        #expect(kept > 0 && lost > 0)
        #expect(full.drops == Counted(total: lost, rate: Rate(Float(lost) / 2), sinceStart: lost))
        #expect(try #require(full.receiveQueue) >= UInt64(kept * 100))
        #expect(full.receiveBuffer == (usesNetlink ? ByteCount(8192) : nil))

        let after = try sample(reader.read(.udp, at: seconds(4)), receiver)
        #expect(after.drops == Counted(total: lost, rate: .zero, sinceStart: lost))
        #expect(after.receiveQueue == 0)
        #expect(after.since == seconds(1) && after.isFromBefore)
        let connected = try sample(reader.read(.udp, at: seconds(5)), sender)
        #expect(connected.state == .established)
        #expect(connected.peer == .ip(host, port: receiver.port))
    }

    /// As a kernel before 4.7 lists them.
    @Test(arguments: [false, true]) func dropsThatNetlinkDoesNotTellAreInFiles(isV6: Bool) throws {
        let host = isV6 ? loopback6 : loopback
        let receiver = try OpenSocket(isV6 ? AF_INET6 : AF_INET, .datagram)
        try receiver.set(SOL_SOCKET, SO_RCVBUF, 4096)
        try receiver.bind(host)
        let drops = FileDrops(reader: ProcReader(root: try ProcRoot()), folder: .thread)
        func read(at moment: Nanoseconds) throws -> (told: Counted?, filled: Counted?) {
            var sockets = try Flood.samples()
            let place = try #require(sockets.firstIndex { $0.inode == receiver.inode })
            let told = sockets[place].drops
            for index in sockets.indices { sockets[index].drops = nil }
            let start = isV6 ? place : 0
            drops.fill(&sockets, from: start, of: isV6 ? .udp6 : .udp, at: moment)
            #expect(sockets[..<start].allSatisfy { $0.drops == nil })
            return (told, sockets[place].drops)
        }
        #expect(try read(at: seconds(1)).filled == Counted(total: 0))
        try Flood.send(100, to: host, [receiver])
        let (told, filled) = try read(at: seconds(3))
        let lost = try #require(told).total
        #expect(lost > 0)
        #expect(filled == Counted(total: lost, rate: Rate(Float(lost) / 2), sinceStart: lost))
    }

    @Test func aSocketThatComesLaterIsNew() throws {
        let reader = try reader()
        _ = reader.read(.udp, at: seconds(1))
        let late = try OpenSocket(AF_INET, .datagram)
        try late.bind(loopback)
        let found = try sample(reader.read(.udp, at: seconds(2)), late)
        #expect(found.since == seconds(2) && !found.isFromBefore)
    }

    // MARK: Others

    @Test(arguments: [true, false]) func unixSockets(usesNetlink: Bool) throws {
        let number = getpid()
        let hostile = [0] + Array("dxtop\0\(number) \n\u{1B}[31m".utf8) + [0xFF]
        let shown = "@dxtop@\(number) \n\u{1B}[31m\u{FFFD}"
        let listener = try OpenSocket(AF_UNIX, .stream)
        try listener.bind(unix: hostile)
        try listener.listen(backlog: 9)
        let client = try OpenSocket(AF_UNIX, .stream)
        try client.connect(unix: hostile)
        let server = try OpenSocket(acceptedBy: listener)
        let waiting = try OpenSocket(AF_UNIX, .stream)
        try waiting.connect(unix: hostile)
        try client.send(bytes: 77)
        let path = "/tmp/dxtop-test-\(number) socket"
        unlink(path)
        let datagrams = try OpenSocket(AF_UNIX, .datagram)
        try datagrams.bind(unix: Array(path.utf8) + [0])
        defer { unlink(path) }

        let reading = try reader(usesNetlink: usesNetlink).read(.unix, at: seconds(1))
        #expect(reading.tables == .unix)
        let heard = try sample(reading, listener)
        #expect(heard.local == .unix(shown) && heard.state == .listen)
        #expect(heard.transport == .unixStream)
        #expect(heard.receiveQueue == (usesNetlink ? 1 : nil))
        #expect(heard.sendQueue == (usesNetlink ? 9 : nil))
        let unread = try sample(reading, server)
        #expect(unread.state == .established && unread.local == .unix(shown))
        #expect(unread.receiveQueue == (usesNetlink ? 77 : nil))
        #expect(unread.peer == (usesNetlink ? .unixPeer(client.inode) : .none))
        #expect((unread.receiveBuffer != nil) == usesNetlink)
        #expect(try sample(reading, client).local == .unix(""))
        let datagram = try sample(reading, datagrams)
        #expect(datagram.local == .unix(path) && datagram.transport == .unixDatagram)
        #expect(datagram.state == .close)
        #expect(Set(reading.sockets.map(\.id)).count == reading.sockets.count)
    }

    @Test(.needsRoot, arguments: [true, false])
    func rawAndPacketSockets(usesNetlink: Bool) throws {
        let raw = try OpenSocket(AF_INET, .raw, protocol: 1)
        let raw6 = try OpenSocket(AF_INET6, .raw, protocol: 58)
        let capture = try OpenSocket(AF_PACKET, .raw, protocol: Int32(UInt16(0x0806).bigEndian))
        let reading = try reader(usesNetlink: usesNetlink).read(.all, at: seconds(1))
        let icmp = try sample(reading, raw)
        #expect(icmp.transport == .raw && icmp.local == .ip(IPAddress(v4: 0), port: 1))
        #expect(icmp.drops == Counted(total: 0))
        #expect(try sample(reading, raw6).local == .ip(IPAddress(high: 0, low: 0), port: 58))
        let arp = try sample(reading, capture)
        #expect(arp.transport == .packet)
        #expect(arp.local == .packet(interface: 0, protocol: 0x0806))
        #expect(arp.receiveQueue == 0 && arp.user == UserID(0))
        #expect((arp.receiveBuffer != nil) == usesNetlink)
    }

    @Test func whereFilesHaveToDoTheReasonIsTold() throws {
        let netlink = try reader().read(.all, at: seconds(1))
        #expect(netlink.source == .netlink && !netlink.isTorn)
        // Kernels are built without a listing of raw sockets.
        #expect(netlink.fromFiles.isSubset(of: .raw))
        let files = try reader(usesNetlink: false).read(.all, at: seconds(1))
        #expect(files.source == .files(reason: "netlink is not used here"))
        #expect(files.fromFiles == .all)
        #expect(
            try reader(usesNetlink: false).read(.closeWait, at: seconds(1)).fromFiles == .closeWait)
    }

    @Test func filesOfATreeWithoutANetworkHaveNoSockets() throws {
        let tree = FakeTree()
        let reader = SocketTableReader(
            reader: ProcReader(root: try ProcRoot(path: tree.path)), folder: .tree,
            namespace: NamespaceID(1), usesNetlink: false)
        #expect(reader.read(.all, at: seconds(1)).sockets.isEmpty)
    }

    /// More than one piece of 4 KB, in which the kernel hands the file out.
    @Test func filesOfAnotherProcessComeWhole() throws {
        let sockets = try (0..<60).map { _ in
            let socket = try OpenSocket(AF_INET, .datagram)
            try socket.bind(loopback)
            return socket
        }
        let reader = SocketTableReader(
            reader: ProcReader(root: try ProcRoot()), folder: .process(ProcessID(getpid())),
            namespace: NamespaceID(1), usesNetlink: false)
        let inodes = Set(reader.read(.udp, at: seconds(1)).sockets.map(\.inode))
        #expect(sockets.allSatisfy { inodes.contains($0.inode) })
    }
}
