import ProcFormats
import Samples
import Testing
import Units

@testable import History

/// What the recording keeps of memory: stepping back must show what was known then.
struct HistoryMemoryTests {
    private static func process(
        _ pid: Int32, group: String?, lacksGroup: Bool = false
    ) -> ProcessSample {
        ProcessSample(
            id: ProcessIdentity(pid: ProcessID(pid), startTime: ClockTicks(50)), name: "streamd",
            state: .sleeping, cpu: Percent(1.0),
            memory: MemoryUse(
                anonymous: ByteCount(kibibytes: 3000), swap: ByteCount(kibibytes: 500)),
            memoryGroup: group, lacksMemoryGroup: lacksGroup)
    }

    private static func snapshot(
        _ sequence: Int, _ processes: [ProcessSample], groups: [MemoryGroup] = [],
        gaps: MemoryGroupGaps = MemoryGroupGaps()
    ) -> Snapshot {
        Snapshot(
            sequence: sequence, time: WallTime(seconds: Int64(sequence)),
            moment: Nanoseconds(7_000_000_000 + UInt64(sequence)), interval: .seconds(1),
            host: HostSample(name: "edge-07", kernelRelease: "6.18", cpuCount: 8),
            processes: processes,
            memoryGroups: Dictionary(uniqueKeysWithValues: groups.map { ($0.path, $0) }),
            groupGaps: gaps)
    }

    private static func group(
        _ path: String, usage: UInt64 = 2048, limit: UInt64?
    ) -> MemoryGroup {
        MemoryGroup(
            path: path, usage: ByteCount(kibibytes: usage),
            reclaimable: limit.map { _ in ByteCount(kibibytes: 1024) },
            limit: limit.map { ByteCount($0) }, high: ByteCount(12_345), swap: ByteCount(0),
            limitHits: 41, oomKills: nil)
    }

    @Test func aMomentComesBackWithItsLimits() throws {
        let groups = [
            Self.group("/", limit: nil), Self.group("/a", limit: 9_000_001),
            Self.group("/a/b", limit: nil), Self.group("/quiet", limit: 5_000_000),
        ]
        let live = Self.snapshot(5, [Self.process(1, group: "/a/b")], groups: groups)
        var history = History()
        history.record(live)
        let then = try #require(history.snapshot(sequence: 5))
        #expect(then.moment == live.moment)
        let process = try #require(then.processes.first)
        #expect(process.memoryGroup == "/a/b")
        #expect(process.memory?.undroppable == ByteCount(kibibytes: 3500))
        #expect(then.memoryLimits(of: process) == .known([groups[1]]))
        // No process that is kept is in any other.
        #expect(Set(then.memoryGroups.keys) == ["/a"])
    }

    @Test func whatWasNotKnownIsNotKnownAfterwards() throws {
        let processes = [
            Self.process(1, group: "/free"), Self.process(2, group: "/../x"),
            Self.process(3, group: "/broken"), Self.process(4, group: nil),
            Self.process(5, group: "/unread"), Self.process(6, group: nil, lacksGroup: true),
            Self.process(7, group: "/off"),
        ]
        let live = Self.snapshot(
            1, processes, groups: [Self.group("/free", limit: nil)],
            gaps: MemoryGroupGaps(
                reasons: ["/../x": .outside, "/broken": .failed, "/off": .noLimit]))
        let expected: [MemoryLimits] = [
            .known([]), .notReadable(.outside), .notReadable(.failed), .notReadYet, .notReadYet,
            .noGroup, .known([]),
        ]
        #expect(live.processes.map { live.memoryLimits(of: $0) } == expected)
        var history = History()
        history.record(live)
        var then = try #require(history.snapshot(sequence: 1))
        #expect(then.processes.map { then.memoryLimits(of: $0) } == expected)

        let blind = Self.snapshot(
            2, [Self.process(1, group: "/free")], gaps: MemoryGroupGaps(isMounted: false))
        history.record(blind)
        then = try #require(history.snapshot(sequence: 2))
        #expect(then.memoryLimits(of: then.processes[0]) == .notReadable(.notMounted))
        // Nor is a moment's ignorance that of another.
        then = try #require(history.snapshot(sequence: 1))
        #expect(then.memoryLimits(of: then.processes[0]) == .known([]))
    }

    @Test func groupsAreBoundedAndThoseThatStandStillAreShared() throws {
        let paths = (0..<200).map { "/group-\($0)" }
        let processes = paths.enumerated().map { Self.process(Int32($0 + 1), group: $1) }
        func record(_ usage: (Int) -> UInt64) throws -> History {
            var history = History()
            for sequence in 1...200 {
                let groups = paths.map {
                    Self.group($0, usage: usage(sequence), limit: 10_000_000)
                }
                history.record(Self.snapshot(sequence, processes, groups: groups))
            }
            return history
        }
        let still = try record { _ in 5000 }
        let busy = try record { UInt64($0) }
        let row = MemoryLayout<RecordedGroupRow>.stride
        // But for what arrays are rounded up to.
        #expect(busy.byteCount - still.byteCount >= 198 * History.mostGroups * row)
        #expect(
            busy.byteCount < 200 * 128 * (MemoryLayout<RecordedProcessRow>.stride + row) * 5 / 4)
        let then = try #require(busy.snapshot(sequence: 77))
        #expect(then.memoryGroups.count == History.mostGroups)
        #expect(then.memoryGroups.values.allSatisfy { $0.usage == ByteCount(kibibytes: 77) })
        #expect(busy.groups.count == History.mostGroups)
    }

    @Test func aLimitThatFindsNoRoomIsNotCalledNone() throws {
        // Two limits for each process, so that the groups are full before the processes.
        let processes = (0..<100).map { Self.process(Int32($0 + 1), group: "/g\($0)/x") }
        let groups = (0..<100).flatMap {
            [Self.group("/g\($0)", limit: 1 << 30), Self.group("/g\($0)/x", limit: 1 << 20)]
        }
        var history = History()
        history.record(Self.snapshot(1, processes, groups: groups))
        let then = try #require(history.snapshot(sequence: 1))
        let limits = then.processes.map { then.memoryLimits(of: $0) }
        #expect(limits.count { $0 == .notReadYet } == 36)
        #expect(
            limits.count {
                if case .known(let groups) = $0 { groups.count == 2 } else { false }
            } == 64)
    }
}
