import Testing

/// The whole program on trees of other kernels and places. What is expected is worked out by hand
/// from the figures in `Trees/make-trees.py` and the captured files that it takes.
@Suite(.serialized) struct TreeTests {
    private func snapshot(_ tree: String) async throws -> JSON {
        let outcome = try await run(
            .dxtop("snapshot", "--interval", "0.2", "--proc", tree, "--json"))
        try #require(outcome.exitCode == 0, "\(tree): \(outcome)")
        return try JSON(parsing: outcome.output)
    }

    private func process(_ pid: Double, in snapshot: JSON) throws -> JSON {
        try #require(snapshot["processes"]?.items.first { $0["pid"]?.number == pid })
    }

    /// Where rates are told in a document: none can be known of a tree whose clock stands still.
    private func rates(_ document: JSON, under path: String = "") -> [String] {
        switch document {
        case .object(let members):
            members.flatMap { name, value -> [String] in
                let isRate =
                    name.hasSuffix("_per_second")
                    || (name.hasSuffix("_percent") && !name.contains("pressure")
                        && !name.hasPrefix("self"))
                return (isRate && value != .null ? [path + "/" + name] : [])
                    + rates(value, under: path + "/" + name)
            }
        case .array(let items): items.flatMap { rates($0, under: path) }
        default: []
        }
    }

    @Test func everythingReadsAndNothingIsMadeUp() async throws {
        try await MadeTrees.make([]) { trees in
            for name in MadeTrees.names {
                let snapshot = try await snapshot(trees.proc(name))
                let host = try #require(snapshot["host"])
                #expect(host["malformed_files_total"] == .number(0), "\(name)")
                #expect(host["incomplete_processes"] == .number(0), "\(name)")
                #expect(rates(snapshot) == [], "\(name)")
                #expect(snapshot["sockets"]?.items.isEmpty == false, "\(name)")
            }
        }
    }

    /// What each kernel has of the machine's figures, beginning with the one that has least.
    @Test(arguments: [
        ("3.10", available: false, kills: false, pressure: false),
        ("3.10-el7", available: true, kills: false, pressure: false),
        ("4.18-el8", available: true, kills: true, pressure: false),
        ("5.4", available: true, kills: true, pressure: true),
        ("5.15", available: true, kills: true, pressure: true),
        ("6.1", available: true, kills: true, pressure: true),
        ("6.18", available: true, kills: true, pressure: true),
    ])
    func whatAKernelLacksIsNull(
        name: String, available: Bool, kills: Bool, pressure: Bool
    ) async throws {
        try await MadeTrees.make([name]) { trees in
            let snapshot = try await snapshot(trees.proc(name))
            let host = try #require(snapshot["host"])
            #expect(host["memory_total_bytes"] == .number(24_684_096 * 1024))
            #expect(
                host["memory_available_bytes"] == (available ? .number(24_175_972 * 1024) : .null))
            #expect(host["oom_kills_total"] == (kills ? .number(0) : .null))
            #expect(host["io_pressure_some_percent"] == (pressure ? .number(1.28) : .null))
            #expect(host["cpu_count"] == .number(2))
            #expect(host["runnable_tasks"] == .number(3))

            let service = try process(2214, in: snapshot)
            #expect(service["rss_bytes"] == .number(25_600 * 4096))
            // Of `status`, and before 4.5 what `statm` leaves.
            #expect(service["anon_bytes"] == .number(25_600 * 4096 - 6872 * 1024))
            let hasParts = name != "3.10"
            #expect(service["file_bytes"] == (hasParts ? .number(6872 * 1024) : .null))
            #expect(service["threads"] == .number(3))
            #expect(service["cgroup"] == .string("/app.slice"))
            #expect(try process(2, in: snapshot)["rss_bytes"] == .null)
            let threads = snapshot["threads"]?.items.filter { $0["pid"]?.number == 2214 } ?? []
            #expect(
                Set(threads.compactMap { $0["system_call"]?.string })
                    == ["epoll_wait", "running", "futex"])
        }
    }

    @Test func aSandboxThatCountsNothingHasNoZeros() async throws {
        try await MadeTrees.make(["gvisor"]) { trees in
            let snapshot = try await snapshot(trees.proc("gvisor"))
            let host = try #require(snapshot["host"])
            for name in [
                "load_average_1m", "runnable_tasks", "blocked_tasks", "oom_kills_total",
                "io_pressure_some_percent",
            ] {
                #expect(host[name] == .null, "\(name)")
            }
            #expect(host["kernel_release"] == .string("4.4.0"))
            let server = try process(7, in: snapshot)
            #expect(server["rss_bytes"] == .number(10_240 * 1024))
            #expect(server["anon_bytes"] == .null)
            #expect(server["swap_bytes"] == .null)
            let thread = try #require(snapshot["threads"]?.items.first)
            #expect(thread["system_call"] == .null)
            #expect(thread["wait_channel"] == .null)
            #expect(snapshot["udp"]?["receive_buffer_errors_total"] == .null)
        }
    }

    /// Every view on trees that have least, and a thread in depth: nothing is wrong, nothing is 0
    /// that is not known.
    @Test(arguments: ["3.10", "gvisor", "hidepid", "512-cpus"])
    func theDashboardShowsWhatThereIs(name: String) async throws {
        try await MadeTrees.make([name]) { trees in
            try await Terminal.run(
                .dxtop("--proc", trees.proc(name)), size: Terminal.Size(columns: 120, rows: 40)
            ) { terminal in
                try await terminal.wait(for: "the overview") { $0.contains("PROCESSES") }
                for (key, view) in [
                    ("2", "THREADS"), ("3", "MEMORY"), ("4", "SOCKETS"), ("5", "UDP"),
                    ("6", "DISKS"),
                ] {
                    try await terminal.send(key)
                    let screen = try await terminal.wait(for: view) { $0.contains(view) }
                    #expect(!screen.contains("malformed"), "\(screen)")
                }
                try await terminal.send("2")
                try await terminal.waitForThreads()
                try await terminal.send("g", "Enter")
                let detail = try await terminal.wait(for: "a thread") { $0.contains("WCHAN") }
                #expect(!detail.contains("has just ended"), "\(detail)")
                if name == "gvisor" {
                    #expect(detail.contains("this kernel has no syscall"), "\(detail)")
                }
                try await terminal.send("q")
            }
        }
    }

    /// The first picture waits for none of them, nor does a key while they are read.
    @Test func aHundredThousandProcesses() async throws {
        try await MadeTrees.make(["crowd"], inMemory: true) { trees in
            try await Terminal.run(
                .dxtop("--proc", trees.proc("crowd")), size: Terminal.Size(columns: 120, rows: 40)
            ) { terminal in
                try await terminal.wait(for: "the first picture") { $0.contains("dxtop") }
                try await terminal.wait(for: "them all", deadline: .seconds(90)) {
                    $0.contains("PROCESSES 100000")
                }
                try await terminal.send("G")
                try await terminal.wait(for: "the last one") {
                    $0.rows.contains { $0.contains(" 100000 ") && $0.contains("worker") }
                }
                let status = try contents(ofFile: "/proc/\(terminal.processID)/status")
                let peak = try #require(
                    String(decoding: status, as: UTF8.self).split(separator: "\n")
                        .first { $0.hasPrefix("VmHWM:") })
                // Some 4 KB for each, with all that its one thread takes and a debug build adds.
                #expect(try #require(Int(peak.filter(\.isNumber))) < 600_000, "\(peak)")
            }
        }
    }

    @Test func onlyWhatIsListedIsThere() async throws {
        try await MadeTrees.make(["hidepid"]) { trees in
            let snapshot = try await snapshot(trees.proc("hidepid"))
            #expect(snapshot["processes"]?.items.map { $0["pid"]?.number } == [2300])
        }
    }

    /// Numbers of CPUs have gaps, and `intr` alone is longer than the usual buffer.
    @Test func hundredsOfCPUs() async throws {
        try await MadeTrees.make(["512-cpus"]) { trees in
            #expect(try contents(ofFile: trees.proc("512-cpus") + "/stat").count > 65_536)
            let snapshot = try await snapshot(trees.proc("512-cpus"))
            #expect(snapshot["host"]?["cpu_count"] == .number(448))
            let chain = snapshot["udp"]?["chain"]?.items ?? []
            let softnet = try #require(chain.first { $0["stage"] == .string("softnet") })
            #expect(softnet["details"]?.items.count == 448)
            #expect(softnet["details"]?.items.last?["name"] == .string("cpu 510"))
            #expect(softnet["lost_total"] == .number(7))
        }
    }
}
