import Testing

/// The view of sockets, as a person uses it.
@Suite(.serialized) struct SocketsViewTests {
    @Test(.needsNetworkNamespaces)
    func filtersByStateAndShowsOneSocket() async throws {
        try await NetworkNamespace.run { row in
            try await Workload.run(all: ["closewait 5", "tcpstall"], in: row[0]) { started in
                let port = try started[0].number("port")
                let program = Program.dxtop("--netns", row[0].name)
                try await Terminal.run(program, size: .init(columns: 120, rows: 40)) { terminal in
                    try await terminal.wait(for: "the Overview") { $0.contains("PROCESSES") }
                    try await terminal.send("4")
                    try await terminal.wait(for: "the sockets and whose they are") {
                        $0.contains("SOCKETS") && $0.contains("ESTABLISHED")
                            && $0.row(with: "CLOSE_WAIT", "\(started[0].processID)") != nil
                    }
                    try await terminal.type("/CLOSE_WAIT")
                    try await terminal.send("Enter")
                    try await terminal.wait(for: "five of them") { screen in
                        !screen.contains("ESTABLISHED")
                            && screen.rows.count { $0.contains(":\(port)") } == 5
                    }
                    try await terminal.send("g", "Enter")
                    try await terminal.wait(for: "the detail of one") { screen in
                        screen.contains("CLOSE_WAIT")
                            && screen.rows.count { $0.contains(":\(port)") } < 5
                    }
                    try await terminal.send("Escape")
                    try await terminal.wait(for: "the table again") { screen in
                        screen.rows.count { $0.contains(":\(port)") } == 5
                    }
                }
            }
        }
    }

    @Test(.needsNetworkNamespaces)
    func fiftyThousandHoldUpNothing() async throws {
        try await Workload.run("sockets", "50000", "--netns") { workload in
            let program = Program.dxtop("--view", "sockets", "--netns", "\(workload.processID)")
            try await Terminal.run(program) { terminal in
                try await terminal.wait(for: "all sockets") {
                    $0.contains("ESTABLISHED") && $0.contains("tcp 50")
                }
                // Who holds them is found meanwhile.
                for _ in 1...3 {
                    try await terminal.send("?")
                    try await terminal.wait(for: "the help", deadline: .seconds(10)) {
                        $0.contains("KEYS")
                    }
                    try await terminal.send("Escape")
                    try await terminal.wait(for: "the sockets", deadline: .seconds(10)) {
                        $0.contains("ESTABLISHED")
                    }
                }
                try await terminal.wait(for: "their owners", deadline: .seconds(40)) {
                    $0.row(with: "ESTABLISHED", "workload") != nil
                }
            }
        }
    }

    @Test(.needsNetworkNamespaces)
    func faultyConnectionsAreFound() async throws {
        // CLOSE_WAIT counts once it has lasted a minute and goes on rising.
        let load = ["closewait 400 --rate 2", "listener --backlog 4 --clients 12"]
        try await NetworkNamespace.run { row in
            try await Workload.run(all: load, in: row[0]) { started in
                let program = Program.dxtop().inside(row[0])
                try await Terminal.run(program, size: .init(columns: 140, rows: 40)) { terminal in
                    try await terminal.wait(for: "the full accept queue", deadline: .seconds(40)) {
                        $0.row(with: "accept queue full", "5/4") != nil
                    }
                    try await terminal.wait(for: "the neglect", deadline: .seconds(100)) { screen in
                        screen.row(with: "CLOSE_WAIT", "\(started[0].processID)") != nil
                    }
                }
            }
        }
    }

    @Test(.needsNetworkNamespaces)
    func aNamespaceIsChosenFromThoseOfTheMachine() async throws {
        try await NetworkNamespace.run { row in
            try await Workload.run("udp", "--address", "127.0.0.1", in: row[0]) { reader in
                let port = try reader.number("port")
                let size = Terminal.Size(columns: 120, rows: 40)
                try await Terminal.run(.dxtop("--view", "sockets"), size: size) { terminal in
                    try await terminal.wait(for: "our own") { $0.contains("SOCKETS this netns") }
                    try await terminal.send("N")
                    try await terminal.choose(row[0].name, in: "the namespaces")
                    try await terminal.wait(for: "the sockets of the other") { screen in
                        screen.contains("SOCKETS netns \(row[0].name)")
                            && screen.row(with: ":\(port)", "\(reader.processID)/") != nil
                    }
                }
            }
        }
    }

    @Test func viewsStandEverySize() async throws {
        let directory = try TemporaryDirectory()
        let bytes = "\(directory.path)/bytes"
        try await Workload.run(all: ["closewait 30", "udp --reader slow"]) { _ in
            let program = Program.dxtop("--view", "sockets")
            try await Terminal.run(program, recording: bytes) { terminal in
                for view in ["4", "5"] {
                    try await terminal.send(view)
                    try await terminal.wait(for: "a row") { $0.contains("workload") }
                    for (columns, rows) in [(1, 1), (40, 10), (3, 2), (200, 60), (80, 24)] {
                        let before = try contents(ofFile: bytes).count
                        try await terminal.resize(to: .init(columns: columns, rows: rows))
                        try await wait(for: "it to draw at \(columns)x\(rows)") {
                            try contents(ofFile: bytes).count > before
                        }
                        let end = try await terminal.end
                        #expect(end == nil, "at \(columns)x\(rows)")
                    }
                    let screen = try await terminal.wait(for: "a row") { $0.contains("workload") }
                    #expect(
                        screen.rows.allSatisfy { row in
                            row.reduce(0) { $0 + displayWidth(of: $1) } <= 80
                        })
                }
            }
        }
    }
}
