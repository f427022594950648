import Testing
import Units

@testable import ProcSampling

@Suite struct CounterTracksTests {
    private let second = Nanoseconds(1_000_000_000)

    @Test func aCounterHasARateFromItsSecondReadingOn() {
        var tracks = CounterTracks<Int>()
        #expect(tracks.note(1, 1000, after: nil) == Counted(total: 1000))
        #expect(
            tracks.note(1, 1010, after: second)
                == Counted(total: 1010, rate: Rate(Float(10)), sinceStart: 10))
        #expect(
            tracks.note(1, 1010, after: second)
                == Counted(total: 1010, rate: .zero, sinceStart: 10))
    }

    @Test func tooShortATimeHasNoRateButCounts() {
        var tracks = CounterTracks<Int>()
        _ = tracks.note(1, 5, after: nil)
        #expect(tracks.note(1, 7, after: nil) == Counted(total: 7, sinceStart: 2))
    }

    @Test func whatWentBackHasNoRateAndLosesNothing() {
        var tracks = CounterTracks<Int>()
        _ = tracks.note(1, 100, after: nil)
        _ = tracks.note(1, 130, after: second)
        #expect(tracks.note(1, 4, after: second) == Counted(total: 4, sinceStart: 30))
        #expect(
            tracks.note(1, 6, after: second)
                == Counted(total: 6, rate: Rate(Float(2)), sinceStart: 32))
    }

    @Test func aCounterOf32BitsComesRound() {
        var tracks = CounterTracks<Int>()
        _ = tracks.note(1, 0xFFFF_FFF0, after: nil, bits: 32)
        #expect(
            tracks.note(1, 0x10, after: second, bits: 32)
                == Counted(total: 0x10, rate: Rate(Float(32)), sinceStart: 32))
    }

    @Test func whatCameBackIsNew() {
        var tracks = CounterTracks<Int>()
        _ = tracks.note(1, 100, after: nil)
        tracks.keep { $0 != 1 }
        #expect(tracks.note(1, 900, after: second) == Counted(total: 900))
    }
}

@Suite struct CounterReaderTests {
    private let tree = FakeTree()
    private let start = Instant(nanoseconds: 1_000_000_000_000)

    private func reader(
        _ folder: ProcFile.NetworkFolder = .tree, machine: NetworkLimits = NetworkLimits()
    ) throws -> CounterReader {
        CounterReader(
            reader: ProcReader(root: try ProcRoot(path: tree.path)), folder: folder,
            machine: machine)
    }

    private func write(udpErrors: Int, icmp: String = "", dropped: String = "00000000") {
        tree.write(
            "net/snmp",
            "Ip: InReceives\nIp: 10\n\(icmp)Tcp: CurrEstab\nTcp: 7\nUdp: InErrors\nUdp: \(udpErrors)\n"
        )
        tree.write("net/softnet_stat", "00000001 \(dropped) 00000000 0 0 0 0 0 0 0\n")
    }

    private func after(_ seconds: Double) -> Instant {
        start.advanced(by: Nanoseconds(UInt64(seconds * 1e9)))
    }

    @Test func countersHaveTotalsThenRates() throws {
        write(udpErrors: 100, dropped: "fffffff0")
        let reader = try reader()
        let first = reader.read(at: start)
        #expect(first.counters[.udpErrors] == Counted(total: 100))
        #expect(first.counters[.udpMemoryErrors] == nil, "this kernel does not count it")
        #expect(first.counters[.tcpEstablished] == Counted(total: 7))
        write(udpErrors: 150, dropped: "00000010")
        let second = reader.read(at: after(2))
        #expect(
            second.counters[.udpErrors]
                == Counted(total: 150, rate: Rate(Float(25)), sinceStart: 50))
        #expect(second.counters[.tcpEstablished] == Counted(total: 7), "a level has no rate")
        let cpu = try #require(second.softnet.first)
        #expect(cpu.id == 0)
        #expect(cpu.dropped == Counted(total: 0x10, rate: Rate(Float(16)), sinceStart: 32))
        #expect(cpu.backlog == nil)
    }

    /// Before 5.10 only the row tells which CPU it is.
    @Test func whereACPUGoesOfflineItsRowIsNotTheNextOnes() throws {
        func write(_ dropped: String...) {
            let rows = dropped.map { "00000001 \($0) 00000000 0 0 0 0 0 0 0\n" }
            tree.write("net/softnet_stat", rows.joined())
        }
        let reader = try reader()
        write("00000005", "00000900", "00000003")
        _ = reader.read(at: start)
        write("00000007", "00000003")
        let fewer = reader.read(at: after(1)).softnet
        #expect(fewer.map(\.dropped) == [Counted(total: 7), Counted(total: 3)])
        write("00000007", "00000004")
        let then = reader.read(at: after(2)).softnet
        #expect(then.map(\.dropped.sinceStart) == [0, 1])
    }

    @Test func readingsAtTheSameTimeHaveNoRate() throws {
        write(udpErrors: 100)
        let reader = try reader()
        _ = reader.read(at: start)
        write(udpErrors: 150)
        #expect(
            reader.read(at: after(0.01)).counters[.udpErrors]
                == Counted(total: 150, sinceStart: 50))
    }

    @Test func aCapturedTreeThatStandsStillHasNoRates() throws {
        write(udpErrors: 100)
        let reader = try reader()
        _ = reader.read(at: start)
        #expect(reader.read(at: after(1)).counters[.udpErrors] == Counted(total: 100))
    }

    @Test func theFirstUnreachableCounts() throws {
        write(udpErrors: 0)
        let reader = try reader()
        #expect(reader.read(at: start).counters[.icmpUnreachableReceived] == Counted(total: 0))
        write(udpErrors: 0, icmp: "IcmpMsg: InType3\nIcmpMsg: 3\n")
        #expect(
            reader.read(at: after(1)).counters[.icmpUnreachableReceived]
                == Counted(total: 3, rate: Rate(Float(3)), sinceStart: 3))
    }

    @Test func withoutFilesNothingIsKnown() throws {
        let reading = try reader().read(at: start)
        #expect(NetworkCounter.allCases.allSatisfy { reading.counters[$0] == nil })
        #expect(reading.softnet.isEmpty)
        #expect(reading.limits == NetworkLimits())
    }

    private func writeLimits(most: Int) {
        tree.write("sys/net/core/rmem_max", "\(most)\n")
        tree.write("sys/net/core/somaxconn", "4096\n")
        tree.write("sys/net/ipv4/udp_mem", "10\t20\t30\n")
        tree.write("sys/net/netfilter/nf_conntrack_max", "65536\n")
        tree.write("sys/net/netfilter/nf_conntrack_count", "\(most)\n")
        tree.write("net/sockstat", "UDP: inuse 1 mem 5\nFRAG: inuse 0 memory \(most)\n")
    }

    @Test func settingsAreReadEveryTenSecondsAndLevelsEachTime() throws {
        writeLimits(most: 1000)
        let reader = try reader()
        let first = reader.read(at: start).limits
        #expect(first.receiveBufferMost == 1000)
        #expect(first.udpMemoryPressure == PageCount(20) && first.udpMemoryMost == PageCount(30))
        #expect(first.udpMemoryUsed == PageCount(5))
        #expect(first.trackedConnections == 1000 && first.trackedConnectionsMost == 65536)
        #expect(first.receiveBufferDefault == nil)
        writeLimits(most: 2000)
        let soon = reader.read(at: after(9)).limits
        #expect(soon.receiveBufferMost == 1000)
        #expect(soon.trackedConnections == 2000 && soon.fragmentMemoryUsed == 2000)
        #expect(reader.read(at: after(10)).limits.receiveBufferMost == 2000)
    }

    @Test func throughAProcessOnlyTheMachinesSettingsAreTaken() throws {
        writeLimits(most: 1000)
        tree.write("70/net/sockstat", "UDP: inuse 1 mem 5\nFRAG: inuse 0 memory 77\n")
        let limits = try reader(.process(ProcessID(70))).read(at: start).limits
        #expect(limits.receiveBufferMost == 1000)
        #expect(limits.fragmentMemoryUsed == 77)
        #expect(limits.acceptQueueMost == nil && limits.trackedConnections == nil)
    }

    @Test func whatANamespaceDoesNotShowIsTheMachines() throws {
        tree.write("sys/net/core/rmem_max", "5\n")
        var machine = NetworkLimits()
        machine.receiveBufferMost = 9
        machine.backlogMost = 1000
        machine.acceptQueueMost = 128
        let limits = try reader(machine: machine).read(at: start).limits
        #expect(limits.receiveBufferMost == 5)
        #expect(limits.backlogMost == 1000)
        #expect(limits.acceptQueueMost == nil, "each namespace has its own")
    }
}
