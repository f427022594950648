package import History
import ProcFormats
package import Samples
package import Units

/// What the detectors know of threads: updated once for each refresh, at a cost of the threads that are
/// polled between the refreshes, 64 at most.
package struct ThreadEvidence: Sendable {
    /// Those that are polled, in no order.
    private(set) var polled: [ThreadFacts] = []
    /// Those of them that go on in a way that may be a spin, or a storm of system calls.
    private(set) var spinning: [ThreadFacts] = []
    private(set) var storming: [ThreadFacts] = []
    /// Of those, the ones that spin. On a crowded box figures waver around thresholds: who was said to spin
    /// is so until they are missed by far.
    private(set) var saidToSpin: [ThreadFacts] = []
    /// Those that wake up all the time.
    private(set) var waking: [ThreadFacts] = []
    /// All that keep a CPU busy, in whatever way.
    private(set) var busy: [ThreadFacts] = []
    /// Threads whose findings would be surer, or gone, if their system calls were counted for a
    /// moment: storms before spins, of these who wants most CPU first, and those before wakeups, of which
    /// who does least at each. Without those that were counted lately.
    package private(set) var uncounted: [CountCandidate] = []

    private var counted: [ThreadIdentity: CountedSystemCalls] = [:]
    private var spins: [ThreadIdentity: Known] = [:]
    private var storms: [ThreadIdentity: Known] = [:]
    private var wakeups: [ThreadIdentity: Known] = [:]
    private var hot: [ThreadIdentity: Known] = [:]

    /// A spell that goes on.
    private struct Known: Sendable {
        var began: Nanoseconds
        var before: ThreadFacts.Before?
        /// It did not go on at the latest refresh.
        var isInterrupted = false
    }

    /// How long a thread must go on as it does before something is said of it.
    package static let span: Duration = .seconds(10)
    /// What one refresh may cover to be passed over.
    private static let longestBreak: Duration = .seconds(2)
    /// How far back its ways before are read.
    private static let spanBefore: Duration = .seconds(5 * 60)
    /// A count over less says little.
    private static let leastCounted: Duration = .seconds(1)
    /// Who goes on as it did when it was counted is counted again after the one time, for it may
    /// have begun to make other calls; who changed its ways meanwhile, after the other.
    private static let longRest: Duration = .seconds(5 * 60)
    private static let shortRest: Duration = .seconds(60)

    package init() {}

    /// Takes in that a thread's system calls were counted; the latest count counts.
    package mutating func note(_ calls: CountedSystemCalls) {
        if calls.elapsed >= Self.leastCounted { counted[calls.thread] = calls }
    }

    package mutating func update(_ snapshot: Snapshot, history: History) {
        forgetCounts(at: snapshot.moment)
        var polled: [ThreadFacts] = []
        for (id, poll) in snapshot.polls {
            let moments = history.moments(of: id, from: Self.span)
            polled.append(ThreadFacts(id: id, poll: poll, recent: ThreadAverages(moments)))
        }
        self.polled = polled
        busy = spells(of: polled, &hot, snapshot, history, while: Busy.goesOn)
        spinning = spells(of: polled, &spins, snapshot, history, while: UserSpin.goesOn)
        let known = Set(saidToSpin.map(\.id))
        saidToSpin = spinning.filter { UserSpin.isSpin($0, isKnown: known.contains($0.id)) }
        storming = spells(of: polled, &storms, snapshot, history, while: SystemCallStorm.goesOn)
            .filter { snapshot.process($0.poll.process)?.isKernelThread != true }
        waking = spells(of: polled, &wakeups, snapshot, history, while: WakeupStorm.goesOn)
            .filter { snapshot.process($0.poll.process)?.isKernelThread != true }
        uncounted =
            candidates(
                storming.filter { SystemCallStorm.isCandidate($0) }, at: snapshot.moment)
            + candidates(saidToSpin, at: snapshot.moment)
            + candidates(
                waking.filter(WakeupStorm.isCandidate), at: snapshot.moment, first: \.idleness)
    }

    private mutating func forgetCounts(at moment: Nanoseconds) {
        guard !counted.isEmpty else { return }
        counted = counted.filter { thread, calls in
            Duration(moment.since(calls.moment)) <= Self.shortRest
                || [hot, spins, storms, wakeups].contains { $0[thread] != nil }
        }
    }

    /// - Parameter first: of which thread it is most, that one comes first.
    private func candidates(
        _ threads: [ThreadFacts], at moment: Nanoseconds,
        first rank: (ThreadFacts) -> Double = \.demand
    ) -> [CountCandidate] {
        threads.filter { facts in
            guard let last = counted[facts.id] else { return true }
            let rest = facts.counted == nil ? Self.shortRest : Self.longRest
            return Duration(moment.since(last.moment)) >= rest
        }.sorted { a, b in
            (rank(b), a.id.tid) < (rank(a), b.id.tid)
        }.map { CountCandidate(process: $0.poll.process, thread: $0.id) }
    }

    /// Those of the threads that have gone on in one way, with since when and how they were before.
    private func spells(
        of threads: [ThreadFacts], _ known: inout [ThreadIdentity: Known], _ snapshot: Snapshot,
        _ history: History, while goesOn: (ThreadSample) -> Bool
    ) -> [ThreadFacts] {
        var now: [ThreadIdentity: Known] = [:]
        let found = threads.compactMap { thread -> ThreadFacts? in
            guard thread.recent != nil,
                let last = history.moments(of: thread.id, from: .nanoseconds(1)).last?.thread
            else { return nil }
            let isOn = goesOn(last)
            guard isOn || known[thread.id].map({ outlasts($0, snapshot) }) == true else {
                return nil
            }
            var spell = known[thread.id] ?? begun(thread.id, snapshot, history, while: goesOn)
            spell.isInterrupted = !isOn
            now[thread.id] = spell
            let duration = Duration(snapshot.moment.since(spell.began))
            var facts = thread
            if let last = counted[thread.id], last.moment >= spell.began {
                facts.counted = last
                facts.sinceCounted = Duration(snapshot.moment.since(last.moment))
            }
            facts.spell = ThreadFacts.Spell(
                since: snapshot.time.earlier(by: duration), duration: duration,
                before: spell.before)
            return facts
        }
        known = now
        return found
    }

    /// A refresh of a crowded box may find that a thread got nothing: one alone ends no long spell. The
    /// figures over `span` still count.
    private func outlasts(_ spell: Known, _ snapshot: Snapshot) -> Bool {
        !spell.isInterrupted && (snapshot.interval ?? .zero) <= Self.longestBreak
            && Duration(snapshot.moment.since(spell.began)) > Self.span
    }

    private func begun(
        _ thread: ThreadIdentity, _ snapshot: Snapshot, _ history: History,
        while goesOn: (ThreadSample) -> Bool
    ) -> Known {
        let duration = history.duration(of: thread, while: goesOn)
        let interval = snapshot.interval ?? .zero
        return Known(
            // Its rates are of the time before.
            began: snapshot.moment.since((duration + interval).inNanoseconds),
            before: before(thread, duration + interval, history))
    }

    private func before(
        _ thread: ThreadIdentity, _ duration: Duration, _ history: History
    ) -> ThreadFacts.Before? {
        let start = duration + Self.spanBefore
        // Where it has no row the curve knows whether it used nothing or was not there.
        let known = history.cpuCurve(of: thread, last: start).filter {
            $0.age >= duration && $0.cpu != nil
        }
        guard let first = known.first, let last = known.last else { return nil }
        let used = known.reduce(0) { $0 + Double($1.cpu?.rawValue ?? 0) }
        let switches = history.moments(of: thread, from: start, to: duration)
            .compactMap(\.thread?.voluntarySwitches)
        return ThreadFacts.Before(
            span: first.age - last.age,
            cpu: Percent(used / Double(known.count)),
            voluntarySwitches: switches.isEmpty
                ? nil
                : Rate(switches.reduce(0) { $0 + Double($1.rawValue) } / Double(switches.count)))
    }
}

extension ThreadFacts {
    /// In percent of a CPU.
    fileprivate var demand: Double { Double(recent?.demand.rawValue ?? 0) }

    /// Wakeups for each unit of CPU time: who finds nothing to do needs little for each.
    fileprivate var idleness: Double {
        Double(poll.voluntarySwitches?.rawValue ?? 0) / max(demand, 0.1)
    }
}

/// A thread, as it is found again.
package struct CountCandidate: Hashable, Sendable {
    package var process: ProcessIdentity
    package var thread: ThreadIdentity

    package init(process: ProcessIdentity, thread: ThreadIdentity) {
        self.process = process
        self.thread = thread
    }
}

extension WallTime {
    /// So long before.
    func earlier(by duration: Duration) -> WallTime {
        let (whole, rest) = duration.components
        let nanoseconds = Int64(self.nanoseconds) - rest / 1_000_000_000
        return WallTime(
            seconds: seconds - whole - (nanoseconds < 0 ? 1 : 0),
            nanoseconds: Int32(nanoseconds < 0 ? nanoseconds + 1_000_000_000 : nanoseconds))
    }
}
