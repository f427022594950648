package import ProcSampling
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
    /// The largest growth first, then the largest.
    package private(set) var members: [Member]

    package var count: Int { members.count }
    package var size: ByteCount { sum(\.size) }
    package var resident: ByteCount { sum(\.resident) }
    package var proportional: ByteCount { sum(\.proportional) }
    package var anonymous: ByteCount { sum(\.anonymous) }
    package var swap: ByteCount { sum(\.swap) }
    package var hugePages: ByteCount { sum(\.hugePages) }
    /// Bytes a second; nil without an earlier reading.
    package var growth: Double? {
        members.contains { $0.growth == nil } ? nil : members.reduce(0) { $0 + ($1.growth ?? 0) }
    }

    private func sum(_ field: KeyPath<Mapping, ByteCount>) -> ByteCount {
        ByteCount(members.reduce(0) { $0 &+ $1.mapping[keyPath: field].rawValue })
    }

    /// Groups what a reading found: the largest growth first, then the largest.
    ///
    /// - Parameter earlier: a reading of the same process before it; without one no growth is known.
    package static func all(in reading: MappingsReading, since earlier: MappingsReading?) -> [Self]
    {
        let growths = earlier.flatMap { Growths(from: $0, to: reading) }
        var members: [ID: [Member]] = [:]
        for (index, mapping) in reading.mappings.enumerated() {
            members[ID(mapping), default: []].append(
                Member(mapping: mapping, growth: growths?.values[index]))
        }
        return members.map { id, members in
            Self(id: id, members: members.sorted { $0.precedes($1) })
        }.sorted { $0.precedes($1) }
    }

    private func precedes(_ other: Self) -> Bool {
        let (own, others) = (growth ?? 0, other.growth ?? 0)
        if own != others { return own > others }
        let (amount, otherAmount) = (
            members.reduce(0) { $0 &+ $1.mapping.amount },
            other.members.reduce(0) { $0 &+ $1.mapping.amount }
        )
        if amount != otherAmount { return amount > otherAmount }
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
    /// Bytes that growth is measured in: what the process itself can give back; of shared memory,
    /// what is resident or swapped out.
    fileprivate var amount: UInt64 {
        (kind == .shared ? resident.rawValue : anonymous.rawValue) &+ swap.rawValue
    }
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
            values.append((Double(mapping.amount) - before) / seconds)
        }
    }
}

extension Mapping {
    /// Its amount, as far as it lay between two addresses: mappings grow, merge and split, so a part
    /// of one may have become another. What was where in it is not known: taken as even.
    fileprivate func amount(within low: UInt64, _ high: UInt64) -> Double {
        let overlap = min(end, high) - max(start, low)
        guard end > start else { return 0 }
        return Double(amount) * (Double(overlap) / Double(end - start))
    }
}
