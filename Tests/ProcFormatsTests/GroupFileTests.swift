import ProcFormats
import Testing
import Units

@Suite("CPU quotas and limits on tasks")
struct GroupFileTests {
    @Test func versionOne() throws {
        let stat = try stat("6.18.44/group-v1/cpu.stat")
        // A loop that wants a whole CPU and may use a fifth of it is held back in every period.
        let periods = try #require(stat.periods)
        let throttled = try #require(stat.throttledPeriods)
        #expect(periods >= 28 && throttled + 2 >= periods)
        let lost = try #require(stat.throttledTime).seconds
        #expect((2.0..<3.0).contains(lost), "\(lost)")
        #expect(try quota("6.18.44/group-v1/cpu.cfs_quota_us") == CgroupCPUQuota("20000\n"))
        #expect(try quota("6.18.44/group-v1/cpu.cfs_period_us").quota == 100_000)
        #expect(try quota("3.10-el7/group/cpu.cfs_quota_us").quota == nil)
    }

    @Test func versionTwo() throws {
        let stat = try stat("6.18.44/group-v2/cpu.stat")
        #expect(stat.periods == 4210)
        #expect(stat.throttledPeriods == 1305)
        #expect(stat.throttledTime == Nanoseconds(52_118_934_000))
        let quota = try quota("6.18.44/group-v2/cpu.max")
        #expect(quota.quota == 200_000 && quota.period == 100_000)
        let none = try CgroupCPUQuota("max 100000\n")
        #expect(none.quota == nil && none.period == 100_000)
    }

    @Test func withoutTheControllerThereAreNoPeriods() throws {
        let bytes = Array("usage_usec 5\nuser_usec 3\nsystem_usec 2\n".utf8)
        let stat = try CgroupCPUStat(parsing: bytes.span)
        #expect(stat.periods == nil && stat.throttledPeriods == nil && stat.throttledTime == nil)
    }

    @Test(arguments: ["\n", "20000", "max", "1 2 3\n", "-2\n"])
    func noQuota(text: String) {
        #expect(throws: ParseError.self) { try CgroupCPUQuota(text) }
    }

    @Test(arguments: [("max\n", nil), ("500\n", 500)] as [(String, UInt64?)])
    func taskLimit(text: String, expected: UInt64?) throws {
        let bytes = Array(text.utf8)
        #expect(try CgroupTaskLimit(parsing: bytes.span).tasks == expected)
    }

    /// The three controllers may be in hierarchies, and in groups, of their own.
    @Test func eachControllerHasItsPlace() throws {
        let bytes = Array("5:pids:/p\n4:cpu,cpuacct:/c\n0::/u\n".utf8)
        let membership = try CgroupMembership(parsing: bytes.span)
        #expect(membership.cpu?.path == "/c" && membership.cpu?.isUnified == false)
        #expect(membership.tasks?.path == "/p")
        #expect(membership.memory?.path == "/u" && membership.memory?.isUnified == true)
    }

    private func stat(_ fixture: String) throws -> CgroupCPUStat {
        let bytes = try Fixture.bytes(fixture)
        return try CgroupCPUStat(parsing: bytes.span)
    }

    private func quota(_ fixture: String) throws -> CgroupCPUQuota {
        let bytes = try Fixture.bytes(fixture)
        return try CgroupCPUQuota(parsing: bytes.span)
    }
}

extension CgroupCPUQuota {
    fileprivate init(_ text: String) throws {
        let bytes = Array(text.utf8)
        try self.init(parsing: bytes.span)
    }
}
