internal import Units

/// When was sampled: stretches in which refresh followed refresh. Between them nothing is known.
struct RecordedRuns: Sendable {
    struct Run: Hashable, Sendable {
        /// The first and the latest refresh.
        var start: UInt64
        var end: UInt64
    }

    /// Oldest first; a laptop that sleeps every five minutes has so many in two weeks. Beyond, the
    /// oldest go.
    private(set) var runs: [Run] = []
    static let most = 4096

    private var lastInterval: UInt64 = 0

    var first: Nanoseconds? { runs.first.map { Nanoseconds($0.start) } }
    var latest: Nanoseconds? { runs.last.map { Nanoseconds($0.end) } }

    /// Adds a refresh, which is not before the latest.
    mutating func add(_ moment: Nanoseconds, interval: Nanoseconds?) {
        let now = moment.rawValue
        let interval = min(interval?.rawValue ?? 0, 1 << 62)
        if let last = runs.last, !isGap(now - last.end, interval: interval) {
            runs[runs.count - 1].end = now
        } else {
            if runs.count == Self.most { runs.removeFirst(Self.most / 16) }
            runs.append(Run(start: now, end: now))
        }
        lastInterval = interval
        forget(before: now - min(now, MemoryHistory.span.inNanoseconds.rawValue))
    }

    /// Whether nobody sampled between two refreshes. The interval is counted by a clock that stands
    /// while the machine sleeps; where the program itself was stopped, it shows by the interval
    /// before. One that a person sets longer makes no gap, short of a minute more.
    private func isGap(_ step: UInt64, interval: UInt64) -> Bool {
        step > max(2 * interval, interval + 2_000_000_000) || step > lastInterval + 60_000_000_000
    }

    private mutating func forget(before moment: UInt64) {
        while let first = runs.first, first.end < moment { runs.removeFirst() }
        if let first = runs.first, first.start < moment { runs[0].start = moment }
    }

    /// The first run that ends at a moment or later.
    func firstIndex(endingFrom moment: UInt64) -> Int {
        var low = 0
        var high = runs.count
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].end < moment { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Calls with each part of a stretch in which was sampled, first and last moment included, until
    /// the answer is false. Returns the last answer.
    ///
    /// - Parameter index: where the search begins; for stretches that follow one another, what the
    ///   call before left.
    func forEach(
        in stretch: ClosedRange<UInt64>, from index: inout Int,
        while body: (ClosedRange<UInt64>) -> Bool
    ) -> Bool {
        while index < runs.count, runs[index].end < stretch.lowerBound { index += 1 }
        var next = index
        while next < runs.count, runs[next].start <= stretch.upperBound {
            let start = max(runs[next].start, stretch.lowerBound)
            guard body(start...min(runs[next].end, stretch.upperBound)) else { return false }
            next += 1
        }
        return true
    }

    var byteCount: Int { runs.capacity * MemoryLayout<Run>.stride + PackedSeries.arrayHeader }
}
