public import Units

/// That every system call of a thread was counted for a while, and how many there were: what proves
/// that it spins in user space, or that it storms the kernel.
public struct CountedSystemCalls: Hashable, Sendable {
    public var thread: ThreadIdentity
    /// Calls that it entered.
    public var count: Int
    /// Those of them whose names are known.
    public var named: Int
    /// The most frequent first, `mostCalls` of them.
    public var calls: [Call]
    /// For how long it was counted.
    public var elapsed: Duration
    /// CPU time that the thread used meanwhile; nil if it could not be read.
    public var cpuTime: Duration?
    /// When the counting ended, on the clock of `Snapshot.moment`.
    public var moment: Nanoseconds

    public static let mostCalls = 4

    /// One kind of call, and what it achieved.
    public struct Call: Hashable, Sendable {
        /// "read"; "syscall 999" where the number has no name.
        public var name: String
        public var count: Int
        /// Those that came back while they were counted; of these the ones that failed, and that
        /// returned 0.
        public var returned: Int
        public var failed: Int
        public var zeros: Int
        /// The sum of what the others returned: bytes, where the call returns such.
        public var sum: Int
        /// "EAGAIN"; nil where it does not always fail in the same way.
        public var error: String?

        public init(
            name: String, count: Int, returned: Int, failed: Int = 0, zeros: Int = 0, sum: Int = 0,
            error: String? = nil
        ) {
            self.name = name
            self.count = count
            self.returned = returned
            self.failed = failed
            self.zeros = zeros
            self.sum = sum
            self.error = error
        }
    }

    /// - Parameter named: nil if it knows the names of all.
    public init(
        thread: ThreadIdentity, count: Int, named: Int? = nil, calls: [Call] = [],
        elapsed: Duration, cpuTime: Duration?, moment: Nanoseconds
    ) {
        self.thread = thread
        self.count = count
        self.named = named ?? count
        self.calls = calls
        self.elapsed = elapsed
        self.cpuTime = cpuTime
        self.moment = moment
    }

    /// All of them; zero for no time.
    public var rate: Rate { rate(of: count) }

    public func rate(of count: Int) -> Rate {
        elapsed > .zero ? Rate(Double(count) / (elapsed / .seconds(1))) : .zero
    }

    /// For each second of CPU time that the thread got; where that is not known, as `rate`.
    package var rateOnCPU: Rate {
        // In whole clock ticks: of a few they say little.
        guard let cpuTime, cpuTime >= .milliseconds(100), cpuTime < elapsed else { return rate }
        return Rate(Double(count) / (cpuTime / .seconds(1)))
    }

    /// Of the calls with names, the part from 0 to 1 that the most frequent kinds make.
    public func share(ofMostFrequent kinds: Int) -> Double {
        guard named > 0 else { return 0 }
        return Double(calls.prefix(kinds).reduce(0) { $0 + $1.count }) / Double(named)
    }
}
