internal import ProcFormats
package import Samples
package import Units

/// How a process's memory grows, and which limit it will meet first.
package struct MemoryOutlook: Hashable, Sendable {
    package let growth: Growth
    /// The one that is met first, or without growth the one with the least left; nil where none is
    /// known.
    package let limit: MemoryLimit?
    /// What is left below it.
    package let headroom: ByteCount?
    /// Until the limit is met at the present slope: only for growth that is linear or has a rising
    /// floor. A rising floor's peaks meet it earlier. Where others grow below the same limit, it is
    /// met by all of them.
    package let timeLeft: Duration?
    /// Those that use up what is left of the limit together; nil where its own growth decides.
    package let companions: Companions?
    /// The part of the growth that is shared memory, from 0 to 1.
    package let sharedPart: Double

    package struct Companions: Hashable, Sendable {
        /// How many others there are.
        package var count: Int
        /// Bytes a second of all of them, its own included.
        package var slope: Double

        package init(count: Int, slope: Double) {
            self.count = count
            self.slope = slope
        }
    }

    package init(
        growth: Growth, limit: MemoryLimit? = nil, headroom: ByteCount? = nil,
        timeLeft: Duration? = nil, companions: Companions? = nil, sharedPart: Double = 0
    ) {
        self.growth = growth
        self.limit = limit
        self.headroom = headroom
        self.timeLeft = timeLeft
        self.companions = companions
        self.sharedPart = sharedPart
    }

    /// Of what uses up the limit, its own part, from 0 to 1.
    var share: Double { companions.map { min(1, growth.slope / max($0.slope, 1)) } ?? 1 }

    /// - Parameters:
    ///   - addressSpaceGrows: whether `VmSize` was seen to grow with the memory used. If not, the
    ///     growth may fill what was mapped long ago, and no limit of the address space is known to
    ///     come closer: then none counts.
    ///   - joint: what all processes that grow use up; see `GrowthVerdicts.joint`.
    package init(
        growth: Growth, of process: ProcessSample, in snapshot: Snapshot,
        addressSpaceGrows: Bool = false, joint: JointGrowth = JointGrowth(),
        sharedPart: Double = 0
    ) {
        let left = Self.limits(of: process, in: snapshot, addressSpaceGrows: addressSpaceGrows)
        guard growth.isUnbounded else {
            let first = left.min { $0.headroom < $1.headroom }
            self.init(
                growth: growth, limit: first?.limit, headroom: first?.headroom,
                sharedPart: sharedPart)
            return
        }
        let ends = left.map { limit, headroom in
            let slope = max(growth.slope, joint[limit]?.slope ?? 0)
            return (
                limit: limit, headroom: headroom, slope: slope,
                seconds: Double(headroom.rawValue) / slope
            )
        }
        let first = ends.min { $0.seconds < $1.seconds }
        self.init(
            growth: growth, limit: first?.limit, headroom: first?.headroom,
            timeLeft: first.flatMap {
                $0.seconds < Self.longest ? .milliseconds(Int64($0.seconds * 1000)) : nil
            },
            companions: first.flatMap { end in
                joint[end.limit].flatMap { Self.companions(of: growth, among: $0) }
            }, sharedPart: sharedPart)
    }

    /// Less than this share more than its own growth is not worth a word.
    static let leastShareOfOthers = 0.1

    private static func companions(
        of growth: Growth, among all: JointGrowth.Sum
    ) -> Companions? {
        guard all.slope >= (1 + leastShareOfOthers) * growth.slope else {
            return nil
        }
        return Companions(count: all.count - 1, slope: all.slope)
    }

    /// A century, in seconds: beyond it nobody cares.
    private static let longest = 3.2e9

    /// Below this share of all memory, in percent, the kernel is paging already: where there is
    /// swap, the machine's memory is no limit that is still to be met.
    static let usedUp: UInt64 = 2

    /// Every limit that is known to hold for a process, with what is left below it.
    package static func limits(
        of process: ProcessSample, in snapshot: Snapshot, addressSpaceGrows: Bool
    ) -> [(limit: MemoryLimit, headroom: ByteCount)] {
        var limits: [(limit: MemoryLimit, headroom: ByteCount)] = []
        for group in snapshot.limitingGroups(of: process) {
            guard let headroom = group.headroom else { continue }
            limits.append((.group(path: group.path), headroom))
        }
        if let memory = snapshot.host.memory, let available = memory.available {
            let isUsedUp = memory.total.map { available.rawValue < $0.rawValue / 100 * usedUp }
            if isUsedUp ?? false, memory.swapTotal?.rawValue ?? 0 > 0, let free = memory.swapFree {
                let both = (available + free).rawValue
                limits.append((.hostMemoryAndSwap, ByteCount(both)))
            } else {
                limits.append((.hostMemory, available))
            }
        }
        if addressSpaceGrows, let size = process.memory?.addressSpace {
            let limit = process.addressSpaceLimit ?? ByteCount(1 << 47)
            let left = limit.rawValue - min(limit.rawValue, size.rawValue)
            limits.append((Self.name(of: process.addressSpaceLimit), ByteCount(left)))
        }
        return limits
    }

    /// 4 GiB is where the addresses of 32-bit programs end; the same figure as RLIMIT_AS ends them as
    /// well.
    private static func name(of limit: ByteCount?) -> MemoryLimit {
        limit == nil || limit == ByteCount(1 << 32) ? .addressSpace : .addressSpaceLimit
    }
}
