public import Units

/// The limits that control groups set to a process's memory, as far as they are known.
public enum MemoryLimits: Hashable, Sendable {
    /// All were read: the process's group and those above it that have a limit, the lowest limit
    /// first. Empty where none has one.
    case known([MemoryGroup])
    /// Its group was not asked for yet or did not answer, or there was no room for it.
    case notReadYet
    case notReadable(Reason)
    /// It is in no group that could limit its memory: a kernel thread, or a kernel that does not
    /// have the memory controller.
    case noGroup

    public enum Reason: Hashable, Codable, Sendable {
        /// No hierarchy that limits memory is mounted here, or this is the tree of another machine.
        case notMounted
        /// Its group is outside of our cgroup namespace (`/../x`), or of the part that is mounted.
        case outside
        /// The group's files cannot be read.
        case failed
    }
}

/// Control groups that `Snapshot.memoryGroups` lacks though they were read.
public struct MemoryGroupGaps: Hashable, Codable, Sendable {
    /// A hierarchy that limits memory is to be seen.
    public var isMounted: Bool
    /// By path. A group that is neither here nor among the groups was not read.
    public var reasons: [String: Reason]

    public enum Reason: Hashable, Codable, Sendable {
        /// The memory controller is not enabled for it, as for the root of version 2; or it comes
        /// from the recording, which keeps those with a limit.
        case noLimit
        /// As of `MemoryLimits.Reason`.
        case outside, failed
    }

    public init(isMounted: Bool = true, reasons: [String: Reason] = [:]) {
        self.isMounted = isMounted
        self.reasons = reasons
    }
}

extension Snapshot {
    /// Whether a process's memory is limited by groups, or why that is not known.
    public func memoryLimits(of process: ProcessSample) -> MemoryLimits {
        if process.isKernelThread || process.lacksMemoryGroup { return .noGroup }
        guard groupGaps.isMounted else { return .notReadable(.notMounted) }
        guard let path = process.memoryGroup else { return .notReadYet }
        if memoryGroups[path] == nil {
            switch groupGaps.reasons[path] {
            case nil: return .notReadYet
            case .outside: return .notReadable(.outside)
            case .failed: return .notReadable(.failed)
            case .noLimit: break
            }
        }
        // Those above it are read together with it. They may be outside of what is mounted, as in
        // a container: what limits it there is not to be seen.
        let hasFailed = GroupPath.lineage(of: path).contains { groupGaps.reasons[$0] == .failed }
        return hasFailed ? .notReadable(.failed) : .known(limitingGroups(of: process))
    }

    /// The lowest of the limits that its groups set; nil where there is none, or none is known.
    public func lowestLimit(of process: ProcessSample) -> ByteCount? {
        limitingGroups(of: process).first?.limit
    }

    /// The groups whose limits hold for a process: its own and those above it that have a limit, the
    /// lowest limit first. Empty, too, where they are not known; see `memoryLimits(of:)`.
    public func limitingGroups(of process: ProcessSample) -> [MemoryGroup] {
        guard let path = process.memoryGroup else { return [] }
        return GroupPath.lineage(of: path).compactMap { memoryGroups[$0] }
            .filter { $0.limit != nil }
            .sorted { ($0.limit ?? ByteCount(.max)) < ($1.limit ?? ByteCount(.max)) }
    }
}
