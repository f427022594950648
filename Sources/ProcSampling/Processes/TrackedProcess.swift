internal import ProcFormats
internal import Units

/// One process as the sampler keeps it between refreshes: what is published, and the counters
/// behind it.
final class TrackedProcess {
    /// What is published. Its array of threads is shared with the snapshots that hold it until a
    /// thread changes.
    var sample: ProcessSample
    /// Beside `sample.threads`, index by index.
    var counters: [ThreadCounters] = []

    /// The gate: CPU time of the whole process, and when it was read.
    /// It is nil where the file of a captured tree does not tell.
    var gateTime: Nanoseconds?
    var gateAt: Instant
    /// The gate before that; equal to `gateAt` at first.
    var previousGateAt: Instant
    /// Up to here it is known that no thread ran: the last gate that had not moved.
    private(set) var quietUntil = Instant(nanoseconds: 0)
    /// Where that quiet time began.
    private var quietSince = Instant(nanoseconds: 0)

    /// The pass whose records were taken over last; see `TaskRecords`.
    var toldAt: Instant?
    /// CPU time of the process that no thread's figures explain yet, in nanoseconds, carried on
    /// from refresh to refresh; see `ThreadWalk`.
    var debt: Int64 = 0
    /// Threads that ran lately, most time first.
    var recent: [Int32] = []
    /// Threads that were read at the last refresh: the others' rates are settled.
    var touched: [Int32] = []
    /// Threads that a person looks at, and the interest for which that was found out.
    var wanted: [Int32] = []
    var wantedRevision = -1
    /// Where reading the quiet threads goes on: the one read longest ago, more or less.
    var cursor = 0
    var sweepCredit: Float = 0
    var hasThreads = false
    /// The `stat` of its first thread does not parse: its row stands as it was, if it had one.
    var lacksLeader = false
    /// Nothing was read of it yet but what `stat` says.
    var isNew = true

    /// What its children that have ended used, by the `stat` that was read last.
    var childrenTime: ClockTicks?
    /// Faults of its children and the beginning of its stack by `stat`, when those were read last.
    var childrenFaults: UInt64?
    var stackStart: UInt64?
    var childrenReadAt = Instant(nanoseconds: 0)
    /// Resident memory by `stat`, when that was read last, and when `status` was.
    var residentAtStat = PageCount(0)
    var residentAtStatus: PageCount?
    var statusReadAt = Instant(nanoseconds: 0)
    /// The refresh for which `status` was tried last.
    var statusTriedFor = -1

    /// Its path in the hierarchy that limits the number of tasks.
    var taskGroup: String?
    /// That has many tasks, and this is the one of its processes that is asked for the limit.
    var speaksForGroup = false
    /// When what hardly ever changes was read last, and its open files, its limit on tasks, its sockets.
    var restReadAt = Instant(nanoseconds: 0)
    var openFilesReadAt = Instant(nanoseconds: 0)
    var taskLimitReadAt = Instant(nanoseconds: 0)
    var socketsReadAt = Instant(nanoseconds: 0)

    /// Of each of its threads it is known whether it waits for a lock, but for those that run from now
    /// on; see `LockSearch`.
    var isSearchedForLocks = false
    /// It had one thread then.
    var wasSearchedAlone = false
    /// Some of its threads may have run since they were read: the source tells of those it is asked for.
    var hasUnreadThreads = false
    /// How often it fell quiet after that: any of its threads may have fallen asleep elsewhere.
    private(set) var quietSpells: UInt32 = 0
    /// Its `syscall` was refused: not asked again.
    var isSystemCallDenied = false
    /// The name under which the slow lane was asked about it: another one is another program.
    var askedUnderName: String?

    init(sample: ProcessSample, gateTime: Nanoseconds?, gateAt: Instant) {
        self.sample = sample
        self.gateTime = gateTime
        self.gateAt = gateAt
        previousGateAt = gateAt
    }

    var pid: ProcessID { sample.id.pid }

    /// Its first thread has ended and others go on: what the kernel tells of the whole process under
    /// the number of the first is empty, but not under that of another.
    var isHeadless: Bool { sample.state == .zombie && sample.threadCount > 1 }

    /// Notes that no thread ran between the last two gates.
    func noteQuiet() {
        if quietUntil != previousGateAt {
            quietSince = previousGateAt
            if hasUnreadThreads {
                hasUnreadThreads = false
                quietSpells &+= 1
                isSearchedForLocks = false
            }
        }
        quietUntil = gateAt
    }

    /// Nothing of it ran between the last two gates.
    var isQuiet: Bool { quietUntil == gateAt }

    /// Whether a thread's counter that was read then stood the same when this interval began: it
    /// was read at the refresh before, or nothing ran since. If not, the difference to it is of an
    /// unknown time, and no rate.
    func isBaseline(_ readAt: Instant) -> Bool {
        if readAt >= previousGateAt { return true }
        return quietUntil >= previousGateAt && readAt >= quietSince
    }

    /// Marks the threads that a person looks at, if that was not done for this interest.
    func markWanted(by plan: SamplingPlan, revision: Int) {
        guard wantedRevision != revision else { return }
        wantedRevision = revision
        wanted.removeAll(keepingCapacity: true)
        let wantsAll = plan.wantsColumns(of: sample.id)
        let wantsSome = plan.interest.selectedThread != nil || !plan.interest.shownThreads.isEmpty
        for index in counters.indices {
            let isWanted =
                wantsAll
                || (wantsSome && plan.isWanted(sample.threads[index].id, of: sample.id))
            if isWanted {
                counters[index].flags.insert(.isWanted)
                wanted.append(Int32(index))
            } else {
                counters[index].flags.remove(.isWanted)
            }
        }
    }

    /// No thread ran since the gate before: what they used is nothing, and that is measured.
    func settle() {
        sample.cpu = .zero
        sample.runDelay = .zero
        sample.mostDelayed = nil
        if hasThreads {
            sample.hottestCPU = .zero
            sample.hottestThread = nil
            sample.endedCPU = .zero
        }
        sample.childrenCPU = childrenTime.map { _ in .zero }
        sample.childrenFaults = childrenFaults.map { _ in .zero }
        sample.hasExeced = false
        sample.minorFaults = .zero
        sample.majorFaults = .zero
        for index in touched { carryOver(Int(index)) }
        touched.removeAll(keepingCapacity: true)
    }

    /// Takes what its children used, as `stat` has it. That changes only when it runs and waits for
    /// one, and then `stat` is read: what is new since it was read last is of this interval.
    func noteChildren(_ leader: TaskStat, in elapsed: Nanoseconds, _ machine: Machine) {
        let now = leader.childrenTime.map(machine.nanoseconds)
        let before = childrenTime.map(machine.nanoseconds)
        childrenTime = leader.childrenTime
        guard let now, let before else { return sample.childrenCPU = nil }
        sample.childrenCPU = Rates.change(from: before, to: now)
            .flatMap { Rates.sum(of: $0, in: elapsed) }
    }

    /// No rate is known: the tree's clocks stand still.
    func forgetRates() {
        sample.cpu = nil
        sample.runDelay = nil
        sample.mostDelayed = nil
        sample.hottestCPU = nil
        sample.hottestThread = nil
        sample.endedCPU = nil
        sample.childrenCPU = nil
        sample.minorFaults = nil
        sample.majorFaults = nil
        // Snapshots share the threads until one is written to.
        guard sample.threads.contains(where: \.hasRates) else { return }
        for index in sample.threads.indices { sample.threads[index].forgetRates() }
    }

    /// Puts the rates of a thread that was not read to nothing: it cannot have used more than the
    /// walk left unexplained.
    func carryOver(_ index: Int) {
        sample.threads[index].rest(isCarriedOver: true, counters[index].flags)
    }

    /// Whether a thread ran, or has another state, since its figures were taken. A pass that tells of all
    /// threads mostly tells what is known: reading thousands of processes again for that is dear.
    func isNews(_ records: TaskRecords) -> Bool {
        var index = 0
        for record in records {
            // Both come by number.
            while index < counters.count, sample.threads[index].id.tid < record.tid { index += 1 }
            guard index < counters.count, sample.threads[index].id.tid == record.tid,
                sample.threads[index].state == record.state,
                counters[index].runTime == record.used.runTime
            else { return true }
        }
        return false
    }

    /// Lists again what is known by index, after indices changed.
    func rebuildLists() {
        recent.removeAll(keepingCapacity: true)
        touched.removeAll(keepingCapacity: true)
        for index in counters.indices {
            if counters[index].flags.contains(.isRecent) { recent.append(Int32(index)) }
            let mayShowRates =
                !sample.threads[index].isCarriedOver || sample.threads[index].cpu != .zero
            if mayShowRates { touched.append(Int32(index)) }
        }
        wantedRevision = -1
        cursor = counters.isEmpty ? 0 : cursor % counters.count
    }
}
