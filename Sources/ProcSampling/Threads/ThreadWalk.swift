internal import ProcFormats
internal import Units

/// Reads the threads of one process that ran: as many as it takes to explain what the process used.
///
/// The process's clock says to the nanosecond what its threads used together since the refresh
/// before. Those that ran lately are read first, most time first; each one's own run time pays off
/// a part of that debt. When what is left is within `SamplingPlan.tolerance`, all the others
/// together have used no more than that, and are carried over. So a process with five thousand
/// threads and one that spins costs about three reads.
///
/// Error bound. The debt is a ledger that goes on from refresh to refresh: it is what the unread
/// threads used together since all were read, less what the read ones are ahead of the clock. They
/// are read after it, and both move in steps of a scheduler tick, so they can be ahead by a tick
/// and the time the walk took, for each thread that runs at once: that much is hidden once, not
/// once a refresh. What is hidden longer adds up, and at the tolerance the walk goes on, the thread
/// read longest ago first. A thread above 2 % of a CPU is found at the second refresh at the
/// latest, on up to five CPUs kept busy by the same process; each CPU more may hide one tick more,
/// once.
///
/// A thread read after a pause shows all it used since, which may be from earlier intervals: of
/// this one it gets no more than was unexplained when its turn came, and a tick.
///
/// A source that tells by itself who ran (`ThreadSource.records`) leaves nothing to be searched for:
/// what it tells is taken over (`take`), and its bounds are those of `TaskIteratorSource`.
///
/// Worst case. Every thread ran: the times of each, and `stat` of some; see
/// `SamplingPlan.isReadInFull`. What an ended thread used is never explained, so a process whose
/// threads come and go with much CPU is walked through at each refresh. A full read closes the
/// ledger: what it leaves was used by ended threads. A listing that a race cut short heals the same
/// way: the missing thread's time stays unexplained until it is listed.
struct ThreadWalk {
    let process: TrackedProcess
    let source: any ThreadSource
    let plan: SamplingPlan
    let extras: ThreadExtras
    let machine: Machine
    let clock: SampleClock
    /// When the gate was read, and how long after the gate before; nil at first sight.
    let began: Instant
    let elapsed: Nanoseconds?
    /// The first thread's `stat`, which the process's own figures needed already.
    let leader: TaskStat
    /// What is left of this interval's use.
    var unexplained: Int64
    /// Scratch, used again from process to process.
    let scratch: Scratch
    /// How long after the pass before the source's pass was made, for threads that it told of.
    var passPeriod: Nanoseconds?

    /// The threads were listed in this refresh.
    var hasListed = false
    /// The threads could not be listed whole, for want of descriptors or memory.
    var isCutShort = false
    /// So many threads that nobody looks at were read in full.
    var fullReads = 0
    /// A thread was found to have ended.
    var hasLostThread = false
    var hottest: (cpu: Percent, thread: ThreadIdentity)?
    /// What threads that were met for the first time used of this interval.
    var newUse = Nanoseconds(0)
    /// What the threads that were read waited for a CPU together; nil while it is not known of any.
    var runDelay: Percent?
    var mostDelayed: DelayedThread?
    var minorFaults: UInt64 = 0
    var majorFaults: UInt64 = 0

    final class Scratch {
        var listing: [Int32] = []
        var places: [Int32: Int] = [:]
    }

    init(
        process: TrackedProcess, use: Nanoseconds, elapsed: Nanoseconds?, leader: TaskStat,
        source: any ThreadSource, reader: ProcReader, plan: SamplingPlan, machine: Machine,
        clock: SampleClock, scratch: Scratch
    ) {
        self.process = process
        self.source = source
        extras = ThreadExtras(process: process, reader: reader, plan: plan)
        self.plan = plan
        self.machine = machine
        self.clock = clock
        self.leader = leader
        self.elapsed = elapsed
        self.scratch = scratch
        began = process.gateAt
        unexplained = Int64(clamping: use.rawValue)
    }

    /// Of this interval's use, what no rate of a thread accounts for; what may stay hidden is none.
    var endedUse: Nanoseconds {
        let tolerance = SamplingPlan.tolerance(
            elapsed: elapsed ?? Nanoseconds(0), quantum: quantum)
        return Nanoseconds(unexplained > tolerance ? UInt64(unexplained) : 0) + newUse
    }

    /// The step in which the gate and the threads' figures move.
    var quantum: Nanoseconds {
        plan.gate == .clock ? machine.schedulerTick : machine.clockTick
    }

    /// Below this many threads, reading them costs less than thinking about it.
    static let few = 4

    mutating func run(readsAll: Bool, interestRevision: Int) {
        process.debt = process.debt.addingClamped(unexplained)
        if let records = source.records(of: process.pid) {
            return take(records, revision: interestRevision)
        }
        let isFirst = !process.hasThreads
        if isFirst || leader.threadCount != process.counters.count { relist() }
        process.markWanted(by: plan, revision: interestRevision)
        if readsAll || isFirst || process.counters.count <= Self.few {
            readAll()
            process.hasUnreadThreads = false
        } else {
            readUntilExplained(revision: interestRevision)
            if process.counters.contains(where: { $0.readAt < began }) {
                process.hasUnreadThreads = true
            }
        }
        if hasLostThread, !hasListed { relist() }
        process.markWanted(by: plan, revision: interestRevision)
        boundLead(isFirst: isFirst)
        finish()
    }

    /// Threads are read after the gate, and so are ahead of it: by what they used meanwhile, and
    /// the tick in which both move. No more than that may stand against what is still hidden.
    private func boundLead(isFirst: Bool) {
        if isFirst, plan.gate == .clock, let now = CPUClock.read(process.pid),
            let gateTime = process.gateTime
        {
            process.debt = -Int64(clamping: now.since(gateTime).rawValue)
        }
        let most = (clock.now.since(began) + quantum).rawValue &* UInt64(2 * machine.cpuCount)
        process.debt = max(process.debt, -Int64(clamping: most))
    }

    private mutating func readAll() {
        expect(process.recent.map(Int.init), then: process.counters.indices)
        for index in process.recent { readOnce(Int(index)) }
        for index in process.counters.indices { readOnce(index) }
        // What the clock counted and no thread has: threads that ended.
        process.debt = min(process.debt, 0)
    }

    private mutating func readUntilExplained(revision: Int) {
        expect(process.recent.map(Int.init))
        for index in process.recent.map(Int.init) {
            // One that was running has to be asked whether it still is.
            let wasRunning = process.sample.threads[index].state == .running
            if wasRunning || process.debt > SamplingPlan.recentTolerance { readOnce(index) }
        }
        for index in process.wanted { readOnce(Int(index)) }

        let tolerance = SamplingPlan.tolerance(
            elapsed: elapsed ?? Nanoseconds(0), quantum: quantum)
        // A thread that is not listed yet is the likeliest debtor.
        if process.debt > tolerance, !hasListed { relist() }
        var left = process.counters.count
        if process.debt > tolerance {
            let next = min(process.cursor, left)
            expect(Array(next..<left), then: 0..<next)
        }
        while process.debt > tolerance, left > 0 {
            readNext()
            left -= 1
        }
        if left == 0 { process.debt = min(process.debt, 0) }
        let share = SamplingPlan.sweepShare(
            of: process.counters.count, elapsed: elapsed ?? Nanoseconds(0),
            credit: &process.sweepCredit)
        for _ in 0..<min(left, share) { readNext() }
    }

    /// Tells the source whose times are to be asked for, in that order.
    private func expect(_ indices: [Int], then more: Range<Int> = 0..<0) {
        guard source.answersManyAtOnce else { return }
        let left = (indices + more).filter { process.counters[$0].readAt < began }
        source.expect(left.map { process.sample.threads[$0].id.tid.rawValue })
    }

    private mutating func readNext() {
        guard !process.counters.isEmpty else { return }
        if process.cursor >= process.counters.count { process.cursor = 0 }
        readOnce(process.cursor)
        process.cursor += 1
    }

    private mutating func readOnce(_ index: Int) {
        guard process.counters[index].readAt < began else { return }
        read(index)
    }

    /// Settles who was read before and not now, and whom to read first next time.
    mutating func finish() {
        for index in process.touched where process.counters[Int(index)].readAt < began {
            process.carryOver(Int(index))
        }
        process.touched.removeAll(keepingCapacity: true)
        process.recent.removeAll(keepingCapacity: true)
        for index in process.counters.indices {
            let counters = process.counters[index]
            if counters.readAt >= began {
                process.touched.append(Int32(index))
                noteDelay(index)
            }
            guard counters.flags.contains(.isRecent) else { continue }
            if counters.readAt < began { process.counters[index].quietRefreshes += 1 }
            if process.counters[index].quietRefreshes < ThreadCounters.quiet {
                process.recent.append(Int32(index))
            } else {
                process.counters[index].flags.remove(.isRecent)
            }
        }
        let counters = process.counters
        process.recent.sort { counters[Int($0)].lastUse > counters[Int($1)].lastUse }
        // What is missing is searched again at the next refresh, whether it runs or not.
        process.hasThreads = !isCutShort
    }
}

extension Int64 {
    /// The sum, or as much as fits: counters of a captured tree may be absurd.
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? (other < 0 ? .min : .max) : sum
    }
}
