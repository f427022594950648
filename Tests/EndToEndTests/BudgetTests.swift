import Testing

/// What dxtop may cost, seen from outside.
struct BudgetTests {
    /// So little never pays for five refreshes a second of a debug build.
    @Test func refreshesComeFurtherApartWhereTheBudgetIsSmall() async throws {
        try await Terminal.run(.dxtop("--interval", "0.2", "--budget", "0.3")) { terminal in
            try await terminal.wait(for: "later refreshes that say so", deadline: .seconds(60)) {
                $0.rows.first?.contains("s budget") == true
            }
            // Keys do not wait for them.
            try await terminal.send("?")
            try await terminal.wait(for: "help", deadline: .seconds(5)) { $0.contains("KEYS") }
        }
    }

    /// So do the intervals of `watch`, which tells how long they were; those of the start are excused.
    @Test func watchKeepsWithinItsBudget() async throws {
        try await Workload.run("idle", "200") { _ in
            let result = try await run(
                .dxtop(
                    "watch", "threads", "--interval", "0.2", "--count", "18", "--budget", "0.3",
                    "--json"),
                deadline: .seconds(120))
            let intervals = try result.lines.map {
                try #require(try JSON(parsing: $0)["interval_seconds"]?.number)
            }
            try #require(intervals.count == 18, "\(result)")
            #expect(intervals.max() ?? 0 > 0.25)
        }
    }
}
