internal import ProcFormats
internal import Units

/// Makes rates of what the kernel counts of block devices: one file, whatever their number.
struct DiskReader {
    private let reader: ProcReader
    private let clock: SampleClock
    private var before: (at: Instant, devices: [String: DiskStatistics.Device])?
    /// The last rates, for a refresh that comes too soon after the one before.
    private var latest: [DiskSample] = []

    init(reader: ProcReader, clock: SampleClock) {
        self.reader = reader
        self.clock = clock
    }

    /// Devices that have done anything since boot, by name.
    ///
    /// - Parameter standsStill: the clocks of a captured tree have not moved: there are no rates.
    mutating func read(standsStill: Bool) -> [DiskSample] {
        guard
            let statistics = try? reader.read(.host("diskstats"), as: DiskStatistics.self)
        else {
            before = nil
            return []
        }
        let now = clock.now
        let devices = statistics.devicesThatWorked
            .sorted { $0.name < $1.name }
        let elapsed = before.map { now.since($0.at) }
        if let elapsed, !standsStill, !Rates.isMeasurable(elapsed) { return latest }
        let period = standsStill ? nil : elapsed
        latest = devices.map { device in
            DiskSample(device, since: before?.devices[device.name], in: period)
        }
        before = (
            now, Dictionary(devices.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        )
        return latest
    }
}

extension DiskStatistics {
    /// There may be many that nobody uses: loop devices, RAM disks. Where a device is a part of another,
    /// its requests are counted at both; names tell it: "sda1" of "sda", "nvme0n1p2" of "nvme0n1".
    var devicesThatWorked: [Device] {
        let worked = devices.filter(\.hasWorked)
        let names = Set(worked.map(\.name))
        return worked.filter { device in
            let digits = device.name.reversed().prefix(while: \.isNumber).count
            guard digits > 0 else { return true }
            let stem = String(device.name.dropLast(digits))
            if names.contains(stem), stem.last?.isNumber == false { return false }
            return
                !(stem.last == "p" && stem.dropLast().last?.isNumber == true
                && names.contains(String(stem.dropLast())))
        }
    }
}

extension DiskStatistics.Device {
    fileprivate var hasWorked: Bool {
        reads.count ?? 0 > 0 || writes.count ?? 0 > 0 || flushes.count ?? 0 > 0
            || discards.count ?? 0 > 0 || inFlight ?? 0 > 0
    }
}

extension DiskSample {
    /// - Parameters:
    ///   - before: the same device at the refresh before; nil for one that is new.
    ///   - period: the time since then; nil where there are no rates.
    fileprivate init(
        _ device: DiskStatistics.Device, since before: DiskStatistics.Device?,
        in period: Nanoseconds?
    ) {
        self.init(name: device.name, inFlight: device.inFlight.flatMap { Int(exactly: $0) })
        guard let before, let period, period.rawValue > 0 else { return }
        reads = Operations(device.reads, since: before.reads, in: period)
        writes = Operations(device.writes, since: before.writes, in: period)
        discards = Operations(device.discards, since: before.discards, in: period)
        flushes = Operations(device.flushes, since: before.flushes, in: period)
        utilization = Self.milliseconds(from: before.busyMilliseconds, to: device.busyMilliseconds)
            .flatMap { Rates.share(of: $0, in: period, quantum: Nanoseconds(0)) }
        queue = Self.milliseconds(from: before.queueMilliseconds, to: device.queueMilliseconds)
            .map { $0.seconds / period.seconds }
    }

    fileprivate static func milliseconds(from old: UInt32?, to new: UInt32?) -> Nanoseconds? {
        guard let old, let new else { return nil }
        return Rates.change(from: old, to: new).map { Nanoseconds(UInt64($0) * 1_000_000) }
    }
}

extension DiskSample.Operations {
    fileprivate init(
        _ now: DiskStatistics.Operations, since before: DiskStatistics.Operations,
        in period: Nanoseconds
    ) {
        self.init(
            rate: Rates.perSecond(from: before.count, to: now.count, in: period),
            bytes: Rates.perSecond(from: before.sectors, to: now.sectors, in: period)
                .map { Rate($0.rawValue * Self.bytesOfSector) })
        guard let old = before.count, let new = now.count,
            let count = Rates.change(from: old, to: new), count > 0,
            let time = DiskSample.milliseconds(from: before.milliseconds, to: now.milliseconds)
        else { return }
        wait = .nanoseconds(Int64(clamping: time.rawValue / count))
    }

    private static let bytesOfSector: Float = 512
}
