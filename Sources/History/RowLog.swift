internal import DequeModule
internal import Samples

/// The rows of one kind at each recorded moment. A row that is as it was at the moment before takes
/// no room: of each moment only those are kept that changed.
///
/// Bounded by its `RowLimits`: over so many moments at most `moments × changes + changesAtOnce`
/// rows. Where more rows change than that, those of the highest rank are kept; the others are left
/// out of the moment, since what was known of them is no longer so, until they find room again.
///
/// Closures instead of key paths: generic code makes a key path anew each time, which costs as much as
/// the rest of a moment at which nothing changed.
///
/// Recording a moment: `begin`, then for every row that there is `place(of:)` and `keep` or `offer`,
/// then `finish`. The latest moment may be recorded again, with more in it.
package struct RowLog<Row: RecordedRow>: Sendable {
    struct Change: Sendable {
        var place: UInt32
        var row: Row
    }

    /// What changed from one moment to the next; both in the order of the places.
    private struct Changes: Sendable {
        var rows: [Change] = []
        var gone: [UInt32] = []

        /// What became of the row at a place: nil where it stands as it was.
        func row(at place: UInt32) -> Row?? {
            if let index = rows.index(of: place, by: { $0.place }) { return .some(rows[index].row) }
            return gone.index(of: place, by: { $0 }) == nil ? nil : .some(nil)
        }
    }

    private struct Offer: Sendable {
        var change: Change
        var rank: Float
    }

    private let limits: RowLimits
    private(set) var subjects = InternTable<Row.Subject>()
    package var details = InternTable<Row.Detail>()
    /// By place: the rows of the oldest moment and of the latest.
    private var oldest: [Row?] = []
    private var latest: [Row?] = []
    /// By place: the number of the moment since which its row stands as it does at the latest, or a
    /// later one.
    private var standsSince: [Int] = []
    /// Of each moment after the oldest.
    private var changes: Deque<Changes> = []
    private var hasMoment = false
    /// The number of the oldest moment: of those that were dropped.
    private var dropped = 0

    /// Subjects of the latest moment in the order in which they came: they mostly come so again.
    /// Each has one use.
    private var order: [UInt32] = []
    /// By place: where `order` has it, and the number of the moment at which it was there last.
    private var positions: [UInt32] = []
    private var stamps: [UInt32] = []

    /// Of the moment that is being recorded.
    private var number: UInt32 = 0
    /// It is the latest one again.
    private var isAgain = false
    private var newOrder: [UInt32] = []
    private var cursor = 0
    private var known = 0
    private var offers: [Offer] = []
    private var credit: Int

    /// Rows that there were at the latest moment, and how many of them it has.
    package private(set) var total = 0
    package private(set) var standing = 0

    private var changedRows = 0
    private var goneRows = 0
    private var heapBytes = 0

    package init(_ limits: RowLimits) {
        self.limits = limits
        credit = limits.changesAtOnce
    }

    // MARK: Recording

    /// - Parameter again: the latest moment is recorded once more: what it has now replaces it.
    package mutating func begin(again: Bool = false) {
        isAgain = again && hasMoment
        number += 1
        cursor = 0
        known = 0
        total = 0
        newOrder.removeAll(keepingCapacity: true)
        offers.removeAll(keepingCapacity: true)
    }

    /// Where a subject is that was there at the moment before.
    ///
    /// - Complexity: O(1), and without hashing where it comes in the same order as then.
    package mutating func place(of subject: Row.Subject) -> UInt32? {
        total += 1
        if cursor < order.count, subjects[order[cursor]] == subject {
            cursor += 1
            return order[cursor - 1]
        }
        guard let place = subjects.place(of: subject) else { return nil }
        let position = Int(positions[Int(place)])
        guard position < order.count, order[position] == place else { return nil }
        cursor = position + 1
        return place
    }

    /// The row of the moment before; nil where it had none.
    package func row(at place: UInt32) -> Row? { latest[Int(place)] }

    /// The row at that place is as it was.
    package mutating func keep(_ place: UInt32) {
        guard stamps[Int(place)] != number else { return }
        note(place)
        known += 1
    }

    /// A row that changed, or is new.
    ///
    /// - Parameters:
    ///   - row: has one use of each of its details.
    ///   - place: as `place(of:)` says.
    ///   - rank: the higher, the sooner it is kept; 0 for what nobody would miss.
    package mutating func offer(
        _ row: Row, of subject: Row.Subject, at place: UInt32?, rank: Float
    ) {
        if let place, stamps[Int(place)] != number {
            known += 1
            note(place)
            offers.append(Offer(change: Change(place: place, row: row), rank: rank))
            return
        }
        let room = rank > 0 ? limits.rows : limits.rows - limits.rows / 8
        guard place == nil, newOrder.count < room else { return forget(row) }
        let new = subjects.use(subject)
        while latest.count < subjects.placeCount {
            latest.append(nil)
            oldest.append(nil)
            standsSince.append(0)
            positions.append(0)
            stamps.append(0)
        }
        // The same subject twice.
        guard stamps[Int(new)] != number else {
            subjects.release(new)
            return forget(row)
        }
        note(new)
        offers.append(Offer(change: Change(place: new, row: row), rank: rank))
    }

    private mutating func note(_ place: UInt32) {
        stamps[Int(place)] = number
        newOrder.append(place)
    }

    /// Ends a moment: what was neither kept nor offered is gone.
    package mutating func finish() {
        var ended: [UInt32] = []
        if known < order.count { ended = order.filter { stamps[Int($0)] != number } }
        var gone = ended.filter { latest[Int($0)] != nil }
        for change in takeUnaffordable() {
            if latest[Int(change.place)] != nil { gone.append(change.place) }
            forget(change.row)
        }
        let moment = dropped + (hasMoment ? changes.count + 1 : 0)
        for place in gone {
            latest[Int(place)] = nil
            standsSince[Int(place)] = moment
        }
        for offer in offers { standsSince[Int(offer.change.place)] = moment }
        standing -= gone.count
        store(offers.map { $0.change }.sorted { $0.place < $1.place }, gone: gone.sorted())
        for place in ended { subjects.release(place) }
        swap(&order, &newOrder)
        for (position, place) in order.enumerated() { positions[Int(place)] = UInt32(position) }
        if isAgain { mergeLatest() }
    }

    /// Ends a moment at which nothing is known of these rows: they stand as they were.
    ///
    /// - Parameter again: as `begin(again:)` says.
    package mutating func skip(again: Bool = false) {
        if hasMoment, !again { changes.append(Changes()) }
        hasMoment = true
    }

    /// Makes one moment of the latest two: of a row that changed in both, the later counts.
    private mutating func mergeLatest() {
        guard changes.count > 1, let newer = changes.popLast(), let older = changes.popLast() else {
            return dropOldest()
        }
        var merged = newer
        for change in older.rows {
            if newer.row(at: change.place) == nil {
                merged.rows.append(change)
            } else {
                changedRows -= 1
                heapBytes -= change.row.heapBytes
                forget(change.row)
                subjects.release(change.place)
            }
        }
        for place in older.gone {
            if newer.row(at: place) == nil {
                merged.gone.append(place)
            } else {
                goneRows -= 1
                subjects.release(place)
            }
        }
        // What came and went in between was not there before, and is not now.
        let ended = older.rows.map { $0.place }.filter {
            newer.gone.index(of: $0, by: { $0 }) != nil
        }
        let passing = Set(ended.filter { row(at: $0, in: changes.count) == nil })
        for place in passing {
            goneRows -= 1
            subjects.release(place)
        }
        merged.gone.removeAll(where: passing.contains)
        merged.rows.sort { $0.place < $1.place }
        merged.gone.sort()
        changes.append(merged)
    }

    private mutating func takeUnaffordable() -> [Change] {
        if isAgain, let latest = changes.last {
            // What changed already is paid for.
            credit += offers.lazy.filter { latest.row(at: $0.change.place) != nil }.count
        } else if hasMoment {
            // The first moment is what the others are changes of.
            credit = min(credit + limits.changes, limits.changes + limits.changesAtOnce)
        }
        defer { credit -= offers.count }
        guard offers.count > credit else { return [] }
        offers.sort { $0.rank > $1.rank }
        let rest = offers[credit...].map { $0.change }
        offers.removeSubrange(credit...)
        return rest
    }

    private mutating func store(_ rows: [Change], gone: [UInt32]) {
        for change in rows {
            if latest[Int(change.place)] == nil { standing += 1 }
            latest[Int(change.place)] = change.row
            subjects.retain(change.place)
            heapBytes += change.row.heapBytes
        }
        for place in gone { subjects.retain(place) }
        guard hasMoment else {
            for change in rows { oldest[Int(change.place)] = change.row }
            hasMoment = true
            return
        }
        changes.append(Changes(rows: rows, gone: gone))
        changedRows += rows.count
        goneRows += gone.count
    }

    private mutating func forget(_ row: Row) {
        row.forEachDetail { details.release($0) }
    }

    /// Drops the oldest moment.
    package mutating func dropOldest() {
        guard let next = changes.popFirst() else { return }
        dropped += 1
        changedRows -= next.rows.count
        goneRows -= next.gone.count
        for change in next.rows {
            drop(change.place)
            oldest[Int(change.place)] = change.row
        }
        for place in next.gone {
            drop(place)
            oldest[Int(place)] = nil
            subjects.release(place)
        }
    }

    /// Ends what the oldest moment's row uses.
    private mutating func drop(_ place: UInt32) {
        guard let row = oldest[Int(place)] else { return }
        heapBytes -= row.heapBytes
        forget(row)
        subjects.release(place)
    }

    // MARK: Reading

    /// All rows of a moment, in no order.
    ///
    /// - Parameter index: 0 for the oldest moment.
    package func rows(at index: Int) -> [(subject: Row.Subject, row: Row)] {
        var rows = oldest
        for change in changes.prefix(index) {
            for entry in change.rows { rows[Int(entry.place)] = entry.row }
            for place in change.gone { rows[Int(place)] = nil }
        }
        return rows.enumerated().compactMap { place, row in
            row.map { (subjects[UInt32(place)], $0) }
        }
    }

    /// The subject that is kept and equals this one.
    func subject(like subject: Row.Subject) -> Row.Subject? {
        subjects.place(of: subject).map { subjects[$0] }
    }

    /// A subject's row at the moments of a range, the oldest first; nil where it has none.
    ///
    /// - Complexity: O(moments × log(changes)), and O(moments) where it stands.
    func rows(of subject: Row.Subject, in moments: Range<Int>) -> [Row?] {
        guard !moments.isEmpty, let place = subjects.place(of: subject) else {
            return Array(repeating: nil, count: moments.count)
        }
        if dropped + moments.lowerBound >= standsSince[Int(place)] {
            return Array(repeating: latest[Int(place)], count: moments.count)
        }
        var row = row(at: place, in: moments.lowerBound)
        var rows = [row]
        rows.reserveCapacity(moments.count)
        for index in moments.dropFirst() {
            if let changed = changes[index - 1].row(at: place) { row = changed }
            rows.append(row)
        }
        return rows
    }

    private func row(at place: UInt32, in moment: Int) -> Row? {
        var index = moment
        while index > 0 {
            if let changed = changes[index - 1].row(at: place) { return changed }
            index -= 1
        }
        return oldest[Int(place)]
    }

    /// The latest moment that has a row of a subject.
    func lastIndex(of subject: Row.Subject) -> Int? {
        guard let place = subjects.place(of: subject) else { return nil }
        var index = changes.count
        if latest[Int(place)] != nil { return index }
        while index > 0 {
            if changes[index - 1].row(at: place) != nil { return index - 1 }
            index -= 1
        }
        return nil
    }

    /// Memory held, about; text on the heap is not counted but where a row says so.
    ///
    /// - Complexity: O(1).
    package var byteCount: Int {
        changedRows * MemoryLayout<Change>.stride + goneRows * MemoryLayout<UInt32>.stride
            + changes.count * (MemoryLayout<Changes>.stride + 2 * PackedSeries.arrayHeader)
            + (oldest.capacity + latest.capacity) * MemoryLayout<Row?>.stride
            + standsSince.capacity * MemoryLayout<Int>.stride
            + (order.capacity + newOrder.capacity + positions.capacity + stamps.capacity)
            * MemoryLayout<UInt32>.stride
            + offers.capacity * MemoryLayout<Offer>.stride + heapBytes + subjects.byteCount
            + details.byteCount
    }
}

extension Array {
    /// Where a place stands among those in order.
    fileprivate func index(of place: UInt32, by key: (Element) -> UInt32) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if key(self[middle]) < place { low = middle + 1 } else { high = middle }
        }
        return low < count && key(self[low]) == place ? low : nil
    }
}
