internal import ProcFormats
internal import Units

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
