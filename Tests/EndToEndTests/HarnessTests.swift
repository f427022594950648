import Glibc
import Testing

/// The harness itself: what the other tests rely on, tried on programs that are always there.
@Suite struct HarnessTests {
    @Test func runKeepsOutputErrorsAndExitCode() async throws {
        let outcome = try await run(.shell("echo out; echo err >&2; exit 3"))
        #expect(outcome.exitCode == 3)
        #expect(outcome.output == "out\n")
        #expect(outcome.errors == "err\n")
    }

    @Test func runSetsAndTakesAwayVariables() async throws {
        var program = Program.shell(#"echo "$DXTOP_TEST ${HOME-none}""#)
        program.environment = ["DXTOP_TEST": "a b", "HOME": nil]
        let outcome = try await run(program)
        #expect(outcome.output == "a b none\n")
    }

    @Test func runEndsAtItsDeadline() async throws {
        await #expect(throws: DeadlineMissed.self) {
            try await run(.shell("exec sleep 60"), deadline: .milliseconds(200))
        }
    }

    @Test func nobodyHasNoRights() async throws {
        let directory = try TemporaryDirectory()
        let program = Program(path: "/usr/bin/id", arguments: ["-u"])
        let outcome = try await run(program.asNobody(in: directory))
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.output != "0\n")
    }

    @Test func terminalShowsWhatIsTypedAndHowItEnded() async throws {
        try await Terminal.run(.shell("stty size; read line; printf 'got %s\\n' \"$line\"; exit 7"))
        {
            try await $0.wait(for: "the size") { $0.rows.first == "24 80" }
            try await $0.type("a b")
            try await $0.send("Enter")
            let end = try await $0.waitForEnd()
            #expect(end == .exited(7))
            let screen = try await $0.capture()
            #expect(screen.contains("got a b"))
        }
    }

    @Test func terminalTellsASignalFromAnExit() async throws {
        try await Terminal.run(.shell("kill -TERM $$; read line")) {
            let end = try await $0.waitForEnd()
            #expect(end == .signalled(Int(SIGTERM)))
        }
    }

    @Test func terminalResizesDownToOneCell() async throws {
        let loop = "while :; do stty size; sleep 0.05; done"
        try await Terminal.run(.shell(loop)) { terminal in
            try await terminal.resize(to: .init(columns: 1, rows: 1))
            try await terminal.resize(to: .init(columns: 200, rows: 60))
            try await terminal.wait(for: "60 200") { $0.contains("60 200") }
        }
    }

    @Test func terminalCapturesAttributesAndRecordsBytes() async throws {
        let directory = try TemporaryDirectory()
        let file = "\(directory.path)/bytes"
        let program = Program.shell(#"printf '\033[31mred\033[0m \033]0;t\007plain'; read line"#)
        try await Terminal.run(program, recording: file) { terminal in
            let screen = try await terminal.wait(for: "colour", escapes: true) {
                $0.contains("plain")
            }
            #expect(screen.colours == [31])
            try await wait(for: "the recording") {
                try contents(ofFile: file).contains(0x07)
            }
        }
    }

    @Test func hangingUpEndsTheProgram() async throws {
        try await Terminal.run(.shell("read line")) { terminal in
            #expect(isRunning(terminal.processID))
            await terminal.hangUp()
            try await wait(for: "the program to end") { !isRunning(terminal.processID) }
        }
    }

    @Test func waitingInVainShowsTheLastScreen() async throws {
        try await Terminal.run(.shell("echo on the screen; read line")) { terminal in
            try await terminal.wait(for: "the text") { $0.contains("on the screen") }
            let error = await #expect(throws: DeadlineMissed.self) {
                try await terminal.wait(for: "the moon", deadline: .milliseconds(100)) {
                    $0.contains("moon")
                }
            }
            #expect(error?.description.contains("| on the screen") == true)
        }
    }

    @Test func workloadTellsItsThreadsAndEndsWithTheTest() async throws {
        let process = try await Workload.run("spin") { workload in
            let poll = try workload.thread("poll")
            #expect(status("Name", ofThread: poll, of: workload.processID) == "poll")
            #expect(status("TracerPid", ofThread: poll, of: workload.processID) == "0")
            #expect(isRunning(workload.processID))
            return workload.processID
        }
        #expect(!isRunning(process))
    }

    @Test(.needsNetworkNamespaces)
    func namespacesInARowReachEachOther() async throws {
        let links = [NetworkNamespace.Link(), .init(mtu: 1400), .init()]
        let names = try await NetworkNamespace.run(links) { row in
            // From the first to the last and the way back; the longest that fits the middle link.
            let ping = Program(
                path: "/usr/bin/ping",
                arguments: ["-n", "-c", "1", "-W", "5", "-M", "do", "-s", "1372", "10.77.2.2"])
            let outcome = try await run(ping.inside(row[0]))
            #expect(outcome.exitCode == 0, "\(outcome)")
            return row.map(\.name)
        }
        for name in names { #expect(access("/run/netns/\(name)", F_OK) != 0) }
    }

    @Test func socketsAreReadFromSS() async throws {
        try await Workload.run(all: ["tcpstall", "udp --reader small", "sockets 2 --kind unix"]) {
            let stuck = try await SocketStatistics.measure(.tcp).rows[$0[0].number("inode")]
            #expect(stuck?.state == "ESTABLISHED")
            #expect(stuck?.local == .init(host: "127.0.0.1", port: try $0[0].number("port")))
            #expect(stuck?.peer.port != nil)
            #expect(stuck?.owners.map(\.process) == [Int($0[0].processID)])
            #expect(stuck?.roundTripMicroseconds != nil)

            let idle = try await SocketStatistics.measure(.udp).rows[$0[1].number("inode")]
            let fd = try $0[1].number("fd")
            #expect(idle?.owners == [.init(process: Int($0[1].processID), descriptor: fd)])
            #expect(idle?.receiveBuffer == 32768)
            #expect(idle?.drops == 0)
            #expect(idle?.peer == .init(host: "0.0.0.0", port: nil))

            let pair = try await SocketStatistics.measure(.unix).rows.values
            #expect(pair.contains { $0.state == "ESTABLISHED" && !$0.owners.isEmpty })
        }
    }

    @Test(.needsNetworkNamespaces)
    func nstatCountsWhatANamespaceLost() async throws {
        try await NetworkNamespace.run { row in
            let before = try await Nstat.measure(in: row[0])
            #expect(before["UdpRcvbufErrors"] == 0)
            #expect(before["NoSuchCounter"] == nil)
            // Nobody reads what comes after the first one.
            let load = ["udp --reader slow --rate 1 --buffer 1"]
            try await Workload.run(all: load, in: row[0]) { started in
                let port = try started[0].number("port")
                try await Workload.run(
                    "udpsend", "--ports", "\(port)", "--rate", "500", in: row[0]
                ) { _ in
                    try await wait(for: "losses") {
                        try await Nstat.measure(in: row[0])["UdpRcvbufErrors"] ?? 0 > 100
                    }
                }
            }
        }
    }

    @Test func columnsCountWideCharactersTwice() {
        #expect(character(atColumn: 2, of: "漢b") == "b")
        #expect(character(atColumn: 1, of: "漢b") == nil)
        #expect(character(atColumn: 1, of: "e\u{301}b") == "b")
    }
}
