internal import ProcFormats
internal import Units

/// A thread that is looked at, with the words to tell of it.
struct PolledThread: Hashable, Sendable {
    let id: ThreadIdentity
    let process: ProcessIdentity
    let name: String
    let processName: String
}

/// What one look at a thread found.
struct PollLook: Sendable {
    enum Place: Hashable, Sendable {
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
    var place: Place
    /// State D.
    var isStalled: Bool
    /// Read at some looks only.
    var counters: Counters?
}

/// The looks at one thread that are not too long ago.
struct PollRecord: Sendable {
    let thread: PolledThread
    private(set) var looks: [PollLook] = []
    private(set) var stall: ThreadPoll.Stall?
    private(set) var stalledAt: Nanoseconds?
    /// Of `voluntarySwitches` when it stalled.
    private var switchesBefore: UInt64?

    init(_ thread: PolledThread) {
        self.thread = thread
    }

    mutating func add(_ look: PollLook) {
        let start = look.moment.since(SamplingPlan.pollWindow)
        looks.removeAll { $0.moment < start }
        looks.append(look)
        note(look)
    }

    private mutating func note(_ look: PollLook) {
        guard look.isStalled else {
            stall = nil
            return
        }
        stalledAt = look.moment
        if stall == nil {
            stall = ThreadPoll.Stall(since: look.moment, looks: 0)
            switchesBefore = look.counters?.voluntarySwitches
        }
        stall?.looks += 1
        if case .kernel(let channel?) = look.place { stall?.channel = channel }
        if let before = switchesBefore, let now = look.counters?.voluntarySwitches {
            stall?.waits = Rates.change(from: before, to: now)
        }
    }

    /// What it all comes to.
    var poll: ThreadPoll {
        var poll = ThreadPoll(
            process: thread.process, name: thread.name, processName: thread.processName,
            looks: looks.count, counted: counted, stall: stall)
        for look in looks {
            switch look.place {
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
        guard let first = looks.first(where: { $0.counters != nil }),
            let last = looks.last(where: { $0.counters != nil }), last.moment > first.moment
        else { return nil }
        func advance(_ counter: KeyPath<PollLook.Counters, UInt64?>) -> UInt64? {
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
