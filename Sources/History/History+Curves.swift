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
        let range = recent(span, until: sequence)
        let rows = rows(of: thread, in: range)
        return curve(range) { index, moment in
            if let row = rows[index] { return row.cpu }
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
        let range = recent(span, until: sequence)
        let rows = processes.rows(of: process, in: range)
        return curve(range) { index, moment in
            if let row = rows[index] { return row.cpu.percent }
            let isKnown =
                moment.hasAllProcesses && Self.wasThere(since: process.startTime, at: moment)
            return isKnown ? .zero : nil
        }
    }

    /// In which states a thread was found, up to the refresh `sequence` or the latest.
    public func states(
        of thread: ThreadIdentity, last span: Duration = .seconds(60), until sequence: Int? = nil
    ) -> StateShares {
        var shares = StateShares(polls: 0, counts: [:])
        for case let row? in rows(of: thread, in: recent(span, until: sequence)) {
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
        let range = recent(Self.span, until: sequence)
        let rows = rows(of: thread, in: range)
        var start: Moment?
        for (index, row) in zip(range, rows).reversed() {
            let moment = moments[index]
            if let start, isGap(from: moment, to: start) { break }
            guard moment.interval != nil, let row, holds(row) else { break }
            start = moment
        }
        guard let start, let end = range.last else { return .zero }
        return Duration(moments[end].at.since(start.at))
    }

    /// The last refresh that has a row of the thread.
    public func lastSequence(of thread: ThreadIdentity) -> Int? {
        threads.lastIndex(of: ThreadSubject(id: thread, process: ProcessID(0)))
            .map { moments[$0].sequence }
    }

    /// The moments of a span that ends at the refresh `sequence`, or the latest.
    private func recent(_ span: Duration, until sequence: Int?) -> Range<Int> {
        let end = sequence.map { firstIndex(from: $0 + 1) } ?? moments.endIndex
        guard end > 0 else { return 0..<0 }
        let last = moments[end - 1].at
        let first = moments[..<end].firstIndex { last.since($0.at) <= span.inNanoseconds }
        return (first ?? 0)..<end
    }

    /// - Parameter cpu: of a moment and its number in the range.
    private func curve(_ range: Range<Int>, _ cpu: (Int, Moment) -> Percent?) -> [Reading] {
        guard let end = range.last.map({ moments[$0].at }) else { return [] }
        var readings: [Reading] = []
        var before: Moment?
        for (number, moment) in moments[range].enumerated() {
            if let before, isGap(from: before, to: moment) {
                readings.append(
                    Reading(time: before.time, age: Duration(end.since(before.at)), cpu: nil))
            }
            // The first refresh has no rates, so a row that is absent says nothing.
            readings.append(
                Reading(
                    time: moment.time, age: Duration(end.since(moment.at)),
                    cpu: moment.interval == nil ? nil : cpu(number, moment)))
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
