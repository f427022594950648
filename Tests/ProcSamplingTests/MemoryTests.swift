import Glibc
import ProcFormats
import Testing
import Units

@testable import ProcSampling

/// Memory of processes and groups in made-up trees.
struct MemoryTests {
    let tree = FakeTree()
    private let pageSize = ByteCount(4096)

    private func plan(_ depth: SamplingDepth = .changes) -> SamplingPlan {
        SamplingPlan(interest: Interest(), depth: depth, gate: .clock)
    }

    private func facts(
        hasRun: Bool = true, resident: UInt64, then: UInt64? = nil, seconds: UInt64 = 0
    ) -> SamplingPlan.MemoryFacts {
        SamplingPlan.MemoryFacts(
            hasRun: hasRun, resident: PageCount(resident), residentThen: then.map { PageCount($0) },
            age: Nanoseconds(seconds * 1_000_000_000), pageSize: pageSize)
    }

    @Test func partsAreReadWhenTheWholeChanged() {
        #expect(plan().readsParts(of: facts(resident: 300, then: 301)))
        #expect(plan().readsParts(of: facts(resident: 301, then: 300)))
        #expect(!plan().readsParts(of: facts(resident: 300, then: 300, seconds: 9)))
        #expect(plan().readsParts(of: facts(resident: 300, then: 300, seconds: 10)))
        #expect(!plan().readsParts(of: facts(hasRun: false, resident: 300, then: 300, seconds: 99)))
    }

    @Test func aNewProcessIsAskedForPartsFromOneMebibyte() {
        #expect(!plan().readsParts(of: facts(resident: 255)))
        #expect(plan().readsParts(of: facts(resident: 256)))
        #expect(!plan().readsParts(of: facts(resident: 0, then: 300)))
        #expect(!plan(.processesOnly).readsParts(of: facts(resident: 256)))
    }

    @Test func groupsNearTheirLimitAreReadEachTime() {
        let second = Nanoseconds(1_000_000_000)
        let short = Nanoseconds(900_000_000)
        func reads(_ facts: SamplingPlan.GroupFacts) -> SamplingPlan.GroupReads {
            plan().groupReads(for: facts)
        }
        #expect(reads(.init(isNew: true)) == .usage)
        #expect(reads(.init()) == [])
        #expect(reads(.init(hasLimit: true, sinceStat: second)) == [])
        #expect(reads(.init(isSwept: true)) == .usage)
        #expect(reads(.init(isShown: true)) == .usage)
        #expect(reads(.init(hasKill: true)) == .usage)
        let tight = SamplingPlan.GroupFacts(isTight: true, hasLimit: true, sinceStat: short)
        #expect(reads(tight) == .usage)
        var later = tight
        later.sinceStat = second
        #expect(reads(later) == [.usage, .stat])
    }

    // MARK: A process

    private func first(_ interest: Interest = Interest()) throws -> ProcessSample {
        let sampler = try tree.sampler()
        return try #require(sampler.sample(interest, depth: .everything).processes.first)
    }

    @Test func statusGivesTheParts() throws {
        tree.setProcess(100, [(100, FakeTree.Task())])
        tree.write(
            "100/status",
            "Uid:\t1\t1\t1\t1\nVmSize:\t 9000 kB\nVmHWM:\t 2000 kB\nVmRSS:\t 1500 kB\n"
                + "RssAnon:\t 700 kB\nRssFile:\t 500 kB\nRssShmem:\t 300 kB\nVmSwap:\t 40 kB\n")
        let process = try first()
        #expect(
            process.memory
                == MemoryUse(
                    anonymous: ByteCount(kibibytes: 700), file: ByteCount(kibibytes: 500),
                    shared: ByteCount(kibibytes: 300), swap: ByteCount(kibibytes: 40),
                    peak: ByteCount(kibibytes: 2000), addressSpace: ByteCount(kibibytes: 9000)))
        // Not what `stat` said a moment before: the parts add up to it.
        #expect(process.residentMemory == ByteCount(kibibytes: 1500))
    }

    @Test func anOldKernelsAnonymousMemoryIsWhatIsNotShared() throws {
        tree.setProcess(100, [(100, FakeTree.Task())])
        tree.write("100/status", "Uid:\t1\t1\t1\t1\nVmRSS:\t 1000 kB\n")
        tree.write("100/statm", "1000 250 100 1 0 50 0\n")
        let memory = try #require(try first().memory)
        #expect(memory.anonymous == ByteCount(UInt64(150 * getpagesize())))
        #expect(memory.file == nil)
        #expect(memory.shared == nil)
        #expect(memory.swap == nil)
        tree.remove("100/statm")
        #expect(try #require(try first().memory).anonymous == nil)
    }

    @Test(
        "the limit of addresses",
        arguments: [
            (nil, "0", nil), ("unlimited", "140722480000000", nil),
            ("1073741824", "140722480000000", 1 << 30), ("unlimited", "4291000000", 1 << 32),
            ("1073741824", "4291000000", 1 << 30), ("8589934592", "4291000000", 1 << 32),
            ("8589934592", "0", 8 << 30),
        ] as [(String?, String, UInt64?)])
    func addressSpaceLimit(limit: String?, stack: String, expected: UInt64?) throws {
        tree.setProcess(100, [(100, FakeTree.Task())])
        let stat = FakeTree.stat(100, FakeTree.Task(), 1)
            .replacing("18446744073709551615 0 0 0", with: "18446744073709551615 0 0 \(stack)")
        tree.write("100/stat", stat)
        tree.write("100/task/100/stat", stat)
        if let limit {
            tree.write(
                "100/limits", "Limit Soft Hard Units\nMax address space   \(limit)  x  bytes\n")
        }
        #expect(try first().addressSpaceLimit == expected.map { ByteCount($0) })
    }

    // MARK: Groups

    private func group(
        _ path: String, usage: Int, limit: String, stat: String? = nil, kills: Int? = nil
    ) {
        tree.write("cgroup\(path)/memory.usage_in_bytes", "\(usage)\n")
        tree.write("cgroup\(path)/memory.limit_in_bytes", limit + "\n")
        if let stat { tree.write("cgroup\(path)/memory.stat", stat) }
        if let kills {
            tree.write("cgroup\(path)/memory.oom_control", "under_oom 0\noom_kill \(kills)\n")
            tree.write("cgroup\(path)/memory.failcnt", "7\n")
        }
    }

    /// `memory.stat` of version 1 with page cache, two thirds of it in use lately.
    static func stat(cache: Int) -> String {
        "inactive_file 1\nactive_file 2\n"
            + "total_inactive_file \(cache / 3)\ntotal_active_file \(cache - cache / 3)\n"
    }

    /// Samples until the slow lane told about groups.
    private func groups(
        _ hierarchy: GroupHierarchy
    ) throws -> (snapshot: Snapshot, sampler: Sampler) {
        let sampler = try tree.sampler(
            clock: .kernel,
            hierarchies: GroupHierarchies(memory: hierarchy))
        var snapshot = sampler.sample(Interest())
        _ = SlowLaneTests.poll {
            snapshot = sampler.sample(Interest())
            return snapshot.processes.allSatisfy { $0.memoryGroup != nil }
        }
        return (snapshot, sampler)
    }

    @Test func theLowestLimitAlongThePathComesFirst() throws {
        tree.setProcess(100, [(100, FakeTree.Task())])
        tree.write("100/cgroup", "4:memory:/a/b/c\n1:cpu:/elsewhere\n0::/\n")
        group("", usage: 900, limit: "9223372036854771712")
        group("/a", usage: 800, limit: "1000", stat: Self.stat(cache: 300))
        group("/a/b", usage: 700, limit: "5000", kills: 2)
        group("/a/b/c", usage: 600, limit: "9223372036854771712")
        let (snapshot, _) = try groups(
            GroupHierarchy(isUnified: false, mountPoint: tree.path + "/cgroup"))
        let process = try #require(snapshot.processes.first)
        #expect(process.memoryGroup == "/a/b/c")
        #expect(Set(snapshot.memoryGroups.keys) == ["/", "/a", "/a/b", "/a/b/c"])
        let limiting = snapshot.limitingGroups(of: process)
        #expect(limiting.map(\.path) == ["/a", "/a/b"])
        #expect(limiting[0].headroom == ByteCount(500))
        #expect(limiting[0].workingSet == ByteCount(500))
        // Its `memory.stat` cannot be read.
        #expect(limiting[1].reclaimable == nil)
        #expect(limiting[1].workingSet == nil)
        #expect(limiting[1].headroom == nil)
        #expect(limiting[1].oomKills == 2)
        #expect(limiting[1].limitHits == 7)
        #expect(snapshot.memoryGroups["/"]?.limit == nil)
        #expect(snapshot.memoryGroups["/a/b/c"]?.oomKills == nil)
    }

    @Test func versionTwo() throws {
        tree.setProcess(100, [(100, FakeTree.Task())])
        tree.write("100/cgroup", "0::/s\n")
        for (file, text) in [
            ("current", "5000\n"), ("max", "max\n"), ("high", "6000\n"), ("swap.current", "10\n"),
            ("swap.max", "20\n"), ("events", "low 0\nhigh 3\nmax 4\noom 1\noom_kill 1\n"),
        ] {
            tree.write("cgroup/s/memory.\(file)", text)
        }
        let (snapshot, _) = try groups(
            GroupHierarchy(isUnified: true, mountPoint: tree.path + "/cgroup"))
        // The root of version 2 has no such files.
        #expect(
            snapshot.memoryGroups == [
                "/s": MemoryGroup(
                    path: "/s", usage: ByteCount(5000), high: ByteCount(6000), swap: ByteCount(10),
                    swapLimit: ByteCount(20), limitHits: 4, oomKills: 1)
            ])
    }

    @Test func withoutAHierarchyThereAreNoGroups() throws {
        tree.setProcess(100, [(100, FakeTree.Task())])
        tree.write("100/cgroup", "4:memory:/a\n")
        let sampler = try tree.sampler()
        #expect(sampler.sample(Interest()).memoryGroups.isEmpty)
    }

    @Test func notMoreGroupsThanThereIsRoomFor() {
        let reader = MemoryGroupReader(
            hierarchy: GroupHierarchy(isUnified: false, mountPoint: tree.path + "/cgroup"))
        let paths = (0..<1100).map { "/g\($0)" }
        for path in paths + [""] {
            tree.write("cgroup\(path)/memory.usage_in_bytes", "1\n")
        }
        reader.refresh(members: Set(paths), shown: ["/g1099", "/g1098"], plan: plan())
        let found = reader.groups
        #expect(found.count == SamplingPlan.mostGroups)
        #expect(found["/g1099"] != nil && found["/g1098"] != nil && found["/"] != nil)
    }

    @Test func aQuietGroupIsNotReadAgainAtOnceAndATightOneIs() {
        let reader = MemoryGroupReader(
            hierarchy: GroupHierarchy(isUnified: false, mountPoint: tree.path + "/cgroup"))
        group("", usage: 1, limit: "9223372036854771712")
        group("/quiet", usage: 100, limit: "1000")
        group("/tight", usage: 800, limit: "1000")
        let members: Set = ["/quiet", "/tight"]
        let start = Instant(nanoseconds: 1_000_000_000)
        reader.refresh(members: members, shown: [], plan: plan(), at: start)
        group("/quiet", usage: 110, limit: "1000")
        group("/tight", usage: 900, limit: "1000")
        func usage(after seconds: UInt64, shown: Set<String> = []) -> [UInt64?] {
            let now = start.advanced(by: Nanoseconds(seconds * 1_000_000_000))
            reader.refresh(members: members, shown: shown, plan: plan(), at: now)
            return ["/quiet", "/tight"].map { reader.groups[$0]?.usage.rawValue }
        }
        #expect(usage(after: 1) == [100, 900])
        #expect(usage(after: 2, shown: ["/quiet"]) == [110, 900])
        group("/quiet", usage: 120, limit: "1000")
        #expect(usage(after: 3) == [110, 900])
        #expect(usage(after: 12) == [120, 900])
        tree.remove("cgroup/quiet")
        #expect(usage(after: 22) == [nil, 900])
    }

    @Test(
        "where a group's directory is",
        arguments: [
            ("/", "/", "/m"), ("/", "/a/b", "/m/a/b"), ("/pod/x", "/pod/x", "/m"),
            ("/pod/x", "/pod/x/y", "/m/y"), ("/pod/x", "/pod/xy", nil), ("/pod/x", "/", nil),
            ("/", "/../other", nil), ("/..", "/", nil),
        ] as [(String, String, String?)])
    func directory(root: String, path: String, expected: String?) {
        let hierarchy = GroupHierarchy(isUnified: true, mountPoint: "/m", root: root)
        #expect(hierarchy.directory(of: path) == expected)
    }

    @Test("memory is in version 1 if that has it, whatever is mounted beside it")
    func hierarchy() throws {
        let old = "1 2 0:1 / /v1 rw - cgroup x rw,memory\n"
        let part = "1 2 0:1 /docker/1 /part rw - cgroup x rw,memory\n"
        let cpu = "1 2 0:1 / /cpu rw - cgroup x rw,cpu\n"
        let new = "1 2 0:1 / /v2 rw - cgroup2 x rw\n"
        func found(_ text: String) throws -> GroupHierarchy? {
            let bytes = Array(text.utf8)
            return GroupHierarchy(of: "memory", among: try CgroupMounts(parsing: bytes.span).mounts)
        }
        let memory = GroupHierarchy(isUnified: false, mountPoint: "/v1")
        #expect(try found(cpu + new + part + old) == memory)
        #expect(try found(cpu + new) == GroupHierarchy(isUnified: true, mountPoint: "/v2"))
        #expect(try found(cpu) == nil)
    }

    // MARK: OOM kills

    @Test func killsAreCountedFromTheFirstReading() throws {
        tree.write("vmstat", "oom_kill 5\n")
        let sampler = try tree.sampler()
        let first = try #require(sampler.sample(Interest()).host.oomKills)
        #expect(first == OOMKills(total: 5))
        tree.write("vmstat", "oom_kill 7\n")
        let second = try #require(sampler.sample(Interest()).host.oomKills)
        #expect(second.total == 7)
        #expect(second.sinceStart == 2)
        let seen = try #require(second.lastSeen)
        let third = try #require(sampler.sample(Interest()).host.oomKills)
        #expect(third.lastSeen == seen)
        #expect(third.sinceStart == 2)
        tree.write("vmstat", "pgpgin 5\n")
        #expect(sampler.sample(Interest()).host.oomKills == nil)
    }

    @Test func onlyTheLastVictimsAreKeptAndOldKernelsSayTheLimitBefore() throws {
        let watch = OOMWatch(log: nil)
        var kills = OOMKills(total: 0)
        func note(_ text: String) throws {
            let bytes = Array("3,1,1,-;\(text)\n".utf8)
            watch.note(try KernelLogRecord(parsing: bytes.span), in: &kills)
        }
        try note("Memory cgroup out of memory: Kill process 1 (a) score 9 or sacrifice child")
        try note("Killed process 1 (a) total-vm:1kB")
        try note("Out of memory: Kill process 2 (b) score 9 or sacrifice child")
        try note("Killed process 2 (b) total-vm:1kB")
        #expect(kills.victims.map(\.isOfGroup) == [true, false])
        // The next one's group is said before it, and holds for that one alone.
        try note("oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg=/g,task_memcg=/g,task=d,pid=9")
        try note("Memory cgroup out of memory: Killed process 9 (d) x")
        try note("Memory cgroup out of memory: Killed process 8 (e) x")
        #expect(kills.victims.suffix(2).map(\.group) == ["/g", nil])
        for number in 3...20 { try note("Out of memory: Killed process \(number) (c) x") }
        #expect(kills.victims.map(\.process.rawValue) == Array(5...20))
    }
}
