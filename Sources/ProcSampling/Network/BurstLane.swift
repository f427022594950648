internal import Glibc
internal import SwiftOverlayShims
internal import Synchronization
internal import Units

/// Samples receive queues every 10 ms, or less often where that is dear, for 5 s, and the threads
/// that are to read them, on a
/// thread that exists only meanwhile.
final class BurstLane: Sendable {
    /// What a queue holds now, what fits, and what it dropped so far; nil once the socket is gone.
    typealias ReadQueue = (SocketSample) -> QueueSample?
    /// Opens that in a namespace, for the calling thread; nil if that cannot be done.
    typealias OpenQueue = @Sendable () throws(StrandedThread) -> ReadQueue?

    private struct Batch {
        var watches: [QueueWatch]
        var root: ProcRoot
        var open: OpenQueue
    }

    private struct State {
        /// To be begun by the thread.
        var batches: [Batch] = []
        var running: Set<SocketID> = []
        /// The latest of each, and in which order they began.
        var bursts: [SocketID: QueueBurst] = [:]
        var order: [SocketID] = []
        var endedAt: [SocketID: Nanoseconds] = [:]
        /// Who holds those that are sampled.
        var holders: [SocketID: [SocketOwner]] = [:]
        var isThreadAlive = false
        var isStopped = false
    }

    /// So many sockets' last bursts are kept.
    static let mostKept = 256
    private static let readerPeriod = Nanoseconds(100_000_000)
    private static let publishPeriod = Nanoseconds(500_000_000)
    /// Somebody is to be told of what is new.
    let isShown = Atomic(false)
    private let changed: @Sendable () -> Void
    private let state = Mutex(State())

    init(changed: @escaping @Sendable () -> Void) {
        self.changed = changed
    }

    func bursts(in namespace: NamespaceID) -> [SocketID: QueueBurst] {
        state.withLock { $0.bursts.filter { $0.key.namespace == namespace } }
    }

    /// What is sampled now, and when those that are not were.
    var facts: (running: Set<SocketID>, endedAt: [SocketID: Nanoseconds]) {
        state.withLock { ($0.running, $0.endedAt) }
    }

    /// Begins to sample these sockets, and those who hold them, by inode.
    func start(
        _ samples: [SocketSample], holders: (UInt32) -> [SocketOwner], root: ProcRoot,
        open: @escaping OpenQueue
    ) {
        let mustStart = state.withLock { state in
            let watches = samples.filter { state.running.insert($0.id).inserted }.map { sample in
                state.holders[sample.id] = holders(sample.inode)
                return QueueWatch(sample, number: (state.bursts[sample.id]?.number ?? 0) + 1)
            }
            guard !watches.isEmpty else { return false }
            state.batches.append(Batch(watches: watches, root: root, open: open))
            defer { state.isThreadAlive = true }
            return !state.isThreadAlive
        }
        guard mustStart else { return }
        let isStarted = DetachedThread.start(name: "dxtop:burst", stackSize: 512 * 1024) {
            self.run()
        }
        if !isStarted {
            state.withLock { state in
                state.isThreadAlive = false
                state.batches.removeAll()
                state.running.removeAll()
            }
        }
    }

    /// Tells who holds what is sampled, as it becomes known, and which sockets of a namespace there
    /// are: of those that are gone nothing is kept.
    func note(
        _ sockets: [SocketSample], in namespace: NamespaceID, isComplete: Bool,
        holders: (UInt32) -> [SocketOwner]
    ) {
        state.withLock { state in
            guard !state.bursts.isEmpty || !state.running.isEmpty else { return }
            var gone = Set(state.order.filter { $0.namespace == namespace })
            for socket in sockets where socket.transport == .udp {
                gone.remove(socket.id)
                guard socket.owner != nil, state.running.contains(socket.id) else { continue }
                state.holders[socket.id] = holders(socket.inode)
            }
            guard isComplete else { return }
            for socket in gone.subtracting(state.running) { Self.forget(socket, &state) }
        }
    }

    private static func forget(_ socket: SocketID, _ state: inout State) {
        state.bursts[socket] = nil
        state.endedAt[socket] = nil
        state.holders[socket] = nil
        state.order.removeAll { $0 == socket }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
    }

    // MARK: The thread

    /// What the thread keeps of the sockets that came with one call.
    private final class Group {
        var watches: [QueueWatch]
        let read: ReadQueue
        let readers: ReaderWatches

        init(_ batch: Batch, _ read: @escaping ReadQueue) {
            watches = batch.watches
            self.read = read
            readers = ReaderWatches(root: batch.root)
        }
    }

    private func run() {
        var groups: [Group] = []
        var isStranded = false
        let began = (wall: Instant.now, cpu: CPUTime.ofThread)
        var next = began.wall
        var readersDue = began.wall
        var publishDue = began.wall.advanced(by: Self.publishPeriod)
        while takeBatches(into: &groups, &isStranded) {
            let roundBegan = CPUTime.ofThread
            for group in groups {
                for index in group.watches.indices { group.watches[index].sample(with: group.read) }
            }
            let period = SamplingPlan.burstPeriod(after: CPUTime.ofThread.since(roundBegan))
            let now = Instant.now
            if now >= readersDue {
                let holders = state.withLock { $0.holders }
                for group in groups {
                    group.readers.poll(holders: group.watches.compactMap { holders[$0.sample.id] })
                }
                readersDue = now.advanced(by: Self.readerPeriod)
            }
            let hasEnded = groups.contains { $0.watches.contains(where: \.isComplete) }
            if now >= publishDue || hasEnded {
                let cost = Rates.sum(
                    of: CPUTime.ofThread.since(began.cpu), in: now.since(began.wall))
                publish(groups, cost ?? .zero)
                for group in groups { group.watches.removeAll(where: \.isComplete) }
                groups.removeAll(where: \.watches.isEmpty)
                publishDue = now.advanced(by: Self.publishPeriod)
            }
            next = Self.sleep(period, after: next)
        }
    }

    /// Takes what is to be begun; nothing more once the thread is stranded. False, and the end of the
    /// thread, when there is nothing to do.
    private func takeBatches(into groups: inout [Group], _ isStranded: inout Bool) -> Bool {
        let batches: [Batch]? = state.withLock { state in
            defer { state.batches.removeAll() }
            guard !state.isStopped, !(groups.isEmpty && state.batches.isEmpty) else {
                state.isThreadAlive = false
                return nil
            }
            return state.batches
        }
        guard let batches else { return false }
        for batch in batches {
            if let read = open(batch, &isStranded) {
                groups.append(Group(batch, read))
            } else {
                state.withLock { $0.running.subtract(batch.watches.map(\.sample.id)) }
            }
        }
        return true
    }

    private func open(_ batch: Batch, _ isStranded: inout Bool) -> ReadQueue? {
        guard !isStranded else { return nil }
        do throws(StrandedThread) {
            return try batch.open()
        } catch {
            isStranded = true
            return nil
        }
    }

    private func publish(_ groups: [Group], _ cost: Percent) {
        let holders = state.withLock { $0.holders }
        for group in groups {
            for watch in group.watches {
                let reader = group.readers.reader(
                    of: watch.sample, holders: holders[watch.sample.id] ?? [])
                let burst = watch.burst(reader: reader, cost: cost)
                state.withLock { Self.keep(burst, &$0) }
            }
        }
        if isShown.load(ordering: .relaxed) { changed() }
    }

    private static func keep(_ burst: QueueBurst, _ state: inout State) {
        let socket = burst.socket
        if state.bursts[socket]?.number != burst.number {
            state.order.removeAll { $0 == socket }
            state.order.append(socket)
        }
        state.bursts[socket] = burst
        if burst.isComplete {
            state.running.remove(socket)
            state.endedAt[socket] = .sinceBoot
        }
        while state.order.count > mostKept, let oldest = state.order.first {
            forget(oldest, &state)
        }
    }

    /// Sleeps until the next sample is due, and returns when that was. Samples that were missed are not
    /// made up for.
    private static func sleep(_ period: Nanoseconds, after last: Instant) -> Instant {
        let late = Instant.now.since(last).rawValue / period.rawValue
        let next = last.advanced(by: Nanoseconds(period.rawValue * (late + 1)))
        var time = timespec(
            tv_sec: Int(next.nanoseconds / 1_000_000_000),
            tv_nsec: Int(next.nanoseconds % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
        return next
    }
}
