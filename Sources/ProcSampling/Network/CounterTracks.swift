internal import Units

/// Counters of the kernel, each followed from one reading to the next.
struct CounterTracks<Key: Hashable> {
    private struct Track {
        var last: UInt64
        var sinceStart: UInt64 = 0
        /// It was not known at the reading after that.
        var hasGap = false
    }

    private var tracks: [Key: Track] = [:]

    /// What a counter did. Nothing of its first reading counts as done since then.
    ///
    /// - Parameters:
    ///   - total: nil where it does not parse: the one before stands then, without a rate.
    ///   - elapsed: the time since the reading before; nil where there is none to have a rate over.
    ///   - bits: how wide the kernel's counter is. One of 32 bits comes round. Either goes back with
    ///     the namespace or the device that it belongs to, and nobody knows by how much: it has no
    ///     rate until the next reading.
    mutating func note(
        _ key: Key, _ total: UInt64?, after elapsed: Nanoseconds?, bits: Int = 64
    ) -> Counted {
        guard let total else {
            guard tracks[key] != nil else { return Counted(total: 0) }
            tracks[key]?.hasGap = true
            return Counted(
                total: tracks[key]?.last ?? 0, sinceStart: tracks[key]?.sinceStart ?? 0)
        }
        guard var track = tracks[key] else {
            tracks[key] = Track(last: total)
            return Counted(total: total)
        }
        let change =
            bits == 64
            ? Rates.change(from: track.last, to: total)
            : Rates.change(
                from: UInt32(truncatingIfNeeded: track.last), to: UInt32(truncatingIfNeeded: total)
            ).map { UInt64($0) }
        let elapsed = track.hasGap ? nil : elapsed
        track.last = total
        track.hasGap = false
        track.sinceStart &+= change ?? 0
        tracks[key] = track
        return Counted(
            total: total,
            rate: elapsed.flatMap { elapsed in
                change.flatMap { Rates.perSecond($0, in: elapsed) }
            },
            sinceStart: track.sinceStart)
    }

    /// Forgets the others: what comes back under their names is something new.
    mutating func keep(_ isThere: (Key) -> Bool) {
        tracks = tracks.filter { isThere($0.key) }
    }
}

/// The times of readings that rates are over.
struct ReadingClock {
    private var last: Instant?

    /// The time since the reading before; nil at the first, and where it is too short for a rate.
    mutating func elapsed(at now: Instant) -> Nanoseconds? {
        defer { last = now }
        return last.map(now.since).flatMap { Rates.isMeasurable($0) ? $0 : nil }
    }
}
