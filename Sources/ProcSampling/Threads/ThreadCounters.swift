internal import ProcFormats
internal import Units

/// The counters of one thread as they were when it was last read: what rates are made from. Kept in
/// an array beside the samples, so it is small. Counters that only ever give differences are cut to
/// 32 bits, and differences wrap as they do.
struct ThreadCounters {
    /// When `runTime` was read.
    var readAt: Instant
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
    /// Refreshes since it last used CPU, up to `ThreadCounters.quiet`.
    var quietRefreshes: UInt8 = 0
    var flags: Flags = []

    /// After this many refreshes without CPU a thread is no longer looked at first.
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
        /// It is in the list of those to look at first.
        static let isRecent = Flags(rawValue: 16)
    }

    /// Of a thread that is about to be read for the first time.
    init() {
        readAt = Instant(nanoseconds: 0)
        runTime = Nanoseconds(0)
        runDelay = Nanoseconds(0)
    }

    mutating func keep(_ stat: TaskStat) {
        userTicks = UInt32(truncatingIfNeeded: stat.userTime.rawValue)
        systemTicks = UInt32(truncatingIfNeeded: stat.systemTime.rawValue)
        minorFaults = UInt32(truncatingIfNeeded: stat.minorFaults)
        majorFaults = UInt32(truncatingIfNeeded: stat.majorFaults)
    }
}
