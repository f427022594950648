package import Samples
package import Units

/// Mappings of one use together, with what grew between two readings: "4 mappings of 1.0G,
/// anonymous, +2.1M/s".
package struct MappingGroup: Hashable, Sendable, Identifiable {
    /// What its mappings have in common.
    package enum ID: Hashable, Sendable {
        case heap, arenas, mainStack, threadStacks, kernel
        /// Of one size, in bytes, and one name (empty for most), from 1 MiB on.
        case anonymous(name: String, size: UInt64)
        case smallAnonymous
        case file(path: String)
        case shared(name: String)
        case hugetlb(name: String)
    }

    package struct Member: Hashable, Sendable {
        package let mapping: Mapping
        /// Bytes a second; nil without an earlier reading.
        package let growth: Double?
    }

    package let id: ID
    /// By address, until `sortMembers`.
    package private(set) var members: [Member] = []
    /// Sums over all of them.
    package private(set) var size = ByteCount(0)
    package private(set) var resident = ByteCount(0)
    package private(set) var proportional = ByteCount(0)
    package private(set) var anonymous = ByteCount(0)
    package private(set) var swap = ByteCount(0)
    /// Bytes a second; nil without an earlier reading.
    package private(set) var growth: Double?
    private var amount = ByteCount(0)
    private var isSorted = false

    package var count: Int { members.count }

    private init(id: ID, growth: Double?) {
        self.id = id
        self.growth = growth
    }

    private mutating func add(_ member: Member) {
        let mapping = member.mapping
        members.append(member)
        size = size + mapping.size
        resident = resident + mapping.shownResident
        proportional = proportional + mapping.proportional
        anonymous = anonymous + mapping.anonymous
        swap = swap + mapping.swap
        amount = amount + mapping.amount
        growth = growth.map { $0 + (member.growth ?? 0) }
    }

    /// Puts the members in order: the largest growth first, then the largest.
    package mutating func sortMembers() {
        guard !isSorted else { return }
        isSorted = true
        members.sort { $0.precedes($1) }
    }

    /// Groups what a reading found: the largest growth first, then the largest.
    ///
    /// - Parameter earlier: a reading of the same process before it; without one no growth is known.
    package static func all(in reading: MappingsReading, since earlier: MappingsReading?) -> [Self]
    {
        let growths = earlier.flatMap { Growths(from: $0, to: reading) }
        var groups: [Self] = []
        var places: [ID: Int] = [:]
        for (index, mapping) in reading.mappings.enumerated() {
            let id = ID(mapping)
            let place = places[id] ?? groups.count
            if place == groups.count {
                places[id] = place
                groups.append(Self(id: id, growth: growths == nil ? nil : 0))
            }
            groups[place].add(Member(mapping: mapping, growth: growths?.values[index]))
        }
        return groups.sorted { $0.precedes($1) }
    }

    private func precedes(_ other: Self) -> Bool {
        let (own, others) = (growth ?? 0, other.growth ?? 0)
        if own != others { return own > others }
        if amount != other.amount { return amount > other.amount }
        if size != other.size { return size > other.size }
        return (members.first?.mapping.start ?? 0) < (other.members.first?.mapping.start ?? 0)
    }
}

extension MappingGroup.Member {
    fileprivate func precedes(_ other: Self) -> Bool {
        let (own, others) = (growth ?? 0, other.growth ?? 0)
        if own != others { return own > others }
        if mapping.amount != other.mapping.amount { return mapping.amount > other.mapping.amount }
        return mapping.start < other.mapping.start
    }
}

extension MappingGroup.ID {
    /// Below this, anonymous mappings are too many and too small to tell by their size.
    private static let smallSize: UInt64 = 1 << 20

    init(_ mapping: Mapping) {
        switch mapping.kind {
        case .heap: self = .heap
        case .arena: self = .arenas
        case .mainStack: self = .mainStack
        case .threadStack: self = .threadStacks
        case .kernel: self = .kernel
        case .file: self = .file(path: mapping.name)
        case .shared: self = .shared(name: mapping.name)
        case .hugetlb: self = .hugetlb(name: mapping.name)
        case .anonymous:
            let size = mapping.size.rawValue
            self =
                mapping.name.isEmpty && size < Self.smallSize
                ? .smallAnonymous : .anonymous(name: mapping.name, size: size)
        }
    }
}

extension Mapping {
    /// Bytes that growth is measured in: what the process itself can give back; of shared memory
    /// and of hugetlbfs, what is resident or swapped out.
    fileprivate var amount: ByteCount {
        switch kind {
        case .shared, .hugetlb: shownResident + swap
        default: anonymous + swap
        }
    }

    /// Pages of hugetlbfs count as resident nowhere else.
    package var shownResident: ByteCount { kind == .hugetlb ? hugePages ?? resident : resident }
}

/// What each mapping grew by between two readings.
private struct Growths {
    /// Bytes a second, beside the later reading's mappings.
    private(set) var values: [Double] = []

    /// Nil where no time has passed between them.
    init?(from earlier: MappingsReading, to later: MappingsReading) {
        guard later.process == earlier.process, later.moment > earlier.moment else { return nil }
        let seconds = later.moment.since(earlier.moment).seconds
        values.reserveCapacity(later.mappings.count)
        var old = earlier.mappings[...]
        for mapping in later.mappings {
            while let first = old.first, first.end <= mapping.start { old = old.dropFirst() }
            var before = 0.0
            for candidate in old {
                guard candidate.start < mapping.end else { break }
                before += candidate.amount(within: mapping.start, mapping.end)
            }
            values.append((Double(mapping.amount.rawValue) - before) / seconds)
        }
    }
}

extension Mapping {
    /// Its amount, as far as it lay between two addresses: mappings grow, merge and split, so a part
    /// of one may have become another. What was where in it is not known: taken as even.
    fileprivate func amount(within low: UInt64, _ high: UInt64) -> Double {
        let overlap = min(end, high) - max(start, low)
        guard end > start else { return 0 }
        return Double(amount.rawValue) * (Double(overlap) / Double(end - start))
    }
}
