internal import Units

/// Counters of the kernel, each followed from one reading to the next.
struct CounterTracks<Key: Hashable> {
    private struct Track {
        var last: UInt64
        var sinceStart: UInt64 = 0
    }

    private var tracks: [Key: Track] = [:]

    /// What a counter did. Nothing of its first reading counts as done since then.
    ///
    /// - Parameters:
    ///   - elapsed: the time since the reading before; nil where there is none to have a rate over.
    ///   - bits: how wide the kernel's counter is. One of 32 bits comes round. One of 64 bits goes
    ///     back only with the namespace or the device that it belongs to, and nobody knows by how
    ///     much: it has no rate until the next reading.
    mutating func note(
        _ key: Key, _ total: UInt64, after elapsed: Nanoseconds?, bits: Int = 64
    ) -> Counted {
        guard var track = tracks[key] else {
            tracks[key] = Track(last: total)
            return Counted(total: total)
        }
        let wentBack = bits == 64 && total < track.last
        let change = wentBack ? 0 : (total &- track.last) & (UInt64.max >> UInt64(64 - bits))
        track.last = total
        track.sinceStart &+= change
        tracks[key] = track
        return Counted(
            total: total,
            rate: wentBack ? nil : elapsed.flatMap { Rates.perSecond(change, in: $0) },
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
