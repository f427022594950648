internal import ProcFormats
internal import Units

/// A thread that is polled, with the words to tell of it.
struct PolledThread: Hashable, Sendable {
    let id: ThreadIdentity
    let process: ProcessIdentity
    let name: String
    let processName: String
}

/// What one poll of a thread found.
struct Poll: Sendable {
    enum Activity: Hashable, Sendable {
        case running
        case systemCall(Int32)
        case futex(Int32, FutexWait)
        /// A function of the kernel, where that is known.
        case kernel(String?)
    }

    struct Counters: Sendable {
        var voluntarySwitches: UInt64?
        var readsAndWrites: UInt64?
    }

    /// Time since boot.
    var moment: Nanoseconds
    var activity: Activity
    /// State D.
    var isStalled: Bool
    /// Whether it was runnable, and how many threads of its process were, of those that are polled. Nil
    /// where they were not read at once.
    var runnable: (isThis: Bool, count: Int)?
    /// Of the lock that it waits for, where the lock tells.
    var holder: ThreadID?
    /// It waits for a futex for a limited time only.
    var isLimited = false
    var schedule: ThreadPoll.Schedule?
    /// Read in some polls only.
    var counters: Counters?
}

/// The polls of one thread in the last seconds, as `SamplingPlan.pollWindow` says.
struct PollRecord: Sendable {
    let thread: PolledThread
    private(set) var polls: [Poll] = []
    private(set) var stall: ThreadPoll.Stall?
    private(set) var stalledAt: Nanoseconds?
    /// Of `voluntarySwitches` when it stalled.
    private var switchesBefore: UInt64?

    init(_ thread: PolledThread) {
        self.thread = thread
    }

    mutating func add(_ poll: Poll) {
        let start = poll.moment.since(SamplingPlan.pollWindow)
        polls.removeAll { $0.moment < start }
        polls.append(poll)
        note(poll)
    }

    private mutating func note(_ poll: Poll) {
        guard poll.isStalled else {
            stall = nil
            return
        }
        stalledAt = poll.moment
        if stall == nil {
            stall = ThreadPoll.Stall(since: poll.moment, samples: 0)
            switchesBefore = poll.counters?.voluntarySwitches
        }
        stall?.samples += 1
        if case .kernel(let channel?) = poll.activity { stall?.channel = channel }
        if let before = switchesBefore, let now = poll.counters?.voluntarySwitches {
            stall?.waits = Rates.change(from: before, to: now)
        }
    }

    /// Their sum.
    var poll: ThreadPoll {
        var poll = ThreadPoll(
            process: thread.process, name: thread.name, processName: thread.processName,
            samples: polls.count, schedule: polls.last?.schedule, counted: counted, stall: stall)
        for one in polls {
            if let (isThis, count) = one.runnable {
                poll.turns.note(isRunnable: isThis, of: count)
            }
            if one.isLimited { poll.limitedWaits += 1 }
            if let holder = one.holder { poll.holders[holder, default: 0] += 1 }
            switch one.activity {
            case .running: poll.running += 1
            case .systemCall(let number): poll.systemCalls[number, default: 0] += 1
            case .futex(let number, let wait):
                poll.systemCalls[number, default: 0] += 1
                poll.futexes[wait, default: 0] += 1
            case .kernel(let channel):
                if let channel { poll.waitChannels[channel, default: 0] += 1 }
            }
        }
        return poll
    }

    private var counted: ThreadPoll.Counted? {
        guard let first = polls.first(where: { $0.counters != nil }),
            let last = polls.last(where: { $0.counters != nil }), last.moment > first.moment
        else { return nil }
        func advance(_ counter: KeyPath<Poll.Counters, UInt64?>) -> UInt64? {
            guard let before = first.counters?[keyPath: counter],
                let now = last.counters?[keyPath: counter]
            else { return nil }
            return Rates.change(from: before, to: now)
        }
        return ThreadPoll.Counted(
            span: Duration(last.moment.since(first.moment)),
            voluntarySwitches: advance(\.voluntarySwitches),
            readsAndWrites: advance(\.readsAndWrites))
    }
}
