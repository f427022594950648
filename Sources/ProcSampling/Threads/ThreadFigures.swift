internal import CLinux
internal import ProcFormats
internal import Units

// What a source tells of a thread, what is kept of that for the next reading, and the rates between the
// two: a figure of threads that several sources tell is added here, once.

// MARK: - What a source tells

/// What a thread has used since it began.
struct ThreadTimes: Hashable {
    var runTime: Nanoseconds
    /// Nil where only clock ticks are known.
    var runDelay: Nanoseconds?
    /// Nil where they cost a file of their own.
    var switches: ThreadSwitches?
}

/// How often a thread gave up the CPU to wait, and how often it was taken from it.
struct ThreadSwitches: Hashable {
    var voluntary: UInt64
    var involuntary: UInt64
}

/// What else its figures are made from; nil is what is not known.
struct ThreadFigures: Hashable {
    var id: ThreadIdentity
    var state: TaskState
    var processor: Int16?
    var userTime: ClockTicks?
    var systemTime: ClockTicks?
    var minorFaults: UInt64?
    var majorFaults: UInt64?

    /// Nil where half of it is not known.
    var cpuTime: ClockTicks? {
        guard let userTime, let systemTime else { return nil }
        return userTime + systemTime
    }
}

extension ThreadFigures {
    init(_ task: TaskRecord, _ units: SystemInfo) {
        let times = task.times
        id = task.id(units)
        state = task.state
        processor = Int16(exactly: task.record.cpu).flatMap { $0 < 0 ? nil : $0 }
        userTime = units.ticks(Nanoseconds(times.user))
        systemTime = units.ticks(Nanoseconds(times.system))
        minorFaults = task.record.minor_faults
        majorFaults = task.record.major_faults
    }

    init(_ stat: TaskStat) {
        id = ThreadIdentity(tid: ThreadID(stat.id), startTime: stat.startTime)
        state = stat.state
        processor = stat.processor.flatMap { Int16(exactly: $0) }
        userTime = stat.userTime
        systemTime = stat.systemTime
        minorFaults = stat.minorFaults
        majorFaults = stat.majorFaults
    }
}

// MARK: - What is kept

/// The counters of one thread as they were when it was last read: what rates are made from. Kept in
/// an array beside the samples, so it is small. Counters that only ever give differences are cut to
/// 32 bits, and differences wrap as they do.
struct ThreadCounters {
    /// When `runTime` was read.
    var readAt: Instant
    /// When ticks and faults were read.
    var figuresReadAt = Instant(nanoseconds: 0)
    /// CPU time; in whole clock ticks where the kernel has no `schedstat`.
    var runTime: Nanoseconds
    var runDelay: Nanoseconds
    /// When the switches were read; zero for never.
    var switchesReadAt = Instant(nanoseconds: 0)
    var userTicks: UInt32 = 0
    var systemTicks: UInt32 = 0
    var minorFaults: UInt32 = 0
    var majorFaults: UInt32 = 0
    var voluntarySwitches: UInt32 = 0
    var involuntarySwitches: UInt32 = 0
    /// CPU time used over the last refresh in which it was read, in microseconds.
    var lastUse: UInt32 = 0
    /// What it had used when it was asked whether it waits for a lock, and how often its process had
    /// fallen quiet; see `LockSearch`. Until that moves, it waits for what it waited for.
    var lockSearchMark: UInt32 = 0
    /// Refreshes since it last used CPU, up to `ThreadCounters.quiet`.
    var quietRefreshes: UInt8 = 0
    var flags: Flags = []

    /// After this many refreshes without CPU a thread is no longer read first.
    static let quiet: UInt8 = 5

    struct Flags: OptionSet {
        let rawValue: UInt8
        /// `runTime` comes from clock ticks.
        static let countsTicks = Flags(rawValue: 1)
        /// The run delay is known.
        static let hasRunDelay = Flags(rawValue: 2)
        /// It was seen at least once before.
        static let isKnown = Flags(rawValue: 4)
        /// A person looks at it, or wants its costly columns.
        static let isWanted = Flags(rawValue: 8)
        /// It is in the list of those to read first.
        static let isRecent = Flags(rawValue: 16)
        /// The source tells its switches: they cost nothing.
        static let hasSwitches = Flags(rawValue: 32)
        /// It ran since more than its times was read.
        static let hasOldFigures = Flags(rawValue: 64)
        /// Its faults were not known when they were read last.
        static let lacksFaults = Flags(rawValue: 128)
    }

    /// Of a thread that is about to be read for the first time.
    init() {
        readAt = Instant(nanoseconds: 0)
        runTime = Nanoseconds(0)
        runDelay = Nanoseconds(0)
    }

    /// Notes what it used over this refresh, and whether that makes it one that ran lately.
    mutating func note(use: Nanoseconds, ranLately: Bool) {
        lastUse = UInt32(clamping: use.rawValue / 1000)
        guard ranLately else {
            if quietRefreshes < Self.quiet { quietRefreshes += 1 }
            return
        }
        quietRefreshes = 0
        flags.insert(.isRecent)
    }

    /// `runTime` is that of `times`, or in ticks.
    mutating func keep(
        _ figures: ThreadFigures, _ times: ThreadTimes?, runTime: Nanoseconds, at now: Instant
    ) {
        keep(times, runTime: runTime, at: now)
        flags.remove(.hasOldFigures)
        figuresReadAt = now
        if let user = figures.userTime, let system = figures.systemTime {
            userTicks = UInt32(truncatingIfNeeded: user.rawValue)
            systemTicks = UInt32(truncatingIfNeeded: system.rawValue)
        }
        flags.set(.lacksFaults, figures.minorFaults == nil || figures.majorFaults == nil)
        minorFaults = UInt32(truncatingIfNeeded: figures.minorFaults ?? 0)
        majorFaults = UInt32(truncatingIfNeeded: figures.majorFaults ?? 0)
    }

    mutating func keep(_ times: ThreadTimes?, runTime: Nanoseconds, at now: Instant) {
        readAt = now
        self.runTime = runTime
        runDelay = times?.runDelay ?? Nanoseconds(0)
        flags.insert(.isKnown)
        flags.set(.countsTicks, times == nil)
        flags.set(.hasRunDelay, times?.runDelay != nil)
        flags.set(.hasSwitches, times?.switches != nil)
        if let switches = times?.switches { keep(switches, at: now) }
    }

    mutating func keep(_ switches: ThreadSwitches, at now: Instant) {
        voluntarySwitches = UInt32(truncatingIfNeeded: switches.voluntary)
        involuntarySwitches = UInt32(truncatingIfNeeded: switches.involuntary)
        switchesReadAt = now
    }
}

extension ThreadCounters.Flags {
    fileprivate mutating func set(_ flag: Self, _ isSet: Bool) {
        if isSet { insert(flag) } else { remove(flag) }
    }
}

// MARK: - From two readings to rates

extension ThreadFigures {
    /// Of the CPU time used since `before`, by the ticks in user mode and in the kernel; nil where those
    /// are not known.
    func split(of cpu: Percent, since before: ThreadCounters) -> (user: Percent, system: Percent)? {
        guard let userTime, let systemTime else { return nil }
        return Rates.split(
            cpu, userTicks: userTime.advance(from: before.userTicks),
            systemTicks: systemTime.advance(from: before.systemTicks), lifetimeUser: userTime,
            lifetimeSystem: systemTime)
    }

    /// Page faults since `before`, of which this interval gets its `part`; nil where either reading did
    /// not tell.
    func faults(
        since before: ThreadCounters, part: Double
    ) -> (minor: UInt64?, major: UInt64?) {
        guard !before.flags.contains(.lacksFaults) else { return (nil, nil) }
        func change(_ count: UInt64?, since before: UInt32) -> UInt64? {
            count.flatMap { Rates.change(from: before, to: UInt32(truncatingIfNeeded: $0)) }
                .map { UInt64(Double($0) * part) }
        }
        return (
            change(minorFaults, since: before.minorFaults),
            change(majorFaults, since: before.majorFaults)
        )
    }
}

extension ThreadSample {
    mutating func show(_ cpu: Percent, _ split: (user: Percent, system: Percent)?) {
        self.cpu = cpu
        user = split?.user
        system = split?.system
    }

    /// What is no rate.
    mutating func show(_ figures: ThreadFigures, totalTime: Nanoseconds) {
        isCarriedOver = false
        state = figures.state
        processor = figures.processor
        self.totalTime = totalTime
    }

    mutating func show(_ faults: (minor: UInt64?, major: UInt64?), in period: Nanoseconds) {
        minorFaults = faults.minor.flatMap { Rates.perSecond($0, in: period) }
        majorFaults = faults.major.flatMap { Rates.perSecond($0, in: period) }
    }

    /// Rates over `period`; nil where it is not known since when they were counted.
    mutating func show(
        _ switches: ThreadSwitches, since before: ThreadCounters, in period: Nanoseconds?
    ) {
        func rate(_ count: UInt64, since before: UInt32) -> Rate? {
            guard let period,
                let change = Rates.change(from: before, to: UInt32(truncatingIfNeeded: count))
            else { return nil }
            return Rates.perSecond(UInt64(change), in: period)
        }
        voluntarySwitches = rate(switches.voluntary, since: before.voluntarySwitches)
        involuntarySwitches = rate(switches.involuntary, since: before.involuntarySwitches)
    }

    /// It did not run: every rate is nothing. Switches are shown only where they are kept up.
    mutating func rest(isCarriedOver: Bool, _ flags: ThreadCounters.Flags) {
        self.isCarriedOver = isCarriedOver
        cpu = .zero
        user = .zero
        system = .zero
        runDelay = flags.contains(.hasRunDelay) ? .zero : nil
        minorFaults = .zero
        majorFaults = .zero
        let keepsSwitches = !flags.isDisjoint(with: [.isWanted, .hasSwitches])
        voluntarySwitches = keepsSwitches ? .zero : nil
        involuntarySwitches = keepsSwitches ? .zero : nil
    }

    /// Only its times were read.
    mutating func forgetFigures() {
        minorFaults = nil
        majorFaults = nil
    }

    /// No rate is known.
    mutating func forgetRates() {
        cpu = nil
        user = nil
        system = nil
        runDelay = nil
        minorFaults = nil
        majorFaults = nil
        voluntarySwitches = nil
        involuntarySwitches = nil
    }

    var hasRates: Bool { cpu != nil || voluntarySwitches != nil }
}

extension ClockTicks {
    /// Ticks since a count that was cut to 32 bits.
    fileprivate func advance(from earlier: UInt32) -> UInt64 {
        let now = UInt32(truncatingIfNeeded: rawValue)
        // Sampled ticks are scaled to the precise sum and may go back by one.
        return Rates.change(from: earlier, to: now).map { UInt64($0) } ?? 0
    }
}
