public import Units

extension MemoryHistory {
    /// How much an amount of memory changed.
    public struct Change: Hashable, Sendable {
        /// Zero where first and last are closer than amounts are kept, 0.1 %.
        public var bytes: Int64
        /// The time from the first to the last moment known, at most the span asked for.
        public var covered: Duration
        /// Bytes at the first and at the last moment.
        public var first: UInt64
        public var last: UInt64

        public init(bytes: Int64, covered: Duration, first: UInt64, last: UInt64) {
            self.bytes = bytes
            self.covered = covered
            self.first = first
            self.last = last
        }
    }

    /// The time from the first to the latest refresh, gaps included, at most 14 days.
    public var recorded: Duration {
        guard let first = runs.first, let latest = runs.latest else { return .zero }
        return Duration(latest.since(first))
    }

    /// The time from the first refresh to a moment.
    public func recorded(until moment: Nanoseconds) -> Duration {
        max(.zero, recorded - Duration(latest?.since(moment) ?? Nanoseconds(0)))
    }

    /// The moment of the latest refresh.
    public var latest: Nanoseconds? { runs.latest }

    /// Those that have a curve, alive or ended, in no order.
    public var processes: [ProcessIdentity] { curves.map(\.id) }

    /// Who continues the curve of a process that has ended; nil where nobody does.
    public func successor(of process: ProcessIdentity) -> ProcessIdentity? {
        curves.first { $0.predecessor == process }?.id
    }

    /// A curve of as many points as asked for, each the last amount known in its share of the time.
    /// A process that continues one that ended shows that one's curve before its own.
    ///
    /// - Parameter moment: when it ends; the latest refresh if nil.
    public func curve(
        of subject: Subject, last span: Duration, points: Int, until moment: Nanoseconds? = nil
    ) -> MemoryCurve {
        let end = (moment ?? latest ?? Nanoseconds(0)).rawValue
        let count = max(0, points)
        let span = min(span.inNanoseconds.rawValue, 1 << 62)
        let shares = Shares(end: end, span: span, count: count)
        var curve = MemoryCurve(
            values: Array(repeating: nil, count: count), step: Duration(Nanoseconds(shares.step)),
            end: Nanoseconds(end))
        guard count > 0, span > 0 else { return curve }
        let stretch = end - min(end, span)...end
        for part in chain(of: subject) {
            var first: Int?
            let resolution = resolution(of: part.curve, from: stretch.lowerBound)
            forEach(of: part.curve, resolution, in: stretch) { time, amount in
                guard let indices = shares.indices(of: time) else { return true }
                first = first ?? indices.lowerBound
                let bytes = amount.map { Double($0) * 1024 }
                for index in indices { curve.values[index] = bytes }
                return true
            }
            // Where its own beginning is before the curve's, so is the restart.
            if part.isRestart, part.curve.since > stretch.lowerBound, let first,
                curve.restarts.last != first
            {
                curve.restarts.append(first)
            }
        }
        return curve
    }

    /// How much changed over a span of time, or what there is of it. Of a process itself: growth
    /// does not reach back over a restart. Nil where fewer than two moments are known.
    public func change(
        of subject: Subject, last span: Duration, until moment: Nanoseconds? = nil
    ) -> Change? {
        guard let curve = ownCurve(of: subject), let latest else { return nil }
        let end = (moment ?? latest).rawValue
        let stretch = end - min(end, span.inNanoseconds.rawValue)...end
        let resolution = resolution(of: curve, from: stretch.lowerBound)
        var first: (moment: UInt64, amount: UInt64)?
        forEach(of: curve, resolution, in: stretch) { time, amount in
            first = amount.map { (time.lowerBound, $0) }
            return first == nil
        }
        let last = lastKnown(of: curve, resolution, in: stretch)
        guard let first, let last, first.moment < last.moment else { return nil }
        let difference = (Int64(clamping: last.amount) - Int64(clamping: first.amount)) &* 1024
        return Change(
            bytes: first.amount.isWithinAThousandth(of: last.amount) ? 0 : difference,
            covered: Duration(Nanoseconds(last.moment - first.moment)),
            first: first.amount &* 1024, last: last.amount &* 1024)
    }

    /// The latest amount in a stretch and until when it is known to have held. It is searched near
    /// the end first: most are there.
    private func lastKnown(
        of curve: RecordedCurve, _ resolution: CurveResolution, in stretch: ClosedRange<UInt64>
    ) -> (moment: UInt64, amount: UInt64)? {
        let end = min(stretch.upperBound, curve.end ?? now)
        guard end >= stretch.lowerBound else { return nil }
        var last: (moment: UInt64, amount: UInt64)?
        var reach: UInt64 = 0
        while true {
            let start =
                reach < 1 << 60
                ? max(stretch.lowerBound, end - min(end, reach)) : stretch.lowerBound
            forEach(of: curve, resolution, in: start...end) { time, amount in
                if let amount { last = (time.upperBound, amount) }
                return true
            }
            if last != nil || start == stretch.lowerBound { return last }
            reach = max(60_000_000_000, reach &* 8)
        }
    }

    private static let longestChain = 32

    private struct Part {
        var curve: RecordedCurve
        var isRestart: Bool
    }

    /// The curve of a subject and of those it continues, oldest first.
    private func chain(of subject: Subject) -> [Part] {
        guard case .process(let id) = subject else {
            return ownCurve(of: subject).map { [Part(curve: $0, isRestart: false)] } ?? []
        }
        var parts: [Part] = []
        var next: ProcessIdentity? = id
        while parts.count < Self.longestChain, let place = next.flatMap({ places[$0] }) {
            next = curves[place].predecessor
            parts.append(Part(curve: curves[place].curve, isRestart: next != nil))
        }
        return parts.reversed()
    }

    private func ownCurve(of subject: Subject) -> RecordedCurve? {
        switch subject {
        case .hostMemory: hostMemory
        case .hostSwap: hostSwap
        case .hostShared: hostShared
        case .process(let id): places[id].map { curves[$0].curve }
        }
    }

    /// The finest resolution that has all from a moment on.
    private func resolution(of curve: RecordedCurve, from moment: UInt64) -> CurveResolution {
        let latest = now
        let begin = max(moment, curve.since, runs.first?.rawValue ?? 0)
        return CurveResolution.allCases.first { latest - min(latest, $0.span) <= begin } ?? .minute
    }

    /// Calls with each amount in a stretch of time and when it held (gaps left out), oldest first,
    /// until the answer is false.
    private func forEach(
        of curve: RecordedCurve, _ resolution: CurveResolution, in stretch: ClosedRange<UInt64>,
        while body: (ClosedRange<UInt64>, UInt64?) -> Bool
    ) {
        var run = runs.firstIndex(endingFrom: stretch.lowerBound)
        curve.forEach(resolution, in: stretch, latest: now) { time, amount in
            runs.forEach(in: time, from: &run) { body($0, amount) }
        }
    }
}

/// A time cut into equal parts. The end of a part belongs to it, its beginning to the one before.
private struct Shares {
    let start: Int64
    let step: UInt64
    let count: Int

    init(end: UInt64, span: UInt64, count: Int) {
        step = count == 0 ? 0 : span / UInt64(count)
        self.count = count
        // A span may reach back to before the machine was started.
        start = Int64(clamping: end) - Int64(clamping: step) * Int64(count)
    }

    /// The parts that a time touches.
    func indices(of time: ClosedRange<UInt64>) -> ClosedRange<Int>? {
        guard step > 0, let last = index(of: time.upperBound), last >= 0 else { return nil }
        return min(last, max(0, index(of: time.lowerBound) ?? 0))...last
    }

    private func index(of moment: UInt64) -> Int? {
        let passed = Int64(clamping: moment) - start
        guard passed > 0 else { return -1 }
        return Int(min(Int64(count - 1), (passed - 1) / Int64(step)))
    }
}
