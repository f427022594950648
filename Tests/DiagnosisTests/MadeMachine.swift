import Diagnosis
import ProcFormats
import ProcSampling
import TestSupport
import Testing
import Units

/// A machine that is sampled once a second, or more rarely, for findings to be made of.
struct MadeMachine: CustomTestStringConvertible {
    var chronicle = Chronicle()
    var memory: MemoryHistory { chronicle.memory }
    var growth: GrowthVerdicts { chronicle.verdicts.growth }
    var findings: Verdicts { chronicle.verdicts }
    var second = 0
    /// Seconds from one refresh to the next.
    var interval = 1
    /// dxtop itself.
    var own: ProcessID?
    private var sequence = 0

    init(interval: Int = 1) { self.interval = interval }

    /// All that it holds would be pages.
    var testDescription: String { "machine after \(second) s" }

    /// One more refresh.
    mutating func refresh(
        _ processes: [ProcessSample], groups: [MemoryGroup] = [], cpuGroups: [CPUGroup] = [],
        network: NetworkReading? = nil, mounts: [MountSample] = [],
        polls: [ThreadIdentity: ThreadPoll] = [:],
        _ change: (inout HostSample) -> Void = { _ in }
    ) {
        second += interval
        sequence += 1
        var snapshot = Self.snapshot(second, processes, groups: groups, change)
        snapshot.sequence = sequence
        snapshot.ownCost.process = own
        snapshot.network = network
        snapshot.mounts = mounts
        snapshot.cpuGroups = Dictionary(uniqueKeysWithValues: cpuGroups.map { ($0.path, $0) })
        snapshot.polls = polls
        snapshot.interval = sequence == 1 ? nil : .seconds(interval)
        chronicle.take(snapshot)
    }

    func finding(_ kind: FindingKind) -> Finding? { findings.findings.first { $0.kind == kind } }

    static func snapshot(
        _ second: Int, _ processes: [ProcessSample], groups: [MemoryGroup] = [],
        _ change: (inout HostSample) -> Void = { _ in }
    ) -> Snapshot {
        var host = HostSample(name: "edge-07", kernelRelease: "6.18", cpuCount: 8)
        change(&host)
        return Snapshot(
            sequence: second, time: time(second),
            moment: Nanoseconds(UInt64(100_000 + second) * 1_000_000_000),
            interval: second == 1 ? nil : .seconds(1), host: host, processes: processes,
            memoryGroups: Dictionary(uniqueKeysWithValues: groups.map { ($0.path, $0) }))
    }

    static func time(_ second: Int) -> WallTime { WallTime(seconds: 1_000_000 + Int64(second)) }

    static func process(
        _ pid: Int32, anonymous: Double, addressSpace: Double? = nil, group: String? = nil,
        addressSpaceLimit: Double? = nil, majorFaults: Double? = nil
    ) -> ProcessSample {
        ProcessSample(
            id: id(pid), name: "streamd", state: .sleeping, majorFaults: majorFaults.map(Rate.init),
            memory: MemoryUse(
                anonymous: ByteCount(UInt64(anonymous)), swap: ByteCount(0),
                addressSpace: addressSpace.map { ByteCount(UInt64($0)) }),
            memoryGroup: group,
            addressSpaceLimit: addressSpaceLimit.map { ByteCount(UInt64($0)) })
    }

    static func id(_ pid: Int32) -> ProcessIdentity { Made.process(pid) }

    static func group(
        _ path: String, usage: Double, limit: Double?, reclaimable: Double = 0,
        limitHits: UInt64? = nil, oomKills: UInt64? = nil
    ) -> MemoryGroup {
        MemoryGroup(
            path: path, usage: ByteCount(UInt64(usage)),
            reclaimable: ByteCount(UInt64(reclaimable)),
            limit: limit.map { ByteCount(UInt64($0)) }, limitHits: limitHits, oomKills: oomKills)
    }

    static func memory(
        available: Double, total: Double = 32 * 1024 * mebibyte, swapTotal: Double = 0,
        swapFree: Double = 0
    ) -> MemoryInfo? {
        func kibibytes(_ bytes: Double) -> UInt64 { UInt64(bytes / 1024) }
        return Made.memory(
            totalKibibytes: kibibytes(total), available: kibibytes(available),
            swapTotal: kibibytes(swapTotal), swapFree: kibibytes(swapFree))
    }

    static func pressure(_ average10: Double) -> PressureStall? {
        Made.pressure(some: average10, full: nil)
    }
}
