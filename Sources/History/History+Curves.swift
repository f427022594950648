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
        let rows = threadRows(of: thread, in: range)
        return curve(range) { index in
            if let row = rows[index - range.lowerBound] { return row.cpu.percent }
            let isKnown =
                moments[index].hasAllThreads && wasThere(since: thread.startTime, at: index)
                && moments[index].sequence <= lastSeen ?? .max
            return isKnown ? .zero : nil
        }
    }

    /// A process's CPU %, threads that ended included, oldest first.
    public func cpuCurve(
        of process: ProcessIdentity, last span: Duration = span, until sequence: Int? = nil
    ) -> [Reading] {
        let range = recent(span, until: sequence)
        let rows = processes.rows(of: process, in: range)
        return curve(range) { index in
            if let row = rows[index - range.lowerBound] { return row.cpu.percent }
            let isKnown =
                moments[index].hasAllProcesses && wasThere(since: process.startTime, at: index)
            return isKnown ? .zero : nil
        }
    }

    /// In which states a thread was found, up to the refresh `sequence` or the latest.
    public func states(
        of thread: ThreadIdentity, last span: Duration = .seconds(60), until sequence: Int? = nil
    ) -> StateShares {
        var shares = StateShares(polls: 0, counts: [:])
        for case let row? in threadRows(of: thread, in: recent(span, until: sequence)) {
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
        var start: Int?
        for (index, row) in zip(range, rows).reversed() {
            if let start, isGap(before: start) { break }
            guard moments[index].interval != nil, let row, holds(row) else { break }
            start = index
        }
        guard let start, let end = range.last else { return .zero }
        return Duration(moments[end].at.since(moments[start].at))
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
        let first = (0..<end).first { last.since(moments[$0].at) <= span.inNanoseconds }
        return (first ?? 0)..<end
    }

    /// A moment is large, and a list draws a curve in each row: what is needed of it is read where it
    /// stands.
    ///
    /// - Parameter cpu: of the moment at an index.
    private func curve(_ range: Range<Int>, _ cpu: (Int) -> Percent?) -> [Reading] {
        guard let end = range.last.map({ moments[$0].at }) else { return [] }
        var readings: [Reading] = []
        readings.reserveCapacity(range.count)
        func note(_ index: Int, _ cpu: Percent?) {
            readings.append(
                Reading(
                    time: moments[index].time, age: Duration(end.since(moments[index].at)),
                    cpu: cpu))
        }
        for index in range {
            if index > range.lowerBound, isGap(before: index) { note(index - 1, nil) }
            // The first refresh has no rates, so a row that is absent says nothing.
            note(index, moments[index].interval == nil ? nil : cpu(index))
        }
        return readings
    }

    /// Whether more time passed since the moment before than the moment's rates are over: the machine
    /// was suspended, or refreshes between them were not recorded.
    private func isGap(before index: Int) -> Bool {
        moments[index].at.since(moments[index - 1].at)
            > (moments[index].interval ?? Nanoseconds(0))
    }

    /// Whether a task that began at `start` was there for the whole interval of a moment. `start`
    /// counts ticks since boot, as the moment's uptime counts seconds.
    private func wasThere(since start: ClockTicks, at index: Int) -> Bool {
        guard let uptime = moments[index].host.uptime, let interval = moments[index].interval else {
            return true
        }
        let ticksPerSecond = Double(Machine.current.units.ticksPerSecond)
        return Double(start.rawValue) / ticksPerSecond <= uptime - interval.seconds
    }
}
