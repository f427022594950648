import Glibc
import ProcFormats
import Testing
import Units

@testable import ProcSampling

/// When groups are read, what that costs, and what is said of those that cannot be.
struct MemoryGroupReaderTests {
    private let tree = FakeTree()
    private let plan = SamplingPlan(interest: Interest(), depth: .changes, gate: .clock)

    private func reader(isUnified: Bool = true, root: String = "/") -> MemoryGroupReader {
        MemoryGroupReader(
            hierarchy: GroupHierarchy(
                isUnified: isUnified, mountPoint: tree.path + "/cgroup", root: root))
    }

    private func group(
        _ path: String, usage: Int, limit: Int? = nil, cache: Int? = nil, kills: Int = 0
    ) {
        tree.write("cgroup\(path)/memory.current", "\(usage)\n")
        tree.write("cgroup\(path)/memory.max", limit.map { "\($0)\n" } ?? "max\n")
        tree.write("cgroup\(path)/memory.events", "max 0\noom_kill \(kills)\n")
        guard let cache else { return }
        tree.write(
            "cgroup\(path)/memory.stat", "inactive_file 0\nactive_file \(cache)\n")
    }

    private func at(_ seconds: Double) -> Instant {
        Instant(nanoseconds: 5_000_000_000 + UInt64(seconds * 1e9))
    }

    @Test func aGroupFullOfCacheIsNotTight() {
        group("/cache", usage: 990, limit: 1000, cache: 900)
        group("/tight", usage: 990, limit: 1000, cache: 100)
        let reader = reader()
        let members: Set = ["/cache", "/tight"]
        reader.refresh(members: members, shown: [], plan: plan, at: at(0))
        group("/cache", usage: 991, limit: 1000)
        group("/tight", usage: 991, limit: 1000)
        reader.refresh(members: members, shown: [], plan: plan, at: at(0.5))
        #expect(reader.groups["/cache"]?.usage == ByteCount(990))
        #expect(reader.groups["/tight"]?.usage == ByteCount(991))
    }

    /// A hundred groups: a few are read at each refresh, all of them within the period.
    @Test func theReadsOfQuietGroupsAreSpread() {
        let members = Set((0..<99).map { "/g\($0)" })
        for path in members { group(path, usage: 1) }
        let reader = reader()
        reader.refresh(members: members, shown: [], plan: plan, at: at(0))
        let all = reader.takeReadCount()
        for path in members { group(path, usage: 2) }
        for second in 1...10 {
            reader.refresh(members: members, shown: [], plan: plan, at: at(Double(second)))
            let reads = reader.takeReadCount()
            #expect(reads > 0 && reads <= all / 8, "\(reads) of \(all)")
        }
        #expect(members.allSatisfy { reader.groups[$0]?.usage == ByteCount(2) })
    }

    @Test func theSweepGoesOnWhereGroupsComeAndGo() {
        let stable = Set((0..<50).map { "/g\($0)" })
        for path in stable { group(path, usage: 1) }
        let reader = reader()
        reader.refresh(members: stable, shown: [], plan: plan, at: at(0))
        for path in stable { group(path, usage: 2) }
        for second in 1...12 {
            let passing = "/passing-\(second)"
            group(passing, usage: 1)
            reader.refresh(
                members: stable.union([passing]), shown: [], plan: plan, at: at(Double(second)))
            #expect(reader.groups[passing]?.usage == ByteCount(1))
        }
        #expect(stable.allSatisfy { reader.groups[$0]?.usage == ByteCount(2) })
        #expect(reader.groups["/passing-1"] == nil)
    }

    @Test func aKillIsToldByAllGroupsAtOnce() {
        group("/a", usage: 1, limit: 1000)
        group("/a/b", usage: 1, limit: 1000)
        let reader = reader()
        reader.refresh(members: ["/a/b"], shown: [], plan: plan, at: at(0))
        func kills() -> [UInt64?] { ["/a", "/a/b"].map { reader.groups[$0]?.oomKills } }
        for path in ["/a", "/a/b"] { group(path, usage: 1, limit: 1000, kills: 1) }
        reader.refresh(members: ["/a/b"], shown: [], plan: plan, at: at(0.25))
        #expect(kills() == [0, 0])
        reader.refresh(members: ["/a/b"], shown: [], plan: plan, hasKill: true, at: at(0.5))
        #expect(kills() == [1, 1])
    }

    /// It was not counted yet when the machine's count was read, or that is another machine's.
    @Test func aKillThatOneGroupTellsOfIsSearchedInAll() {
        group("/a", usage: 1, limit: 1000)
        group("/a/tight", usage: 990, limit: 1000, cache: 0)
        let reader = reader()
        reader.refresh(members: ["/a/tight"], shown: [], plan: plan, at: at(0))
        for path in ["/a", "/a/tight"] { group(path, usage: 990, limit: 1000, kills: 3) }
        reader.refresh(members: ["/a/tight"], shown: [], plan: plan, at: at(0.25))
        #expect(reader.groups["/a"]?.oomKills == 3)
        #expect(reader.groups["/a/tight"]?.oomKills == 3)
    }

    @Test func aGroupWithoutTheControllerHasNoLimitAndOneThatIsGoneIsNotReadable() throws {
        group("/a", usage: 1, limit: 1000)
        tree.write("cgroup/a/session/cgroup.procs", "")
        let reader = reader()
        reader.refresh(
            members: ["/a/session", "/gone", "/../x"], shown: [], plan: plan, at: at(0))
        #expect(reader.gaps.isMounted)
        #expect(
            reader.gaps.reasons == [
                "/": .noLimit, "/a/session": .noLimit, "/gone": .failed, "/../x": .outside,
                "/..": .outside,
            ])
        group("/gone", usage: 1)
        reader.refresh(members: ["/gone"], shown: ["/gone"], plan: plan, at: at(1))
        #expect(reader.gaps.reasons == ["/": .noLimit])
        #expect(Set(reader.groups.keys) == ["/gone"])
    }

    @Test func whatIsAboveTheMountIsNoObstacle() throws {
        group("", usage: 1, limit: 1000, cache: 0)
        let reader = reader(root: "/pod/one")
        reader.refresh(members: ["/pod/one", "/pod/two"], shown: [], plan: plan, at: at(0))
        let processes = ["/pod/one", "/pod/two"].enumerated().map { index, path in
            ProcessSample(
                id: SlowLaneTests.identity(Int32(index + 1)), name: "x", state: .sleeping,
                memoryGroup: path)
        }
        let snapshot = Snapshot(
            sequence: 0, time: WallTime(seconds: 0), interval: nil,
            host: HostSample(name: "x", kernelRelease: "6", cpuCount: 1), processes: processes,
            memoryGroups: reader.groups, groupGaps: reader.gaps)
        let group = try #require(reader.groups["/pod/one"])
        #expect(snapshot.memoryLimits(of: processes[0]) == .known([group]))
        #expect(snapshot.memoryLimits(of: processes[1]) == .notReadable(.outside))
    }

    // MARK: The sampler

    private func sampler(_ hierarchy: GroupHierarchy?) throws -> Sampler {
        try tree.sampler(
            clock: .kernel,
            hierarchies: GroupHierarchies(memory: hierarchy))
    }

    private func limits(_ snapshot: Snapshot) -> MemoryLimits? {
        snapshot.processes.first.map { snapshot.memoryLimits(of: $0) }
    }

    @Test func theSamplerTellsWhatIsKnownOfLimits() throws {
        tree.setProcess(100, [(100, FakeTree.Task())])
        let hierarchy = GroupHierarchy(isUnified: true, mountPoint: tree.path + "/cgroup")
        group("/a", usage: 1, limit: 1000)

        var sampler = try sampler(hierarchy)
        // Its `cgroup` cannot be read.
        #expect(limits(sampler.sample(Interest())) == .notReadYet)
        for (text, expected) in [
            ("1:cpu:/\n", MemoryLimits.noGroup), ("0::/../x\n", .notReadable(.outside)),
            ("0::/\n", .known([])), ("0::/b\n", .notReadable(.failed)),
        ] {
            tree.write("100/cgroup", text)
            sampler = try self.sampler(hierarchy)
            var found: MemoryLimits?
            #expect(
                SlowLaneTests.poll {
                    found = limits(sampler.sample(Interest()))
                    return found == expected
                }, "\(text): \(String(describing: found))")
        }
        sampler = try self.sampler(nil)
        #expect(limits(sampler.sample(Interest())) == .notReadable(.notMounted))
    }

    @Test func readsOfGroupsCountAsCosts() throws {
        tree.setProcess(100, [(100, FakeTree.Task())])
        tree.write("100/cgroup", "0::/a\n")
        group("/a", usage: 1, limit: 1000)
        let sampler = try sampler(
            GroupHierarchy(isUnified: true, mountPoint: tree.path + "/cgroup"))
        var snapshot = sampler.sample(Interest())
        _ = SlowLaneTests.poll {
            snapshot = sampler.sample(Interest())
            return !snapshot.memoryGroups.isEmpty
        }
        let shown = Interest(shownProcesses: [try #require(snapshot.processes.first).id])
        let withGroup = sampler.sample(shown).ownCost.reads
        tree.remove("cgroup")
        let without = sampler.sample(shown).ownCost.reads
        #expect(withGroup > without)
    }

    @Test func theMachinesCountOfKillsHasGroupsReadAgain() throws {
        tree.setProcess(100, [(100, FakeTree.Task())])
        tree.write("100/cgroup", "0::/a/b\n")
        tree.write("vmstat", "oom_kill 5\n")
        for path in ["/a", "/a/b"] { group(path, usage: 1, limit: 1000) }
        let sampler = try sampler(
            GroupHierarchy(isUnified: true, mountPoint: tree.path + "/cgroup"))
        var snapshot = sampler.sample(Interest())
        _ = SlowLaneTests.poll {
            snapshot = sampler.sample(Interest())
            return snapshot.memoryGroups.count == 2
        }
        for path in ["/a", "/a/b"] { group(path, usage: 1, limit: 1000, kills: 1) }
        tree.write("vmstat", "oom_kill 6\n")
        snapshot = sampler.sample(Interest())
        #expect(snapshot.memoryGroups["/a"]?.oomKills == 1)
        #expect(snapshot.memoryGroups["/a/b"]?.oomKills == 1)
    }

    // MARK: Rows that came into view

    private func amended(
        _ sampler: Sampler, _ interest: Interest
    ) -> (process: ProcessSample?, reads: Int) {
        _ = sampler.reader.takeReadCount()
        let snapshot = sampler.amend(interest)
        return (snapshot?.processes.first, sampler.reader.takeReadCount())
    }

    @Test func aRowWithoutPartsIsReadOnceARefresh() throws {
        // Nothing is to be told of a zombie, however often it is asked.
        tree.setProcess(100, [(100, FakeTree.Task(state: "Z"))])
        tree.write("100/status", "Uid:\t1\t1\t1\t1\n")
        let sampler = try sampler(nil)
        let first = try #require(
            sampler.sample(Interest(), depth: .processesOnly).processes.first)
        let shown = Interest(shownProcesses: [first.id])
        #expect(amended(sampler, shown).reads > 0)
        #expect(amended(sampler, shown).reads == 0)
        tree.write("100/status", "Uid:\t1\t1\t1\t1\nVmRSS:\t 9 kB\nRssAnon:\t 7 kB\n")
        #expect(amended(sampler, shown).process?.memory == nil)
        _ = sampler.sample(Interest(), depth: .processesOnly)
        #expect(amended(sampler, shown).process?.memory?.anonymous == ByteCount(kibibytes: 7))
    }

    @Test func aKernelThreadIsNotAsked() throws {
        tree.setProcess(100, [(100, FakeTree.Task())])
        for file in ["100/stat", "100/task/100/stat"] {
            tree.write(
                file, FakeTree.stat(100, FakeTree.Task(), 1).replacing("4194304", with: "2097152"))
        }
        let sampler = try sampler(nil)
        let first = try #require(sampler.sample(Interest()).processes.first)
        #expect(first.isKernelThread)
        #expect(amended(sampler, Interest(shownProcesses: [first.id])).reads == 0)
    }

    @Test func anotherProcessOfTheSameNumberIsNotTakenForIt() throws {
        tree.setProcess(100, [(100, FakeTree.Task())])
        let sampler = try sampler(nil)
        let first = try #require(
            sampler.sample(Interest(), depth: .processesOnly).processes.first)
        tree.setProcess(100, [(100, FakeTree.Task(start: 501))])
        let shown = Interest(shownProcesses: [first.id])
        #expect(amended(sampler, shown).process?.memory == nil)
    }
}
