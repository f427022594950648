internal import Units

/// What is read this time, for whom, and why: the one place that decides it. Pure; the sampler does
/// what it says.
struct SamplingPlan {
    let interest: Interest
    let depth: SamplingDepth
    /// How it is known that a process used CPU.
    let gate: Gate
    /// Counts refreshes, so that what is read in turns has its turn.
    var turn = 0

    enum Gate: Hashable {
        /// Its CPU clock: to the nanosecond, and cheap.
        case clock
        /// `/proc/PID/stat`, in whole clock ticks: the tree is not of our own pid namespace.
        case ticks
    }

    /// Everything is read again within this time, whatever the gates say; or within 50 ms for each
    /// process, where there are very many.
    static let sweepPeriod = Nanoseconds(60_000_000_000)
    private static let sweepPeriodOfOne: UInt64 = 50_000_000

    static func sweepPeriod(ofProcesses count: Int) -> Nanoseconds {
        max(sweepPeriod, Nanoseconds(UInt64(count) * sweepPeriodOfOne))
    }

    /// A source that tells of the threads that ran tells of all of them again within this time.
    static let fullPassPeriod = Nanoseconds(10_000_000_000)
}

// MARK: - Processes

extension SamplingPlan {
    struct ProcessFacts {
        /// Nothing was read of it yet but what `stat` says.
        var isNew = false
        /// It used CPU since the refresh before, by the gate.
        var hasRun = false
        /// Its row is on the screen; since its `status` was read.
        var isShown = false
        var sinceStatus = Nanoseconds(.max)
        /// The costly columns that are wanted for all are wanted for its threads.
        var isInScope = false
        /// Its threads were never listed.
        var lacksThreads = false
        /// Its turn in the rolling sweep has come.
        var isSwept = false
        /// Its threads waited long for a CPU; since what hardly ever changes was read.
        var isWaiting = false
        var sinceRest = Nanoseconds(0)
        /// It has so many threads that their number may be limited; since that limit was read.
        var hasManyThreads = false
        /// Of a control group with many tasks, it is the one that is asked.
        var speaksForGroup = false
        var sinceTaskLimit = Nanoseconds(0)
        /// Its descriptors have to be counted one by one; since they were.
        var countsFiles = false
        var sinceOpenFiles = Nanoseconds(0)
        /// Its threads use so much CPU together; whether it is known to talk over sockets, and since its
        /// descriptors were searched for some.
        var isComputing = false
        var talksOverSockets = false
        var sinceSockets = Nanoseconds(0)
    }

    /// Of a process that stands still nothing changes but what is reclaimed from it, and a person sees
    /// that with the fifth refresh of a second: files are read a moment after the gate, so that it takes
    /// less than five seconds.
    static let standingPeriod = Nanoseconds(4_500_000_000)

    /// Whether what is on the screen of a process may have changed since it was read. With ticks one that
    /// seems to stand still may have run.
    func isShownAnew(_ process: ProcessFacts, since age: Nanoseconds) -> Bool {
        process.isShown && (process.hasRun || gate == .ticks || age >= Self.standingPeriod)
    }

    struct ProcessReads: OptionSet, Hashable {
        let rawValue: Int
        /// The first thread's `stat`: identity, thread count, state, resident memory.
        static let stat = ProcessReads(rawValue: 1)
        /// The threads, as many as `ThreadWalk` needs.
        static let threads = ProcessReads(rawValue: 2)
        /// Every thread, whatever is explained.
        static let everyThread = ProcessReads(rawValue: 4)
        /// Parts of memory and the user: `status`.
        static let status = ProcessReads(rawValue: 8)
        /// What hardly ever changes: the owner, `cmdline`, `cgroup`.
        static let rest = ProcessReads(rawValue: 16)
        /// The number of open descriptors.
        static let openFiles = ProcessReads(rawValue: 32)
        /// How many tasks its control group may hold.
        static let taskLimit = ProcessReads(rawValue: 64)
        /// Whether it talks over sockets.
        static let sockets = ProcessReads(rawValue: 128)
    }

    /// A process whose clock stands still is left alone. That is proof, not a guess: to start or
    /// end a thread, to exec, to change a name, to fault a page in, to enter or leave a system
    /// call, a thread of the process has to run, and the clock counts all of them (up to one
    /// scheduler tick late for one that runs right now). What can happen without its CPU: its
    /// memory is reclaimed, or another process moves it to another group, which the sweep finds;
    /// and a thread may wake and get no CPU, which shows when it gets one.
    func reads(for process: ProcessFacts) -> ProcessReads {
        var reads: ProcessReads = []
        if process.isNew { reads.formUnion([.stat, .rest]) }
        if process.hasRun { reads.formUnion([.stat, .threads]) }
        if isShownAnew(process, since: process.sinceStatus) { reads.formUnion([.stat, .status]) }
        if process.isSwept { reads.formUnion([.stat, .status, .rest]) }
        if process.hasRun, process.isWaiting, process.sinceRest >= Self.groupPeriod {
            reads.insert(.rest)
        }
        reads.formUnion(countReads(for: process))
        // With ticks, 10 ms of a thread's time may hide behind a gate that stands still.
        if process.isSwept, gate == .ticks { reads.formUnion([.threads, .everyThread]) }
        if process.lacksThreads { reads.formUnion([.stat, .threads, .everyThread]) }
        switch depth {
        case .processesOnly:
            // Who is there and who runs: one file each, read when it was found.
            reads = []
        case .changes:
            if reads.contains(.threads), process.isInScope,
                interest.columnsForAll.contains(.runDelay)
            {
                // A thread that starves uses next to no CPU: the clock cannot point at it.
                reads.insert(.everyThread)
            }
        case .everything:
            reads.formUnion([.stat, .threads, .everyThread, .status, .rest])
        }
        return reads
    }

    /// Whether columns that are wanted for all are wanted for this process's threads.
    func covers(_ process: ProcessIdentity) -> Bool {
        switch interest.scope {
        case .everyProcess: true
        case .process(let only): only == process
        }
    }

    /// How many of `count` a refresh sweeps so that all have their turn within the period. `credit`
    /// keeps what is left of a turn for the refreshes to come.
    static func sweepShare(
        of count: Int, elapsed: Nanoseconds, period: Nanoseconds = sweepPeriod,
        credit: inout Float
    ) -> Int {
        let share = Double(count) * Double(elapsed.rawValue) / Double(period.rawValue)
        credit += Float(min(share, Double(count)))
        let whole = credit.rounded(.down)
        credit -= whole
        return Int(whole)
    }
}

// MARK: - Threads

extension SamplingPlan {
    struct ThreadReads: OptionSet, Hashable {
        let rawValue: Int
        /// Switches, from `status`.
        static let switches = ThreadReads(rawValue: 1)
        /// `syscall`, else `wchan`.
        static let activity = ThreadReads(rawValue: 2)
    }

    /// What costs a file of its own: only for threads that are hot or that a person looks at. Of
    /// those that use enough to matter, of which there are never many, the switches: they tell who
    /// never sleeps, though it may get little of the CPU, and who wakes up all the time.
    func extraReads(of thread: ThreadSample, isWanted: Bool) -> ThreadReads {
        if isWanted || isHot(thread.cpu) || depth == .everything { return [.switches, .activity] }
        return thread.cpu.map { $0 >= Self.busyThread } ?? false ? .switches : []
    }

    struct ThreadFacts {
        /// Its place among the threads of its process.
        var index: Int
        /// A person looks at it.
        var isWanted: Bool
        /// It was, when it was read in full.
        var isAsleep: Bool
        /// Its part of this interval's CPU time.
        var cpu: Percent?
        /// So many threads of the process were read in full at this refresh.
        var fullReads: Int
    }

    /// Of a thread that ran, the times are read, and mostly `stat` as well: its state, its faults, how
    /// its time splits. That costs more than the times, which are what it takes to find who uses the
    /// CPU, and are exact. So where very many threads of a process ran, `stat` is read of those that
    /// used enough to matter, that were not asleep or that a person looks at, and of the others in
    /// turns: within `fullTurns` refreshes of all.
    func isReadInFull(_ thread: ThreadFacts) -> Bool {
        if thread.isWanted || !thread.isAsleep || depth == .everything { return true }
        if thread.fullReads < Self.manyFullReads { return true }
        if thread.index % Self.fullTurns == turn % Self.fullTurns { return true }
        return thread.cpu.map { $0 >= Self.busyThread } ?? true
    }

    static let manyFullReads = 64
    static let fullTurns = 8
    static let busyThread = Percent(2.0)

    func isHot(_ cpu: Percent?) -> Bool {
        guard let cpu else { return false }
        return cpu >= interest.hotThreshold
    }

    /// Whether a thread's costly columns are wanted.
    func isWanted(_ thread: ThreadIdentity, of process: ProcessIdentity) -> Bool {
        if wantsColumns(of: process) { return true }
        return interest.selectedThread == thread || interest.shownThreads.contains(thread)
    }

    /// Whether the costly columns of all threads of a process are wanted.
    func wantsColumns(of process: ProcessIdentity) -> Bool {
        !interest.columnsForAll.isDisjoint(with: [.switches, .activity]) && covers(process)
    }
}

// MARK: - When enough of a process's threads were read

extension SamplingPlan {
    /// How much of a process's CPU time may stay unexplained before its quiet threads are read,
    /// too: 1 % of a CPU, and not less than what the clocks themselves leave open.
    ///
    /// The ledger of unexplained time goes on from refresh to refresh, so a hidden thread that uses
    /// 2 % is over it after the second at the latest.
    static func tolerance(elapsed: Nanoseconds, quantum: Nanoseconds) -> Int64 {
        Int64(max(elapsed.rawValue / 100, 2 * quantum.rawValue))
    }

    /// With so many threads a process's clock, which adds up all of them, costs more than to add up
    /// what is known of them.
    static let summedThreads = 128

    /// Threads that ran lately are cheap to find, so for them the account is kept this close.
    static let recentTolerance: Int64 = 500_000
}
