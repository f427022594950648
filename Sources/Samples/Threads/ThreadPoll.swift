public import ProcFormats
public import Units

/// What a thread was found doing, polled several times a second over the last 10 s: where the
/// figures of a refresh are averages, this tells how the time was spent. Only of few threads; see
/// `SamplingPlan.polled`.
public struct ThreadPoll: Hashable, Codable, Sendable {
    public var process: ProcessIdentity
    /// Of the thread, and of its process.
    public var name: String
    public var processName: String
    public var samples: Int
    /// Samples in which it was runnable: on a CPU, or waiting for one.
    public var running: Int
    /// Whether it was runnable alone, of the threads of its process.
    public var turns: Turns
    /// Samples in which it was asleep in a system call, by the call's number.
    public var systemCalls: [Int32: Int]
    /// Of these, the futexes that it waited for.
    public var futexes: [FutexWait: Int]
    /// Of these, locks that tell who holds them, by the thread that did: mutexes and read-write locks of
    /// glibc, and locks that lend their priority.
    public var holders: [ThreadID: Int]
    /// Samples in which it waited for a futex for a limited time only.
    public var limitedWaits: Int
    /// How it was scheduled in the latest sample; nil where that was not read.
    public var schedule: Schedule?
    /// Samples in which it was asleep in a function of the kernel, where the system call is not
    /// known or none of its doing; `wchan` in `proc(5)`.
    public var waitChannels: [String: Int]
    /// What its counters advanced by; nil while they were not read twice.
    public var counted: Counted?
    /// It is in state D right now.
    public var stall: Stall?

    /// Of the samples that found the states of all sampled threads of its process at one moment.
    public struct Turns: Hashable, Codable, Sendable {
        public var samples: Int
        /// Samples in which it was runnable, and of these, in which none of the others was.
        public var runnable: Int
        public var alone: Int
        /// Samples in which any of them was.
        public var occupied: Int

        public init(samples: Int = 0, runnable: Int = 0, alone: Int = 0, occupied: Int = 0) {
            self.samples = samples
            self.occupied = occupied
            self.runnable = runnable
            self.alone = alone
        }

        /// - Parameter count: how many were runnable.
        package mutating func note(isRunnable: Bool, of count: Int) {
            samples += 1
            if isRunnable { runnable += 1 }
            if isRunnable, count == 1 { alone += 1 }
            if count > 0 { occupied += 1 }
        }
    }

    /// What it is given of the CPUs: `sched(7)`.
    public struct Schedule: Hashable, Codable, Sendable {
        public var policy: SchedulingPolicy
        /// From -20, which gets most, to 19.
        public var nice: Int
        /// From 1 to 99, of FIFO and round robin.
        public var realTimePriority: Int

        public init(policy: SchedulingPolicy, nice: Int = 0, realTimePriority: Int = 0) {
            self.policy = policy
            self.nice = nice
            self.realTimePriority = realTimePriority
        }
    }

    /// Counters, from one reading of them to another.
    public struct Counted: Hashable, Codable, Sendable {
        public var span: Duration
        /// Times it gave up the CPU to wait for something; nil where this kernel does not count.
        public var voluntarySwitches: UInt64?
        /// Calls of read(2), write(2) and their like: `syscr` and `syscw` of `proc_pid_io(5)`; nil
        /// without the right to know.
        public var readsAndWrites: UInt64?

        public init(
            span: Duration, voluntarySwitches: UInt64? = nil, readsAndWrites: UInt64? = nil
        ) {
            self.span = span
            self.voluntarySwitches = voluntarySwitches
            self.readsAndWrites = readsAndWrites
        }

        func perSecond(_ count: UInt64?) -> Rate? {
            count.flatMap { Rates.perSecond($0, in: span.inNanoseconds) }
        }
    }

    /// Time spent in state D without a sample in another state.
    public struct Stall: Hashable, Codable, Sendable {
        /// The first of these samples, as time since boot.
        public var since: Nanoseconds
        public var samples: Int
        /// The function of the kernel it waits in; nil without the right to know.
        public var channel: String?
        /// Waits that began meanwhile: none while it is one and the same. Nil where this kernel
        /// does not count them.
        public var waits: UInt64?

        public init(since: Nanoseconds, samples: Int, channel: String? = nil, waits: UInt64? = nil)
        {
            self.since = since
            self.samples = samples
            self.channel = channel
            self.waits = waits
        }
    }

    public init(
        process: ProcessIdentity, name: String, processName: String, samples: Int = 0,
        running: Int = 0, turns: Turns = Turns(), systemCalls: [Int32: Int] = [:],
        futexes: [FutexWait: Int] = [:], holders: [ThreadID: Int] = [:],
        limitedWaits: Int = 0, schedule: Schedule? = nil, waitChannels: [String: Int] = [:],
        counted: Counted? = nil,
        stall: Stall? = nil
    ) {
        self.process = process
        self.name = name
        self.processName = processName
        self.samples = samples
        self.running = running
        self.turns = turns
        self.systemCalls = systemCalls
        self.futexes = futexes
        self.holders = holders
        self.limitedWaits = limitedWaits
        self.schedule = schedule
        self.waitChannels = waitChannels
        self.counted = counted
        self.stall = stall
    }

    public var voluntarySwitches: Rate? { counted?.perSecond(counted?.voluntarySwitches) }
    public var readsAndWrites: Rate? { counted?.perSecond(counted?.readsAndWrites) }

    /// The share of samples in which it waited for the lock at an address of its process.
    public func share(waitingForLockAt address: UInt64) -> Percent {
        share(futexes.reduce(0) { $1.key.isLock && $1.key.address == address ? $0 + $1.value : $0 })
    }

    /// The share of samples in which it waited for any lock.
    public var shareWaitingForLocks: Percent {
        share(futexes.reduce(0) { $1.key.isLock ? $0 + $1.value : $0 })
    }

    private func share(_ count: Int) -> Percent {
        Percent(samples == 0 ? 0 : 100 * Double(count) / Double(samples))
    }
}
