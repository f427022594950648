import Testing

/// The figures of dxtop beside those of pidstat, on loads that stay as they are. Both look at the
/// same seconds.
@Suite(.serialized) struct FigureTests {
    /// Where dxtop and pidstat tell the same.
    private static let figures = [
        "user_percent": "%usr", "system_percent": "%system", "run_delay_percent": "%wait",
        "cpu_percent": "%CPU", "voluntary_switches_per_second": "cswch/s",
        "involuntary_switches_per_second": "nvcswch/s",
    ]

    /// The files of a process whose first thread has ended are empty; those of its other threads tell.
    @Test func aProcessWhoseFirstThreadHasEndedHasItsFigures() async throws {
        try await Workload.run("headless") { workload in
            var row: JSON?
            // The first thread ends after the line that says so.
            for _ in 0..<50 where row?["state"] != .string("Z") {
                let outcome = try await run(.dxtop("snapshot", "--json", "--interval", "0.2"))
                row = try JSON(parsing: outcome.output)["processes"]?.items.first {
                    $0["pid"] == .number(Double(workload.processID))
                }
            }
            let process = try #require(row)
            #expect(process["state"] == .string("Z"))
            #expect(process["rss_bytes"]?.number ?? 0 > 100_000, "\(process)")
            #expect(process["anon_bytes"]?.number ?? 0 > 10_000, "\(process)")
            #expect(process["fds"]?.number ?? 0 >= 3, "\(process)")
            #expect(process["command"]?.string?.hasSuffix("workload headless") == true)
        }
    }

    /// What else runs on the machine may disturb one measurement; a wrong figure is wrong each time.
    @Test(arguments: ["spin", "starve", "switcher"])
    func agreeWithPidstat(workload name: String) async throws {
        try await Workload.run(name) { workload in
            var disagreements: [String] = []
            for _ in 1...3 {
                disagreements = try await compare(process: workload.processID)
                if disagreements.isEmpty { return }
            }
            Issue.record("\(disagreements.joined(separator: "\n"))")
        }
    }

    /// Measures with both at once; what they do not agree on.
    ///
    /// Of two intervals the second counts: in the first of the one that began earlier the other
    /// starts up, which disturbs the load.
    private func compare(process: Int32) async throws -> [String] {
        let seconds = 5
        async let reference = Pidstat.measure(process: process, seconds: seconds)
        let outcome = try await run(
            .dxtop(
                "watch", "threads", "--pid", "\(process)", "--interval", "\(seconds)", "--count",
                "2", "--json"))
        let pidstat = try await reference
        let lines = outcome.lines
        try #require(lines.count == 2)
        let rows = try JSON(parsing: lines[1])["threads"]?.items ?? []
        try #require(rows.count == pidstat.threads.count)
        return try rows.flatMap { row in
            let thread = Int(row["tid"]?.number ?? 0)
            let expected = try #require(pidstat.threads[thread])
            return Self.figures.compactMap { key, title in
                // A ping-pong of 20,000 switches a second is preempted at nearly each of them, or
                // at nearly none, as the scheduler places it from moment to moment: of windows that
                // begin some milliseconds apart, a few in a hundred switches are of the other kind.
                let all = (expected["cswch/s"] ?? 0) + (expected["nvcswch/s"] ?? 0)
                let isSwitches = title.hasSuffix("cswch/s")
                guard let figure = row[key]?.number, let wanted = expected[title],
                    agree(figure, wanted)
                        || (isSwitches && abs(figure - wanted) <= 0.03 * all)
                else {
                    return
                        "thread \(thread): \(key) \(row[key] as Any), \(title) \(expected[title] as Any)"
                }
                return nil
            }
        }
    }

    @Test func mainThreadHasItsOwnFigures() async throws {
        // The main thread of `spin` only waits, while the process uses a whole CPU.
        try await Workload.run("spin") { workload in
            let outcome = try await run(
                .dxtop(
                    "watch", "threads", "--pid", "\(workload.processID)", "--interval", "3",
                    "--count", "1", "--json"))
            let rows = try JSON(parsing: outcome.output)["threads"]?.items ?? []
            let main = try #require(rows.first { $0["tid"] == $0["pid"] })
            let cpu = try #require(main["cpu_percent"]?.number)
            #expect(cpu < 5, "\(main)")
        }
    }
}
