internal import Glibc
internal import ProcFormats
internal import Units

/// Reads the figures of the whole machine. Every file is optional.
final class HostSampler {
    private let reader: ProcReader
    private let machine: Machine
    private let clock: SampleClock
    private let name: String
    private let kernelRelease: String
    private var before: Reading?
    private let oomWatch: OOMWatch
    private let taskLimit: UInt64?
    /// `softirqs` and `interrupts`, while they are asked for.
    private var interruptsBefore: [InterruptTable?]?

    /// Tasks created since boot, threads too: while it stands still, no process or thread is new.
    private(set) var forks: UInt64?
    /// The tree's clocks stand where they stood at the reading before: it is a captured one, and
    /// what does not move in it says nothing of any rate.
    private(set) var standsStill = false
    private var clocks: Clocks?

    private struct Clocks: Equatable {
        var uptime: Double?
        var cpuTimes: CPUTimes?
    }

    private struct Reading {
        var at: Instant
        var stat: SystemStat?
        var vmstat: VMStat?
    }

    init(reader: ProcReader, machine: Machine, clock: SampleClock) {
        self.reader = reader
        self.machine = machine
        self.clock = clock
        // The log of this machine tells nothing about another one's tree.
        oomWatch = OOMWatch(log: reader.root.isLive ? KernelLog() : nil, clock: clock)
        name = Self.line(of: "sys/kernel/hostname", reader) ?? "?"
        kernelRelease =
            Self.line(of: "sys/kernel/osrelease", reader) ?? Self.version(reader)?.release ?? "?"
        // Hardly anybody changes them while it matters.
        let limits: [StaticString] = ["sys/kernel/threads-max", "sys/kernel/pid_max"]
        taskLimit = limits.compactMap { Self.setting($0, reader) }.min()
    }

    private static func setting(_ file: StaticString, _ reader: ProcReader) -> UInt64? {
        (try? reader.read(.host(file), as: KernelSetting.self))?.first
    }

    private static func line(of file: StaticString, _ reader: ProcReader) -> String? {
        let name = try? reader.read(.host(file)) { bytes throws(ParseError) in
            try TaskName(parsing: bytes)
        }
        return name?.text
    }

    private static func version(_ reader: ProcReader) -> KernelVersion? {
        try? reader.read(.host("version")) { bytes throws(ParseError) in
            try KernelVersion(parsing: bytes)
        }
    }

    func sample() -> HostSample {
        let now = Reading(
            at: clock.now,
            stat: try? reader.read(.host("stat"), as: SystemStat.self),
            vmstat: try? reader.read(.host("vmstat"), as: VMStat.self))
        forks = now.stat?.forks

        var host = HostSample(
            name: name, kernelRelease: kernelRelease, cpuCount: now.stat?.cpus.count)
        host.uptime = try? reader.read(.host("uptime")) { bytes throws(ParseError) in
            try Uptime(parsing: bytes).seconds
        }
        host.load = try? reader.read(.host("loadavg"), as: LoadAverage.self)
        // Who reads this is a task: of none a sandbox tells that does not count them.
        if host.load?.tasks == 0 { host.load = nil }
        host.memory = try? reader.read(.host("meminfo"), as: MemoryInfo.self)
        host.pageSize = machine.units.pageSize
        host.cpuPressure = pressure("pressure/cpu")
        host.memoryPressure = pressure("pressure/memory")
        host.ioPressure = pressure("pressure/io")
        host.runnable = now.stat?.runnable
        host.blocked = now.stat?.blocked
        host.taskLimit = taskLimit
        host.oomKills = oomWatch.refresh(count: now.vmstat?.oomKills)
        let clocks = Clocks(uptime: host.uptime, cpuTimes: now.stat?.total)
        standsStill = !reader.root.isLive && clocks == self.clocks
        self.clocks = clocks
        guard let before else {
            before = now
            return host
        }
        if !standsStill, Rates.isMeasurable(now.at.since(before.at)) {
            addRates(to: &host, from: before, to: now)
            self.before = now
        }
        return host
    }

    private func pressure(_ file: StaticString) -> PressureStall? {
        try? reader.read(.host(file), as: PressureStall.self)
    }

    private func addRates(to host: inout HostSample, from before: Reading, to now: Reading) {
        let elapsed = now.at.since(before.at)
        func rate(_ new: UInt64?, _ old: UInt64?, times factor: Float = 1) -> Rate? {
            // In floating point: absurd figures must not overflow.
            Rates.perSecond(from: old, to: new, in: elapsed).map { Rate($0.rawValue * factor) }
        }
        if let new = now.stat, let old = before.stat {
            if let then = old.total, let total = new.total {
                host.cpu = CPUShares(from: then, to: total)
            }
            // Both in ascending order, each without those that were offline: there may be hundreds.
            var earlier = old.cpus[...]
            for cpu in new.cpus {
                earlier = earlier.drop { $0.number < cpu.number }
                guard let before = earlier.first, before.number == cpu.number,
                    let then = before.times, let times = cpu.times,
                    let shares = CPUShares(from: then, to: times)
                else { continue }
                host.cpus.append(
                    HostSample.CPU(
                        number: cpu.number, shares: shares,
                        interrupts: Self.interrupts(from: then, to: times)))
            }
            nameInterrupts(&host)
        }
        host.contextSwitches = rate(now.stat?.contextSwitches, before.stat?.contextSwitches)
        host.forks = rate(now.stat?.forks, before.stat?.forks)
        host.pagesSwappedIn = rate(now.vmstat?.swapIn?.rawValue, before.vmstat?.swapIn?.rawValue)
        host.pagesSwappedOut = rate(now.vmstat?.swapOut?.rawValue, before.vmstat?.swapOut?.rawValue)
        host.bytesReadFromDisk = rate(
            now.vmstat?.kibibytesIn, before.vmstat?.kibibytesIn, times: 1024)
        host.bytesWrittenToDisk = rate(
            now.vmstat?.kibibytesOut, before.vmstat?.kibibytesOut, times: 1024)
        host.majorFaults = rate(now.vmstat?.majorFaults, before.vmstat?.majorFaults)
    }
}

extension HostSampler {
    /// A CPU that spends this share in interrupts is asked which.
    private static let manyInterrupts = Percent(40.0)

    private static func interrupts(from old: CPUTimes, to new: CPUTimes) -> Percent? {
        func sum(_ times: CPUTimes, _ more: ClockTicks) -> UInt64 {
            (times.interrupt + times.softInterrupt + more).rawValue
        }
        func rest(_ times: CPUTimes) -> ClockTicks {
            times.user + times.nice + times.system + times.idle + times.ioWait + times.steal
        }
        let none = ClockTicks(0)
        guard let part = Rates.change(from: sum(old, none), to: sum(new, none)),
            let all = Rates.change(from: sum(old, rest(old)), to: sum(new, rest(new))), all > 0
        else { return nil }
        return Percent(100 * Double(part) / Double(all))
    }

    /// Says which interrupts keep a CPU busy, from one refresh to the next.
    private func nameInterrupts(_ host: inout HostSample) {
        guard host.cpus.contains(where: { $0.interrupts ?? .zero >= Self.manyInterrupts }) else {
            interruptsBefore = nil
            return
        }
        let now = [
            try? reader.read(.host("softirqs"), as: InterruptTable.self),
            try? reader.read(.host("interrupts"), as: InterruptTable.self),
        ]
        if let before = interruptsBefore {
            for index in host.cpus.indices
            where host.cpus[index].interrupts ?? .zero >= Self.manyInterrupts {
                let cpu = host.cpus[index].number
                host.cpus[index].softInterrupt =
                    Self.most(of: cpu, from: before[0], to: now[0]) { _ in true }?.label
                // Those with a number are a device's.
                host.cpus[index].device =
                    Self.most(of: cpu, from: before[1], to: now[1]) { UInt64($0.label) != nil }?
                    .device
            }
        }
        interruptsBefore = now
    }

    private static func most(
        of cpu: Int, from old: InterruptTable?, to new: InterruptTable?,
        _ isMeant: (InterruptTable.Row) -> Bool
    ) -> InterruptTable.Row? {
        guard let old, let new, old.cpus == new.cpus, let column = new.cpus.firstIndex(of: cpu)
        else {
            return nil
        }
        let before = Dictionary(
            old.rows.map { ($0.label, $0.counts) }, uniquingKeysWith: { first, _ in first })
        var most: (row: InterruptTable.Row, count: UInt64)?
        for row in new.rows where isMeant(row) && row.counts.indices.contains(column) {
            guard let counts = before[row.label], counts.indices.contains(column),
                let then = counts[column], let now = row.counts[column],
                let change = Rates.change(from: then, to: now), change > most?.count ?? 0
            else { continue }
            most = (row, change)
        }
        return most?.row
    }
}

extension CPUShares {
    /// Nil when no time passed by the kernel's own count, and when a part of it went back: what the
    /// shares are of is not known then.
    init?(from old: CPUTimes, to new: CPUTimes) {
        func spent(_ fields: KeyPath<CPUTimes, ClockTicks>...) -> Double? {
            var sum = 0.0
            for field in fields {
                let change = Rates.change(
                    from: old[keyPath: field].rawValue, to: new[keyPath: field].rawValue)
                guard let change else { return nil }
                sum += Double(change)
            }
            return sum
        }
        // How long a CPU that is asleep has idled or waited for a disk is computed, and is known to
        // come out a little less than before (proc_stat(5)); that counts as nothing.
        func rested(_ field: KeyPath<CPUTimes, ClockTicks>, beside others: Double) -> Double? {
            let (was, now) = (old[keyPath: field].rawValue, new[keyPath: field].rawValue)
            if now < was, Double(was - now) <= Self.mostJitter * others { return 0 }
            return spent(field)
        }
        guard let user = spent(\.user, \.nice),
            let system = spent(\.system, \.interrupt, \.softInterrupt), let steal = spent(\.steal)
        else { return nil }
        let worked = user + system + steal
        let others = worked + max(spent(\.idle) ?? 0, spent(\.ioWait) ?? 0)
        guard let idle = rested(\.idle, beside: others),
            let ioWait = rested(\.ioWait, beside: others)
        else { return nil }
        let all = worked + idle + ioWait
        guard all > 0 else { return nil }
        self.init(
            user: Percent(100 * user / all), system: Percent(100 * system / all),
            ioWait: Percent(100 * ioWait / all), steal: Percent(100 * steal / all),
            idle: Percent(100 * idle / all))
    }
    /// Part of the time that idling may seem to go back by.
    private static let mostJitter = 0.05
}
