internal import DequeModule
public import ProcFormats
public import Units

/// One point of a curve.
public struct Reading: Hashable, Sendable {
    public var time: WallTime
    /// Nil where it is not known: nothing was sampled then, or rows were cut and this one was among
    /// them. Nothing used is zero.
    public var cpu: Percent?

    public init(time: WallTime, cpu: Percent?) {
        self.time = time
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
    /// - Complexity: O(moments × rows), a few hundred thousand comparisons at most.
    public func cpuCurve(of thread: ThreadIdentity, last span: Duration = span) -> [Reading] {
        curve(last: span) { moment in
            if let row = row(of: thread, in: moment) { return row.cpu.percent }
            let isKnown =
                moment.hasAllThreads && Self.wasThere(since: thread.startTime, at: moment)
            return isKnown ? .zero : nil
        }
    }

    /// A process's CPU %, threads that ended included, oldest first.
    public func cpuCurve(of process: ProcessIdentity, last span: Duration = span) -> [Reading] {
        curve(last: span) { moment in
            if let row = moment.processes.first(where: { processes[$0.subject].id == process }) {
                return row.cpu
            }
            let isKnown =
                moment.hasAllProcesses && Self.wasThere(since: process.startTime, at: moment)
            return isKnown ? .zero : nil
        }
    }

    /// In which states a thread was found: at moments when it ran or was shown.
    public func states(of thread: ThreadIdentity, last span: Duration = .seconds(60)) -> StateShares
    {
        var shares = StateShares(polls: 0, counts: [:])
        for moment in recent(span) {
            guard let row = row(of: thread, in: moment) else { continue }
            shares.polls += 1
            shares.counts[row.state, default: 0] += 1
        }
        return shares
    }

    private func row(of thread: ThreadIdentity, in moment: Moment) -> ThreadRow? {
        moment.threads.first { threads[$0.subject].id == thread }
    }

    private func recent(_ span: Duration) -> Deque<Moment>.SubSequence {
        guard let last = moments.last else { return moments[...] }
        let first = moments.firstIndex { last.age.since($0.age) <= span.inNanoseconds }
        return moments[(first ?? moments.startIndex)...]
    }

    private func curve(last span: Duration, _ cpu: (Moment) -> Percent?) -> [Reading] {
        var readings: [Reading] = []
        var before: Moment?
        for moment in recent(span) {
            if let before, isGap(from: before, to: moment) {
                readings.append(Reading(time: before.time, cpu: nil))
            }
            // The first refresh has no rates, so a row that is absent says nothing.
            readings.append(
                Reading(time: moment.time, cpu: moment.interval == nil ? nil : cpu(moment)))
            before = moment
        }
        return readings
    }

    /// Whether more time passed than the later moment's rates are over: the machine was suspended,
    /// or refreshes between them were not recorded.
    private func isGap(from before: Moment, to after: Moment) -> Bool {
        let passed = Double(after.time.seconds - before.time.seconds)
        return passed > (after.interval?.seconds ?? 0) + 2
    }

    /// Whether a task that began at `start` was there for the whole interval of a moment. `start`
    /// counts ticks since boot, as the moment's uptime counts seconds.
    private static func wasThere(since start: ClockTicks, at moment: Moment) -> Bool {
        guard let uptime = moment.host.uptime, let interval = moment.interval else { return true }
        let ticksPerSecond = Double(Machine.current.units.ticksPerSecond)
        return Double(start.rawValue) / ticksPerSecond <= uptime - interval.seconds
    }
}
