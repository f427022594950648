import ProcFormats
import Testing
import Units

/// The sockets that `capture-sockets.py` opens, in files and by netlink.
@Suite("Sockets in files and messages")
struct SocketFormatTests {
    private func fixture(_ name: String) throws -> [UInt8] {
        try Fixture.bytes("6.18.44/sockets/\(name)")
    }

    private func messages(_ name: String) throws -> [InetDiagMessage] {
        let answer = try NetlinkAnswer(try fixture(name), InetDiagMessage.init)
        #expect(answer.ending == .complete)
        return answer.messages
    }

    private func rows(_ name: String) throws -> [SocketTableRow] {
        var faults = FieldFaults()
        let rows = SocketTableRow.all(
            in: try fixture(name), hasDrops: !name.hasPrefix("tcp"), noting: &faults)
        #expect(faults.isEmpty)
        return rows
    }

    @Test(
        "a listener's queue, an unread byte and a peer that closed",
        arguments: [
            ("", IPAddress(v4: 0x7F00_0001), UInt16(8080)), ("6", IPAddress(high: 0, low: 1), 8090),
        ])
    func tcp(suffix: String, host: IPAddress, port: UInt16) throws {
        let found = try messages("diag-tcp" + suffix)
        let listener = try #require(found.first { $0.state == 10 })
        #expect(listener.local == host && listener.localPort == port)
        #expect(listener.peer.isUnspecified && listener.peerPort == 0)
        #expect(listener.peer.isV6 == host.isV6)
        #expect(listener.receiveQueue == 1 && listener.sendQueue == 7)

        func server(of source: UInt16) -> InetDiagMessage? {
            found.first { $0.localPort == port && $0.peerPort == port + source }
        }
        let unread = try #require(server(of: 1))
        #expect(unread.state == 1 && unread.receiveQueue == 5 && unread.inode != 0)
        #expect(unread.memory?.drops == 0)
        #expect(unread.tcp?.bytesReceived == 5)
        let info = try #require(unread.tcp)
        #expect(info.pathMTU == 65535 || info.pathMTU == 65536)
        #expect(info.congestionWindow == 10 && info.retransmits == 0)
        #expect(try #require(info.roundTrip) > 0)
        #expect(server(of: 2)?.state == 8)
        #expect(server(of: 3)?.inode == 0)
        #expect(Set(found.map(\.cookie)).count == found.count)
    }

    @Test("files tell of TCP sockets what messages tell", arguments: ["", "6"])
    func sameTCP(suffix: String) throws {
        let found = try messages("diag-tcp" + suffix)
        let rows = try rows("tcp" + suffix)
        #expect(rows.count == found.count)
        for row in rows {
            let same = try #require(
                found.first { $0.localPort == row.localPort && $0.peerPort == row.peerPort })
            #expect(row.local == same.local && row.peer == same.peer)
            // A moment passed between the two.
            if row.state < 4 || row.state == 10 {
                #expect(row.state == same.state)
                #expect(row.receiveQueue == same.receiveQueue)
            }
            #expect(row.inode == same.inode && row.drops == nil)
        }
    }

    @Test(
        "what a small buffer lost",
        arguments: [
            ("", IPAddress(v4: 0), UInt16(12201)), ("6", IPAddress(high: 0, low: 1), 12301),
        ])
    func udp(suffix: String, host: IPAddress, port: UInt16) throws {
        let found = try messages("diag-udp" + suffix)
        let rows = try rows("udp" + suffix)
        #expect(found.map(\.state).sorted() == [1, 7] && rows.map(\.state).sorted() == [1, 7])
        let message = try #require(found.first { $0.localPort == port })
        let row = try #require(rows.first { $0.localPort == port })
        #expect(message.local == host && row.local == host)
        #expect(message.memory?.receiveBuffer == 8192)
        #expect(message.receiveQueue == 7488 && row.receiveQueue == 7488)
        #expect(message.memory?.drops == 11 && row.drops == 11)
        #expect(message.tcp == nil)
        #expect(message.inode == row.inode)
    }

    @Test(
        "raw sockets have their protocol's number for a port",
        arguments: [
            ("raw", UInt16(1), false), ("raw6", 58, true),
        ])
    func raw(name: String, number: UInt16, isV6: Bool) throws {
        let row = try #require(try rows(name).first)
        #expect(row.localPort == number && row.local.isV6 == isV6 && row.state == 7)
        #expect(row.drops == 0)
    }

    @Test("UNIX sockets: names, peers, queues")
    func unix() throws {
        let bytes = try fixture("diag-unix")
        let answer = try NetlinkAnswer(bytes, UnixDiagMessage.init)
        #expect(answer.ending == .complete && answer.messages.count == 5)
        let listener = try #require(answer.messages.first { $0.state == 10 })
        #expect(listener.name(in: bytes.span) == "@dxtop@stream \u{1B}[31mÿ")
        #expect(listener.receiveQueue == 1 && listener.sendQueue == 3)
        #expect(listener.type == 1 && listener.user == UserID(0))
        let datagram = try #require(answer.messages.first { $0.type == 2 })
        #expect(datagram.name(in: bytes.span) == "/tmp/dxtop capture.sock")
        #expect(datagram.peer == nil && datagram.state == 7)
        let pair = answer.messages.filter { $0.type == 5 }
        #expect(pair.map(\.inode).sorted() == pair.compactMap(\.peer).sorted())
        #expect(pair.compactMap(\.receiveQueue).sorted() == [0, 3])
        #expect(pair.allSatisfy { $0.nameRange.isEmpty && $0.name(in: bytes.span) == "" })
    }

    @Test("UNIX sockets in the file")
    func unixFile() throws {
        let bytes = try fixture("unix")
        var faults = FieldFaults()
        let rows = UnixTableRow.all(in: bytes, noting: &faults)
        let listener = try #require(rows.first { $0.isListening })
        #expect(listener.name(in: bytes.span) == "@dxtop@stream \u{1B}[31mÿ")
        let waiting = try #require(rows.first { $0.inode == 0 })
        #expect(waiting.isConnected && !waiting.isListening && waiting.number != 0)
        #expect(rows.filter { $0.type == 5 }.count == 2)
        #expect(rows.contains { $0.name(in: bytes.span) == "/tmp/dxtop capture.sock" })
    }

    @Test("a name of a UNIX socket may hold newlines, and what looks like a row of numbers")
    func newlines() throws {
        let bytes = Array(
            """
            Num       RefCount Protocol Flags    Type St Inode Path
            00000000bdae7959: 00000002 00000000 00000000 0002 01 17 @two
            lines
            00: 1
            00000000bdae7959: 00000002 00000000 none
            00000000d24f8761: 00000003 00000000 00000000 0001 03 18

            """.utf8)
        var faults = FieldFaults()
        let rows = UnixTableRow.all(in: bytes, noting: &faults)
        #expect(
            rows.map { $0.name(in: bytes.span) } == [
                "@two\nlines\n00: 1\n00000000bdae7959: 00000002 00000000 none", "",
            ])
        #expect(rows.map(\.inode) == [17, 18])
    }

    @Test("packet sockets, by netlink and in the file")
    func packet() throws {
        let answer = try NetlinkAnswer(try fixture("diag-packet"), PacketDiagMessage.init)
        let message = try #require(answer.messages.first)
        var faults = FieldFaults()
        let rows = PacketTableRow.all(in: try fixture("packet"), noting: &faults)
        let row = try #require(rows.first)
        #expect(answer.messages.count == 1)
        #expect(message.etherType == 0x0806 && row.etherType == 0x0806)
        #expect(message.interface == 1 && row.interface == 1)
        #expect(message.inode == row.inode && message.user == row.user)
        #expect(try #require(message.memory?.receiveBuffer) > 0)
    }

    @Test("a protocol that the kernel does not list is refused at the end")
    func refused() throws {
        let answer = try NetlinkAnswer(try fixture("diag-refused"), InetDiagMessage.init)
        #expect(answer.messages.isEmpty)
        #expect(answer.ending == .failed(errno: 2))
    }

    /// Up to 3.10 the attribute ends after `retransmits`, and there was a time without it.
    @Test("figures that an older kernel's message does not have are nil, the others as they are")
    func shorterInfo() throws {
        let bytes = try fixture("diag-tcp")
        var offset = 0
        let message = try #require(try NetlinkMessage(nextIn: bytes.span, at: &offset))
        var next = message.payload.lowerBound + 72
        var place = next
        while let attribute = try NetlinkAttribute(
            nextIn: bytes.span, at: &next, before: message.payload.upperBound),
            attribute.kind != 2
        {
            place = next
        }
        let whole = try InetDiagMessage(parsing: bytes.span, in: message.payload)
        func cut(to length: Int) throws -> TCPInfo? {
            let attribute = [UInt8(4 + length), 0] + bytes[(place + 2)..<(place + 4 + length)]
            let fixed = bytes[message.payload.lowerBound..<(message.payload.lowerBound + 72)]
            let payload = Array(fixed) + attribute
            return try InetDiagMessage(parsing: payload.span, in: payload.indices).tcp
        }
        let old = try #require(try cut(to: 104))
        #expect(old.retransmits == whole.tcp?.retransmits && old.retransmits != nil)
        #expect(old.roundTrip == whole.tcp?.roundTrip)
        #expect(old.bytesReceived == nil && old.receiveWindowLimited == nil)
        #expect(try cut(to: 100)?.retransmits == nil)
        #expect(try cut(to: 183)?.receiveWindowLimited == nil)
        #expect(try cut(to: 184)?.receiveWindowLimited == whole.tcp?.receiveWindowLimited)
    }
}
