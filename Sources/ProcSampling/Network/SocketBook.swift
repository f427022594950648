internal import Units

/// What is remembered of the sockets of one listing, from one reading to the next: what turns
/// totals into rates, and tells how long a socket has been in its state.
struct SocketBook {
    private struct Page {
        let cookie: UInt64
        var state: SocketState
        var isFromBefore: Bool
        var since: Nanoseconds
        var drops: Progress?
        var retransmits: Progress?
    }

    private var pages: [Page] = []
    /// Of the reading that is going on; sockets that it does not name are forgotten.
    private var newPages: [Page] = []
    /// The kernel lists the same sockets in the same order, mostly: the next is tried first, and
    /// only where it is another one is it looked for.
    private var next = 0
    private var places: [UInt64: Int] = [:]
    private var moment: Nanoseconds?
    private var interval: Nanoseconds?
    private var newMoment = Nanoseconds(0)
    /// States that were asked for at the last reading.
    private var states: UInt32 = 0

    /// How many sockets there were.
    var count: Int { pages.count }

    /// Begins a reading. One that is not ended leaves no trace.
    mutating func begin(at moment: Nanoseconds) {
        newPages.removeAll(keepingCapacity: true)
        newPages.reserveCapacity(pages.count)
        places.removeAll()
        next = 0
        interval = self.moment.map { moment.since($0) }
        newMoment = moment
    }

    /// Ends a reading of sockets in these states.
    mutating func end(states: UInt32) {
        swap(&pages, &newPages)
        moment = newMoment
        self.states = states
    }

    /// Fills in what depends on earlier readings, from what the kernel counts.
    mutating func note(_ sample: inout SocketSample, drops: UInt32?, retransmits: UInt32?) {
        var page: Page
        if let place = place(of: sample.id.cookie) {
            page = pages[place]
            next = place + 1
            if page.state != sample.state {
                page.state = sample.state
                page.since = newMoment
                page.isFromBefore = false
            }
        } else {
            page = Page(
                cookie: sample.id.cookie, state: sample.state,
                isFromBefore: states & sample.state.bit == 0, since: newMoment)
        }
        sample.since = page.since
        sample.isFromBefore = page.isFromBefore
        sample.drops = Progress.advance(
            &page.drops, to: drops, in: interval, isNew: !page.isFromBefore)
        if retransmits != nil {
            sample.tcp?.retransmits = Progress.advance(
                &page.retransmits, to: retransmits, in: interval, isNew: !page.isFromBefore)
        }
        newPages.append(page)
    }

    private mutating func place(of cookie: UInt64) -> Int? {
        if next < pages.count, pages[next].cookie == cookie { return next }
        guard !pages.isEmpty else { return nil }
        if places.isEmpty {
            places = Dictionary(
                zip(pages.lazy.map(\.cookie), pages.indices), uniquingKeysWith: { $1 })
        }
        return places[cookie]
    }
}

/// How far a counter of 32 bits has come: its total, which does not wrap.
struct Progress: Hashable {
    private var total: UInt64
    private let first: UInt64

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
        let more = UInt64(count &- UInt32(truncatingIfNeeded: known.total))
        known.total += more
        progress = known
        return Counted(
            total: known.total, rate: interval.flatMap { Rates.perSecond(more, in: $0) },
            sinceStart: known.total - known.first)
    }
}
