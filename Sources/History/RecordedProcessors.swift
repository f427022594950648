internal import Samples
internal import Units

/// What interrupts a CPU most, where it is known: mostly nothing, or the same for long.
struct InterruptNames: Hashable, Sendable {
    var softInterrupt: String?
    var device: String?

    init(_ cpu: HostSample.CPU) {
        softInterrupt = cpu.softInterrupt
        device = cpu.device
    }
}

/// One CPU at one recorded moment: 28 bytes.
struct RecordedProcessorRow: RecordedRow {
    typealias Subject = Int
    typealias Detail = InterruptNames

    var names: UInt32
    var shares: CPUShares
    var interrupts: RecordedFigure

    /// - Parameter names: their place.
    init(_ cpu: HostSample.CPU, names: UInt32) {
        self.names = names
        shares = cpu.shares
        interrupts = RecordedFigure(cpu.interrupts?.rawValue)
    }

    func forEachDetail(_ body: (UInt32) -> Void) { body(names) }

    func cpu(_ number: Int, _ names: InterruptNames) -> HostSample.CPU {
        var cpu = HostSample.CPU(number: number, shares: shares, interrupts: interrupts.percent)
        cpu.softInterrupt = names.softInterrupt
        cpu.device = names.device
        return cpu
    }
}

extension RowLog<RecordedProcessorRow> {
    /// Records a moment of CPUs.
    ///
    /// - Parameter again: as `begin(again:)` says.
    mutating func record(_ cpus: [HostSample.CPU], again: Bool) {
        begin(again: again)
        for cpu in cpus {
            let place = place(of: cpu.number)
            let before = place.flatMap { row(at: $0) }
            let names = InterruptNames(cpu)
            let known = before.flatMap { details[$0.names] == names ? $0.names : nil }
            var new = RecordedProcessorRow(cpu, names: known ?? .max)
            if let place, new == before {
                keep(place)
                continue
            }
            new.names = details.use(names)
            offer(new, of: cpu.number, at: place, rank: cpu.shares.busy.rawValue + 1)
        }
        finish()
    }

    /// The CPUs of a moment, by number.
    func cpus(at index: Int) -> [HostSample.CPU] {
        rows(at: index).map { $0.row.cpu($0.subject, details[$0.row.names]) }
            .sorted { $0.number < $1.number }
    }
}
