package import ProcSampling
internal import Units

/// The outlook of every process that has a memory curve, so that a table can show shapes and rates
/// without work at each refresh.
///
/// At most 40 processes are judged anew per refresh. Those that grow and those that are large have
/// their turn more often, but everyone has it: at 512 curves and a refresh a second none is older
/// than half a minute.
package struct GrowthBook: Sendable {
    /// How far back a curve is looked at, or as far as it goes.
    package static let window: Duration = .seconds(60 * 60)
    /// The steps of the curve that is judged: 30 s each over the whole window.
    static let steps = 120
    static let mostPerRefresh = 40

    private var entries: [ProcessIdentity: Entry] = [:]
    private var sequence = Int.min

    package init() {}

    /// Nil for a process that has no curve, or too little of one yet.
    package subscript(process: ProcessIdentity) -> MemoryOutlook? { entries[process]?.outlook }

    /// Judges those whose turn it is, and forgets those that ended. A refresh that is known already
    /// changes nothing.
    package mutating func update(_ snapshot: Snapshot, memory: MemoryHistory) {
        guard snapshot.sequence > sequence, snapshot.extent != .recorded else { return }
        sequence = snapshot.sequence
        var kept: [ProcessIdentity: Entry] = [:]
        var turns: [Turn] = []
        let known = Set(memory.processes)
        kept.reserveCapacity(known.count)
        for (index, process) in snapshot.processes.enumerated() where known.contains(process.id) {
            let entry = entries[process.id] ?? Entry(judged: nil)
            kept[process.id] = entry
            turns.append(Turn(index: index, urgency: urgency(of: process, entry)))
        }
        entries = kept
        turns.sort { ($1.urgency, $0.index) < ($0.urgency, $1.index) }
        for turn in turns.prefix(Self.mostPerRefresh) {
            judge(snapshot.processes[turn.index], in: snapshot, memory: memory)
        }
    }

    private mutating func judge(
        _ process: ProcessSample, in snapshot: Snapshot, memory: MemoryHistory
    ) {
        var entry = entries[process.id] ?? Entry(judged: nil)
        entry.judged = snapshot.sequence
        defer { entries[process.id] = entry }
        entry.addressSpace.add(process)
        guard
            let covered = memory.change(of: .process(process.id), last: Self.window)?.covered,
            // From the first to the last of so many points it is one step less.
            let growth = Growth(
                memory.curve(
                    of: .process(process.id), last: covered + covered / Self.steps,
                    points: Self.steps + 1))
        else {
            entry.outlook = nil
            return
        }
        entry.outlook = MemoryOutlook(
            growth: growth, of: process, in: snapshot,
            addressSpaceGrows: entry.addressSpace.growsAlong)
    }

    // MARK: Whose turn it is

    private struct Turn {
        var index: Int
        var urgency: Double
    }

    /// Those that grow are judged so many times as often as others, and the large ones.
    static let weightOfGrowth = 4.0
    static let weightOfSize = 2.0
    static let large = ByteCount(1 << 30)

    private func urgency(of process: ProcessSample, _ entry: Entry) -> Double {
        guard let judged = entry.judged else { return .infinity }
        var weight = 1.0
        if entry.outlook?.growth.shape?.isUnbounded == true { weight *= Self.weightOfGrowth }
        if process.memory?.anonymousAndSwap ?? ByteCount(0) >= Self.large {
            weight *= Self.weightOfSize
        }
        return Double(sequence - judged) * weight
    }

    private struct Entry: Sendable {
        var outlook: MemoryOutlook?
        /// The sequence number of the refresh at which it had its turn; nil before the first.
        var judged: Int?
        var addressSpace = AddressSpaceTrend()
    }
}

/// Whether a process's address space grows with the memory it uses, or whether that memory was
/// mapped long before.
struct AddressSpaceTrend: Sendable {
    private var first: (used: UInt64, mapped: UInt64)?
    private(set) var growsAlong = false

    /// Growth that says something: mappings come in larger pieces than pages are touched.
    static let leastGrowth: UInt64 = 16 << 20

    mutating func add(_ process: ProcessSample) {
        guard let used = process.memory?.anonymousAndSwap?.rawValue,
            let mapped = process.memory?.addressSpace?.rawValue
        else { return }
        guard let first else { return self.first = (used, mapped) }
        // Half of it or more was newly mapped. What shrank since begins anew.
        if used < first.used || mapped < first.mapped {
            self.first = (used, mapped)
        } else if used - first.used >= Self.leastGrowth {
            growsAlong = mapped - first.mapped >= (used - first.used) / 2
        }
    }
}
