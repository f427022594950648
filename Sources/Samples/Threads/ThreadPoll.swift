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
    /// Samples in which it was asleep in a system call, by the call's number.
    public var systemCalls: [Int32: Int]
    /// Of these, the futexes that it waited for.
    public var futexes: [FutexWait: Int]
    /// Samples in which it was asleep in a function of the kernel, where the system call is not
    /// known or none of its doing; `wchan` in `proc(5)`.
    public var waitChannels: [String: Int]
    /// What its counters advanced by; nil while they were not read twice.
    public var counted: Counted?
    /// It is in state D right now.
    public var stall: Stall?

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
        running: Int = 0, systemCalls: [Int32: Int] = [:], futexes: [FutexWait: Int] = [:],
        waitChannels: [String: Int] = [:], counted: Counted? = nil, stall: Stall? = nil
    ) {
        self.process = process
        self.name = name
        self.processName = processName
        self.samples = samples
        self.running = running
        self.systemCalls = systemCalls
        self.futexes = futexes
        self.waitChannels = waitChannels
        self.counted = counted
        self.stall = stall
    }

    public var voluntarySwitches: Rate? { counted?.perSecond(counted?.voluntarySwitches) }
    public var readsAndWrites: Rate? { counted?.perSecond(counted?.readsAndWrites) }

    /// The share of samples in which it waited for the lock at an address of its process.
    public func share(waitingForLockAt address: UInt64) -> Percent {
        let waits = futexes[FutexWait(address: address, isLock: true)] ?? 0
        return Percent(samples == 0 ? 0 : 100 * Double(waits) / Double(samples))
    }
}
