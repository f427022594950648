import Diagnosis
import ProcFormats
import ProcSampling
import TestSupport
import Testing
import Units

/// Each mark on both sides of its threshold.
@Suite struct HostHealthTests {
    private func host(_ change: (inout HostSample) -> Void = { _ in }) -> HostSample {
        var host = HostSample(name: "box", kernelRelease: "6.1", cpuCount: 4)
        host.cpu = CPUShares(user: Percent(20.0), system: Percent(5.0), idle: Percent(75.0))
        host.memory = memory(availableKibibytes: 500_000)
        host.pagesSwappedIn = .zero
        host.pagesSwappedOut = .zero
        change(&host)
        return host
    }

    private func memory(availableKibibytes available: Int) -> MemoryInfo? {
        Made.memory(totalKibibytes: 1_000_000, available: UInt64(available))
    }

    private func pressure(_ average10: Double, full: Double = 0) -> PressureStall? {
        Made.pressure(some: average10, full: full)
    }

    @Test func aQuietBoxIsOkEverywhere() {
        let health = HostHealth(host())
        #expect(health.cpu == .ok)
        #expect(health.memory == .ok)
        #expect(health.swap == .ok)
        #expect(health.disk == nil, "nothing known of the disk is neither good nor bad")
    }

    @Test func whatWasNotMeasuredHasNoVerdict() {
        var unknown = HostSample(name: "box", kernelRelease: "3.10", cpuCount: nil)
        unknown.blocked = 2
        #expect(HostHealth(unknown).disk == nil)
        let health = HostHealth(HostSample(name: "box", kernelRelease: "3.10", cpuCount: 4))
        #expect(health.cpu == nil)
        #expect(health.memory == nil)
        #expect(health.swap == nil)
        #expect(health.disk == nil)
    }

    @Test(arguments: [(19.9, Mark.ok), (20.0, .warning), (49.9, .warning), (50.0, .critical)])
    func cpuByPressure(_ average: Double, _ mark: Mark) {
        #expect(HostHealth(host { $0.cpuPressure = pressure(average) }).cpu?.mark == mark)
    }

    @Test(arguments: [(89.9, Mark.ok), (90.1, .warning)])
    func cpuByUse(_ busy: Double, _ mark: Mark) {
        let busyHost = host {
            $0.cpu = CPUShares(user: Percent(busy), system: .zero, idle: Percent(100 - busy))
        }
        #expect(HostHealth(busyHost).cpu?.mark == mark)
    }

    @Test(arguments: [(9.9, Mark.ok), (10.1, .warning)])
    func cpuBySteal(_ steal: Double, _ mark: Mark) {
        let stolen = host {
            $0.cpu = CPUShares(
                user: Percent(10.0), system: .zero, steal: Percent(steal),
                idle: Percent(90 - steal))
        }
        #expect(HostHealth(stolen).cpu?.mark == mark)
    }

    @Test(arguments: [
        (100_001, Mark.ok), (99_000, .warning), (40_001, .warning), (39_000, .critical),
    ])
    func memoryByWhatIsAvailable(_ kibibytes: Int, _ mark: Mark) {
        let full = host { $0.memory = memory(availableKibibytes: kibibytes) }
        #expect(HostHealth(full).memory?.mark == mark)
    }

    @Test(arguments: [(4.9, Mark.ok), (5.0, .warning), (9.9, .warning), (10.0, .critical)])
    func memoryByStalls(_ stall: Double, _ mark: Mark) {
        let stalled = host { $0.memoryPressure = pressure(stall, full: stall) }
        #expect(HostHealth(stalled).memory?.mark == mark)
    }

    @Test(arguments: [(9.0, 100.0, Mark.ok), (100.0, 9.0, .ok), (10.0, 10.0, .critical)])
    func swapOnlyWhenPagesMoveBothWays(_ pagesIn: Double, _ pagesOut: Double, _ mark: Mark) {
        let swapping = host {
            $0.pagesSwappedIn = Rate(pagesIn)
            $0.pagesSwappedOut = Rate(pagesOut)
        }
        #expect(HostHealth(swapping).swap?.mark == mark)
    }

    @Test(arguments: [(19.9, Mark.ok), (20.0, .warning), (50.0, .critical)])
    func diskByPressure(_ average: Double, _ mark: Mark) {
        #expect(HostHealth(host { $0.ioPressure = pressure(average) }).disk?.mark == mark)
    }

    @Test(arguments: [(3, Mark.ok), (4, .warning)])
    func diskByBlockedTasksWhereThereIsNoPressure(_ blocked: Int, _ mark: Mark) {
        #expect(HostHealth(host { $0.blocked = blocked }).disk?.mark == mark)
    }

    @Test(arguments: [(89.9, Mark.ok), (90.0, .warning)])
    func aBusyDiskIsNotWell(_ share: Double, _ mark: Mark) {
        let disks = [
            DiskSample(name: "vda", utilization: Percent(share)), DiskSample(name: "vdb"),
            DiskSample(name: "vdc", utilization: Percent(1.0)),
        ]
        let health = HostHealth(host { $0.ioPressure = pressure(0) }, disks: disks)
        #expect(health.disk?.mark == mark)
        // So kernels count short requests that are evenly spread, and memory is never busy.
        let rare = DiskSample(name: "vda", queue: 0.02, utilization: Percent(99.0))
        let swap = DiskSample(name: "zram0", queue: 3, utilization: Percent(99.0))
        #expect(HostHealth(host { $0.ioPressure = pressure(0) }, disks: [rare, swap]).disk == .ok)
        let hidden = [disks[0], rare, swap]
        #expect(HostHealth(host { $0.ioPressure = pressure(0) }, disks: hidden).disk?.mark == mark)
        if mark > .ok { #expect(health.disk?.reason == "vda is 90% busy") }
    }
}
