import ProcFormats
import Testing

@Suite("Netlink messages and attributes")
struct NetlinkTests {
    /// A message as the kernel sends it, with the padding after it.
    private func message(
        kind: UInt16, flags: UInt16 = 0, sequence: UInt32 = 7, _ payload: [UInt8]
    ) -> [UInt8] {
        bytes(UInt32(16 + payload.count)) + bytes(kind) + bytes(flags) + bytes(sequence)
            + bytes(UInt32(0)) + payload + Array(repeating: 0, count: -payload.count & 3)
    }

    private func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number) { Array($0) }
    }

    private func messages(_ bytes: [UInt8]) throws(ParseError) -> [NetlinkMessage] {
        var offset = 0
        var found: [NetlinkMessage] = []
        while let next = try NetlinkMessage(nextIn: bytes.span, at: &offset) { found.append(next) }
        return found
    }

    @Test("messages follow one another, each at a multiple of four")
    func messages() throws {
        let all = message(kind: 20, flags: 0x12, [1, 2, 3, 4, 5]) + message(kind: 21, [6])
        let found = try messages(all)
        #expect(found.map(\.kind) == [20, 21])
        #expect(found.map(\.sequence) == [7, 7])
        #expect(found.map(\.isTorn) == [true, false])
        #expect(found.map { Array(all[$0.payload]) } == [[1, 2, 3, 4, 5], [6]])
    }

    @Test(
        "an answer ends, well or with the kernel's reason",
        arguments: [
            (UInt16(2), Int32(0), NetlinkMessage.Ending?.some(.complete)), (3, 0, .complete),
            (2, -1, .failed(errno: 1)), (3, -2, .failed(errno: 2)),
            (3, .min, .failed(errno: .min)), (20, -1, nil),
        ])
    func endings(kind: UInt16, result: Int32, ending: NetlinkMessage.Ending?) throws {
        let all = message(kind: kind, bytes(result))
        let found = try #require(try messages(all).first)
        #expect(try found.ending(in: all.span) == ending)
    }

    @Test("an ending without its result is an error", arguments: [UInt16(2), 3])
    func shortEnding(kind: UInt16) throws {
        let all = message(kind: kind, [0, 0])
        let found = try #require(try messages(all).first)
        #expect(throws: ParseError(.truncated, at: 16)) { try found.ending(in: all.span) }
    }

    @Test("a length that cannot be is an error, not a step")
    func lengths() {
        for length: UInt32 in [0, 15, 21, .max] {
            let all = bytes(length) + message(kind: 20, [1, 2, 3, 4]).dropFirst(4)
            #expect(throws: ParseError.self) { try messages(all) }
        }
    }

    @Test("attributes, nested ones and numbers in them")
    func attributes() throws {
        let inner = bytes(UInt16(8)) + bytes(UInt16(3)) + bytes(UInt32(99))
        let name = bytes(UInt16(8)) + bytes(UInt16(1)) + Array("eth\0".utf8)
        let all = name + bytes(UInt16(4 + inner.count)) + bytes(UInt16(0x8002)) + inner
        var offset = 0
        let first = try #require(
            try NetlinkAttribute(nextIn: all.span, at: &offset, before: all.count))
        #expect(first.kind == 1)
        #expect(first.text(in: all.span) == "eth")
        let second = try #require(
            try NetlinkAttribute(nextIn: all.span, at: &offset, before: all.count))
        #expect(second.kind == 2)
        #expect(try NetlinkAttribute(nextIn: all.span, at: &offset, before: all.count) == nil)

        offset = second.payload.lowerBound
        let nested = try #require(
            try NetlinkAttribute(nextIn: all.span, at: &offset, before: second.payload.upperBound))
        #expect(nested.number(in: all.span, as: UInt32.self) == 99)
        #expect(nested.number(in: all.span, at: 2, as: UInt16.self) == 0)
        #expect(nested.number(in: all.span, at: 1, as: UInt32.self) == nil)
    }

    @Test("attributes end where their message does")
    func attributeLengths() {
        for (length, end) in [(UInt16(3), 8), (9, 8), (8, 7), (8, 3), (8, 12)] {
            let all = bytes(length) + [1, 0, 1, 2, 3, 4]
            #expect(throws: ParseError.self, "\(length) before \(end)") {
                var offset = 0
                _ = try NetlinkAttribute(nextIn: all.span, at: &offset, before: end)
            }
        }
    }

    @Test("one request is for the TCP sockets of both families")
    func tcpRequest() {
        let request = NetlinkRequest.tcpSockets(states: 0x480)
        #expect(request.bytes.count == 16 + 60)
        #expect(Array(request.bytes[16..<20]) == [0, 0, 0, 0x42])
        #expect(Array(request.bytes[68..<72]) == [0x80, 4, 0, 0])
        #expect(request.bytes[20..<68].allSatisfy { $0 == 0 })
    }

    @Test("a request reads back as it was put together")
    func request() throws {
        var request = NetlinkRequest(kind: 18, isDump: true)
        request.append(UInt8(2))
        request.append([1, 2, 3])
        request.append(attribute: 5, [9, 9, 9, 9, 9])
        request.append(attribute: 6, [])
        request.sequence = 70000
        let found = try messages(request.bytes)
        #expect(found.count == 1)
        #expect(found.first?.kind == 18)
        #expect(found.first?.flags == 0x301)
        #expect(found.first?.sequence == 70000)
        #expect(found.first?.payload == 16..<36)
        #expect(
            request.bytes[16...] == [2, 1, 2, 3, 9, 0, 5, 0, 9, 9, 9, 9, 9, 0, 0, 0, 4, 0, 6, 0])
    }
}
