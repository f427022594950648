import Diagnosis
import ProcSampling
import Testing
import Units

/// Which limit is met first, and when.
@Suite struct MemoryOutlookTests {
    private static let gibibyte = 1024 * mebibyte

    /// 2 MiB/s over two minutes.
    private func growth(by step: Double = 2 * mebibyte) throws -> Growth {
        let values = (0..<120).map { Double($0) * step }
        return try #require(
            Growth(
                MemoryCurve(values: values, step: .seconds(1), end: Nanoseconds(500_000_000_000))))
    }

    private func outlook(
        _ process: ProcessSample, groups: [MemoryGroup] = [], available: Double? = nil,
        swapTotal: Double = 0, swapFree: Double = 0, addressSpaceGrows: Bool = false,
        growth: Growth? = nil
    ) throws -> MemoryOutlook {
        let snapshot = MadeMachine.snapshot(1, [process], groups: groups) { host in
            host.memory = available.flatMap {
                MadeMachine.memory(available: $0, swapTotal: swapTotal, swapFree: swapFree)
            }
        }
        return MemoryOutlook(
            growth: try growth ?? self.growth(), of: process, in: snapshot,
            addressSpaceGrows: addressSpaceGrows)
    }

    @Test func theLeastHeadroomIsMetFirst() throws {
        let process = MadeMachine.process(1, anonymous: mebibyte, group: "/a/b")
        let groups = [
            MadeMachine.group("/a/b", usage: 100 * mebibyte, limit: 700 * mebibyte),
            // The lower limit leaves more: others use less of it.
            MadeMachine.group("/a", usage: 250 * mebibyte, limit: 650 * mebibyte),
        ]
        let found = try outlook(process, groups: groups, available: Self.gibibyte)
        #expect(found.limit == .group(path: "/a"))
        #expect(found.headroom == ByteCount(UInt64(400 * mebibyte)))
        #expect(found.timeLeft == .seconds(200))
    }

    @Test func pageCacheThatCanBeDroppedIsHeadroom() throws {
        let process = MadeMachine.process(1, anonymous: mebibyte, group: "/a")
        let group = MadeMachine.group(
            "/a", usage: 290 * mebibyte, limit: 300 * mebibyte, reclaimable: 90 * mebibyte)
        #expect(try outlook(process, groups: [group]).timeLeft == .seconds(50))
    }

    @Test func theHostIsTheLimitWhereThereIsNoOther() throws {
        let process = MadeMachine.process(1, anonymous: mebibyte)
        let found = try outlook(process, available: 9 * Self.gibibyte)
        #expect(found.limit == .hostMemory)
        #expect(found.timeLeft == .seconds(4608))
    }

    @Test(arguments: [(2.1, MemoryLimit.hostMemory), (1.9, .hostMemoryAndSwap)])
    func swapIsNextOnceMemoryIsUsedUp(_ percent: Double, _ limit: MemoryLimit) throws {
        let process = MadeMachine.process(1, anonymous: mebibyte)
        let available = 32 * Self.gibibyte * percent / 100
        let found = try outlook(
            process, available: available, swapTotal: 8 * Self.gibibyte,
            swapFree: 4 * Self.gibibyte)
        #expect(found.limit == limit)
        let swap = limit == .hostMemory ? 0 : 4 * Self.gibibyte
        #expect(found.headroom == ByteCount(UInt64((available + swap) / 1024) * 1024))
    }

    @Test func withoutSwapMemoryIsAllThereIs() throws {
        let process = MadeMachine.process(1, anonymous: mebibyte)
        #expect(try outlook(process, available: mebibyte).limit == .hostMemory)
    }

    @Test func theAddressSpaceCountsOnlyWhereItGrowsAlong() throws {
        let process = MadeMachine.process(
            1, anonymous: mebibyte, addressSpace: 500 * mebibyte,
            addressSpaceLimit: 600 * mebibyte)
        let untouched = try outlook(process, available: Self.gibibyte)
        #expect(untouched.limit == .hostMemory)
        let mapped = try outlook(process, available: Self.gibibyte, addressSpaceGrows: true)
        #expect(mapped.limit == .addressSpaceLimit)
        #expect(mapped.timeLeft == .seconds(50))
    }

    @Test func a32BitProgramEndsAt4GiB() throws {
        let process = MadeMachine.process(
            1, anonymous: mebibyte, addressSpace: 4000 * mebibyte,
            addressSpaceLimit: 4096 * mebibyte)
        let found = try outlook(process, available: Self.gibibyte, addressSpaceGrows: true)
        #expect(found.limit == .addressSpace)
        #expect(found.headroom == ByteCount(UInt64(96 * mebibyte)))
    }

    @Test func noTimeIsLeftOrGivenWithoutGrowth() throws {
        let process = MadeMachine.process(1, anonymous: mebibyte)
        let flat = try outlook(
            process, available: Self.gibibyte, growth: growth(by: 0.1 * mebibyte))
        #expect(flat.limit == .hostMemory)
        #expect(flat.timeLeft == nil, "flat")
        let unknown = try outlook(process)
        #expect(unknown.limit == nil)
        #expect(unknown.timeLeft == nil, "no limit is known")
        let full = try outlook(process, available: 0)
        #expect(full.timeLeft == .zero)
    }
}
