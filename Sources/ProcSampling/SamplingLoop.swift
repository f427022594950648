internal import Glibc
public import ProcFormats
internal import Synchronization
public import Units

/// Runs a source on a thread of its own and delivers its snapshots.
///
/// None of its calls ever waits for a read: they leave a wish and wake the thread. What they share
/// with it is locked for the length of a copy, never while a file is read.
public final class SamplingLoop: Sendable {
    private struct Wishes {
        var interest = Interest()
        var interval: Duration
        /// An extra sample is wanted: the interest changed.
        var wantsSample = false
        var isStopped = false
        /// What a person asked for is at work: what it costs does not count.
        var isExcused = false
        /// A moment to go to.
        var goal: Nanoseconds?
    }

    private let wishes: Mutex<Wishes>
    private let wakeUp: WakeUp

    private init(interval: Duration) throws(ProcError) {
        wishes = Mutex(Wishes(interval: interval))
        wakeUp = try WakeUp()
    }

    public typealias MakeSource =
        @Sendable (_ changed: @escaping @Sendable () -> Void) -> any SampleSource

    /// Starts sampling a /proc tree.
    public static func start(
        root: ProcRoot, interval: Duration, interest: Interest = Interest(),
        budget: Percent = Percent(Float(100)),
        deliver: @escaping @Sendable (Snapshot) -> Void
    ) throws(ProcError) -> SamplingLoop {
        try start(
            interval: interval, interest: interest, budget: budget,
            source: { root.source(changed: $0) }, deliver: deliver)
    }

    /// Starts sampling. `deliver` is called on the sampling thread, one snapshot after the other.
    ///
    /// First come the processes alone, as soon as they are read, then their threads, then after a
    /// quarter of a second a complete snapshot with rates; from then on one each interval. A
    /// snapshot with the sequence number of the one before is the same refresh with more in it:
    /// what a changed interest asked for, or what was read meanwhile: mappings, sockets.
    ///
    /// - Parameters:
    ///   - budget: The share of all CPUs that the whole process may use, on average over 10 s. Where
    ///     it used more, refreshes come further apart than `interval`, and say so:
    ///     `OwnCost.isHeldBack`.
    ///   - source: Makes the source, on the sampling thread. It gets what to call when `amend` has
    ///     more.
    public static func start(
        interval: Duration, interest: Interest = Interest(),
        budget: Percent = Percent(Float(100)), source: @escaping MakeSource,
        deliver: @escaping @Sendable (Snapshot) -> Void
    ) throws(ProcError) -> SamplingLoop {
        let loop = try SamplingLoop(interval: interval)
        loop.setInterest(interest)
        let isStarted = DetachedThread.start(name: "dxtop:sampler", stackSize: 512 * 1024) {
            let source = source { loop.sampleNow() }
            loop.run(
                source, budget: CPUBudget(share: budget, cpuCount: Machine.current.cpuCount),
                deliver: deliver)
        }
        guard isStarted else { throw .failed(path: "pthread_create", errno: EAGAIN) }
        return loop
    }

    /// What to read in depth from now on. The next refresh goes by it; call `sampleNow` if the
    /// person should not wait for that.
    public func setInterest(_ interest: Interest) {
        wishes.withLock { $0.interest = interest }
    }

    /// How long from one refresh to the next, at least 100 ms. Takes effect at once.
    public func setInterval(_ interval: Duration) {
        wishes.withLock { $0.interval = interval }
        wakeUp.signal()
    }

    /// Has the source go to a moment; see `SampleSource.seek`. What is there comes at once.
    public func seek(to moment: Nanoseconds) {
        wishes.withLock { $0.goal = moment }
        wakeUp.signal()
    }

    /// Asks for the latest refresh again, with what the interest wants by now. Figures that are
    /// rates stay as they were measured.
    public func sampleNow() {
        wishes.withLock { $0.wantsSample = true }
        wakeUp.signal()
    }

    /// While a sample that a person asked for is at work, its cost is not held against the budget.
    public func excuse(_ isExcused: Bool) {
        wishes.withLock { $0.isExcused = isExcused }
    }

    /// Ends sampling. A snapshot that is being made may still be delivered.
    public func stop() {
        wishes.withLock { $0.isStopped = true }
        wakeUp.signal()
    }

    // MARK: On the sampling thread

    private static let firstRates = Nanoseconds(250_000_000)
    private static let shortestInterval = Nanoseconds(100_000_000)
    /// Sampling takes a fifth of one CPU at most: on a box that is slower than that, refreshes
    /// come further apart.
    private static let mostOfTime: UInt64 = 5

    private func run(
        _ source: any SampleSource, budget: CPUBudget, deliver: @Sendable (Snapshot) -> Void
    ) {
        var budget = budget
        var meter = CPUMeter()
        source.setInterval(wish().interval)
        source.setAllowance(budget.allowance)
        source.sample(wish().interest, depth: .processesOnly).map(deliver)
        guard !wish().isStopped else { return }
        var began = Instant.now
        source.sample(wish().interest, depth: .changes).map(deliver)
        var pause = Self.firstRates
        while true {
            let took = Instant.now.since(began).rawValue
            let earliest = began.advanced(by: Nanoseconds(took * Self.mostOfTime))
            meter.settle(&budget, isExcused: wish().isExcused)
            let affordable = Instant.now.advanced(by: budget.pause)
            guard
                let isHeldBack = wait(
                    source, from: began, atMost: pause, until: max(earliest, affordable), deliver)
            else { return }
            pause = Nanoseconds(.max)
            began = .now
            guard var snapshot = source.sample(wish().interest, depth: .changes) else { continue }
            snapshot.ownCost.isHeldBack = isHeldBack
            deliver(snapshot)
        }
    }

    /// Waits for the next refresh's time and takes extra samples meanwhile.
    ///
    /// - Parameters:
    ///   - pause: the interval is cut to that.
    ///   - earliest: not before, whatever was asked for.
    /// - Returns: whether it came later than asked for; nil when to stop.
    private func wait(
        _ source: any SampleSource, from began: Instant, atMost pause: Nanoseconds,
        until earliest: Instant,
        _ deliver: @Sendable (Snapshot) -> Void
    ) -> Bool? {
        var told = wish().interval
        while true {
            let wish = wish()
            if wish.isStopped { return nil }
            if wish.interval != told {
                told = wish.interval
                source.setInterval(told)
            }
            if let goal = takeGoal(), source.seek(to: goal) { return false }
            if wish.wantsSample {
                wishes.withLock { $0.wantsSample = false }
                if let snapshot = source.amend(wish.interest) { deliver(snapshot) }
            }
            let interval = max(wish.interval.inNanoseconds, Self.shortestInterval)
            let wanted = began.advanced(by: min(pause, interval))
            let due = max(wanted, earliest)
            let now = Instant.now
            // What nobody would notice is not said.
            guard now < due else { return due.since(wanted).rawValue > interval.rawValue / 20 }
            wakeUp.wait(atMost: due.since(now))
        }
    }

    private func wish() -> Wishes { wishes.withLock { $0 } }

    private func takeGoal() -> Nanoseconds? {
        wishes.withLock { wishes in
            defer { wishes.goal = nil }
            return wishes.goal
        }
    }
}
