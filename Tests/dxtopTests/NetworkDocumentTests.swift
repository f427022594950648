@testable import Diagnosis
import Fields
import ProcFormats
import ProcSampling
import TestSupport
import Testing
import Units

@testable import dxtop

/// Sockets and UDP as JSON: the names, the units, and null for what is not known.
@Suite struct NetworkDocumentTests {
    private let process = ProcessIdentity(pid: ProcessID(3310), startTime: ClockTicks(5))
    private let namespace = NetworkNamespace(id: NamespaceID(42), isOwn: true)

    private func socket(
        _ cookie: UInt64, _ transport: Transport = .udp, state: SocketState = .close,
        local: SocketAddress = .ip(IPAddress(v4: 0), port: 12201)
    ) -> SocketSample {
        SocketSample(
            id: SocketID(namespace: namespace.id, cookie: cookie), transport: transport,
            local: local, peer: .none, state: state, since: Nanoseconds(1_000_000_000))
    }

    private func snapshot(_ reading: NetworkReading?) -> Snapshot {
        Snapshot(
            sequence: 1, time: WallTime(seconds: 0), interval: nil,
            host: HostSample(name: "h", kernelRelease: "6", cpuCount: 1),
            processes: [ProcessSample(id: process, name: "edged", state: .sleeping)],
            network: reading)
    }

    private func reading(_ sockets: [SocketSample]) -> NetworkReading {
        NetworkReading(
            number: 1, moment: Nanoseconds(42_500_000_000), namespace: namespace,
            sockets: SocketReading(sockets: sockets, tables: .all))
    }

    private func rows(
        _ snapshot: Snapshot, target: ProcessIdentity? = nil
    ) -> RowDocuments {
        var network = NetworkVerdicts()
        _ = network.update(snapshot)
        return RowDocuments(
            userNames: Made.users(), hotThreshold: Percent(90.0),
            target: target, memory: MemoryHistory(), growth: GrowthVerdicts(), network: network)
    }

    /// The only socket of a reading at moment zero.
    private func document(of socket: SocketSample) -> RowDocument<SocketRow> {
        var reading = reading([socket])
        reading.moment = Nanoseconds(0)
        let context = SocketContext(reading, userNames: UserNames(parsing: [UInt8]().span))
        return RowDocument(SocketRow(context, 0))
    }

    /// Of a process that holds these sockets.
    private func drops(_ rates: Rate?...) throws -> String {
        let sockets = rates.enumerated().map { place, rate in
            var socket = socket(UInt64(place + 1))
            socket.owner = SocketOwner(process: process, descriptor: Int32(place))
            socket.drops = Counted(total: 9, rate: rate)
            return socket
        }
        let snapshot = snapshot(reading(sockets))
        let text = try JSONText.encode(rows(snapshot).processes(of: snapshot))
        let start = try #require(text.firstRange(of: "drops_per_second\":"))
        return String(text[start.upperBound...].prefix { $0 != "," })
    }

    @Test func aProcessDropsWhatItsSocketsDrop() throws {
        #expect(try drops(Rate(Float(2.5)), Rate(Float(4))) == "6.5")
        #expect(try drops(.zero) == "0")
        #expect(try drops(Rate(Float(2.5)), nil) == "null")
        #expect(try drops() == "null")
    }

    @Test func whatIsNotKnownIsNull() throws {
        let snapshot = snapshot(reading([socket(1)]))
        let text = try JSONText.encode(try #require(rows(snapshot).sockets(of: snapshot)))
        #expect(
            text == """
                [{"accept_queue":null,"accept_queue_limit":null,"drops_per_second":null,\
                "drops_total":null,"family":"ipv4","fd":null,"inode":null,"interface":null,\
                "local_address":"0.0.0.0","local_port":12201,"netns":42,"peer_address":null,\
                "peer_port":null,"pid":null,"process":null,"protocol":"udp",\
                "receive_buffer_bytes":null,"receive_queue_bytes":null,"retransmits_total":null,\
                "rtt_microseconds":null,"seen_seconds":41,"send_queue_bytes":null,"state":"UNCONN"}]
                """)
    }

    @Test func whatIsKnownIsThere() throws {
        var known = socket(
            1, .tcp, state: .closeWait,
            local: .ip(IPAddress(high: 0, low: 1), port: 80))
        known.peer = .ip(IPAddress(v4: 0x0A09_0104), port: 51514)
        known.inode = 77
        known.owner = SocketOwner(process: process, descriptor: 91)
        known.receiveQueue = 1
        known.sendQueue = 0
        known.drops = Counted(total: 3, rate: Rate(1.5))
        known.tcp = TCPFigures(roundTripMicroseconds: 250, retransmits: Counted(total: 9))
        let snapshot = snapshot(reading([known]))
        let text = try JSONText.encode(try #require(rows(snapshot).sockets(of: snapshot)))
        for field in [
            #""family":"ipv6""#, #""local_address":"::1""#, #""peer_address":"10.9.1.4""#,
            #""peer_port":51514"#, #""inode":77"#, #""pid":3310"#, #""fd":91"#,
            #""process":"edged""#, #""receive_queue_bytes":1"#, #""send_queue_bytes":0"#,
            #""drops_per_second":1.5"#, #""drops_total":3"#, #""retransmits_total":9"#,
            #""rtt_microseconds":250"#, #""state":"CLOSE_WAIT""#,
        ] {
            #expect(text.contains(field), "\(field)")
        }
    }

    @Test func aListenerHasConnectionsNotBytes() throws {
        var listener = socket(1, .tcp, state: .listen)
        listener.receiveQueue = 3
        listener.sendQueue = 128
        let text = try JSONText.encode(
            document(of: listener))
        #expect(text.contains(#""accept_queue":3,"accept_queue_limit":128"#))
        #expect(text.contains(#""receive_queue_bytes":null"#))
        #expect(text.contains(#""send_queue_bytes":null"#))
    }

    @Test func aPathIsAnAddress() throws {
        for (address, text) in [
            (SocketAddress.unix("/run/x"), #""local_address":"/run/x","local_port":null"#),
            (.unix(""), #""local_address":null"#),
        ] {
            let json = try JSONText.encode(
                document(of: socket(1, .unixStream, local: address)))
            #expect(json.contains(text))
            #expect(json.contains(#""family":"unix""#))
            #expect(json.contains(#""protocol":"unix_stream""#))
        }
    }

    @Test func nothingReadIsNullNotEmpty() throws {
        let nothing = snapshot(nil)
        #expect(rows(nothing).sockets(of: nothing) == nil)
        #expect(rows(nothing).udp(of: nothing) == nil)
        var counters = reading([])
        counters.sockets.tables = []
        let unread = snapshot(counters)
        #expect(rows(unread).sockets(of: unread) == nil)
        let none = snapshot(reading([]))
        #expect(rows(none).sockets(of: none)?.isEmpty == true)
    }

    @Test func udpHasCountersChainAndSockets() throws {
        var losing = socket(2, local: .ip(IPAddress(v4: 0), port: 9))
        losing.drops = Counted(total: 1, rate: Rate(5.0))
        var before = socket(1)
        before.drops = Counted(total: 100, rate: .zero)
        var reading = reading([before, socket(3, .tcp), losing])
        reading.counters[.udpReceived] = Counted(total: 10, rate: Rate(8.0))
        reading.counters[.udpBufferErrors] = Counted(total: 4, rate: Rate(2.0))
        reading.counters[.udp6BufferErrors] = Counted(total: 3, rate: Rate(1.0))
        reading.bursts = [
            losing.id: QueueBurst(
                socket: losing.id, duration: .seconds(5), isComplete: true,
                queue: Array(repeating: 208_000, count: 500), buffer: ByteCount(212_992),
                dropped: 25)
        ]
        let snapshot = snapshot(reading)
        let udp = try #require(rows(snapshot).udp(of: snapshot))
        #expect(udp.sockets.map(\.row.socket.id) == [losing.id, before.id])
        let text = try JSONText.encode(udp)
        for field in [
            #""in_datagrams_per_second":8"#, #""receive_buffer_errors_total":7"#,
            #""receive_buffer_errors_per_second":3"#, #""memory_errors_total":null"#,
            #""checksum_errors_per_second":null"#, #""reassembly_failures_total":null"#,
            #""stage":"nic""#, #""stage":"socket""#, #""lost_total":7"#, #""reader":"stalled""#,
            #""full_percent":100"#, #""empty_percent":0"#, #""reader":null"#,
            #""full_percent":null"#,
        ] {
            #expect(text.contains(field), "\(field)")
        }
    }

    @Test func oneProcessHasItsSockets() {
        var own = socket(1)
        own.owner = SocketOwner(process: process, descriptor: 3)
        let snapshot = snapshot(reading([own, socket(2)]))
        let rows = rows(snapshot, target: process)
        #expect(rows.sockets(of: snapshot)?.map(\.row.socket.id) == [own.id])
        #expect(rows.udp(of: snapshot)?.sockets.map(\.row.socket.id) == [own.id])
    }
}
