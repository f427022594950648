internal import Samples
internal import Units

/// What hardly ever changes of a control group from row to row.
struct GroupSubject: Hashable, Sendable {
    var path: String
    var limit: ByteCount?
    var high: ByteCount?
    var swapLimit: ByteCount?

    init(_ group: MemoryGroup) {
        path = group.path
        limit = group.limit
        high = group.high
        swapLimit = group.swapLimit
    }
}

/// One control group at one recorded moment: 24 bytes.
struct RecordedGroupRow: Hashable, Sendable {
    var subject: UInt32
    var usage: PackedMemory
    var reclaimable: PackedMemory
    var swap: PackedMemory
    var limitHits: PackedCount
    var oomKills: PackedCount

    init(_ group: MemoryGroup, subject: UInt32) {
        self.subject = subject
        usage = PackedMemory(group.usage)
        reclaimable = PackedMemory(group.reclaimable)
        swap = PackedMemory(group.swap)
        limitHits = PackedCount(group.limitHits)
        oomKills = PackedCount(group.oomKills)
    }

    func group(of subject: GroupSubject) -> MemoryGroup {
        MemoryGroup(
            path: subject.path, usage: usage.amount ?? ByteCount(0),
            reclaimable: reclaimable.amount, limit: subject.limit, high: subject.high,
            swap: swap.amount, swapLimit: subject.swapLimit, limitHits: limitHits.count,
            oomKills: oomKills.count)
    }
}

/// What was known of the limits on a recorded process's memory; see `MemoryLimits`. The groups that
/// have a limit are rows of their own.
enum RecordedLimits: UInt8, Sendable {
    case known, notReadYet, notMounted, outside, failed, noGroup

    /// Why a group that has no row is not there.
    var gap: MemoryGroupGaps.Reason? {
        switch self {
        case .known: .noLimit
        case .outside: .outside
        case .failed: .failed
        case .notReadYet, .notMounted, .noGroup: nil
        }
    }
}

/// The groups of a snapshot that are kept: those that limit the processes that are.
struct GroupChoice {
    private(set) var groups: [MemoryGroup] = []
    /// Beside the processes.
    private(set) var limits: [RecordedLimits] = []
    private var paths: Set<String> = []
    /// Processes that share a group share its limits.
    private var known: [String: RecordedLimits] = [:]

    init(_ snapshot: Snapshot, processes: Range<Int>) {
        limits.reserveCapacity(processes.count)
        for index in processes {
            let process = snapshot.processes[index]
            let path = process.isKernelThread ? nil : process.memoryGroup
            if let limits = path.flatMap({ known[$0] }) {
                self.limits.append(limits)
                continue
            }
            let found = choose(from: snapshot.memoryLimits(of: process))
            limits.append(found)
            if let path { known[path] = found }
        }
    }

    private mutating func choose(from limits: MemoryLimits) -> RecordedLimits {
        switch limits {
        case .known(let groups):
            let new = groups.filter { !paths.contains($0.path) }
            // A limit that is not kept is not known.
            guard self.groups.count + new.count <= History.mostGroups else { return .notReadYet }
            self.groups += new
            paths.formUnion(new.map(\.path))
            return .known
        case .notReadYet: return .notReadYet
        case .notReadable(.notMounted): return .notMounted
        case .notReadable(.outside): return .outside
        case .notReadable(.failed): return .failed
        case .noGroup: return .noGroup
        }
    }
}
