internal import Glibc
internal import ProcFormats
internal import Units

/// Reads the memory of control groups. A file that this version or kernel lacks is absent, and a
/// group whose usage cannot be read is none.
final class MemoryGroupReader {
    private let hierarchy: MemoryHierarchy
    private var buffer = ReadBuffer(byteCount: 16 * 1024)

    private struct Tracked {
        /// Nil while it cannot be read.
        var group: MemoryGroup?
        var readAt: Instant?
        var statReadAt: Instant?
    }

    /// By path; never more than `SamplingPlan.mostGroups`.
    private var tracked: [String: Tracked] = [:]
    /// The groups of processes that `tracked` was made for.
    private var members: Set<String> = []

    init(hierarchy: MemoryHierarchy) {
        self.hierarchy = hierarchy
    }

    /// All groups by path, as they are known after this refresh.
    ///
    /// - Parameters:
    ///   - members: The groups that hold processes; those above them are found from these.
    ///   - shown: Of these, the groups of processes that a person looks at.
    func refresh(
        members: Set<String>, shown: Set<String>, plan: SamplingPlan, at now: Instant = .now
    ) -> [String: MemoryGroup] {
        let shownGroups = Set(shown.flatMap(MemoryGroup.lineage))
        if members != self.members || !shownGroups.allSatisfy({ tracked[$0] != nil }) {
            list(members, first: shownGroups)
        }
        for (path, group) in tracked {
            let reads = plan.groupReads(
                for: SamplingPlan.GroupFacts(
                    isShown: shownGroups.contains(path), isTight: group.group?.isTight ?? false,
                    hasLimit: group.group?.limit != nil,
                    sinceRead: group.readAt.map { now.since($0) },
                    sinceStat: group.statReadAt.map { now.since($0) }))
            guard !reads.isEmpty else { continue }
            tracked[path] = read(path, reads, after: group, at: now)
        }
        return tracked.compactMapValues(\.group)
    }

    /// Brings `tracked` up to date: the groups that are looked at first, then as many of the others
    /// with all above them as there is room for.
    private func list(_ members: Set<String>, first: Set<String>) {
        self.members = members
        let old = tracked
        tracked.removeAll(keepingCapacity: true)
        for path in first where tracked.count < SamplingPlan.mostGroups {
            tracked[path] = old[path] ?? Tracked()
        }
        for member in members {
            for path in MemoryGroup.lineage(of: member) where tracked[path] == nil {
                guard tracked.count < SamplingPlan.mostGroups else { return }
                tracked[path] = old[path] ?? Tracked()
            }
        }
    }

    // MARK: One group

    private func read(
        _ path: String, _ reads: SamplingPlan.GroupReads, after old: Tracked, at now: Instant
    ) -> Tracked {
        var result = old
        let directory = hierarchy.directory(of: path).map {
            open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        result.readAt = now
        guard let directory, directory >= 0 else {
            result.group = nil
            return result
        }
        defer { close(directory) }
        guard var group = hierarchy.isUnified ? unified(path, directory) : legacy(path, directory)
        else {
            result.group = nil
            return result
        }
        group.reclaimable = group.limit == nil ? nil : old.group?.reclaimable
        // A limit found just now has its share of droppable pages read at once.
        if group.limit != nil, reads.contains(.stat) || old.statReadAt == nil {
            group.reclaimable = reclaimable(directory)
            result.statReadAt = now
        }
        result.group = group
        return result
    }

    private func unified(_ path: String, _ directory: Int32) -> MemoryGroup? {
        guard let usage = amount("memory.current", directory) else { return nil }
        var group = MemoryGroup(path: path, usage: usage)
        group.limit = amount("memory.max", directory)
        group.high = amount("memory.high", directory)
        group.swap = amount("memory.swap.current", directory)
        group.swapLimit = amount("memory.swap.max", directory)
        let events = events("memory.events", directory)
        group.limitHits = events?.max
        group.oomKills = events?.oomKill
        return group
    }

    /// Version 1. Its limit on memory and swap together is no limit on swap, so it has none here.
    private func legacy(_ path: String, _ directory: Int32) -> MemoryGroup? {
        guard let usage = amount("memory.usage_in_bytes", directory) else { return nil }
        var group = MemoryGroup(path: path, usage: usage)
        group.limit = amount("memory.limit_in_bytes", directory)
        group.limitHits = read("memory.failcnt", directory) { bytes throws(ParseError) in
            try CgroupCount(parsing: bytes).count
        }
        group.oomKills = events("memory.oom_control", directory)?.oomKill
        return group
    }

    private func amount(_ file: StaticString, _ directory: Int32) -> ByteCount? {
        let amount = read(file, directory) { bytes throws(ParseError) in
            try CgroupAmount(parsing: bytes)
        }
        return amount?.bytes
    }

    private func events(_ file: StaticString, _ directory: Int32) -> CgroupMemoryEvents? {
        read(file, directory) { bytes throws(ParseError) in try CgroupMemoryEvents(parsing: bytes) }
    }

    private func reclaimable(_ directory: Int32) -> ByteCount? {
        let stat = read("memory.stat", directory) { bytes throws(ParseError) in
            try CgroupMemoryStat(parsing: bytes)
        }
        return stat?.fileCache
    }

    private func read<Value>(
        _ file: StaticString, _ directory: Int32,
        _ parse: (Span<UInt8>) throws(ParseError) -> Value
    ) -> Value? {
        let descriptor = file.withUTF8Buffer { name in
            name.withMemoryRebound(to: CChar.self) { characters in
                characters.baseAddress.map { openat(directory, $0, O_RDONLY | O_CLOEXEC) } ?? -1
            }
        }
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard let count = try? buffer.fill(from: descriptor, toEnd: true) else { return nil }
        return try? buffer.withBytes(count, parse)
    }
}

extension MemoryGroup {
    /// At 80 % of its limit or more.
    fileprivate var isTight: Bool {
        guard let limit else { return false }
        return Double(usage.rawValue) >= 0.8 * Double(limit.rawValue)
    }
}
