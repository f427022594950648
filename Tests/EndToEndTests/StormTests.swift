import Testing

/// Boxes where tasks come and go faster than anyone can look.
@Suite(.serialized) struct StormTests {
    @Test func forkStormMakesNoNoise() async throws {
        try await Workload.run("forkstorm", "2000") { _ in
            let outcome = try await run(
                .dxtop("watch", "processes", "--interval", "1", "--count", "6", "--json"),
                deadline: .seconds(60))
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.errors == "")
            #expect(outcome.lines.count == 6)
            for line in outcome.lines {
                let rows = try JSON(parsing: line)["processes"]?.items ?? []
                let identities = rows.map { [$0["pid"], $0["start_time_ticks"]] }
                #expect(Set(identities).count == rows.count)
                // A reused number must not inherit what its predecessor had used.
                for row in rows {
                    if let cpu = row["cpu_percent"]?.number {
                        #expect((0...210).contains(cpu), "\(row)")
                    }
                }
            }
        }
    }

    @Test func threadsComeAndGoWithoutMixingUp() async throws {
        try await Workload.run("threadstorm", "5000") { workload in
            let outcome = try await run(
                .dxtop("watch", "threads", "--interval", "1", "--count", "5", "--json"),
                deadline: .seconds(90))
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.errors == "")
            for line in outcome.lines {
                let rows = try JSON(parsing: line)["threads"]?.items ?? []
                let identities = rows.map { [$0["tid"], $0["start_time_ticks"]] }
                #expect(Set(identities).count == rows.count)
                for row in rows {
                    if let cpu = row["cpu_percent"]?.number {
                        #expect((0...105).contains(cpu), "\(row)")
                    }
                }
            }
            #expect(isRunning(workload.processID))
        }
    }

    @Test func dashboardStandsAThreadStorm() async throws {
        try await Workload.run("threadstorm", "5000") { _ in
            try await Terminal.run(.dxtop("--view", "threads")) { terminal in
                try await terminal.waitForThreads()
                // Help and back: keys are answered while thousands of threads come and go.
                for _ in 1...5 {
                    try await terminal.send("?")
                    try await terminal.wait(for: "help", deadline: .seconds(5)) {
                        !$0.contains("CPU% USR%")
                    }
                    try await terminal.send("Escape")
                    try await terminal.waitForThreads(deadline: .seconds(5))
                }
                try await terminal.type(":q")
                try await terminal.send("Enter")
                let end = try await terminal.waitForEnd()
                #expect(end == .exited(0))
            }
        }
    }
}
