import ProcFormats
import Testing
import Units

@Suite("Files about the network")
struct NetworkFileTests {
    /// A file's figures by name.
    private func counters(
        _ names: [String], _ path: String,
        _ take: (inout ProtocolCounters, [UInt8], inout FieldFaults) throws -> Void
    ) throws -> [UInt64?] {
        var counters = ProtocolCounters(names: names)
        var faults = FieldFaults()
        try take(&counters, try Fixture.bytes(path), &faults)
        #expect(faults.isEmpty)
        return counters.values
    }

    private let pairs = {
        (counters: inout ProtocolCounters, bytes: [UInt8], faults: inout FieldFaults) throws in
        try counters.takePairs(of: bytes.span, noting: &faults)
    }

    @Test("figures by name, nil for what an old kernel does not count")
    func pairsOfAnOldKernel() throws {
        let names = [
            "Udp.MemErrors", "Udp.RcvbufErrors", "Ip.InReceives", "Ip.ReasmFails",
            "UdpLite.NoPorts",
            "IcmpMsg.InType3", "Udp.InCsumErrors", "Tcp.RetransSegs", "Nothing.InErrors",
        ]
        #expect(
            try counters(names, "3.10-el7/network/snmp", pairs)
                == [nil, 9148, 918_273_645_546, 211, 0, 44, 2, 13040, nil])
        #expect(
            try counters(
                [
                    "TcpExt.ListenOverflows", "TcpExt.TCPBacklogDrop", "IpExt.InNoRoutes",
                    "TcpExt.IPReversePathFilter", "TcpExt.TCPRcvQDrop",
                ], "3.10-el7/network/netstat", pairs) == [37, 15, 5, 909, nil])
    }

    @Test("captured: the columns stand where awk finds them")
    func capturedPairs() throws {
        let text = String(decoding: try Fixture.bytes("6.18.44/network/snmp"), as: UTF8.self)
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("Udp: ") }
        let heads = lines[0].split(separator: " ")
        let numbers = lines[1].split(separator: " ")
        let names = heads.dropFirst().map { "Udp.\($0)" }
        #expect(names.contains("Udp.MemErrors"))
        #expect(
            try counters(names, "6.18.44/network/snmp", pairs)
                == numbers.dropFirst().map { UInt64($0) })
    }

    @Test func list() throws {
        let values = try counters(
            ["Udp6InErrors", "Ip6InOctets", "Icmp6InPktTooBigs", "Ip6InOctet", "Udp.InErrors"],
            "6.18.44/network/snmp6"
        ) { try $0.takeList(of: $1.span, noting: &$2) }
        let text = String(decoding: try Fixture.bytes("6.18.44/network/snmp6"), as: UTF8.self)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("Ip6InOctets ") })
        let octets = line.split(whereSeparator: { $0 == " " || $0 == "\t" })[1]
        #expect(values == [0, UInt64(octets), 0, nil, nil])
    }

    @Test("connection tracking is the sum over the CPUs")
    func conntrack() throws {
        let values = try counters(
            ["nf_conntrack.drop", "nf_conntrack.early_drop", "nf_conntrack.insert_failed"],
            "3.10-el7/network/nf_conntrack"
        ) { try $0.takeConntrack(of: $1.span, noting: &$2) }
        #expect(values == [0x12, 2, 4])
    }

    @Test(
        "more heads than numbers, or another protocol's numbers, cost one pair and are counted",
        arguments: ["Udp: A B\nUdp: 1\n", "Udp: A\nTcp: 1\n", "Udp A\nUdp: 1\n"])
    func unequalPairs(text: String) throws {
        var counters = ProtocolCounters(names: ["Udp.A", "Ip.C"])
        var faults = FieldFaults()
        let all = Array((text + "Ip: B C\nIp: 1 2\n").utf8)
        try counters.takePairs(of: all.span, noting: &faults)
        #expect(counters.values == [nil, 2])
        #expect(faults.count > 0)
    }

    @Test func nothingIsNoFileOfCounters() {
        #expect(throws: ParseError.self) {
            var counters = ProtocolCounters(names: ["Udp.A"])
            try counters.take("")
        }
    }

    @Test func namesWithoutNumbersCountNothing() throws {
        var counters = ProtocolCounters(names: ["Udp.A"])
        try counters.take("Udp: A\n")
        #expect(counters.values == [nil])
    }

    @Test func clearedCountersAreUnknown() throws {
        var counters = ProtocolCounters(names: ["Udp.A"])
        try counters.take("Udp: A\nUdp: 7\n")
        #expect(counters.values == [7])
        counters.clear()
        #expect(counters.values == [nil])
    }

    @Test("softnet of 10 columns does not name the CPU, of 15 it does")
    func softnet() throws {
        let old = try Fixture.bytes("3.10-el7/network/softnet_stat")
        let rows = try SoftnetStat(parsing: old.span).rows
        #expect(rows.map(\.processed) == [0x5f0e_1c22, 0x0a1b_2c3d])
        #expect(rows.map(\.dropped) == [40, 0])
        #expect(rows.map(\.squeezed) == [332, 3])
        #expect(rows.map(\.cpu) == [nil, nil])
        #expect(rows.map(\.backlog) == [nil, nil])

        let new = "000000ff 1 2 0 0 0 0 0 0 0 b 9 3 4 5\n"
        let row = try #require(try SoftnetStat(parsing: Array(new.utf8).span).rows.first)
        #expect(row.processed == 255 && row.dropped == 1 && row.squeezed == 2)
        #expect(row.backlog == 9 && row.cpu == 3)

        let captured = try Fixture.bytes("6.18.44/network/softnet_stat")
        #expect(try SoftnetStat(parsing: captured.span).rows.map(\.cpu) == [0, 1])
    }

    @Test func socketStatistics() throws {
        let bytes = try Fixture.bytes("3.10-el7/network/sockstat")
        let statistics = try SocketStatistics(parsing: bytes.span)
        #expect(statistics.udpMemory == PageCount(1034))
        #expect(statistics.fragmentMemory == 41472)
    }

    @Test func interfaces() throws {
        let bytes = try Fixture.bytes("3.10-el7/network/dev")
        let rows = try InterfaceTable(parsing: bytes.span).rows
        #expect(rows.map(\.name) == ["eth0", "lo"])
        let eth0 = rows[0]
        #expect(eth0.receivedPackets == 918_273_645)
        #expect(eth0.dropped == 1843 && eth0.overrun == 40 && eth0.damaged == 12)
        #expect(eth0.sentPackets == 812_345_678 && eth0.sendDropped == 5)
    }

    @Test func settings() throws {
        let one = try Fixture.bytes("3.10-el7/network/rmem_max")
        #expect(try KernelSetting(parsing: one.span).first == 212_992)
        let three = try Fixture.bytes("3.10-el7/network/udp_mem")
        let setting = try KernelSetting(parsing: three.span)
        #expect(setting.first == 767_328)
        #expect(setting.others == [1_023_106, 1_534_656])
    }
}

extension ProtocolCounters {
    fileprivate mutating func take(_ text: String) throws {
        var faults = FieldFaults()
        try takePairs(of: Array(text.utf8).span, noting: &faults)
    }
}
