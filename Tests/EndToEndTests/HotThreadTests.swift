import Testing

/// The case the product is measured by: a thread that spins without a system call, from the table
/// to the proof, in three keys.
@Suite(.serialized) struct HotThreadTests {
    @Test func spinnerIsFirstWithinTwoRefreshes() async throws {
        try await Workload.run("spin") { _ in
            try await Terminal.run(.dxtop("--interval", "1", "--view", "threads")) { terminal in
                try await terminal.waitForThreads()
                // Two refreshes of a second, and time to start on a busy machine, where others may
                // use as much.
                try await terminal.wait(for: "nothing less above poll", deadline: .seconds(5)) {
                    $0.hasNothingLess(above: "poll", by: "CPU%", underHeader: "TID")
                }
            }
        }
    }

    @Test func overviewLeadsToTheSpinner() async throws {
        try await Workload.run("spin") { workload in
            try await Terminal.run(.dxtop()) { terminal in
                let process = " \(workload.processID) "
                try await terminal.wait(for: "no process above it whose threads use less") {
                    $0.hasNothingLess(above: process, by: "MAXT%", underHeader: "PID")
                }
                try await terminal.send("g")
                try await terminal.choose(process, in: "the spinning process")
                let screen = try await terminal.wait(for: "its threads") {
                    $0.contains("THREADS") && $0.firstThread?.contains("poll") == true
                }
                #expect(screen.contains("\(workload.processID)"))
                #expect(screen.contains("ws-write"))
            }
        }
    }

    @Test func straceCountsNoCallsAndThenTheProfileNamesTheFunction() async throws {
        try await Workload.run("spin") { workload in
            let poll = try workload.thread("poll")
            try await Terminal.run(.dxtop("--pid", "\(workload.processID)")) { terminal in
                try await terminal.openThread("poll")

                try await terminal.send("s")
                try await terminal.wait(for: "the command, before it runs") {
                    $0.contains("strace") && $0.contains("\(poll)")
                }
                try await terminal.wait(for: "silence, said", deadline: .seconds(40)) {
                    $0.contains("0 system calls")
                }
                try await terminal.send("Escape")
                try await terminal.wait(for: "the detail again") { $0.contains("SWITCH") }
                #expect(status("TracerPid", ofThread: poll, of: workload.processID) == "0")

                try await terminal.send("p")
                try await terminal.wait(for: "the function that spins", deadline: .seconds(60)) {
                    $0.contains("done in") && $0.contains("rd_kafka_q_pop_serve")
                        && $0.contains("cnd_timedwait_abs")
                }
                try await terminal.send("Escape")
                #expect(isRunning(workload.processID))
                #expect(status("TracerPid", ofThread: poll, of: workload.processID) == "0")
            }
        }
    }

    @Test func escapeStopsStraceAndLetsTheTargetGo() async throws {
        try await Workload.run("spin") { workload in
            let poll = try workload.thread("poll")
            try await Terminal.run(.dxtop("--pid", "\(workload.processID)")) { terminal in
                try await terminal.openThread("poll")
                try await terminal.send("s")
                try await wait(for: "strace to attach") {
                    status("TracerPid", ofThread: poll, of: workload.processID) != "0"
                }
                try await terminal.send("Escape")
                try await wait(for: "strace to let go") {
                    status("TracerPid", ofThread: poll, of: workload.processID) == "0"
                }
                #expect(status("State", ofThread: poll, of: workload.processID)?.first == "R")
                let end = try await terminal.end
                #expect(end == nil)
            }
        }
    }

    @Test func lostTerminalStopsStraceAndLetsTheTargetGo() async throws {
        try await Workload.run("spin") { workload in
            let poll = try workload.thread("poll")
            try await Terminal.run(.dxtop("--pid", "\(workload.processID)")) { terminal in
                try await terminal.openThread("poll")
                try await terminal.send("s")
                try await wait(for: "strace to attach") {
                    status("TracerPid", ofThread: poll, of: workload.processID) != "0"
                }
                await terminal.hangUp()
                try await wait(for: "dxtop to end", deadline: .seconds(5)) {
                    !isRunning(terminal.processID)
                }
                try await wait(for: "strace to let go", deadline: .seconds(5)) {
                    status("TracerPid", ofThread: poll, of: workload.processID) == "0"
                }
                #expect(status("State", ofThread: poll, of: workload.processID)?.first == "R")
            }
        }
    }

    @Test func withoutRightsTheToolSaysWhy() async throws {
        let directory = try TemporaryDirectory()
        try await Workload.run("spin") { workload in
            let program = try Program.dxtop("--pid", "\(workload.processID)").asNobody(
                in: directory)
            try await Terminal.run(program) { terminal in
                try await terminal.openThread("poll")
                try await terminal.send("s")
                try await terminal.wait(for: "the reason", deadline: .seconds(40)) { screen in
                    let text = screen.rows.joined(separator: " ").lowercased()
                    return text.contains("belongs to user 0") && text.contains("as root")
                }
                #expect(isRunning(workload.processID))
            }
        }
    }
}
