import Testing

/// Threads that do what is to be found: named in the Overview while it happens.
@Suite(.serialized) struct FindingsTests {
    /// What the Overview must say, in words that stand on its line at 150 columns.
    private func overview(_ line: String, says words: (Workload) -> [String]) async throws {
        try await Workload.run(all: [line]) { workloads in
            let words = words(workloads[0])
            try await Terminal.run(
                .dxtop("--budget", "100"), size: Terminal.Size(columns: 150, rows: 45)
            ) { terminal in
                // 15 s on a machine that has time for it.
                try await terminal.wait(for: "\(words)", deadline: .seconds(90)) { screen in
                    screen.rows.contains { row in words.allSatisfy(row.contains) }
                }
            }
        }
    }

    @Test func aSpinIsNamed() async throws {
        try await overview("spin") { workload in
            ["poll", "of workload \(workload.processID)", "spin or pure compute", "HIGH"]
        }
    }

    @Test func aStormIsNamed() async throws {
        try await overview("syscalls getppid max") { workload in
            ["caller", "of workload \(workload.processID)", "system-call storm, getppid", "HIGH"]
        }
    }

    @Test func aConvoyIsNamedWithItsLock() async throws {
        try await overview("convoy 6") { workload in
            let lock = workload.facts["lock"].flatMap { UInt64($0) } ?? 0
            return [
                "workload \(workload.processID):",
                "threads contend for the lock at 0x"
                    + String(lock, radix: 16),
            ]
        }
    }

    @Test func aDeadlockIsNamed() async throws {
        try await overview("deadlock 2") { workload in
            ["workload \(workload.processID): deadlock", "locked-0", "waits for locked-1", "HIGH"]
        }
    }

    @Test func aStallInStateDIsNamedWithTheFunctionOfTheKernel() async throws {
        try await overview("stall") { workload in
            ["stalled", "of workload \(workload.processID)", "blocked in"]
        }
    }

    @Test func poolsAreNoConvoys() async throws {
        try await Workload.run(all: ["pool 40", "pool 6 --rate 2000", "convoy 4"]) { workloads in
            try await Terminal.run(
                .dxtop("--budget", "100"), size: Terminal.Size(columns: 150, rows: 45)
            ) { terminal in
                // What is found of the one was looked for in the others for as long.
                let screen = try await terminal.wait(for: "a convoy", deadline: .seconds(90)) {
                    $0.contains("contend for the lock")
                }
                let found = screen.rows.filter { $0.contains("contend for the lock") }
                #expect(found.count == 1)
                #expect(found.first?.contains("workload \(workloads[2].processID):") == true)
            }
        }
    }
}
