package import History
package import Samples
package import Units

/// The outlook of every process that has a memory curve, so that a table can show shapes and rates
/// without work at each refresh.
///
/// At most 40 curves are judged anew per refresh, at most 16 of them with a shape to be told, which
/// costs more. Those that grow and those that are large have their turn more often, but everyone has
/// it: at 512 curves that all change and a refresh a second none is older than two and a half minutes.
///
/// The last hour is judged, or as far as the curve goes. Where it is flat or has no verdict, so is
/// the last day, every five minutes: what grows by 3 % of its size an hour is flat in each of them.
package struct GrowthVerdicts: Sendable {
    /// How far back a curve is judged first.
    package static let window: Duration = .seconds(60 * 60)
    /// How far where that says nothing.
    package static let longWindow: Duration = .seconds(24 * 60 * 60)
    static let mostPerRefresh = 40
    static let mostShapedPerRefresh = 16
    /// Long curves hold more, and change slowly.
    static let mostLongPerRefresh = 4
    static let longPeriod = Nanoseconds(300_000_000_000)

    /// In no order; `indices` says where each has its own.
    private var entries: [Entry] = []
    private var indices: [ProcessIdentity: Int] = [:]
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

    /// What was known at a moment.
    init(_ outlooks: [(process: ProcessIdentity, outlook: MemoryOutlook)], joint: JointGrowth) {
        for (process, outlook) in outlooks {
            indices[process] = entries.count
            entries.append(Entry(id: process, outlook: outlook))
        }
        self.joint = joint
    }

    /// Of every process of which there is one.
    var outlooks: some Sequence<(ProcessIdentity, MemoryOutlook)> {
        entries.lazy.compactMap { entry in entry.outlook.map { (entry.id, $0) } }
    }

    /// Nil for a process that has no curve, or too little of one yet.
    package subscript(process: ProcessIdentity) -> MemoryOutlook? {
        indices[process].flatMap { entries[$0].outlook }
    }

    /// Judges those whose turn it is, and forgets those that ended. A refresh that is known already
    /// changes nothing.
    package mutating func update(_ snapshot: Snapshot, memory: MemoryHistory) {
        guard snapshot.sequence > sequence else { return }
        sequence = snapshot.sequence
        let turns = turns(in: snapshot, of: Set(memory.processes))
        let judged = judge(
            turns.sorted { ($1.urgency, $0.index) < ($0.urgency, $1.index) }, in: snapshot,
            memory: memory)
        addUp(turns, in: snapshot, memory)
        for turn in judged { predict(snapshot.processes[turn.index], turn.entry, in: snapshot) }
    }

    /// Everyone's turn, in the order of the refresh. Newcomers get their entry, and who ended loses
    /// it.
    private mutating func turns(in snapshot: Snapshot, of known: Set<ProcessIdentity>) -> [Turn] {
        var turns: [Turn] = []
        turns.reserveCapacity(known.count)
        for (index, process) in snapshot.processes.enumerated() where known.contains(process.id) {
            let entry = indices[process.id] ?? entries.count
            if entry == entries.count {
                indices[process.id] = entry
                entries.append(Entry(id: process.id))
            }
            entries[entry].lastSeen = sequence
            turns.append(
                Turn(index: index, entry: entry, urgency: urgency(of: process, at: entry)))
        }
        guard entries.count > turns.count else { return turns }
        entries.removeAll { $0.lastSeen != sequence }
        indices.removeAll(keepingCapacity: true)
        for entry in entries.indices { indices[entries[entry].id] = entry }
        for turn in turns.indices {
            let id = snapshot.processes[turns[turn].index].id
            turns[turn].entry = indices[id] ?? turns[turn].entry
        }
        return turns
    }

    // MARK: Judging

    private struct Budget {
        var all = GrowthVerdicts.mostPerRefresh
        var shaped = GrowthVerdicts.mostShapedPerRefresh
        var long = GrowthVerdicts.mostLongPerRefresh

        var isSpent: Bool { all <= 0 || shaped <= 0 }

        mutating func spend(on growth: Growth?) {
            all -= 1
            if let growth, growth.shape != .flat { shaped -= 1 }
        }
    }

    /// - Returns: those that were judged.
    private mutating func judge(
        _ turns: [Turn], in snapshot: Snapshot, memory: MemoryHistory
    ) -> [Turn] {
        var judged: [Turn] = []
        var budget = Budget()
        for turn in turns {
            guard !budget.isSpent else { break }
            Self.judge(
                &entries[turn.entry], snapshot.processes[turn.index], in: snapshot, memory: memory,
                &budget)
            judged.append(turn)
        }
        return judged
    }

    private static func judge(
        _ entry: inout Entry, _ process: ProcessSample, in snapshot: Snapshot,
        memory: MemoryHistory, _ budget: inout Budget
    ) {
        entry.judged = snapshot.sequence
        entry.addressSpace.add(process)
        entry.shared.add(process)
        let limit = snapshot.lowestLimit(of: process)
        let growth = Growth(
            of: .process(process.id), in: memory, last: Self.window, interval: snapshot.interval,
            below: limit)
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
                interval: snapshot.interval, below: limit)
            budget.long -= 1
            budget.spend(on: entry.longGrowth)
        }
        if let long = entry.longGrowth, long.saysMore(than: growth) { entry.growth = long }
    }

    /// Adds up all that grows.
    private mutating func addUp(_ turns: [Turn], in snapshot: Snapshot, _ memory: MemoryHistory) {
        growing.removeAll(keepingCapacity: true)
        joint = JointGrowth()
        var span = Self.window
        for turn in turns {
            guard let growth = entries[turn.entry].growth, growth.isUnbounded,
                let judged = entries[turn.entry].judged
            else { continue }
            growing.append(
                Grower(id: entries[turn.entry].id, index: turn.index, judged: judged))
            joint.add(
                slope: growth.slope, shared: growth.slope * entries[turn.entry].shared.share,
                group: snapshot.processes[turn.index].memoryGroup)
            span = min(span, growth.span)
        }
        guard !growing.isEmpty else { return joint.close() }
        joint.close(
            shared: memory.change(of: .hostShared, last: span).map {
                max(0, Double($0.bytes) / ($0.covered / .seconds(1)))
            },
            memory: hostSlope(in: snapshot, memory, last: span))
    }

    /// How fast the machine's memory in use grows; nil unless it does so steadily.
    private func hostSlope(
        in snapshot: Snapshot, _ memory: MemoryHistory, last span: Duration
    ) -> Double? {
        let growth = Growth(of: .hostMemory, in: memory, last: span, interval: snapshot.interval)
        return growth.flatMap { $0.isUnbounded ? $0.slope : nil }
    }

    private mutating func predict(_ process: ProcessSample, _ index: Int, in snapshot: Snapshot) {
        let growsAlong = entries[index].addressSpace.growsAlong
        let shared = entries[index].shared.share
        entries[index].outlook = entries[index].growth.map {
            MemoryOutlook(
                growth: $0, of: process, in: snapshot, addressSpaceGrows: growsAlong, joint: joint,
                sharedPart: shared)
        }
    }

    // MARK: Whose turn it is

    private struct Turn {
        /// Where the refresh has the process, and where `entries` has it.
        var index: Int
        var entry: Int
        var urgency: Double
    }

    /// Those that grow are judged so many times as often as others, and the large ones.
    static let weightOfGrowth = 4.0
    static let weightOfSize = 2.0
    static let large = ByteCount(1 << 30)

    private func urgency(of process: ProcessSample, at index: Int) -> Double {
        guard let judged = entries[index].judged else { return .infinity }
        var weight = 1.0
        if entries[index].growth?.shape?.isUnbounded == true { weight *= Self.weightOfGrowth }
        if process.memory?.undroppable ?? ByteCount(0) >= Self.large {
            weight *= Self.weightOfSize
        }
        return Double(sequence - judged) * weight
    }

    private struct Entry: Sendable {
        let id: ProcessIdentity
        /// The sequence number of the latest refresh that has it.
        var lastSeen = Int.min
        /// Over the window that says more.
        var growth: Growth?
        var outlook: MemoryOutlook?
        /// The sequence number of the refresh at which it had its turn; nil before the first.
        var judged: Int?
        /// Over the last day, and when that was judged.
        var longGrowth: Growth?
        var longJudged: Nanoseconds?
        var addressSpace = AddressSpaceTrend()
        var shared = SharedTrend()

        init(id: ProcessIdentity, outlook: MemoryOutlook? = nil) {
            self.id = id
            self.outlook = outlook
        }

        mutating func forgetLong() {
            longGrowth = nil
            longJudged = nil
        }

        func isLongDue(at moment: Nanoseconds) -> Bool {
            longJudged.map { moment.since($0) >= GrowthVerdicts.longPeriod } ?? true
        }
    }
}

extension Growth {
    /// Whether it will go on until it meets a limit, as far as anyone can tell.
    var isUnbounded: Bool { shape?.isUnbounded == true && slope > 0 }

    /// Whether a longer curve of the same process says more than a shorter one, which was flat or had
    /// no verdict.
    fileprivate func saysMore(than shorter: Growth) -> Bool {
        guard span > shorter.span, let shape, shape != .flat else { return false }
        return isUnbounded || shorter.shape == nil
    }
}
