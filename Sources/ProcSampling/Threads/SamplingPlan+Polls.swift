internal import ProcFormats
internal import Units

// Which threads are polled several times a second, between the refreshes. On a quiet box none.

extension SamplingPlan {
    /// So many at a time, at most: each poll takes about 8 us, two files that are kept open.
    static let mostPolled = 64
    /// So many are polled however long it takes.
    private static let leastPolled = 8
    /// From one round of polls to the next, give or take a quarter: a thread that does everything
    /// in step with the polls would show but one side.
    static let pollPeriod = Nanoseconds(200_000_000)
    /// Polls take so much of what may be used at most.
    private static let shareOfPolls = 0.25
    static let usualAllowance = 0.02
    /// A round that comes less often than this makes too few polls of a thread for a verdict.
    private static let longestPollPeriod = Nanoseconds(400_000_000)
    /// Polls that are older say nothing of now.
    static let pollWindow = Nanoseconds(10_000_000_000)
    /// `status` is dear and changes the picture slowly.
    static let pollCountersPeriod = Nanoseconds(1_000_000_000)

    /// How many threads a round may poll and still come often enough. On a slow box, or with little
    /// to spend, that are few: those of which something is to be told come first, see `polled`, and
    /// the crowds, of which nothing is known yet, get what is left.
    ///
    /// - Parameters:
    ///   - costOfOne: what a poll of a thread takes; 0 before there was one.
    ///   - allowance: CPU time per time that may be used in all.
    static func mostPolled(costOfOne: Nanoseconds, allowance: Double) -> Int {
        guard costOfOne.rawValue > 0 else { return mostPolled }
        let paid = Double(longestPollPeriod.rawValue) * allowance * shareOfPolls
        let count = paid / Double(costOfOne.rawValue)
        return max(leastPolled, Int(min(count, Double(mostPolled))))
    }

    /// The average so far, with one more value.
    static func average(_ before: Nanoseconds, _ value: UInt64) -> Nanoseconds {
        Nanoseconds(before.rawValue == 0 ? value : (3 * before.rawValue + value) / 4)
    }

    static func pollPeriod(after cost: Nanoseconds, allowance: Double) -> Nanoseconds {
        let paid = Double(cost.rawValue) / max(allowance * shareOfPolls, 1e-6)
        let base = max(pollPeriod, Nanoseconds(UInt64(paid)))
        return Nanoseconds(UInt64(Double(base.rawValue) * .random(in: 0.75...1.25)))
    }

    /// Whether a thread uses so much of a CPU, or would if it got it, or wakes up so often, that it is to
    /// be found out for what. One that is polled already stays for less: figures of one refresh are rough.
    func isBusy(_ thread: ThreadSample, isKnown: Bool) -> Bool {
        guard let cpu = thread.cpu else { return false }
        let wakeups = isKnown ? Self.leastWakeupsOfKnown : Self.leastWakeupsOfBusy
        if let switches = thread.voluntarySwitches, switches >= wakeups { return true }
        let least = isKnown ? Self.leastCPUOfKnown : Self.leastCPUOfBusy
        return cpu >= least || thread.wantsCPU(least)
    }

    private static let leastCPUOfBusy = Percent(70.0)
    private static let leastCPUOfKnown = Percent(40.0)
    private static let leastWakeupsOfBusy = Rate(4_000.0)
    private static let leastWakeupsOfKnown = Rate(2_000.0)
}

// MARK: - Threads that wait for each other

extension SamplingPlan {
    /// Threads of one process that ran lately: they may contend for a lock.
    struct Crowd {
        var process: ProcessIdentity
        /// Those that used most CPU first.
        var threads: [PolledThread]
        var trial: Trial
        /// All of them use about one CPU together: they may take turns.
        var isOneCPU = false

        /// How many are tried.
        var tried: Int { min(threads.count, isOneCPU ? mostTriedOfOneCPU : mostTried) }
    }

    /// A convoy may use next to no CPU, and all that could tell of it is dear. So some threads of
    /// each process that may be in one are polled for a short while, in turn.
    enum Trial: Hashable {
        /// Not tried, or not for a while; since when it waits for its turn.
        case due(since: Nanoseconds)
        case goesOn
        case contends
        /// One of them is runnable at a time.
        case takesTurns
        case rests
    }

    /// Less make no convoy.
    static let leastContenders = 3
    /// Less than these switches a second on the whole machine make none either: 100 of each thread.
    private static let leastSwitches = Rate(300.0)
    private static let trialSpan = Nanoseconds(3_000_000_000)
    private static let trialRest = Nanoseconds(6_000_000_000)
    /// So many threads of a process are tried, so many in all, and so many polled of one that
    /// contends.
    private static let mostTried = 8
    private static let mostTriedOfOneCPU = 24
    private static let mostTriedInAll = 32
    private static let mostContending = 16
    /// Of those that take turns: all that do are wanted.
    private static let mostTakingTurns = 40
    /// In this share of its polls a thread waits for one and the same lock, before others are
    /// polled, too.
    private static let leastLockShare = Percent(25.0)
    /// Before that, polls say little.
    private static let leastSamples = 5

    /// Who takes turns for long switches less, but uses a CPU together.
    private static let leastCPUOfTurns = Percent(50.0)

    /// Whether a process uses about one CPU.
    static func isOneCPU(_ cpu: Percent?) -> Bool {
        cpu.map { $0 >= leastCPUOfTurns && $0 <= mostCPUOfTurns } ?? false
    }

    private static let mostCPUOfTurns = Percent(130.0)

    /// - Parameter cpu: of the process.
    static func mayContend(_ threads: Int, _ hostSwitches: Rate?, _ cpu: Percent? = nil) -> Bool {
        threads >= leastContenders
            && (hostSwitches ?? leastSwitches >= leastSwitches
                || isOneCPU(cpu))
    }

    /// - Parameters:
    ///   - began: when its latest trial did; nil if it was never tried.
    ///   - polls: of its threads.
    static func trial(_ began: Nanoseconds?, polls: [ThreadPoll], now: Nanoseconds) -> Trial {
        let waiting = polls.filter { poll in
            poll.samples >= leastSamples
                && poll.futexes.keys.contains {
                    $0.isLock && poll.share(waitingForLockAt: $0.address) >= leastLockShare
                }
        }
        if waiting.count > 1 { return .contends }
        if polls.count >= leastContenders, takeTurns(polls) { return .takesTurns }
        guard let began else { return .due(since: Nanoseconds(0)) }
        let passed = now.since(began)
        if passed < trialSpan { return .goesOn }
        return passed < trialSpan + trialRest ? .rests : .due(since: began)
    }
}

extension SamplingPlan {
    /// In nearly all polls one of them is runnable, and it is not always the same.
    private static func takeTurns(_ polls: [ThreadPoll]) -> Bool {
        guard let rounds = polls.map(\.turns.samples).max(), rounds >= leastSamples else {
            return false
        }
        let alone = polls.map(\.turns.alone)
        let all = alone.reduce(0, +)
        return Double(all) >= leastAlone * Double(rounds)
            && Double(alone.max() ?? 0) <= mostOfOne * Double(all)
    }

    private static let leastAlone = 0.4
    private static let mostOfOne = 0.8
}

// MARK: - The choice

extension SamplingPlan {
    struct PollFacts {
        /// So many are polled at most.
        var most = mostPolled
        /// The one whose detail a person looks at.
        var selected: PolledThread?
        /// In state D.
        var stalled: [PolledThread] = []
        var busy: [PolledThread] = []
        /// Found waiting for a lock, or holding it.
        var waiting: [PolledThread] = []
        var crowds: [Crowd] = []
        /// Polled until now: it is their polls that become enough to say something.
        var known: Set<ThreadIdentity> = []
    }

    struct PollChoice: Equatable {
        var threads: [PolledThread] = []
        /// Whose trial begins.
        var tried: [ProcessIdentity] = []
    }

    static func polled(_ facts: PollFacts) -> PollChoice {
        var choice = PollChoice()
        var chosen: Set<ThreadIdentity> = []
        func choose(_ threads: [PolledThread], most: Int) {
            let known = threads.filter { facts.known.contains($0.id) }
            let others = threads.filter { !facts.known.contains($0.id) }
            var room = min(most, facts.most - choice.threads.count)
            for thread in known + others where room > 0 && chosen.insert(thread.id).inserted {
                choice.threads.append(thread)
                room -= 1
            }
        }
        choose(facts.selected.map { [$0] } ?? [], most: 1)
        choose(facts.stalled, most: facts.most / 2)
        choose(facts.busy, most: facts.most / 2)
        choose(facts.waiting, most: facts.most / 2)
        for crowd in facts.crowds where crowd.trial == .contends {
            choose(crowd.threads, most: mostContending)
        }
        for crowd in facts.crowds where crowd.trial == .takesTurns {
            choose(crowd.threads, most: mostTakingTurns)
        }
        var room = mostTriedInAll
        for crowd in facts.crowds where crowd.trial == .goesOn {
            choose(crowd.threads, most: crowd.tried)
            room -= crowd.tried
        }
        let due = facts.crowds.compactMap { crowd -> (since: Nanoseconds, crowd: Crowd)? in
            if case .due(let since) = crowd.trial { (since, crowd) } else { nil }
        }
        for (_, crowd) in due.sorted(by: { $0.since < $1.since }) {
            let count = min(crowd.tried, facts.most / 2)
            guard count <= room, choice.threads.count + count <= facts.most else { break }
            choose(crowd.threads, most: count)
            choice.tried.append(crowd.process)
            room -= count
        }
        return choice
    }
}

// MARK: - Threads that do not run and cannot be woken

extension SamplingPlan {
    /// How many threads' states a refresh may read, and whether of all that there are: not only of
    /// those that ran lately and used next to nothing.
    struct StallSearch: Equatable {
        var most: Int
        var isOfAll: Bool
    }

    /// How to find who is in state D, besides threads that were read anyway. Who blocks has to run
    /// before, so mostly it is one of those that ran lately.
    ///
    /// - Parameters:
    ///   - blocked: tasks that wait for a disk, by the kernel's count. Who waits in state D for
    ///     anything else (a server, a lock, a child) is not in it.
    ///   - known: threads in state D that are known.
    static func stallSearch(blocked: Int?, known: Int) -> StallSearch {
        let isOneMissing = blocked ?? 0 > known
        return StallSearch(most: isOneMissing ? 200 : 16, isOfAll: isOneMissing)
    }
}
