internal import Glibc
internal import Synchronization
internal import Units

/// Runs a `Sampler` on a thread of its own and delivers its snapshots.
///
/// None of its calls ever waits for a read: they leave a wish and wake the thread. What they share
/// with it is locked for the length of a copy, never while a file is read.
public final class SamplingLoop: Sendable {
    private struct Wishes {
        var interest = Interest()
        var interval: Duration
        /// An extra look is wanted: the interest changed.
        var wantsLook = false
        var isStopped = false
    }

    private let wishes: Mutex<Wishes>
    private let wakeUp: WakeUp

    private init(interval: Duration) throws(ProcError) {
        wishes = Mutex(Wishes(interval: interval))
        wakeUp = try WakeUp()
    }

    /// Starts sampling. `deliver` is called on the sampling thread, one snapshot after the other.
    ///
    /// First come the processes alone, as soon as they are read, then their threads, then after a
    /// quarter of a second a complete snapshot with rates; from then on one each interval. A
    /// snapshot with the sequence number of the one before is the same refresh with more in it:
    /// what a changed interest asked for, or what was read meanwhile: mappings, sockets.
    public static func start(
        root: ProcRoot, interval: Duration, interest: Interest = Interest(),
        deliver: @escaping @Sendable (Snapshot) -> Void
    ) throws(ProcError) -> SamplingLoop {
        let loop = try SamplingLoop(interval: interval)
        loop.setInterest(interest)
        let isStarted = DetachedThread.start(name: "dxtop:sampler", stackSize: 512 * 1024) {
            let sampler = Sampler(
                root: root, machine: .current, changed: { loop.sampleNow() })
            loop.run(sampler, deliver: deliver)
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

    /// Asks for the latest refresh again, with what the interest wants by now. Figures that are
    /// rates stay as they were measured.
    public func sampleNow() {
        wishes.withLock { $0.wantsLook = true }
        wakeUp.signal()
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

    private func run(_ sampler: Sampler, deliver: @Sendable (Snapshot) -> Void) {
        deliver(sampler.sample(wish().interest, depth: .processesOnly))
        guard !wish().isStopped else { return }
        var began = Instant.now
        deliver(sampler.sample(wish().interest))
        var isFirst = true
        var cost = Instant.now.since(began)
        while true {
            let earliest = Nanoseconds(cost.rawValue * Self.mostOfTime)
            guard wait(sampler, from: began, atLeast: earliest, isFirst: isFirst, deliver) else {
                return
            }
            isFirst = false
            began = .now
            deliver(sampler.sample(wish().interest))
            cost = Instant.now.since(began)
        }
    }

    /// Waits for the next refresh's time and serves extra looks meanwhile. False when to stop.
    private func wait(
        _ sampler: Sampler, from began: Instant, atLeast: Nanoseconds, isFirst: Bool,
        _ deliver: @Sendable (Snapshot) -> Void
    ) -> Bool {
        while true {
            let wish = wish()
            if wish.isStopped { return false }
            if wish.wantsLook {
                wishes.withLock { $0.wantsLook = false }
                if let snapshot = sampler.amend(wish.interest) { deliver(snapshot) }
            }
            let interval = max(wish.interval.inNanoseconds, Self.shortestInterval)
            let pause = max(isFirst ? min(Self.firstRates, interval) : interval, atLeast)
            let due = began.advanced(by: pause)
            let now = Instant.now
            guard now < due else { return true }
            wakeUp.wait(atMost: due.since(now))
        }
    }

    private func wish() -> Wishes { wishes.withLock { $0 } }
}
