internal import Units

/// How finely a curve is kept, and how far back.
enum CurveResolution: CaseIterable, Sendable {
    case second, tenSeconds, minute

    /// Nanoseconds of one slot.
    var slot: UInt64 {
        switch self {
        case .second: 1_000_000_000
        case .tenSeconds: 10_000_000_000
        case .minute: 60_000_000_000
        }
    }

    /// Slots that are kept: 15 minutes, 24 hours, 14 days.
    var slots: UInt32 {
        switch self {
        case .second: 900
        case .tenSeconds: 8640
        case .minute: 20_160
        }
    }

    /// Nanoseconds it reaches back.
    var span: UInt64 { slot * UInt64(slots) }

    func slot(of moment: UInt64) -> UInt32 { UInt32(clamping: moment / slot) }
}

/// An amount of memory over time, in three resolutions. It stands until it is set again, so that
/// one that stands still costs nothing.
///
/// Kept amounts are within 0.1 % of the last one in their slot, the present one is exact.
struct RecordedCurve: Sendable {
    /// Nanoseconds since boot.
    private(set) var since: UInt64
    /// The last moment it was known, when it is over.
    var end: UInt64?
    /// KiB; nil where it is not known now.
    private(set) var amount: UInt64?
    private(set) var changed: UInt64
    /// Of the slots before the one of `changed`.
    private var seconds = PackedSeries()
    private var tenSeconds = PackedSeries()
    private var minutes = PackedSeries()

    init(_ amount: UInt64, at moment: UInt64) {
        since = moment
        changed = moment
        self.amount = amount
    }

    /// - Parameter amount: in KiB.
    mutating func set(_ amount: UInt64?, at moment: UInt64) {
        guard amount != self.amount else { return }
        Self.keep(self.amount, since: changed, until: moment, in: &seconds, .second)
        Self.keep(self.amount, since: changed, until: moment, in: &tenSeconds, .tenSeconds)
        Self.keep(self.amount, since: changed, until: moment, in: &minutes, .minute)
        self.amount = amount
        changed = moment
    }

    /// Keeps the present amount if it is the last one in its slot, and not just as kept before.
    private static func keep(
        _ amount: UInt64?, since changed: UInt64, until moment: UInt64,
        in series: inout PackedSeries, _ resolution: CurveResolution
    ) {
        let slot = resolution.slot(of: changed)
        guard slot < resolution.slot(of: moment) else { return }
        if let last = series.last, last.amount.standsFor(amount) { return }
        series.append(PackedSeries.Point(slot: slot, amount: RoundedMemory(kibibytes: amount)))
    }

    /// Drops what is older than its resolution reaches back, and older than `since`.
    mutating func trim(at moment: UInt64) {
        Self.trim(&seconds, .second, since: since, at: moment)
        Self.trim(&tenSeconds, .tenSeconds, since: since, at: moment)
        Self.trim(&minutes, .minute, since: since, at: moment)
    }

    private static func trim(
        _ series: inout PackedSeries, _ resolution: CurveResolution, since: UInt64,
        at moment: UInt64
    ) {
        let oldest = max(since, moment - min(moment, resolution.span))
        series.trim(to: resolution.slot(of: oldest))
        series.shrink()
    }

    /// Drops the older half of what is known.
    mutating func forgetHalf(at moment: UInt64) {
        let end = end ?? moment
        since += (end - min(since, end) + 1) / 2
        trim(at: moment)
    }

    /// Calls with every amount (KiB, or nil for unknown) and the time it held: from its moment up
    /// to, not including, that of the next, oldest first, as far as they touch a stretch of time,
    /// until the answer is false.
    ///
    /// - Parameter latest: the latest refresh.
    func forEach(
        _ resolution: CurveResolution, in stretch: ClosedRange<UInt64>, latest: UInt64,
        while body: (ClosedRange<UInt64>, UInt64?) -> Bool
    ) {
        let stretch = (max(since, stretch.lowerBound), min(end ?? latest, stretch.upperBound))
        guard stretch.0 <= stretch.1 else { return }
        func hold(_ amount: UInt64?, from: UInt64, until: UInt64) -> Bool {
            let from = max(from, stretch.0)
            let last = min(until - min(until, 1), stretch.1)
            return from > last || body(from...last, amount)
        }
        let present = UInt64(resolution.slot(of: changed)) * resolution.slot
        var goesOn = true
        if stretch.0 < present {
            var before: (amount: UInt64?, from: UInt64)?
            self[resolution].forEach(from: resolution.slot(of: stretch.0)) { point in
                let from = UInt64(point.slot) * resolution.slot
                if let before { goesOn = hold(before.amount, from: before.from, until: from) }
                before = (point.amount.kibibytes, from)
                return goesOn && from <= stretch.1
            }
            guard goesOn else { return }
            if let before { goesOn = hold(before.amount, from: before.from, until: present) }
        }
        if goesOn { _ = hold(amount, from: present, until: .max) }
    }

    private subscript(resolution: CurveResolution) -> PackedSeries {
        switch resolution {
        case .second: seconds
        case .tenSeconds: tenSeconds
        case .minute: minutes
        }
    }

    /// Memory held on the heap.
    var byteCount: Int {
        seconds.byteCount + tenSeconds.byteCount + minutes.byteCount
    }
}
