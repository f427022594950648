import Testing

/// `dxtop doctor --proc`: what is said of trees that are known.
struct TreeDoctorTests {
    private func lines(_ tree: String) async throws -> [String: JSON] {
        let outcome = try await run(.dxtop("doctor", "--proc", tree, "--json"))
        try #require(outcome.exitCode == 0, "\(outcome)")
        let lines = try JSON(parsing: outcome.output)["lines"]?.items ?? []
        for line in lines where line["mark"] != .string("ok") {
            #expect(line["why"]?.string?.isEmpty == false, "\(line)")
        }
        return Dictionary(
            uniqueKeysWithValues: try lines.map { (try #require($0["subject"]?.string), $0) })
    }

    /// What is not as it could be, by subject.
    private func lacks(_ lines: [String: JSON]) -> Set<String> {
        Set(lines.filter { $0.value["mark"] != .string("ok") }.keys)
    }

    /// Of every tree only a few processes are there, and none can be looked into.
    private static let always: Set<String> = ["processes", "probes"]

    @Test func whatEachKernelLacks() async throws {
        let lacking: [String: Set<String>] = [
            "3.10": [
                "free memory", "OOM kills", "pressure", "anonymous memory", "PSS",
            ],
            "3.10-el7": ["OOM kills", "pressure", "PSS"],
            "4.18-el8": ["pressure"],
            "5.4": [], "6.18": [],
        ]
        try await MadeTrees.make(lacking.keys.sorted()) { trees in
            for (name, missing) in lacking {
                let lines = try await lines(trees.proc(name))
                #expect(lacks(lines) == missing.union(Self.always), "\(name)")
                #expect(lines["kernel's files"]?["mark"] == .string("ok"))
            }
            let old = try await lines(trees.proc("3.10"))
            #expect(old["tree"]?["what"] == .string("captured, of Linux 3.10.108"))
            #expect(old["PSS"]?["why"] == .string("no PID/smaps_rollup (since 4.14)"))
            #expect(
                old["anonymous memory"]?["why"] == .string("no RssAnon in PID/status (since 4.5)"))
            #expect(old["cgroup memory"]?["what"] == .string("version 1, with its limits"))
            let new = try await lines(trees.proc("6.18"))
            #expect(new["cgroup memory"]?["what"] == .string("version 2, with its limits"))
            #expect(
                new["processes"]?["what"]
                    == .string("5 with 7 threads, of 308 tasks that the kernel has"))
        }
    }

    @Test func placesThatHide() async throws {
        try await MadeTrees.make(["hidepid", "gvisor"]) { trees in
            let hidden = try await lines(trees.proc("hidepid"))
            #expect(hidden["processes"]?["why"] == .string("/proc was mounted with hidepid"))
            let sandbox = try await lines(trees.proc("gvisor"))
            let missing = lacks(sandbox)
            #expect(
                missing.isSuperset(of: [
                    "paging", "OOM kills", "pressure", "anonymous memory", "wait for CPU",
                    "system calls", "wait channels", "kernel stacks", "switches", "cgroup memory",
                    "protocols", "TCP counters", "backlogs", "limits",
                ]), "\(missing)")
            #expect(
                missing.isDisjoint(with: ["tree", "memory", "TCP sockets", "UDP sockets", "users"]))
            #expect(
                sandbox["wait for CPU"]?["what"]
                    == .string("WAIT% is blank, and CPU starvation is not found"))
        }
    }

    /// Two files that nobody understands, one of them a FIFO's place, and a process without `task`.
    @Test func damagedTrees() async throws {
        try await MadeTrees.make(["6.1"]) { trees in
            let tree = trees.proc("6.1")
            let line = """
                echo nonsense > $0/meminfo; printf 'x\\ny\\n' > $0/net/snmp; rm -r $0/2300/task $0/loadavg
                mkfifo $0/loadavg; rm $0/version $0/sys/kernel/osrelease
                """
            #expect(try await run(.shell(line, tree)).exitCode == 0)
            let lines = try await lines(tree)
            let files = try #require(lines["kernel's files"]?["why"]?.string)
            #expect(files.contains("meminfo: ") && files.contains("net/snmp: "), "\(files)")
            #expect(lines["incomplete"]?["what"] == .string("processes that are not shown: 1"))
            #expect(lines["tree"]?["mark"] == .string("part"))
            for subject in ["memory", "load", "protocols"] {
                #expect(lines[subject]?["mark"] == .string("no"), "\(subject)")
            }
        }
    }

    @Test func textSaysWhatIsLeftBlank() async throws {
        try await MadeTrees.make(["3.10"]) { trees in
            let outcome = try await run(.dxtop("doctor", "--proc", trees.proc("3.10")))
            #expect(outcome.exitCode == 0)
            let pressure = try #require(outcome.lines.first { $0.contains("  pressure  ") })
            #expect(pressure.hasPrefix("no    ") && pressure.contains("psi is blank"))
        }
    }

    @Test func whatIsNoTree() async throws {
        let directory = try TemporaryDirectory()
        for path in ["/nowhere", directory.path] {
            let outcome = try await run(.dxtop("doctor", "--proc", path))
            #expect(outcome.exitCode == 1)
            #expect(outcome.output == "")
            #expect(outcome.lines.isEmpty && outcome.errors.contains("is this a /proc tree?"))
            #expect(outcome.errors.contains(path))
        }
    }
}
