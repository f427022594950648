import Glibc
import Testing

/// The case of the lost datagrams: readers whose ways to lose are known, and where else on the way
/// datagrams are lost.
@Suite(.serialized) struct UDPTests {
    private static let keys: Set = [
        "in_datagrams_per_second", "receive_buffer_errors_total",
        "receive_buffer_errors_per_second", "memory_errors_total", "checksum_errors_total",
        "reassembly_failures_total", "chain", "sockets",
    ]
    private static let stages = [
        "nic", "softnet", "ip", "reassembly", "checksum", "memory", "socket",
    ]

    /// A reader, what it gets, and what is to be said of it.
    struct Case: CustomTestStringConvertible {
        var reader: String
        var verdict: String
        /// A word of the table in the view.
        var word: String
        var traffic: String

        var testDescription: String { reader }
    }

    static let cases = [
        Case(reader: "stalled", verdict: "stalled", word: "STALLED", traffic: "--rate 1500"),
        Case(reader: "slow", verdict: "slow", word: "SLOW", traffic: "--rate 1500"),
        Case(reader: "pauses", verdict: "pauses", word: "PAUSES", traffic: "--rate 1500"),
        Case(
            reader: "small", verdict: "buffer_too_small", word: "SMALL",
            traffic: "--rate 800 --burst 40"),
    ]

    private func udp(count: Int = 1, _ arguments: String...) async throws -> JSON {
        var program = Program.dxtop("watch", "udp", "--json", "--count", "\(count)")
        program.arguments += arguments
        let outcome = try await run(program, deadline: .seconds(60))
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let last = try JSON(parsing: try #require(outcome.lines.last))
        return try #require(last["udp"])
    }

    private func socket(of workload: Workload, in udp: JSON) throws -> JSON {
        let inode = Double(try workload.number("inode"))
        let rows = udp["sockets"]?.items ?? []
        return try #require(rows.first { $0["inode"]?.number == inode })
    }

    private func stage(_ id: String, of udp: JSON) throws -> JSON {
        try #require(udp["chain"]?.items.first { $0["stage"]?.string == id })
    }

    /// The reader beside a healthy one under the same load, and a sender for both.
    private func withTraffic(
        _ load: Case, in namespace: NetworkNamespace? = nil,
        body: (_ reader: Workload, _ healthy: Workload) async throws -> Void
    ) async throws {
        let readers = ["udp --reader \(load.reader)", "udp --reader healthy"]
        try await Workload.run(all: readers, in: namespace) { started in
            let ports = try started.map { "\(try $0.number("port"))" }.joined(separator: ",")
            let sender = "udpsend --ports \(ports) \(load.traffic)"
            try await Workload.run(all: [sender], in: namespace) { _ in
                try await body(started[0], started[1])
            }
        }
    }

    @Test(arguments: cases)
    func readersAreNamedRightlyWithinTenSeconds(load: Case) async throws {
        try await withTraffic(load) { reader, healthy in
            let seen = try await udp(count: 10, "--interval", "1")
            #expect(seen.keys.isSuperset(of: Self.keys))
            let row = try socket(of: reader, in: seen)
            #expect(row["reader"]?.string == load.verdict, "\(row)")
            #expect(row["pid"]?.number == Double(reader.processID), "\(row)")
            #expect(row["drops_per_second"]?.number ?? 0 > 50, "\(row)")
            #expect(row["full_percent"]?.number != nil, "\(row)")
            let well = try socket(of: healthy, in: seen)
            #expect(well["reader"]?.string == "ok", "\(well)")
            #expect(well["drops_total"] == .number(0), "\(well)")
            let loss = try stage("socket", of: seen)
            #expect(loss["lost_per_second"]?.number ?? 0 > 50, "\(loss)")
        }
    }

    @Test(arguments: cases)
    func theLosingSocketIsFirstInTheView(load: Case) async throws {
        try await withTraffic(load) { reader, healthy in
            let port = try reader.number("port")
            let size = Terminal.Size(columns: 120, rows: 40)
            try await Terminal.run(.dxtop(), size: size) { terminal in
                try await terminal.wait(for: "the Overview") { $0.contains("PROCESSES") }
                try await terminal.send("5")
                // Ten seconds from its start, and time to start on a busy machine.
                try await terminal.wait(for: "the verdict", deadline: .seconds(15)) { screen in
                    guard let row = screen.firstRow(underHeader: "LOCAL", "DROP/s") else {
                        return false
                    }
                    return row.contains(":\(port) ") && row.uppercased().contains(load.word)
                }
                let well = try healthy.number("port")
                let screen = try await terminal.wait(for: "the healthy one") {
                    $0.row(with: ":\(well) ")?.contains(" ok") == true
                }
                let chain = try #require(screen.row(with: "WHERE LOST"), "\(screen)")
                #expect(chain.contains("SOCKET"))
                #expect(chain.contains(":\(port)"))
            }
        }
    }

    @Test func aStalledReaderIsProved() async throws {
        try await withTraffic(Self.cases[0]) { reader, _ in
            let size = Terminal.Size(columns: 120, rows: 40)
            try await Terminal.run(.dxtop("--view", "udp"), size: size) { terminal in
                let thread = try reader.thread("thread")
                try await terminal.wait(for: "the proof", deadline: .seconds(30)) { screen in
                    screen.contains("EDGE-TRIGGERED") && screen.contains("epoll_wait")
                        && screen.contains("T\(thread)")
                }
                try await terminal.send("1")
                try await terminal.wait(for: "the finding", deadline: .seconds(30)) { screen in
                    let row = screen.row(with: ":\(reader.facts["port"] ?? "?")")
                    return row?.contains("stalled") == true
                }
            }
        }
    }

    /// Once nothing is sent any more, the figures are those of ss and nstat to the last datagram.
    @Test(.enabled("needs root, ip and nsenter") { await NetworkNamespace.areAvailable() })
    func lossesAreCountedAsTheKernelCounts() async throws {
        try await NetworkNamespace.run { row in
            let space = row[0]
            try await Workload.run("udp", "--reader", "stalled", in: space) { reader in
                let inode = try reader.number("inode")
                try await Workload.run(
                    "udpsend", "--ports", "\(try reader.number("port"))", "--rate", "5000",
                    in: space
                ) { _ in
                    try await wait(for: "losses") {
                        let statistics = try await SocketStatistics.measure(.udp, in: space)
                        return statistics.rows[inode]?.drops ?? 0 > 1000
                    }
                }
                let statistics = try await SocketStatistics.measure(.udp, in: space)
                let expected = try #require(statistics.rows[inode])
                let counters = try await Nstat.measure(in: space)
                let seen = try await udp("--netns", space.name)
                let socket = try socket(of: reader, in: seen)
                #expect(socket["drops_total"]?.number == expected.drops, "\(socket)")
                #expect(socket["receive_buffer_bytes"]?.number == expected.receiveBuffer)
                let queue = socket["receive_queue_bytes"]?.number
                #expect(queue == expected.charged || queue == expected.receiveQueue, "\(socket)")
                let errors = try #require(counters["UdpRcvbufErrors"])
                #expect(errors == expected.drops)
                #expect(seen["receive_buffer_errors_total"]?.number == errors)
                let chain = seen["chain"]?.items ?? []
                #expect(chain.compactMap { $0["stage"]?.string } == Self.stages)
                // The backlog is that of the whole machine.
                for stage in chain where !["softnet", "socket"].contains(stage["stage"]?.string) {
                    #expect(stage["lost_total"]?.number ?? 0 == 0, "\(stage)")
                }
                #expect(try stage("socket", of: seen)["lost_total"]?.number == errors)
            }
        }
    }

    /// A link in the middle takes less than its sender believes: the first fragment of each datagram
    /// is lost there, the second arrives.
    @Test(.enabled("needs root, ip and nsenter") { await NetworkNamespace.areAvailable() })
    func lostFragmentsAreFoundAtReassembly() async throws {
        let links = [
            NetworkNamespace.Link(), NetworkNamespace.Link(mtu: 1500, farMTU: 1000),
            NetworkNamespace.Link(),
        ]
        try await NetworkNamespace.run(links) { row in
            let receiver = row[3]
            try await receiver.set("net/ipv4/ipfrag_time", to: "1")
            let address = "10.77.2.2"
            try await Workload.run("udp", "--address", address, in: receiver) { reader in
                try await Workload.run(
                    "udpsend", "--address", address, "--ports", "\(try reader.number("port"))",
                    "--rate", "50", "--size", "2000", in: row[0]
                ) { _ in
                    let seen = try await udp(count: 6, "--netns", receiver.name)
                    let loss = try stage("reassembly", of: seen)
                    #expect(loss["lost_per_second"]?.number ?? 0 > 20, "\(loss)")
                    #expect(loss["advice"]?.string?.isEmpty == false, "\(loss)")
                }
                try await wait(for: "the last fragments to be given up") {
                    let counters = try await Nstat.measure(in: receiver)
                    return counters["IpReasmReqds"] == counters["IpReasmFails"]
                }
                let counters = try await Nstat.measure(in: receiver)
                let seen = try await udp("--netns", receiver.name)
                #expect(seen["reassembly_failures_total"]?.number == counters["IpReasmFails"])
                for id in Self.stages where id != "reassembly" {
                    let lost = try stage(id, of: seen)["lost_total"]?.number ?? 0
                    // The backlog is that of the whole machine.
                    #expect(lost == 0 || id == "softnet", "\(seen)")
                }
            }
        }
    }

    @Test(.enabled("needs root, ip and nsenter") { await NetworkNamespace.areAvailable() })
    func pathMTUOfAPeerIsFound() async throws {
        let links = [
            NetworkNamespace.Link(), NetworkNamespace.Link(mtu: 1400), NetworkNamespace.Link(),
        ]
        try await NetworkNamespace.run(links) { row in
            let address = "10.77.2.2"
            try await Workload.run("udp", "--address", address, in: row[3]) { reader in
                try await Workload.run(
                    "udpsend", "--address", address, "--ports", "\(try reader.number("port"))",
                    "--rate", "50", in: row[0]
                ) { _ in
                    let program = Program.dxtop("--view", "sockets", "--netns", row[0].name)
                    let size = Terminal.Size(columns: 120, rows: 40)
                    try await Terminal.run(program, size: size) { terminal in
                        try await terminal.wait(for: "the sender") { $0.contains(address) }
                        try await terminal.send("g", "x")
                        try await terminal.choose("path", in: "the tools")
                        try await terminal.wait(for: "the path MTU", deadline: .seconds(60)) {
                            $0.contains("path MTU to \(address) is 1400")
                        }
                    }
                }
            }
        }
    }

    @Test func withoutRightsLossesAreSeenAllTheSame() async throws {
        guard geteuid() == 0 else { return }
        let directory = try TemporaryDirectory()
        try await withTraffic(Self.cases[1]) { reader, _ in
            let program = try Program.dxtop("watch", "udp", "--json", "--count", "10")
                .asNobody(in: directory)
            let outcome = try await run(program, deadline: .seconds(60))
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            let last = try JSON(parsing: try #require(outcome.lines.last))
            let row = try socket(of: reader, in: try #require(last["udp"]))
            #expect(row["pid"] == .null, "\(row)")
            #expect(row["drops_per_second"]?.number ?? 0 > 50, "\(row)")
            #expect(row["reader"]?.string == "slow", "\(row)")
        }
    }
}

extension Terminal {
    /// Goes down a menu to the first entry with this text, and takes it.
    fileprivate func choose(_ text: String, in menu: String) async throws {
        try await wait(for: menu) { $0.contains(text) }
        for _ in 0..<20 {
            let screen = try await capture()
            if screen.rows.contains(where: { $0.contains(">") && $0.contains(text) }) { break }
            try await send("Down")
            try await wait(for: "the selection to move") { $0.description != screen.description }
        }
        try await send("Enter")
    }
}
