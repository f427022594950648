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

    /// A reader of datagrams, and what is to be said of it.
    struct Reader {
        let name: String
        /// In JSON.
        let verdict: String
        /// In the table of the view.
        let word: String
    }

    /// The first loses most.
    static let readers = [
        Reader(name: "stalled", verdict: "stalled", word: "STALLED"),
        Reader(name: "slow", verdict: "slow", word: "slow"),
        Reader(name: "pauses", verdict: "pauses", word: "pauses"),
        Reader(name: "small", verdict: "buffer_too_small", word: "small buf"),
        Reader(name: "healthy", verdict: "ok", word: "ok"),
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

    /// Interfaces as ip (iproute2) tells of them.
    private func links(of space: NetworkNamespace) async throws -> [(name: String, mtu: Int)] {
        let program = Program(path: "/usr/sbin/ip", arguments: ["-j", "link"]).inside(space)
        return try JSON(parsing: try await run(program).output).items.compactMap { link in
            guard let name = link["ifname"]?.string, let mtu = link["mtu"]?.number else {
                return nil
            }
            return (name, Int(mtu))
        }
    }

    /// All readers in a namespace of their own, where what is lost elsewhere on the machine does
    /// not show, and what they lose. All get the same, but for bursts to the one that is known by
    /// them.
    private func withReaders(
        body: (_ readers: [Workload], _ space: NetworkNamespace) async throws -> Void
    ) async throws {
        try await NetworkNamespace.run { row in
            let load = Self.readers.map { "udp --reader \($0.name)" }
            try await Workload.run(all: load, in: row[0]) { started in
                let ports = try started.map { try $0.number("port") }
                let steady = [0, 1, 2, 4].map { "\(ports[$0])" }.joined(separator: ",")
                let senders = [
                    "udpsend --ports \(steady) --rate 1500",
                    "udpsend --ports \(ports[3]) --rate 800 --burst 40",
                ]
                try await Workload.run(all: senders, in: row[0]) { _ in
                    try await body(started, row[0])
                }
            }
        }
    }

    @Test(.needsNetworkNamespaces)
    func readersAreNamedRightlyWithinTenSeconds() async throws {
        try await withReaders { started, space in
            let seen = try await udp(count: 8, "--interval", "1", "--netns", space.name)
            #expect(seen.keys.isSuperset(of: Self.keys))
            for (reader, workload) in zip(Self.readers, started) {
                let row = try socket(of: workload, in: seen)
                #expect(row["reader"]?.string == reader.verdict, "\(row)")
                #expect(row["pid"]?.number == Double(workload.processID), "\(row)")
                #expect(row["full_percent"]?.number != nil, "\(row)")
                let isHealthy = reader.name == "healthy"
                #expect((row["drops_total"]?.number ?? 0 > 50) == !isHealthy, "\(row)")
            }
            let first = try #require(seen["sockets"]?.items.first)
            #expect(first["local_port"]?.number == Double(try started[0].number("port")))
            let loss = try stage("socket", of: seen)
            #expect(loss["lost_per_second"]?.number ?? 0 > 50, "\(loss)")
        }
    }

    @Test(.needsNetworkNamespaces)
    func theViewNamesThemWithTheWorstFirstAndProvesIt() async throws {
        try await withReaders { started, space in
            let program = Program.dxtop().inside(space)
            let size = Terminal.Size(columns: 120, rows: 40)
            try await Terminal.run(program, size: size) { terminal in
                try await terminal.wait(for: "the Overview") { $0.contains("PROCESSES") }
                try await terminal.send("5")
                let ports = try started.map { ":\(try $0.number("port")) " }
                let screen = try await terminal.wait(for: "all", deadline: .seconds(10)) { screen in
                    // Where it has a column of its own, a port may be the peer of a sender, too. It
                    // may be the last one.
                    zip(ports, Self.readers).allSatisfy { port, reader in
                        screen.rows.contains {
                            $0.contains(port) && $0.contains(" \(reader.word) ")
                                && ($0 + " ").contains(" * ")
                        }
                    } && screen.firstRow(underHeader: "LOCAL", "DROP/s")?.contains(ports[0]) == true
                }
                let chain = try #require(screen.row(with: "DROPS nic"), "\(screen)")
                #expect(chain.contains("SOCKET"))
                try await terminal.send("g")
                let thread = try started[0].thread("thread")
                try await terminal.wait(for: "the proof", deadline: .seconds(30)) { screen in
                    screen.contains("EDGE-TRIGGERED")
                        && screen.contains("T\(thread) blocked in epoll_wait")
                }
                try await terminal.send("1")
                let port = try started[0].number("port")
                try await terminal.wait(for: "the finding", deadline: .seconds(30)) {
                    $0.row(with: ":\(port)", "stalled") != nil
                }
            }
        }
    }

    /// Once nothing is sent any more, the figures are those of ss and nstat to the last datagram.
    @Test(.needsNetworkNamespaces)
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
                let links = try await links(of: space)
                let interfaces = try stage("nic", of: seen)["details"]?.items ?? []
                #expect(interfaces.compactMap { $0["name"]?.string } == links.map(\.name))
                for (interface, link) in zip(interfaces, links) {
                    #expect(interface["text"]?.string?.hasSuffix("mtu \(link.mtu)") == true)
                }
            }
        }
    }

    /// A link in the middle takes less than its sender believes: the first fragment of each datagram
    /// is lost there, the second arrives.
    @Test(.needsNetworkNamespaces)
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
                    let seen = try await udp(count: 4, "--netns", receiver.name)
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

    @Test(.needsNetworkNamespaces)
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
                        try await terminal.send("1")
                        try await terminal.wait(for: "the finding") {
                            $0.row(with: "path MTU to \(address) is 1400", "next allows 1500")
                                != nil
                        }
                        try await terminal.send("4")
                        try await terminal.wait(for: "the sender again") {
                            $0.contains("SOCKETS") && $0.contains("\(address):")
                        }
                        try await terminal.send("g", "r")
                        try await terminal.wait(for: "the way, as the kernel learnt it") {
                            $0.contains("route to \(address): via 10.77.0.2 dev next")
                                && $0.contains("mtu 1400  ! next allows 1500")
                        }
                    }
                }
            }
        }
    }

    @Test(.needsNetworkNamespaces)
    func withoutRightsLossesAreSeenAllTheSame() async throws {
        let directory = try TemporaryDirectory()
        try await withReaders { started, space in
            let program = try Program.dxtop("watch", "udp", "--json", "--count", "7")
                .asNobody(in: directory).inside(space)
            let outcome = try await run(program, deadline: .seconds(60))
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            let last = try JSON(parsing: try #require(outcome.lines.last))
            let row = try socket(of: started[1], in: try #require(last["udp"]))
            #expect(row["pid"] == .null, "\(row)")
            #expect(row["drops_per_second"]?.number ?? 0 > 50, "\(row)")
            #expect(row["reader"]?.string == "slow", "\(row)")
        }
    }
}
