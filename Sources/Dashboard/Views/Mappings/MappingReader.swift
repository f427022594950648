import Diagnosis
import ProcSampling
import Units

/// Reads the figures of one row of mappings: a group, or one mapping of it.
struct MappingReader {
    private let group: MappingGroup
    private let member: MappingGroup.Member?

    init(_ row: Row, in groups: [MappingGroup]) {
        group = groups[row.index]
        member = row.part.map { groups[row.index].members[$0] }
    }

    private func bytes(
        _ ofGroup: KeyPath<MappingGroup, ByteCount>, _ ofMapping: KeyPath<Mapping, ByteCount>
    ) -> ByteCount {
        member.map { $0.mapping[keyPath: ofMapping] } ?? group[keyPath: ofGroup]
    }

    private var size: ByteCount { bytes(\.size, \.size) }
    private var resident: ByteCount { bytes(\.resident, \.shownResident) }
    private var proportional: ByteCount { bytes(\.proportional, \.proportional) }
    private var anonymous: ByteCount { bytes(\.anonymous, \.anonymous) }
    private var swap: ByteCount { bytes(\.swap, \.swap) }
    private var growth: Double? { member.map(\.growth) ?? group.growth }

    func text(_ column: ColumnID) -> String {
        switch column {
        case .count: member == nil ? "\(group.count)" : ""
        case .size: size.text
        case .resident: resident.text
        case .proportional: proportional.text
        case .anonymous: anonymous.text
        case .swap: swap.text
        case .rate: growth.map { ByteChange($0) }.text
        case .kind: kind
        case .mapping: name
        default: ""
        }
    }

    func key(_ column: ColumnID) -> SortKey? {
        switch column {
        case .count: .number(Double(group.count))
        case .size: .number(Double(size.rawValue))
        case .resident: .number(Double(resident.rawValue))
        case .proportional: .number(Double(proportional.rawValue))
        case .anonymous: .number(Double(anonymous.rawValue))
        case .swap: .number(Double(swap.rawValue))
        case .rate: growth.map { .number($0) }
        case .kind, .mapping: .text(text(column))
        default: nil
        }
    }

    func matches(_ filter: String) -> Bool {
        kind.containsIgnoringCase(filter) || name.containsIgnoringCase(filter)
    }

    private var kind: String {
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

    private var name: String {
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
        case .kernel: return "[vdso] and the like"
        }
    }
}
