import ProcFormats
import Testing
import Units

@testable import ProcSampling

/// CPU quotas and limits on tasks: in made trees of both versions.
struct CPUGroupTests {
    private let tree = FakeTree()

    private func reader(isUnified: Bool = true) -> CPUGroupReader {
        CPUGroupReader(
            hierarchy: GroupHierarchy(isUnified: isUnified, mountPoint: tree.path + "/cpu"))
    }

    private func at(_ seconds: UInt64) -> Instant {
        Instant(nanoseconds: (1000 + seconds) * 1_000_000_000)
    }

    private func unified(_ path: String, quota: String, periods: Int, throttled: Int) {
        tree.write("cpu\(path)/cpu.max", quota + "\n")
        tree.write(
            "cpu\(path)/cpu.stat",
            "usage_usec 1\nnr_periods \(periods)\nnr_throttled \(throttled)\n"
                + "throttled_usec \(throttled * 50)\n")
    }

    @Test func quotasOfAGroupAndOfThoseAbove() {
        unified("/a", quota: "400000 100000", periods: 10, throttled: 1)
        unified("/a/b", quota: "max 100000", periods: 0, throttled: 0)
        unified("/a/b/c", quota: "20000 100000", periods: 10, throttled: 4)
        let reader = reader()
        reader.refresh(running: ["/a/b/c"], at: at(0))
        #expect(
            reader.groups == [
                "/a": CPUGroup(
                    path: "/a", limit: 4, periods: 10, throttledPeriods: 1,
                    throttledTime: Nanoseconds(50_000)),
                "/a/b/c": CPUGroup(
                    path: "/a/b/c", limit: 0.2, periods: 10, throttledPeriods: 4,
                    throttledTime: Nanoseconds(200_000)),
            ])
        unified("/a/b/c", quota: "20000 100000", periods: 20, throttled: 12)
        reader.refresh(running: ["/a/b/c"], at: at(1))
        #expect(reader.groups["/a/b/c"]?.throttled == Percent(80.0))
        #expect(reader.groups["/a"]?.throttled == nil, "no period passed")
        // What does not run is not asked, and passed no period that is known.
        reader.refresh(running: [], at: at(2))
        #expect(reader.takeReadCount() > 0)
        reader.refresh(running: [], at: at(3))
        #expect(reader.takeReadCount() == 0)
        #expect(reader.groups["/a/b/c"]?.periods == 20)
        #expect(reader.groups["/a/b/c"]?.throttled == nil)
        reader.refresh(running: [], at: at(70))
        #expect(reader.groups.isEmpty)
    }

    @Test func versionOne() {
        tree.write("cpu/a/cpu.cfs_quota_us", "150000\n")
        tree.write("cpu/a/cpu.cfs_period_us", "100000\n")
        tree.write(
            "cpu/a/cpu.stat", "nr_periods 7\nnr_throttled 2\nthrottled_time 90000\n")
        tree.write("cpu/cpu.cfs_quota_us", "-1\n")
        let reader = reader(isUnified: false)
        reader.refresh(running: ["/a", "/gone", "/../outside"], at: at(0))
        #expect(
            Array(reader.groups.values) == [
                CPUGroup(
                    path: "/a", limit: 1.5, periods: 7, throttledPeriods: 2,
                    throttledTime: Nanoseconds(90_000))
            ])
    }

    @Test func aQuotaIsReadAgainNowAndThen() {
        unified("/a", quota: "max 100000", periods: 5, throttled: 0)
        let reader = reader()
        reader.refresh(running: ["/a"], at: at(0))
        unified("/a", quota: "50000 100000", periods: 5, throttled: 0)
        reader.refresh(running: ["/a"], at: at(9))
        #expect(reader.groups.isEmpty)
        reader.refresh(running: ["/a"], at: at(10))
        #expect(reader.groups["/a"]?.limit == 0.5)
        unified("/a", quota: "max 100000", periods: 5, throttled: 0)
        reader.refresh(running: ["/a"], at: at(20))
        #expect(reader.groups.isEmpty)
    }

    @Test func theTaskLimitThatLeavesLeast() {
        for (path, limit, used) in [("", "max", 900), ("/a", "500", 450), ("/a/b", "400", 20)] {
            tree.write("pids\(path)/pids.max", limit + "\n")
            tree.write("pids\(path)/pids.current", "\(used)\n")
        }
        let hierarchy = GroupHierarchy(isUnified: true, mountPoint: tree.path + "/pids")
        let files = GroupFiles()
        let found = hierarchy.taskLimit(of: "/a/b", files)
        #expect(found == TaskLimit(group: "/a", limit: 500, used: 450))
        #expect(found?.headroom == 50)
        #expect(hierarchy.taskLimit(of: "/", files) == nil)
        #expect(hierarchy.taskLimit(of: "/gone", files) == nil)
    }

    // MARK: The sampler

    @Test func theSamplerReadsTheGroupsOfWhoRuns() throws {
        tree.setProcess(100, [(100, FakeTree.Task(schedule: (1_000_000, 0)))])
        tree.write("100/cgroup", "3:pids:/p\n2:cpu:/a\n0::/\n")
        tree.write("cpu/a/cpu.cfs_quota_us", "20000\n")
        tree.write("cpu/a/cpu.cfs_period_us", "100000\n")
        tree.write("cpu/a/cpu.stat", "nr_periods 7\nnr_throttled 2\nthrottled_time 90000\n")
        let sampler = try tree.sampler(
            clock: .kernel,
            hierarchies: GroupHierarchies(
                cpu: GroupHierarchy(isUnified: false, mountPoint: tree.path + "/cpu")))
        var ticks = 0
        let isFound = SlowLaneTests.poll {
            ticks += 10
            tree.advance()
            tree.setProcess(
                100,
                [(100, FakeTree.Task(user: ticks, schedule: (ticks * 10_000_000, ticks * 1000)))])
            tree.write("100/cgroup", "3:pids:/p\n2:cpu:/a\n0::/\n")
            let snapshot = sampler.sample(Interest())
            guard let process = snapshot.processes.first else { return false }
            return snapshot.cpuGroups(of: process).map(\.limit) == [0.2]
                && process.cpuGroup == "/a"
        }
        #expect(isFound)
    }

    @Test func whatTheThreadsWaitedIsAddedUp() throws {
        func set(_ first: Int, _ second: Int, voluntary: Int = 0) {
            tree.setProcess(
                100,
                [
                    (100, FakeTree.Task(user: 100, schedule: (first, 9 * first))),
                    (101, FakeTree.Task(user: 100, schedule: (first, second))),
                ])
        }
        set(1_000_000, 0)
        let sampler = try tree.sampler()
        let first = sampler.sample(Interest(), depth: .everything)
        #expect(first.processes.first?.runDelay == nil)
        tree.advance()
        tree.pass(.seconds(1))
        set(2_000_000, 50_000_000)
        let found = try #require(
            sampler.sample(Interest(), depth: .everything).processes.first)
        #expect(found.threads.map(\.runDelay) == [Percent(0.9), Percent(5.0)])
        let sum = found.threads.reduce(0) { $0 + ($1.runDelay?.rawValue ?? 0) }
        #expect(found.runDelay == Percent(sum))
        #expect(found.mostDelayed?.id.tid == ThreadID(101))
        #expect(found.mostDelayed?.runDelay == found.threads[1].runDelay)
    }
}
