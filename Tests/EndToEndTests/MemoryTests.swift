import Glibc
import Testing

/// The growth case of the product: processes that grow at a known rate and stop at a known size.
@Suite(.serialized) struct MemoryTests {
    private static let mebibyte = 1_048_576.0

    @Test(
        .enabled(
            if: ControlGroup.isAvailable, "needs root and a control group hierarchy for memory"))
    func growersOfKnownRateGetTheRightVerdict() async throws {
        let group = try ControlGroup(limit: 1 << 30)
        defer { group.remove() }
        // 4 MiB a second without a cap; as much with one; more with a sawtooth.
        try await Workload.run("grow", "--rate", "4096") { linear in
            try group.add(linear.processID)
            try await Workload.run("grow", "--rate", "4096", "--cap", "50") { capped in
                try await Workload.run(
                    "grow", "--rate", "16384", "--cap", "50", "--drop", "90"
                ) { sawtooth in
                    // The dashboard watches the same two minutes.
                    try await Terminal.run(.dxtop()) { terminal in
                        let outcome = try await run(
                            .dxtop("watch", "memory", "--json", "--count", "121"),
                            deadline: .seconds(240))
                        let usage = try #require(group.usage)
                        let last = try JSON(parsing: try #require(outcome.lines.last))
                        func row(_ workload: Workload) throws -> JSON {
                            try #require(
                                last["memory"]?.items.first {
                                    $0["pid"]?.number == Double(workload.processID)
                                })
                        }
                        try expectLinear(try row(linear), left: Double(1 << 30) - usage)
                        try expectPlateau(try row(capped))
                        let teeth = try row(sawtooth)
                        #expect(teeth["shape"]?.string != "linear", "\(teeth)")
                        #expect(teeth["eta_seconds"] == .null, "\(teeth)")
                        try await expectFinding(of: linear, in: terminal)
                    }
                }
            }
        }
    }

    private func expectLinear(_ row: JSON, left: Double) throws {
        let slope = try #require(row["growth_bytes_per_second"]?.number)
        #expect(row["shape"]?.string == "linear", "\(row)")
        #expect(abs(slope / (4 * Self.mebibyte) - 1) < 0.05, "\(row)")
        let eta = left / (4 * Self.mebibyte)
        let told = try #require(row["eta_seconds"]?.number)
        #expect(abs(told - eta) < 0.1 * eta, "\(told) s, really \(eta) s")
    }

    private func expectPlateau(_ row: JSON) throws {
        #expect(row["shape"]?.string == "plateau", "\(row)")
        let level = try #require(row["anon_bytes"]?.number)
        #expect(abs(level / (200 * Self.mebibyte) - 1) < 0.02, "\(row)")
        #expect(row["eta_seconds"] == .null, "\(row)")
    }

    /// The Overview tells of the one that grows, and leads to its curve.
    private func expectFinding(of workload: Workload, in terminal: Terminal) async throws {
        let claim = "workload \(workload.processID) memory +4.0 MiB/s"
        try await terminal.wait(for: "the finding", deadline: .seconds(30)) {
            $0.contains("FINDINGS") && $0.row(with: claim) != nil
        }
        // Other findings may stand around it, and come and go: whatever else this machine suffers from.
        for _ in 0..<40 {
            let screen = try? await terminal.wait(for: "a selection", deadline: .seconds(2)) {
                $0.selection != nil
            }
            guard let screen, let selection = screen.selection else {
                // What was selected is over: nothing is until one moves.
                try await terminal.send("Up")
                continue
            }
            guard !selection.row.contains(claim) else { break }
            let place = screen.rows.firstIndex { $0.contains(claim) } ?? 0
            try await terminal.send(place < selection.place ? "Up" : "Down")
            // Where another comes or goes just then, it may seem to stand still.
            _ = try? await terminal.wait(for: "the selection to move", deadline: .seconds(2)) {
                $0.selection?.place != selection.place
                    || $0.selection?.row.prefix(24) != selection.row.prefix(24)
            }
        }
        try await terminal.send("Enter")
        try await terminal.wait(for: "its curve") {
            $0.contains("MEMORY workload \(workload.processID)")
        }
    }

    /// `smaps_rollup` walks the pages themselves: what `status` counts must be the same.
    @Test func figuresAreTheKernelsToThePage() async throws {
        try await Workload.run("grow", "--rate", "1048576", "--cap", "40") { workload in
            let process = workload.processID
            try await wait(for: "the buffers to be full") {
                (Self.rollup("Anonymous", of: process) ?? 0) >= 160 * Self.mebibyte
            }
            let outcome = try await run(
                .dxtop("watch", "memory", "--json", "--pid", "\(process)", "--count", "1"))
            let rows = try JSON(parsing: outcome.output)["memory"]?.items
            let row = try #require(rows?.first)
            #expect(row["anon_bytes"]?.number == Self.rollup("Anonymous", of: process), "\(row)")
            #expect(row["rss_bytes"]?.number == Self.rollup("Rss", of: process), "\(row)")
            #expect(row["swap_bytes"]?.number == Self.rollup("Swap", of: process), "\(row)")
        }
    }

    /// Bytes, by the name of a line of `smaps_rollup`.
    private static func rollup(_ name: String, of process: pid_t) -> Double? {
        let file = (try? contents(ofFile: "/proc/\(process)/smaps_rollup")) ?? []
        return String(decoding: file, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("\(name):") }
            .flatMap { Double($0.filter(\.isNumber)) }.map { $0 * 1024 }
    }

    /// 16 MiB a second are wanted; on a busy box the service gets to a little less.
    private static func isAboutItsRate(_ verdict: String) -> Bool {
        verdict.contains("+15.") || verdict.contains("+16.")
    }

    @Test func theCaseInThreeKeys() async throws {
        try await Workload.run("grow", "--rate", "16384") { workload in
            try await Terminal.run(.dxtop(), size: Terminal.Size(columns: 100, rows: 30)) {
                terminal in
                try await terminal.wait(for: "the Overview") { $0.contains("PROCESSES") }
                try await terminal.send("3")
                try await terminal.wait(
                    for: "the grower, its shape and its end", deadline: .seconds(120)
                ) {
                    $0.contains("MEMORY workload \(workload.processID)")
                        && $0.row(with: "LINEAR", "headroom ").map(Self.isAboutItsRate) == true
                }
                try await terminal.send("Enter")
                try await terminal.wait(for: "the mappings that grow", deadline: .seconds(30)) {
                    $0.row(with: "4 mappings of 1.0G anon", "+1") != nil
                }
                try await terminal.send("Escape")
                try await terminal.wait(for: "the way back") { $0.contains("MEMORY workload") }
            }
        }
    }

    @Test func fiftyThousandMappingsHoldUpNothing() async throws {
        try await Workload.run("mappings", "50000", "--touch", "1024") { workload in
            try await Terminal.run(
                .dxtop("--view", "memory", "--pid", "\(workload.processID)"),
                size: Terminal.Size(columns: 120, rows: 40)
            ) { terminal in
                // Keys are answered while it is read: the help opens and closes.
                try await terminal.send("?")
                try await terminal.wait(for: "the help", deadline: .seconds(3)) {
                    $0.contains("KEYS")
                }
                try await terminal.send("Escape")
                try await terminal.wait(for: "all mappings", deadline: .seconds(30)) {
                    $0.contains("read at") && $0.row(with: "below 1M each", "50") != nil
                }
                #expect(isRunning(workload.processID))
            }
        }
    }
}

extension Screen {
    /// The row with the mark, and which of all it is.
    fileprivate var selection: (place: Int, row: String)? {
        rows.firstIndex { $0.hasPrefix(">") }.map { ($0, String(rows[$0])) }
    }
}
