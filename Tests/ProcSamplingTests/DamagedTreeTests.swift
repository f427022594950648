import ProcFormats
import Synchronization
import TestSupport
import Testing
import Units

@testable import ProcSampling

/// Trees with figures that no kernel documents, and some do show: what does not parse, or contradicts
/// the rest, is not known; everything else is.
struct DamagedTreeTests {
    /// What is known of a host whose `/proc/stat` was so a second before, and is so now.
    private func host(_ before: String, _ now: String) throws -> (HostSample, SamplingTrouble) {
        let tree = FakeTree()
        tree.write("stat", before)
        let sampler = try tree.sampler()
        _ = sampler.sample(Interest())
        tree.write("stat", now)
        tree.advance()
        tree.pass(.milliseconds(600))
        let snapshot = sampler.sample(Interest())
        return (snapshot.host, snapshot.trouble)
    }

    private func stat(_ cpus: String, processes: String = "9000") -> String {
        "\(cpus)\nintr 1000 0 0\nctxt 5000\nbtime 1700000000\nprocesses \(processes)\n"
            + "procs_running 1\nprocs_blocked 0\n"
    }

    private static let before = """
        cpu  20000 0 10000 200000 0 0 0 0 0 0
        cpu0 10000 0 5000 100000 0 0 0 0 0 0
        cpu1 10000 0 5000 100000 0 0 0 0 0 0
        """
    private static let now = """
        cpu  20020 0 10010 200200 0 0 0 0 0 0
        cpu0 10010 0 5005 100100 0 0 0 0 0 0
        cpu1 10010 0 5005 100100 0 0 0 0 0 0
        """

    private func text(_ percent: Percent?) -> String? { percent?.text }

    @Test func aNegativeCountOfTasksCostsTheForksOnly() throws {
        let (host, trouble) = try host(
            stat(Self.before, processes: "-2147480000"), stat(Self.now, processes: "-2147479999"))
        #expect(host.cpuCount == 2 && host.cpus.count == 2)
        #expect(text(host.cpu?.busy) == "13.0")
        #expect(host.forks == nil)
        #expect(host.contextSwitches == .zero && host.runnable == 1)
        #expect(trouble.malformed == 0 && trouble.malformedFields == 2)
        #expect(trouble.filesWithMalformedFields == 1)
        #expect(trouble.malformedFieldExamples.count == 1)
        let example = try #require(trouble.malformedFieldExamples.first)
        #expect(example.hasSuffix(#"/stat processes "-2147480000""#), "\(example)")
    }

    @Test func whatStandsBeforeACutIsWhole() throws {
        let one = { (cpus: String) in
            cpus.split(separator: "\n").prefix(2).joined(separator: "\n") + "\nintr 3578066 0 0"
        }
        let (host, trouble) = try host(one(Self.before), one(Self.now))
        #expect(text(host.cpu?.busy) == "13.0")
        #expect(host.cpuCount == 1 && host.contextSwitches == nil && host.forks == nil)
        #expect(trouble.malformedFields == 2)
    }

    @Test func aTotalThatIsNoNumberIsTheSumOfTheCPUs() throws {
        let lines = { (cpus: String) in
            "cpu  2568500776029407000000\n"
                + cpus.split(separator: "\n").dropFirst()
                .joined(separator: "\n")
        }
        let (host, trouble) = try host(stat(lines(Self.before)), stat(lines(Self.now)))
        #expect(text(host.cpu?.busy) == "13.0")
        #expect(host.cpus.count == 2 && trouble.malformedFields > 0)
    }

    /// A part of the time that goes back takes the whole with it: 13 ticks of work are not 100 %.
    @Test(arguments: [
        "cpu  1466804 6445 708632 5873386 7998 0 8095 0 0 0",  // idle, after a suspend
        "cpu  1466000 6445 708632 6222847 7998 0 8095 0 0 0",  // user
        "cpu  1466804 6445 708632 6222847 18446744073709551615 0 8095 0 0 0",
        "cpu  1466804 6445 708632 6222847 7998 0 8095 18446744073709551615 0 0",
    ])
    func timeThatGoesBackHasNoShares(now: String) throws {
        let before = "cpu  1466797 6445 708626 6221847 7998 0 8095 0 0 0"
        let (host, _) = try host(stat(before), stat(now))
        #expect(host.cpu == nil)
        #expect(host.contextSwitches == .zero)
    }

    /// The kernel computes how long a sleeping CPU idled, and a little less than before is common.
    @Test func idlingThatGoesBackALittleCountsAsNothing() throws {
        let (host, _) = try host(
            stat("cpu  1000 0 0 9000 100 0 0 0"), stat("cpu  1010 0 0 9090 98 0 0 0"))
        #expect(text(host.cpu?.busy) == "10.0")
    }

    /// Of a counter that goes anywhere, no rate is negative, absurd, or above what there is.
    @Test func sharesAndRatesArePossibleOrUnknown() throws {
        var random = SeededRandom(seed: 14)
        func any() -> UInt64 {
            [0, 1, 100, .random(in: 0...1_000_000, using: &random), .random(in: 0 ... .max), .max]
                .randomElement(using: &random) ?? 0
        }
        for _ in 0..<2000 {
            let (old, new) = (any(), any())
            if let change = Rates.change(from: old, to: new) {
                #expect(new >= old && change == new - old && change <= UInt64(Int64.max))
            }
            let (use, elapsed) = (Nanoseconds(any()), Nanoseconds(any()))
            if let share = Rates.share(of: use, in: elapsed, quantum: Nanoseconds(0)) {
                #expect(share.rawValue >= 0 && share.rawValue <= 100)
                #expect(use.seconds <= 4 * elapsed.seconds + 1)
            }
            let (narrowOld, narrowNew) = (
                UInt32.random(in: 0 ... .max, using: &random),
                UInt32.random(in: 0 ... .max, using: &random)
            )
            if let change = Rates.change(from: narrowOld, to: narrowNew) {
                #expect(narrowOld &+ change == narrowNew && change <= UInt32.max / 2)
            }
            var tracks = CounterTracks<Int>()
            _ = tracks.note(0, old, after: nil)
            let counted = tracks.note(0, new, after: Nanoseconds(1_000_000_000))
            #expect((counted.rate == nil) == (Rates.change(from: old, to: new) == nil))
        }
    }

    @Test func aCounterThatWasNotKnownHasNoRateOverTwoIntervals() {
        let second = Nanoseconds(1_000_000_000)
        var tracks = CounterTracks<Int>()
        _ = tracks.note(0, 10, after: nil)
        #expect(tracks.note(0, nil, after: second) == Counted(total: 10))
        #expect(tracks.note(0, 30, after: second) == Counted(total: 30, sinceStart: 20))
        #expect(tracks.note(0, 35, after: second).rate == Rate(Float(5)))
    }

    // MARK: Sockets

    private func sockets(
        _ tree: FakeTree, _ reader: SocketTableReader, _ rows: String, at second: UInt64
    ) -> [SocketSample] {
        let head =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
            + "inode ref pointer drops\n"
        tree.write("net/udp", head + rows)
        return reader.read(.udp, at: Nanoseconds(second * 1_000_000_000)).sockets
    }

    private func row(_ number: Int, port: String, uid: String = "0", inode: String, drops: String)
        -> String
    {
        "\(number): 00000000:\(port) 00000000:0000 07 00000000:3FFFFFC0 00:00000000 00000000  "
            + "   \(uid)        0 \(inode) 2 ffff88103e5be1c0 \(drops)\n"
    }

    @Test func dropsThatArePrintedWithASignAreCounted() throws {
        let tree = FakeTree()
        let reader = SocketTableReader(
            reader: ProcReader(root: try ProcRoot(path: tree.path)), folder: .tree,
            namespace: NamespaceID(1), usesNetlink: false)
        let before =
            row(1, port: "232A", inode: "1326199616", drops: "-2147483640")
            + row(2, port: "23F0", inode: "3612273203", drops: "7")
        let now =
            row(1, port: "232A", inode: "1326199616", drops: "-2147483540")
            + row(2, port: "23F0", inode: "3612273203", drops: "12")
        _ = sockets(tree, reader, before, at: 1)
        let found = sockets(tree, reader, now, at: 2)
        #expect(found.map(\.drops?.rate) == [Rate(Float(100)), Rate(Float(5))])
        #expect(found.first?.drops?.total == 2_147_483_756)
    }

    @Test func aRowOrAColumnThatDoesNotParseIsLostAlone() throws {
        let tree = FakeTree()
        let root = try ProcRoot(path: tree.path)
        let reader = SocketTableReader(
            reader: ProcReader(root: root), folder: .tree, namespace: NamespaceID(1),
            usesNetlink: false)
        let rows =
            row(1, port: "232A", inode: "11", drops: "7")
            + row(2, port: "X", inode: "12", drops: "7")
            + row(3, port: "23F0", uid: "-1", inode: "13", drops: "99999999999")
        let found = sockets(tree, reader, rows, at: 1)
        #expect(found.map(\.inode) == [11, 13])
        #expect(found[1].user == nil && found[1].drops == nil)
        let trouble = root.faults.withLock(\.trouble)
        #expect(trouble.malformedFields == 3 && trouble.malformedFieldExamples.count == 3)
    }

    // MARK: A whole tree

    /// What of a tree each of its files may cost.
    private static let files: [String: Set<String>] = [
        "stat": [
            "cpu", "cpus", "cpuCount", "runnable", "blocked", "contextSwitches", "forks",
        ],
        "meminfo": ["memory"], "loadavg": ["load"], "uptime": ["uptime"],
        "pressure/memory": ["memoryPressure"],
        "vmstat": [
            "pagesSwappedIn", "pagesSwappedOut", "bytesReadFromDisk", "bytesWrittenToDisk",
            "majorFaults", "oomKills",
        ],
        "100/stat": [], "100/status": [], "100/cmdline": [], "100/task/100/stat": [],
        "100/task/101/stat": [], "100/task/101/schedstat": [], "100/task/101/status": [],
    ]

    @Test(arguments: Self.files.keys.sorted())
    func aDamagedFileCostsNothingElse(file: String) throws {
        let whole = try run(damaging: file) { $0 }
        let bytes = try #require(whole.bytes)
        let may = try #require(Self.files[file])
        for word in Self.words(of: bytes) {
            for damage in ["x", "-1", "99999999999999999999999", ""] {
                let what: Comment = "\(file) at \(word.lowerBound) as \"\(damage)\""
                let found = try run(damaging: file) {
                    Array($0[..<word.lowerBound]) + Array(damage.utf8)
                        + Array($0[word.upperBound...])
                }
                let others = zip(
                    Mirror(reflecting: whole.snapshot.host).children,
                    Mirror(reflecting: found.snapshot.host).children
                )
                .filter { "\($0.value)" != "\($1.value)" }.compactMap(\.0.label)
                #expect(others.allSatisfy(may.contains), "\(what): \(others)")
                #expect(
                    Self.process(200, in: found.snapshot) == Self.process(200, in: whole.snapshot),
                    "\(what)")
                for sample in found.snapshot.processes {
                    let all =
                        [sample.cpu, sample.hottestCPU, sample.runDelay] + sample.threads.map(\.cpu)
                    #expect(all.allSatisfy { ($0?.rawValue ?? 0) <= 1000 }, "\(what): \(all)")
                }
            }
        }
    }

    /// A file that does not say whose it is costs the row of that thread, not that of the process.
    @Test func aProcessOutlivesTheFileOfItsFirstThread() throws {
        let (snapshot, _) = try run(damaging: "100/task/100/stat") { bytes in
            Array("junk".utf8) + bytes.dropFirst(3)
        }
        let process = try #require(snapshot.processes.first { $0.id.pid == ProcessID(100) })
        #expect(process.name == "main")
        #expect(process.cpu != nil)
        #expect(process.threads.map(\.id.tid) == [ThreadID(101)])
    }

    /// All that is known of a process but its command line and group, which come when they come.
    private static func process(_ pid: Int32, in snapshot: Snapshot) -> String? {
        var process = snapshot.processes.first { $0.id.pid == ProcessID(pid) }
        process?.command = nil
        process?.cgroup = nil
        return process.map { "\($0)" }
    }

    /// Two samples of a tree, of which one file is damaged in both.
    private func run(
        damaging file: String, _ damage: ([UInt8]) -> [UInt8]
    ) throws -> (snapshot: Snapshot, bytes: [UInt8]?) {
        let tree = FakeTree()
        let sampler = try tree.sampler()
        var bytes: [UInt8]?
        for second in 0...1 {
            write(second, to: tree)
            tree.advance()
            bytes = tree.read(file)
            if let bytes { tree.write(file, damage(bytes)) }
            if second == 1 { tree.pass(.seconds(1)) }
            if second == 0 { _ = sampler.sample(Interest()) }
        }
        return (sampler.sample(Interest()), bytes)
    }

    private func write(_ second: Int, to tree: FakeTree) {
        tree.write("stat", FakeTree.hostStat(busy: 100 + 10 * second, idle: 900 + 90 * second))
        tree.write(
            "meminfo",
            "MemTotal: 8000 kB\nMemFree: 1000 kB\nMemAvailable: 4000 kB\nBuffers: 10 kB\n"
                + "Cached: 500 kB\nSwapTotal: 2000 kB\nSwapFree: 1500 kB\n")
        tree.write("loadavg", "0.50 0.40 0.30 1/300 4000\n")
        tree.write("pressure/memory", "some avg10=1.00 avg60=2.00 avg300=3.00 total=4\n")
        tree.write(
            "vmstat",
            "pgpgin \(100 + second)\npgpgout 5\npswpin 6\npswpout 7\npgmajfault 8\noom_kill 0\n")
        for pid in [100, 200] {
            tree.setProcess(
                pid,
                [
                    (pid, FakeTree.Task(name: "main", user: 10 + second)),
                    (
                        pid + 1,
                        FakeTree.Task(
                            name: "worker", user: 20 + 10 * second, system: 5,
                            schedule: (run: 250_000_000 + 100_000_000 * second, delay: 1000),
                            voluntary: 7)
                    ),
                ])
        }
    }

    /// Of a file, so many words are damaged, evenly spread: its parser is tested with all.
    private static let mostWords = 16

    private static func words(of bytes: [UInt8]) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start: Int?
        for (index, byte) in bytes.enumerated() {
            let ends = [0x20, 0x09, 0x0A, 0x3A, 0x2F].contains(byte)
            if ends, let begun = start { words.append(begun..<index) }
            start = ends ? nil : start ?? index
        }
        let step = max(1, words.count / mostWords)
        return stride(from: 0, to: words.count, by: step).map { words[$0] }
    }
}
