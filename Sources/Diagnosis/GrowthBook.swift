package import ProcSampling
internal import Units

/// The outlook of every process that has a memory curve, so that a table can show shapes and rates
/// without work at each refresh.
///
/// At most 40 curves are judged anew per refresh, at most 16 of them with a shape to be told, which
/// costs more. Those that grow and those that are large have their turn more often, but everyone has
/// it: at 512 curves that all change and a refresh a second none is older than two and a half minutes.
///
/// The last hour is judged, or as far as the curve goes. Where it is flat or has no verdict, so is
/// the last day, every five minutes: what grows by 3 % of its size an hour is flat in each of them.
package struct GrowthBook: Sendable {
    /// How far back a curve is looked at first.
    package static let window: Duration = .seconds(60 * 60)
    /// How far where that says nothing.
    package static let longWindow: Duration = .seconds(24 * 60 * 60)
    static let mostPerRefresh = 40
    static let mostShapedPerRefresh = 16
    /// Long curves hold more, and change slowly.
    static let mostLongPerRefresh = 4
    static let longPeriod = Nanoseconds(300_000_000_000)

    private var entries: [ProcessIdentity: Entry] = [:]
    private(set) var sequence = Int.min
    /// Those that grow without an end in sight.
    private(set) var growing: [Grower] = []
    /// What they use up together.
    package private(set) var joint = JointGrowth()

    struct Grower: Sendable {
        var id: ProcessIdentity
        /// Where the refresh has it.
        var index: Int
        /// The sequence number of the refresh at which it was judged.
        var judged: Int
    }

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
            let entry = entries[process.id] ?? Entry()
            kept[process.id] = entry
            turns.append(Turn(index: index, urgency: urgency(of: process, entry)))
        }
        entries = kept
        let judged = judge(
            turns.sorted { ($1.urgency, $0.index) < ($0.urgency, $1.index) }, in: snapshot,
            memory: memory)
        addUp(turns, in: snapshot)
        for index in judged { look(ahead: snapshot.processes[index], in: snapshot) }
    }

    // MARK: Judging

    private struct Budget {
        var all = GrowthBook.mostPerRefresh
        var shaped = GrowthBook.mostShapedPerRefresh
        var long = GrowthBook.mostLongPerRefresh

        var isSpent: Bool { all <= 0 || shaped <= 0 }

        mutating func spend(on growth: Growth?) {
            all -= 1
            if let growth, growth.shape != .flat { shaped -= 1 }
        }
    }

    /// - Returns: the indices of those that were judged.
    private mutating func judge(
        _ turns: [Turn], in snapshot: Snapshot, memory: MemoryHistory
    ) -> [Int] {
        var judged: [Int] = []
        var budget = Budget()
        for turn in turns {
            guard !budget.isSpent else { break }
            judge(snapshot.processes[turn.index], in: snapshot, memory: memory, &budget)
            judged.append(turn.index)
        }
        return judged
    }

    private mutating func judge(
        _ process: ProcessSample, in snapshot: Snapshot, memory: MemoryHistory,
        _ budget: inout Budget
    ) {
        var entry = entries[process.id] ?? Entry()
        entry.judged = snapshot.sequence
        defer { entries[process.id] = entry }
        entry.addressSpace.add(process)
        let growth = Growth(
            of: .process(process.id), in: memory, last: Self.window, interval: snapshot.interval)
        budget.spend(on: growth)
        entry.growth = growth
        guard let growth, growth.shape == nil || growth.shape == .flat,
            // Less is all there is.
            growth.span >= Self.window * 0.9
        else { return entry.forgetLong() }
        if budget.long > 0, !budget.isSpent, entry.isLongDue(at: snapshot.moment) {
            entry.longJudged = snapshot.moment
            entry.longGrowth = Growth(
                of: .process(process.id), in: memory, last: Self.longWindow,
                interval: snapshot.interval)
            budget.long -= 1
            budget.spend(on: entry.longGrowth)
        }
        if let long = entry.longGrowth, long.saysMore(than: growth) { entry.growth = long }
    }

    /// Adds up all that grows.
    private mutating func addUp(_ turns: [Turn], in snapshot: Snapshot) {
        growing.removeAll(keepingCapacity: true)
        joint = JointGrowth()
        for turn in turns {
            let process = snapshot.processes[turn.index]
            guard let entry = entries[process.id], let growth = entry.growth,
                let judged = entry.judged, growth.isUnbounded
            else { continue }
            growing.append(Grower(id: process.id, index: turn.index, judged: judged))
            joint.add(slope: growth.slope, group: process.memoryGroup)
        }
        joint.close()
    }

    private mutating func look(ahead process: ProcessSample, in snapshot: Snapshot) {
        guard let entry = entries[process.id] else { return }
        entries[process.id]?.outlook = entry.growth.map {
            MemoryOutlook(
                growth: $0, of: process, in: snapshot,
                addressSpaceGrows: entry.addressSpace.growsAlong, joint: joint)
        }
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
        if entry.growth?.shape?.isUnbounded == true { weight *= Self.weightOfGrowth }
        if process.memory?.anonymousAndSwap ?? ByteCount(0) >= Self.large {
            weight *= Self.weightOfSize
        }
        return Double(sequence - judged) * weight
    }

    private struct Entry: Sendable {
        /// Over the window that says more.
        var growth: Growth?
        var outlook: MemoryOutlook?
        /// The sequence number of the refresh at which it had its turn; nil before the first.
        var judged: Int?
        /// Over the last day, and when that was judged.
        var longGrowth: Growth?
        var longJudged: Nanoseconds?
        var addressSpace = AddressSpaceTrend()

        mutating func forgetLong() {
            longGrowth = nil
            longJudged = nil
        }

        func isLongDue(at moment: Nanoseconds) -> Bool {
            longJudged.map { moment.since($0) >= GrowthBook.longPeriod } ?? true
        }
    }
}

extension Growth {
    /// Whether it will go on until it meets a limit, as far as anyone can tell.
    var isUnbounded: Bool { shape?.isUnbounded == true && slope > 0 }

    /// Whether a longer look at the same process says more than a shorter one, which was flat or had
    /// no verdict.
    fileprivate func saysMore(than shorter: Growth) -> Bool {
        guard span > shorter.span, let shape, shape != .flat else { return false }
        return isUnbounded || shorter.shape == nil
    }
}
