import Diagnosis
import Fields
import Samples
import Units

/// The fields of mappings.
final class MappingFields: Sendable {
    static let declared = MappingFields()
    static let table = FieldTable<MappingRow>(of: declared)

    typealias Field = Fields.Field<MappingRow>

    let kind = Field(
        "kind", "KIND", .fixed(7), .text, json: .named("kind"),
        help: "heap, arena (malloc of threads), anon, stack, file, shared, hugetlb, kernel",
        value: { .text($0.kind) })

    let count = Field(
        .count, "COUNT", .fixed(5), json: .named("mappings"), help: "mappings in this group",
        value: { $0.member == nil ? .count(UInt64($0.group.count)) : .inapplicable })

    let size = Field(
        "size", "SIZE", .fixed(5), json: .named("size_bytes"),
        help: "virtual (VSZ), touched or not", value: { $0.bytes(\.size, \.size) })

    let resident = Field(
        .resident, "RSS", .fixed(5), json: .named("rss_bytes"), help: "resident memory",
        value: { $0.bytes(\.resident, \.shownResident) })

    let proportional = Field(
        "proportional", "PSS", .fixed(5), json: .named("pss_bytes"),
        help: "RSS, each page divided by its users",
        value: { $0.bytes(\.proportional, \.proportional) })

    let anonymous = Field(
        .anonymous, "ANON", .fixed(5), json: .named("anon_bytes"), help: "anonymous memory",
        value: { $0.bytes(\.anonymous, \.anonymous) })

    let swap = Field(
        "swap", "SWAP", .fixed(5), json: .named("swap_bytes"), help: "swapped out",
        value: { $0.bytes(\.swap, \.swap) })

    let rate = Field(
        .rate, "+/s", .fixed(6), json: .named("growth_bytes_per_second"),
        help: "growth a second since the first reading",
        value: { row in row.growth.map { .change(ByteChange($0)) } ?? .unknown },
        emphasis: { row in row.growth.map { $0 >= 0.5 } == true ? .warning : .normal })

    let mapping = Field(
        "mapping", "MAPPING", .flexible(minimum: 25), .text, json: .named("name"),
        help: "what it is; of one mapping its first address, too", value: { .text($0.name) })
}

/// A row of mappings: a group, or one mapping of it.
struct MappingRow: FieldRow {
    let group: MappingGroup
    let member: MappingGroup.Member?

    static var fadesZeros: Bool { true }

    func bytes(
        _ ofGroup: KeyPath<MappingGroup, ByteCount>, _ ofMapping: KeyPath<Mapping, ByteCount>
    ) -> FieldValue {
        .bytes(member.map { $0.mapping[keyPath: ofMapping] } ?? group[keyPath: ofGroup])
    }

    /// Bytes a second; nil without an earlier reading.
    var growth: Double? { member.map(\.growth) ?? group.growth }

    func matches(_ filter: TextFilter) -> Bool { filter.matches(kind) || filter.matches(name) }

    var kind: String {
        switch group.id {
        case .heap: "heap"
        case .arenas: "arena"
        case .mainStack, .threadStacks: "stack"
        case .anonymous, .smallAnonymous: "anon"
        case .file: "file"
        case .shared: "shared"
        case .hugetlb: "hugetlb"
        case .kernel: "kernel"
        }
    }

    var name: String {
        guard let member else { return groupName }
        let mapping = member.mapping
        let start = String(mapping.start, radix: 16)
        if case .threadStack(let thread) = mapping.kind { return "\(start) of T\(thread)" }
        return mapping.name.isEmpty ? start : "\(start) \(mapping.name)"
    }

    private var groupName: String {
        switch group.id {
        case .heap: return "[heap], by brk"
        case .arenas: return "malloc arenas of threads"
        case .mainStack: return "[stack] of the first thread"
        case .threadStacks:
            guard group.count == 1, case .threadStack(let thread) = group.members[0].mapping.kind
            else { return "stacks of threads" }
            return "stack of T\(thread)"
        case .anonymous(let name, let size):
            let what = name.isEmpty ? "anon" : name
            guard group.count > 1 else { return what }
            return "\(group.count) mappings of \(ByteCount(size).text) \(what)"
        case .smallAnonymous: return "anonymous, below 1M each"
        case .file(let path): return path
        case .shared(let name), .hugetlb(let name): return name.isEmpty ? "anonymous" : name
        case .kernel: return "[vdso] etc."
        }
    }
}

extension MappingRow: ListRow {
    init?(_ row: Row, in contexts: RowContexts) {
        guard contexts.groups.indices.contains(row.index) else { return nil }
        group = contexts.groups[row.index]
        member = row.part.map { contexts.groups[row.index].members[$0] }
    }
}
