import Glibc
import TestTraits
import Testing

/// Sockets beside those of ss, whose they are, and in which network namespace.
@Suite(.serialized) struct SocketsTests {
    private static let keys: Set = [
        "protocol", "family", "local_address", "local_port", "peer_address", "peer_port", "state",
        "inode", "netns", "pid", "fd", "process", "receive_queue_bytes", "send_queue_bytes",
        "receive_buffer_bytes", "drops_total", "drops_per_second", "retransmits_total",
        "rtt_microseconds", "seen_seconds",
    ]

    /// Sockets that stay as they are, of every kind: connections, one whose peer has closed, full
    /// accept queues, one that is stuck.
    private static let load = [
        "sockets 40 --kind tcp", "sockets 40 --kind udp", "sockets 40 --kind unix", "closewait 5",
        "listener --backlog 4 --clients 5", "tcpstall", "udp --reader slow",
    ]

    private func sockets(_ arguments: String...) async throws -> [JSON] {
        var program = Program.dxtop("watch", "sockets", "--json", "--count", "1")
        program.arguments += arguments
        let outcome = try await run(program)
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        return try JSON(parsing: outcome.output)["sockets"]?.items ?? []
    }

    private func byInode(_ rows: [JSON]) -> [Int: JSON] {
        let pairs = rows.compactMap { row in row["inode"]?.number.map { (Int($0), row) } }
        return Dictionary(pairs.filter { $0.0 > 0 }, uniquingKeysWith: { first, _ in first })
    }

    @Test(.needsNetworkNamespaces)
    func areThoseOfSS() async throws {
        let kinds: [SocketStatistics.Kind] = [.tcp, .udp, .unix]
        try await NetworkNamespace.run { row in
            let space = row[0]
            func measure() async throws -> [[Int: SocketStatistics.Row]] {
                var all: [[Int: SocketStatistics.Row]] = []
                for kind in kinds {
                    all.append(try await SocketStatistics.measure(kind, in: space).rows)
                }
                return all
            }
            try await Workload.run(all: Self.load, in: space) { _ in
                let before = try await measure()
                let rows = byInode(try await sockets("--netns", space.name))
                let after = try await measure()
                for (index, kind) in kinds.enumerated() {
                    #expect(before[index].count >= 40)
                    for (inode, first) in before[index] {
                        let last = try #require(after[index][inode], "the load is to stay as it is")
                        let row = try #require(rows[inode], "not seen: \(first)")
                        #expect(row.keys.isSuperset(of: Self.keys), "\(row)")
                        expect(row, agreesWith: first, last, kind)
                    }
                }
                #expect(Set(rows.keys) == Set(before.flatMap(\.keys)))
            }
        }
    }

    /// What ss told before and after: a figure that moves lies between.
    private func expect(
        _ row: JSON, agreesWith first: SocketStatistics.Row, _ last: SocketStatistics.Row,
        _ kind: SocketStatistics.Kind
    ) {
        func expect(_ name: String, _ figures: Double?...) {
            let known = figures.compactMap(\.self)
            guard let least = known.min(), let most = known.max() else { return }
            let figure = row[name]?.number ?? -1
            #expect((least...most).contains(figure), "\(name): \(least) to \(most), \(row)")
        }
        #expect(row["state"]?.string == first.state, "\(row)")
        expect("receive_buffer_bytes", first.receiveBuffer, last.receiveBuffer)
        expect("drops_total", first.drops, last.drops)
        let owners = first.owners.map { [Double($0.process), Double($0.descriptor)] }
        let owner = [row["pid"]?.number, row["fd"]?.number].compactMap(\.self)
        #expect(owners.contains(owner), "\(owners), \(row)")
        guard kind != .unix else { return }

        #expect(row["protocol"]?.string == "\(kind)", "\(row)")
        for (name, address) in [("local", first.local), ("peer", first.peer)] {
            #expect(row["\(name)_address"]?.string == address.host, "\(row)")
            #expect(row["\(name)_port"]?.number ?? 0 == Double(address.port ?? 0), "\(row)")
        }
        // Of a listener ss tells connections there, not bytes.
        guard first.state != "LISTEN" else { return }
        expect(
            "receive_queue_bytes", first.receiveQueue, last.receiveQueue,
            kind == .udp ? last.charged : nil)
        expect("send_queue_bytes", first.sendQueue, last.sendQueue)
        expect("retransmits_total", first.retransmits, last.retransmits)
        // ss rounds to a microsecond, and what is idle does not move.
        expect("rtt_microseconds", first.roundTripMicroseconds, last.roundTripMicroseconds)
    }

    @Test(.needsNetworkNamespaces)
    func ofAnotherNamespaceByNameAndByProcess() async throws {
        try await NetworkNamespace.run { row in
            try await Workload.run("udp", in: row[0]) { workload in
                let inode = Double(try workload.number("inode"))
                for choice in [row[0].name, "\(workload.processID)"] {
                    let theirs = try await sockets("--netns", choice)
                    let socket = try #require(theirs.first { $0["inode"]?.number == inode })
                    #expect(socket["pid"]?.number == Double(workload.processID), "\(socket)")
                    #expect(socket["fd"]?.number == Double(try workload.number("fd")))
                    #expect(socket["process"]?.string == "workload")
                    #expect(theirs.count == 1, "\(theirs)")
                }
            }
        }
    }

    @Test func aNamespaceThatIsNotThereIsExplained() async throws {
        let outcome = try await run(
            .dxtop("watch", "sockets", "--netns", "no-such-namespace", "--count", "1"))
        #expect(outcome.exitCode != 0)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains("no-such-namespace"))
    }

    @Test(.needsRoot) func withoutRightsOwnersAreUnknownAndTheViewSaysSoOnce() async throws {
        let directory = try TemporaryDirectory()
        try await Workload.run("udp", "--reader", "slow") { workload in
            let inode = Double(try workload.number("inode"))
            let watch = try Program.dxtop("watch", "sockets", "--json", "--count", "1")
                .asNobody(in: directory)
            let outcome = try await run(watch)
            #expect(outcome.exitCode == 0, "\(outcome)")
            let rows = try JSON(parsing: outcome.output)["sockets"]?.items ?? []
            let row = try #require(rows.first { $0["inode"]?.number == inode })
            #expect(row["pid"] == .null, "\(row)")
            #expect(row["process"] == .null, "\(row)")
            #expect(row["drops_total"] == .number(0), "\(row)")
            let buffer = Double(try workload.number("buffer_bytes"))
            #expect(row["receive_buffer_bytes"]?.number == buffer, "\(row)")

            let view = try Program.dxtop("--view", "sockets").asNobody(in: directory)
            try await Terminal.run(view, size: .init(columns: 120, rows: 40)) { terminal in
                try await terminal.wait(for: "what root would add") { screen in
                    screen.contains("SOCKETS")
                        && screen.rows.count { $0.contains("root would add") } == 1
                }
            }
        }
    }

    @Test func hostileNamesStayText() async throws {
        let directory = try TemporaryDirectory()
        let bytes = "\(directory.path)/bytes"
        try await Workload.run("names", "--sockets") { workload in
            let process = Double(workload.processID)
            let outcome = try await run(.dxtop("watch", "sockets", "--json", "--count", "1"))
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.lines.count == 1)
            // Only the line feed at the end is below a blank.
            #expect(outcome.output.unicodeScalars.filter { $0.value < 0x20 }.count == 1)
            let rows = try JSON(parsing: outcome.output)["sockets"]?.items ?? []
            let names = rows.filter { $0["pid"]?.number == process }.compactMap {
                $0["local_address"]?.string
            }
            #expect(names.count == 12)
            #expect(names.contains("@a) R 1 ( \(workload.processID)"), "\(names)")

            let program = Program.dxtop("--view", "sockets")
            let size = Terminal.Size(columns: 100, rows: 30)
            try await Terminal.run(program, size: size, recording: bytes) { terminal in
                try await terminal.wait(for: "the sockets") { $0.contains("SOCKETS") }
                try await terminal.type("/\(workload.processID)")
                try await terminal.send("Enter")
                try await terminal.wait(for: "all names") { screen in
                    screen.rows.count { $0.contains(" \(workload.processID)") } >= 12
                }
            }
            let written = try contents(ofFile: bytes)
            for sequence in ["\u{1B}[31mred", "\u{1B}]0;title", "two\nlines", "abc\u{202E}fed"] {
                #expect(
                    written.firstRange(of: Array(sequence.utf8)) == nil,
                    "\(sequence.debugDescription)")
            }
            #expect(String(validating: written, as: UTF8.self) != nil)
        }
    }

    @Test func snapshotHoldsThemToo() async throws {
        try await Workload.run("tcpstall") { workload in
            let outcome = try await run(.dxtop("snapshot", "--json"))
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            let rows = try JSON(parsing: outcome.output)["sockets"]?.items ?? []
            for row in rows { #expect(row.keys.isSuperset(of: Self.keys), "\(row)") }
            let inode = Double(try workload.number("inode"))
            let row = try #require(rows.first { $0["inode"]?.number == inode })
            #expect(row["state"]?.string == "ESTABLISHED")
            #expect(row["receive_queue_bytes"]?.number ?? 0 > 0, "\(row)")
            #expect(row["pid"]?.number == Double(workload.processID), "\(row)")
        }
    }
}
