public import ProcFormats
public import Units

/// One mapping of a process's memory: an entry of `/proc/PID/smaps`; `proc_pid_smaps(5)`.
public struct Mapping: Hashable, Codable, Sendable {
    /// The addresses: from `start` up to, not including, `end`.
    public var start: UInt64
    public var end: UInt64
    public var kind: Kind
    /// The path, or the kernel's name in brackets; empty where there is none. As the kernel writes
    /// it: a newline is `\012`, and a file that was removed ends in " (deleted)".
    public var name: String
    /// `Rss` and `Pss`: resident pages, and these divided by how many processes share each.
    public var resident: ByteCount
    public var proportional: ByteCount
    /// `Anonymous` and `Swap`: what only the process itself can give back.
    public var anonymous: ByteCount
    public var swap: ByteCount
    /// `AnonHugePages`: of the anonymous memory, what lies in transparent huge pages. Of
    /// hugetlbfs, `Private_Hugetlb` and `Shared_Hugetlb`, which `resident` lacks; nil before 4.4,
    /// where the kernel does not tell.
    public var hugePages: ByteCount?

    /// What a mapping is for, as far as it can be told.
    public enum Kind: Hashable, Codable, Sendable {
        /// `[heap]`: what brk(2) gives.
        case heap
        /// An arena of glibc's malloc other than the main one: 64 MiB of addresses, aligned to that.
        case arena
        /// Anonymous memory of unknown use: large malloc blocks, other allocators.
        case anonymous
        /// `[stack]`: the first thread's.
        case mainStack
        /// Holds the stack pointer of a thread.
        case threadStack(ThreadID)
        /// A file's pages, private or shared.
        case file
        /// Shared memory: `/dev/shm`, memfd, System V, shared anonymous.
        case shared
        /// hugetlbfs, which counts nowhere else.
        case hugetlb
        /// The kernel's: `[vdso]`, `[vvar]`, `[vsyscall]`.
        case kernel
    }

    public init(
        start: UInt64, end: UInt64, kind: Kind, name: String = "",
        resident: ByteCount = ByteCount(0), proportional: ByteCount = ByteCount(0),
        anonymous: ByteCount = ByteCount(0), swap: ByteCount = ByteCount(0),
        hugePages: ByteCount? = ByteCount(0)
    ) {
        self.start = start
        self.end = end
        self.kind = kind
        self.name = name
        self.resident = resident
        self.proportional = proportional
        self.anonymous = anonymous
        self.swap = swap
        self.hugePages = hugePages
    }

    /// Addresses, touched or not.
    public var size: ByteCount { ByteCount(end &- start) }
}

/// One reading of a process's mappings. Takes the lock of the process's memory piece by piece, so it
/// is made only on demand; see `Interest.mappings`.
public struct MappingsReading: Codable, Sendable {
    public var process: ProcessIdentity
    /// Counts the readings of this process, from 1.
    public var number: Int
    /// When it began, on the clock of `Snapshot.moment`.
    public var moment: Nanoseconds
    public var time: WallTime
    /// How long it took, or has taken so far.
    public var duration: Duration
    public var progress: Progress
    /// When it is read again at the earliest if nobody asks before, on the clock of
    /// `Snapshot.moment`: 10 s after its end, or 20 times as long as it took. Nil while it goes on.
    public var nextAt: Nanoseconds?
    /// By address. While it goes on, what was read so far.
    public var mappings: [Mapping]
    /// The sums that `smaps_rollup` (since 4.14) gives; nil where that could not be read.
    public var rollup: Rollup?

    public enum Progress: Hashable, Codable, Sendable {
        case reading
        case complete
        /// What was read until then is here.
        case cut(Bound)
        case failed(ProcError)
    }

    /// What a reading may cost.
    public enum Bound: Hashable, Codable, Sendable {
        /// There are more mappings than are kept, 65,536.
        case count
        /// It took more time than is allowed, 5 s.
        case time
    }

    /// `/proc/PID/smaps_rollup`; `proc_pid_smaps(5)`. What does not parse is nil.
    public struct Rollup: Hashable, Codable, Sendable {
        public var resident: ByteCount?
        public var proportional: ByteCount?
        public var anonymous: ByteCount?
        public var swap: ByteCount?
        /// `SwapPss`: swapped pages divided by how many processes share each.
        public var proportionalSwap: ByteCount?

        public init(
            resident: ByteCount?, proportional: ByteCount?, anonymous: ByteCount?, swap: ByteCount?,
            proportionalSwap: ByteCount? = nil
        ) {
            self.resident = resident
            self.proportional = proportional
            self.anonymous = anonymous
            self.swap = swap
            self.proportionalSwap = proportionalSwap
        }
    }

    public init(
        process: ProcessIdentity, number: Int, moment: Nanoseconds, time: WallTime,
        duration: Duration = .zero, progress: Progress, nextAt: Nanoseconds? = nil,
        mappings: [Mapping] = [], rollup: Rollup? = nil
    ) {
        self.process = process
        self.number = number
        self.moment = moment
        self.time = time
        self.duration = duration
        self.progress = progress
        self.nextAt = nextAt
        self.mappings = mappings
        self.rollup = rollup
    }
}
