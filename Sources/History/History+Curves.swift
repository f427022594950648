internal import DequeModule
public import ProcFormats
public import Samples
public import Units

/// One point of a curve.
public struct Reading: Hashable, Sendable {
    public var time: WallTime
    /// How long before the end of its curve, by a clock that nobody sets.
    public var age: Duration
    /// Nil where it is not known: nothing was sampled then, or rows were cut and this one was among
    /// them. Nothing used is zero.
    public var cpu: Percent?

    public init(time: WallTime, age: Duration, cpu: Percent?) {
        self.time = time
        self.age = age
        self.cpu = cpu
    }
}

/// How often a thread was found in which state.
public struct StateShares: Hashable, Sendable {
    /// Moments at which its state was read.
    public var polls: Int
    public var counts: [TaskState: Int]

    /// The share of one state in percent; nil without polls.
    public func share(of state: TaskState) -> Percent? {
        polls == 0 ? nil : Percent(100 * Double(counts[state] ?? 0) / Double(polls))
    }
}

extension History {
    /// A thread's CPU %, oldest first. Where sampling paused (the machine slept) one reading
    /// without a figure stands for the gap.
    ///
    /// - Parameters:
    ///   - sequence: the refresh at which the curve ends; nil for the latest.
    ///   - lastSeen: the last refresh in which a thread was there that has ended: afterwards it did
    ///     not use nothing, it was not.
    /// - Complexity: O(moments × rows), a few hundred thousand comparisons at most.
    public func cpuCurve(
        of thread: ThreadIdentity, last span: Duration = span, until sequence: Int? = nil,
        lastSeen: Int? = nil
    ) -> [Reading] {
        curve(last: span, until: sequence) { moment in
            if let row = row(of: thread, in: moment) { return row.cpu.percent }
            let isKnown =
                moment.hasAllThreads && Self.wasThere(since: thread.startTime, at: moment)
                && moment.sequence <= lastSeen ?? .max
            return isKnown ? .zero : nil
        }
    }

    /// A process's CPU %, threads that ended included, oldest first.
    public func cpuCurve(
        of process: ProcessIdentity, last span: Duration = span, until sequence: Int? = nil
    ) -> [Reading] {
        curve(last: span, until: sequence) { moment in
            if let row = moment.processes.first(where: { processes[$0.subject].id == process }) {
                return row.cpu
            }
            let isKnown =
                moment.hasAllProcesses && Self.wasThere(since: process.startTime, at: moment)
            return isKnown ? .zero : nil
        }
    }

    /// In which states a thread was found: at moments when it ran or was shown, up to the refresh
    /// `sequence` or the latest.
    public func states(
        of thread: ThreadIdentity, last span: Duration = .seconds(60), until sequence: Int? = nil
    ) -> StateShares {
        var shares = StateShares(polls: 0, counts: [:])
        for moment in recent(span, until: sequence) {
            guard let row = row(of: thread, in: moment) else { continue }
            shares.polls += 1
            shares.counts[row.state, default: 0] += 1
        }
        return shares
    }

    /// For how long a thread's figures have met a condition without a break, up to the refresh
    /// `sequence` or the latest; zero if they do not then.
    public func duration(
        of thread: ThreadIdentity, until sequence: Int? = nil, while holds: (ThreadSample) -> Bool
    ) -> Duration {
        let moments = recent(Self.span, until: sequence)
        var start: Moment?
        for moment in moments.reversed() {
            if let start, isGap(from: moment, to: start) { break }
            guard moment.interval != nil, let row = row(of: thread, in: moment),
                holds(row.sample(of: threads[row.subject], channels: channels))
            else { break }
            start = moment
        }
        guard let start, let end = moments.last else { return .zero }
        return Duration(end.at.since(start.at))
    }

    /// The last refresh that has a row of the thread: it ran then, or was shown.
    public func lastSequence(of thread: ThreadIdentity) -> Int? {
        moments.last { row(of: thread, in: $0) != nil }?.sequence
    }

    private func row(of thread: ThreadIdentity, in moment: Moment) -> ThreadRow? {
        moment.threads.first { threads[$0.subject].id == thread }
    }

    /// The moments of a span that ends at the refresh `sequence`, or the latest.
    private func recent(_ span: Duration, until sequence: Int?) -> Deque<Moment>.SubSequence {
        let end = sequence.map { firstIndex(from: $0 + 1) } ?? moments.endIndex
        guard let last = moments[..<end].last else { return moments[..<end] }
        let first = moments[..<end].firstIndex { last.at.since($0.at) <= span.inNanoseconds }
        return moments[(first ?? moments.startIndex)..<end]
    }

    private func curve(
        last span: Duration, until sequence: Int?, _ cpu: (Moment) -> Percent?
    ) -> [Reading] {
        let moments = recent(span, until: sequence)
        guard let end = moments.last?.at else { return [] }
        var readings: [Reading] = []
        var before: Moment?
        for moment in moments {
            if let before, isGap(from: before, to: moment) {
                readings.append(
                    Reading(time: before.time, age: Duration(end.since(before.at)), cpu: nil))
            }
            // The first refresh has no rates, so a row that is absent says nothing.
            readings.append(
                Reading(
                    time: moment.time, age: Duration(end.since(moment.at)),
                    cpu: moment.interval == nil ? nil : cpu(moment)))
            before = moment
        }
        return readings
    }

    /// Whether more time passed than the later moment's rates are over: the machine was suspended,
    /// or refreshes between them were not recorded.
    private func isGap(from before: Moment, to after: Moment) -> Bool {
        after.at.since(before.at) > (after.interval ?? Nanoseconds(0))
    }

    /// Whether a task that began at `start` was there for the whole interval of a moment. `start`
    /// counts ticks since boot, as the moment's uptime counts seconds.
    private static func wasThere(since start: ClockTicks, at moment: Moment) -> Bool {
        guard let uptime = moment.host.uptime, let interval = moment.interval else { return true }
        let ticksPerSecond = Double(Machine.current.units.ticksPerSecond)
        return Double(start.rawValue) / ticksPerSecond <= uptime - interval.seconds
    }
}
