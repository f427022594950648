import ProcFormats
package import Samples
import Units

/// The marks in the Overview's header: which of the machine's resources are short.
///
/// A verdict is nil where its inputs are not there: what was not measured is neither good nor bad.
package struct HostHealth: Hashable, Sendable {
    package var cpu: Verdict?
    package var memory: Verdict?
    package var swap: Verdict?
    package var disk: Verdict?

    package init(_ host: HostSample, disks: [DiskSample] = []) {
        cpu = Self.cpu(host)
        memory = Self.memory(host)
        swap = Self.swap(host)
        disk = Self.disk(host, disks)
    }

    /// Above this the CPUs have little left for bursts.
    static let busyWarning: Float = 90
    /// Tasks waited for a CPU in this share of the last 10 s (PSI); a busy box without waiting
    /// tasks is well used, not in trouble.
    static let cpuPressureWarning: Float = 20
    static let cpuPressureCritical: Float = 50
    /// Others run on our CPUs: nothing on this box can help.
    static let stealWarning: Float = 10

    /// Shares of the memory that is available without swapping, in percent.
    static let availableWarning: Double = 10
    static let availableCritical: Double = 4
    /// All tasks stalled for memory in this share of the last 10 s: thrashing.
    static let memoryStallWarning: Float = 5
    static let memoryStallCritical: Float = 10

    /// Pages a second that must move both ways before it counts as paging; a few strays do not.
    static let swapTraffic: Float = 10

    /// Some task waited for a disk in this share of the last 10 s.
    static let ioPressureWarning: Float = 20
    static let ioPressureCritical: Float = 50

    static func cpu(_ host: HostSample) -> Verdict? {
        guard let shares = host.cpu else { return nil }
        if let pressure = host.cpuPressure?.some?.average10?.rawValue {
            let reason = "tasks waited for a CPU in \(whole(pressure)) of the last 10 s"
            if pressure >= cpuPressureCritical { return Verdict(mark: .critical, reason: reason) }
            if pressure >= cpuPressureWarning { return Verdict(mark: .warning, reason: reason) }
        }
        if shares.steal.rawValue >= stealWarning {
            return Verdict(
                mark: .warning, reason: "the hypervisor takes \(whole(shares.steal.rawValue))")
        }
        if shares.busy.rawValue >= busyWarning {
            return Verdict(mark: .warning, reason: "\(whole(shares.busy.rawValue)) busy")
        }
        return .ok
    }

    static func memory(_ host: HostSample) -> Verdict? {
        guard let memory = host.memory, let available = memory.available,
            let total = memory.total, total.rawValue > 0
        else { return nil }
        let share = Double(available.rawValue) / Double(total.rawValue) * 100
        let stall = host.memoryPressure?.full?.average10?.rawValue ?? 0
        if stall >= memoryStallWarning {
            return Verdict(
                mark: stall >= memoryStallCritical ? .critical : .warning,
                reason: "all tasks waited for memory in \(whole(stall)) of the last 10 s")
        }
        guard share < availableWarning else { return .ok }
        return Verdict(
            mark: share < availableCritical ? .critical : .warning,
            reason: "\(whole(Float(share))) available")
    }

    static func swap(_ host: HostSample) -> Verdict? {
        guard let pagesIn = host.pagesSwappedIn?.rawValue,
            let pagesOut = host.pagesSwappedOut?.rawValue
        else { return nil }
        guard pagesIn >= swapTraffic, pagesOut >= swapTraffic else { return .ok }
        return Verdict(mark: .critical, reason: "swapping in and out")
    }

    static func disk(_ host: HostSample, _ disks: [DiskSample]) -> Verdict? {
        if let pressure = host.ioPressure?.some?.average10?.rawValue {
            let reason = "tasks waited for a disk in \(whole(pressure)) of the last 10 s"
            if pressure >= ioPressureCritical { return Verdict(mark: .critical, reason: reason) }
            if pressure >= ioPressureWarning { return Verdict(mark: .warning, reason: reason) }
        }
        if let disk = DiskSample.busiest(of: disks.filter(\.isSaturated)),
            let share = disk.utilization
        {
            return Verdict(
                mark: .warning, reason: "\(disk.name) is \(whole(share.rawValue)) busy")
        }
        if host.ioPressure?.some?.average10 != nil { return .ok }
        // Without PSI (before 4.20): every CPU's worth of tasks stuck in D is more than bad luck.
        guard let blocked = host.blocked, let cpuCount = host.cpuCount else { return nil }
        return blocked >= max(2, cpuCount)
            ? Verdict(mark: .warning, reason: "\(blocked) tasks blocked (state D)") : .ok
    }

    private static func whole(_ percent: Float) -> String {
        "\(Int(min(max(percent, 0), 1e6).rounded()))%"
    }
}
