internal import Glibc
internal import ProcFormats
internal import Synchronization
internal import Units

/// Reads networks on a thread of its own: a box may have so many sockets that the sampler cannot
/// wait for them.
///
/// It is never more than one pass behind: a pass that is asked for while one goes on comes next, for
/// the newest wish, and all that were asked for in between are that one. It takes a fifth of one CPU
/// at most: after a piece of work it rests four times as long as that took, unless somebody waits.
final class NetworkLane: Sendable {
    /// What a pass is for.
    struct Order: Sendable {
        var wish = NetworkWish()
        /// All that are alive but kernel threads, by number ascending.
        var processes: [ProcessIdentity] = []
        /// Asked for by a refresh: what has rates is read. Else only what is missing.
        var isRefresh = false
    }

    /// What a piece of work brought.
    struct Step {
        /// Nil while there is nothing to show.
        var reading: NetworkReading?
        /// A person waits for what is new in it.
        var isNews = false
        /// What the order asked for is there; if not, there is more to be done for it.
        var isComplete = true
        /// Nothing may be read on this thread any more: the next order is for a new one.
        var isLast = false
    }

    /// Does a pass for an order, or goes on with what the last one left to be done.
    typealias Work = (Order?) -> Step

    private struct State {
        var order = Order()
        /// Goes up with each order that nobody has begun yet.
        var asked = 0
        var began = 0
        /// Up to here all are answered completely.
        var answered = 0
        var reading: NetworkReading?
        /// A command has nothing else to do until all are answered.
        var isAwaited = false
        /// By the lane, or because its thread came to an end.
        var isStopped = false
    }

    /// What the lane and its thread share. The thread outlives the lane by the piece of work it is
    /// at.
    private final class Desk: Sendable {
        let state = Mutex(State())
        let orders: WakeUp
        let answers: WakeUp

        init() throws(ProcError) {
            orders = try WakeUp()
            answers = try WakeUp()
        }
    }

    static let restFactor: UInt64 = 4
    let bursts: BurstLane
    private let changed: @Sendable () -> Void
    private let makeWork: @Sendable (BurstLane) -> Work
    /// Nil until something is wanted, and where the system has nothing to spare for it.
    private let desk = Mutex<Desk?>(nil)

    /// - Parameters:
    ///   - changed: Called without a lock, on the lane's threads, when there is more to see of what
    ///     somebody waits for.
    ///   - makeWork: Called on the lane's thread, once.
    init(
        changed: @escaping @Sendable () -> Void,
        makeWork: @escaping @Sendable (BurstLane) -> Work
    ) {
        self.changed = changed
        self.makeWork = makeWork
        bursts = BurstLane(changed: changed)
    }

    deinit {
        bursts.stop()
        guard let desk = desk.withLock({ $0 }) else { return }
        desk.state.withLock { $0.isStopped = true }
        desk.orders.signal()
    }

    /// What is known of the namespace that is wished for.
    var reading: NetworkReading? {
        let (reading, wish) =
            desk.withLock { $0 }?.state.withLock { ($0.reading, $0.order.wish) }
            ?? (nil, NetworkWish())
        guard var reading, reading.answers(wish) else { return nil }
        reading.bursts = bursts.bursts(in: reading.namespace.id)
        return reading
    }

    /// A refresh: everything that is due is read.
    func refresh(_ wish: NetworkWish, processes: [ProcessIdentity]) {
        order { $0 = Order(wish: wish, processes: processes, isRefresh: true) }
    }

    /// Another wish between two refreshes: what it adds is read at once.
    func want(_ wish: NetworkWish) {
        guard let known = desk.withLock({ $0 })?.state.withLock({ $0.order.wish }), known != wish
        else { return }
        order { $0.wish = wish }
    }

    /// Waits until what was asked for is there, owners too.
    func wait(atMost time: Duration) {
        guard let desk = desk.withLock({ $0 }) else { return }
        let deadline = Instant.now.advanced(by: time.inNanoseconds)
        let asked = desk.state.withLock { state in
            state.isAwaited = true
            return state.asked
        }
        defer { desk.state.withLock { $0.isAwaited = false } }
        desk.orders.signal()
        while desk.state.withLock({ $0.answered < asked }), Instant.now < deadline {
            desk.answers.wait(atMost: deadline.since(.now))
        }
    }

    private func order(_ change: (inout Order) -> Void) {
        guard let desk = started() else { return }
        desk.state.withLock { state in
            change(&state.order)
            state.asked += 1
        }
        desk.orders.signal()
    }

    // MARK: The thread

    private func started() -> Desk? {
        desk.withLock { known in
            if let known, !known.state.withLock({ $0.isStopped }) { return known }
            guard let desk = try? Desk() else { return nil }
            let isStarted = DetachedThread.start(name: "dxtop:network", stackSize: 512 * 1024) {
                [makeWork, bursts, changed] in
                Self.run(desk, makeWork(bursts), changed)
            }
            if isStarted { known = desk }
            return known
        }
    }

    private static func run(_ desk: Desk, _ work: Work, _ changed: @Sendable () -> Void) {
        var isComplete = true
        while let order = next(desk, isComplete) {
            let began = CPUTime.ofThread
            let step = work(order.order)
            isComplete = step.isComplete || step.isLast
            desk.state.withLock { state in
                if let reading = step.reading { state.reading = reading }
                if isComplete { state.answered = order.number }
                if step.isLast { state.isStopped = true }
            }
            if isComplete { desk.answers.signal() }
            if step.isNews { changed() }
            rest(desk, Nanoseconds(CPUTime.ofThread.since(began).rawValue * restFactor))
        }
    }

    /// Waits for an order, or goes on if the last one is not complete. Nil when to stop.
    private static func next(
        _ desk: Desk, _ isComplete: Bool
    ) -> (order: Order?, number: Int)? {
        while true {
            let (isStopped, order, number) = desk.state.withLock { state in
                let isNew = state.began < state.asked
                state.began = state.asked
                defer { if isNew { state.order.isRefresh = false } }
                return (state.isStopped, isNew ? state.order : nil, state.began)
            }
            if isStopped { return nil }
            if order != nil || !isComplete { return (order, number) }
            desk.orders.wait(atMost: Nanoseconds(3_600_000_000_000))
        }
    }

    private static func rest(_ desk: Desk, _ time: Nanoseconds) {
        let end = Instant.now.advanced(by: time)
        while case let now = Instant.now, now < end,
            !desk.state.withLock({ $0.isStopped || $0.isAwaited })
        {
            desk.orders.wait(atMost: end.since(now))
        }
    }
}

extension NetworkReading {
    /// Whether it is of the namespace that is wished for.
    fileprivate func answers(_ wish: NetworkWish) -> Bool {
        wish.namespace.map { $0 == namespace.id } ?? namespace.isOwn
    }
}
