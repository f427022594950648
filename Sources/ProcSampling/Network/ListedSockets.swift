internal import Units

/// What is remembered of the sockets of one listing, from one reading to the next: what turns
/// totals into rates, and tells how long a socket has been in its state. Readings that ask for some
/// states only, or that come after a pause, do not interrupt it.
struct ListedSockets {
    private struct Entry {
        let cookie: UInt64
        var since: Nanoseconds
        /// When it was listed last.
        var seenAt: Nanoseconds
        var drops: Progress?
        var retransmits: Progress?
        var state: SocketState
        var isFromBefore: Bool
    }

    /// What was not listed for longer is forgotten.
    private static let memory = Nanoseconds(600_000_000_000)
    /// Nor are more entries than these kept of sockets that were not asked for.
    private static let mostEntries = 65_536

    private var entries: [Entry] = []
    /// Of the reading that is going on; sockets that it asks for and does not name are forgotten.
    private var newEntries: [Entry] = []
    /// The kernel lists the same sockets in the same order, mostly: the next is tried first, and
    /// only where it is another one is it searched.
    private var next = 0
    private var indices: [UInt64: Int] = [:]
    private var moment: Nanoseconds?
    private var newMoment = Nanoseconds(0)
    /// States that were asked for at the last reading.
    private var states: UInt32 = 0

    /// How many sockets there were.
    var count: Int { entries.count }

    /// Begins a reading. One that is not ended leaves no trace.
    mutating func begin(at moment: Nanoseconds) {
        if let before = self.moment, moment.since(before) > Self.memory { self = ListedSockets() }
        newEntries.removeAll(keepingCapacity: true)
        newEntries.reserveCapacity(entries.count)
        indices.removeAll()
        next = 0
        newMoment = moment
    }

    /// Ends a reading of sockets in these states.
    mutating func end(states: UInt32) {
        keepUnasked(states)
        swap(&entries, &newEntries)
        moment = newMoment
        self.states = states
    }

    /// Sockets in other states may be there still. They come last, so that those of the next such
    /// reading are found in the order of the kernel's list.
    private mutating func keepUnasked(_ states: UInt32) {
        let unasked = entries.lazy.filter { [newMoment] entry in
            states & entry.state.bit == 0 && newMoment.since(entry.seenAt) <= Self.memory
        }
        guard !unasked.isEmpty else { return }
        let listed = Set(newEntries.lazy.map(\.cookie))
        let room = max(0, Self.mostEntries - newEntries.count)
        newEntries += unasked.filter { !listed.contains($0.cookie) }.prefix(room)
    }

    /// Fills in what depends on earlier readings, from what the kernel counts.
    mutating func note(_ sample: inout SocketSample, drops: UInt32?, retransmits: UInt32?) {
        var entry: Entry
        var interval: Nanoseconds?
        if let index = index(of: sample.id.cookie) {
            entry = entries[index]
            next = index + 1
            interval = newMoment.since(entry.seenAt)
            entry.seenAt = newMoment
            if entry.state != sample.state {
                entry.state = sample.state
                entry.since = newMoment
                entry.isFromBefore = states & sample.state.bit == 0
            }
        } else {
            entry = Entry(
                cookie: sample.id.cookie, since: newMoment, seenAt: newMoment,
                state: sample.state, isFromBefore: states & sample.state.bit == 0)
        }
        sample.since = entry.since
        sample.isFromBefore = entry.isFromBefore
        sample.drops = Progress.advance(
            &entry.drops, to: drops, in: interval, isNew: !entry.isFromBefore)
        if retransmits != nil {
            sample.tcp?.retransmits = Progress.advance(
                &entry.retransmits, to: retransmits, in: interval, isNew: !entry.isFromBefore)
        }
        newEntries.append(entry)
    }

    private mutating func index(of cookie: UInt64) -> Int? {
        if next < entries.count, entries[next].cookie == cookie { return next }
        guard !entries.isEmpty else { return nil }
        if indices.isEmpty {
            indices = Dictionary(
                zip(entries.lazy.map(\.cookie), entries.indices), uniquingKeysWith: { $1 })
        }
        return indices[cookie]
    }
}

/// How far a counter of 32 bits has come: its total, which does not wrap.
struct Progress: Hashable {
    private var total: UInt64
    private var first: UInt64

    /// Moves on to what the kernel shows now, and tells what that means; nil where it shows nothing.
    /// All that a new socket counted is since the start.
    static func advance(
        _ progress: inout Progress?, to count: UInt32?, in interval: Nanoseconds?, isNew: Bool
    ) -> Counted? {
        guard let count else {
            progress = nil
            return nil
        }
        guard var known = progress else {
            let known = Progress(total: UInt64(count), first: isNew ? 0 : UInt64(count))
            progress = known
            return Counted(total: known.total, sinceStart: known.total - known.first)
        }
        let more = Rates.change(from: UInt32(truncatingIfNeeded: known.total), to: count)
            .map { UInt64($0) }
        if let more {
            known.total += more
        } else {
            // It went back, nobody knows by how much: it begins again.
            known = Progress(total: UInt64(count), first: UInt64(count))
        }
        progress = known
        return Counted(
            total: known.total,
            rate: interval.flatMap { interval in
                more.flatMap { Rates.perSecond($0, in: interval) }
            },
            sinceStart: known.total - known.first)
    }
}
