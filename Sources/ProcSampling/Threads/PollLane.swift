internal import Glibc
internal import Synchronization
internal import Units

/// Polls a few threads about five times a second, on a thread that exists only while there are
/// some.
final class PollLane: Sendable {
    private struct State {
        var wanted: [PolledThread] = []
        var records: [ThreadIdentity: PollRecord] = [:]
        /// What a poll of a thread took lately, on average.
        var costOfOne = Nanoseconds(0)
        var allowance = SamplingPlan.usualAllowance
        var isThreadAlive = false
        var isStopped = false
    }

    private let root: ProcRoot
    private let state = Mutex(State())

    init(root: ProcRoot) {
        self.root = root
    }

    /// What the polls found so far, by thread. What is too old is not told: a file may not answer,
    /// and hold up the polls of all.
    var records: [ThreadIdentity: PollRecord] {
        let now = Nanoseconds.sinceBoot
        return state.withLock { state in
            state.records.filter { _, record in
                record.polls.last.map { now.since($0.moment) < SamplingPlan.pollWindow } ?? false
            }
        }
    }

    /// So many threads can be polled often enough for a verdict.
    var most: Int {
        state.withLock { SamplingPlan.mostPolled(costOfOne: $0.costOfOne, allowance: $0.allowance) }
    }

    func setAllowance(_ allowance: Double) { state.withLock { $0.allowance = allowance } }

    var isThreadAlive: Bool { state.withLock { $0.isThreadAlive } }

    /// Polls these threads from now on, and no others.
    func follow(_ threads: [PolledThread]) {
        let mustStart = state.withLock { state in
            state.wanted = threads
            if threads.isEmpty { state.records = [:] }
            guard !threads.isEmpty, !state.isThreadAlive, !state.isStopped else { return false }
            state.isThreadAlive = true
            return true
        }
        guard mustStart else { return }
        let isStarted = DetachedThread.start(name: "dxtop:polls", stackSize: 512 * 1024) {
            self.run()
        }
        if !isStarted { state.withLock { $0.isThreadAlive = false } }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
    }

    // MARK: The thread

    private func run() {
        let reader = ProcReader(root: root)
        var followed: [PolledThread] = []
        var watches: [ThreadIdentity: PollWatch] = [:]
        var rounds: [[PollWatch]] = []
        while let wanted = wanted() {
            let began = CPUTime.ofThread
            if wanted != followed || watches.count < wanted.count {
                followed = wanted
                var known = watches
                watches = [:]
                for thread in wanted {
                    watches[thread.id] =
                        known.removeValue(forKey: thread.id) ?? PollWatch(thread, reader: reader)
                }
                rounds = Array(
                    Dictionary(grouping: watches.values, by: \.thread.process).values)
                keepRecords(of: watches)
            }
            for watches in rounds { keep(PollRound(watches)) }
            if watches.values.contains(where: \.hasEnded) {
                watches = watches.filter { !$0.value.hasEnded }
                keepRecords(of: watches)
            }
            let cost = CPUTime.ofThread.since(began)
            let pause = state.withLock { state in
                state.costOfOne = SamplingPlan.average(
                    state.costOfOne, cost.rawValue / UInt64(max(1, wanted.count)))
                return SamplingPlan.pollPeriod(after: cost, allowance: state.allowance)
            }
            usleep(UInt32(clamping: pause.rawValue / 1000))
        }
    }

    /// Nil, and the end of the thread, when there is nothing to do.
    private func wanted() -> [PolledThread]? {
        state.withLock { state in
            guard !state.isStopped, !state.wanted.isEmpty else {
                state.isThreadAlive = false
                state.records = [:]
                return nil
            }
            return state.wanted
        }
    }

    private func keepRecords(of watches: [ThreadIdentity: PollWatch]) {
        state.withLock { state in
            state.records = state.records.filter { watches[$0.key] != nil }
        }
    }

    private func keep(_ round: PollRound) {
        state.withLock { state in
            for (thread, poll) in round.polls {
                state.records[thread.id, default: PollRecord(thread)].add(poll)
            }
        }
    }
}
