public import ProcFormats
public import Units

/// What was known of one process at one refresh. Rates are over the time since the refresh before.
public struct ProcessSample: Codable, Sendable, Identifiable {
    public let id: ProcessIdentity
    public var parent: ProcessID
    public var user: UserID?
    /// The first thread's name (`comm`).
    public var name: String
    /// The command line, arguments separated by single spaces; nil for kernel threads, or while it
    /// was not read yet or could not be.
    public var command: String?
    public var isKernelThread: Bool
    /// The state of the first thread; see `hottest` for the one that matters.
    public var state: TaskState
    /// Who traces it; read only while it is stopped by a tracer.
    public var tracer: ProcessID?
    /// It has a terminal, at which somebody may have started it.
    public var hasTerminal: Bool = false
    /// Of the first thread: above 0 it yields to others; see `sched(7)`.
    public var nice: Int?
    /// CPU time used since the process began, by threads that have ended too.
    public var totalTime: Nanoseconds
    /// Shares of one CPU used by all its threads together, those that ended meanwhile included:
    /// may exceed 100. Nil until it was seen twice.
    public var cpu: Percent?
    /// The CPU % of its hottest thread, and which that is.
    public var hottestCPU: Percent?
    public var hottestThread: ThreadIdentity?
    /// The part of `cpu` that no rate of a thread accounts for: threads that have ended used it, or
    /// such as have just begun. One of them may be hotter than `hottestCPU` says.
    public var endedCPU: Percent?
    /// Shares of one CPU used by children that it waited for when they had ended, theirs included:
    /// of all their lives. Nil until it was seen twice.
    public var childrenCPU: Percent?
    /// Shares of the time that its threads waited for a CPU, those that were read added up: may
    /// exceed 100. Throttling by a group's quota included. Nil where the kernel does not keep it.
    public var runDelay: Percent?
    /// The one of them that waited most; nil where none did.
    public var mostDelayed: DelayedThread?
    public var threadCount: Int
    /// The limit on tasks that leaves it least room, of its control group and those above; read only
    /// of processes with many threads.
    public var taskLimit: TaskLimit?
    /// Of its threads that are alive.
    public var minorFaults: Rate?
    public var majorFaults: Rate?
    /// Minor faults of its children that ended since, theirs included: each began with some.
    public var childrenFaults: Rate?
    /// It became another program since the refresh before: `execve(2)`.
    public var hasExeced: Bool = false
    public var residentMemory: ByteCount?
    /// Its parts; nil until they were read, and for kernel threads and zombies, which have none.
    public var memory: MemoryUse?
    /// Where `Snapshot.memoryGroups` has its control group: its path in the hierarchy that limits
    /// memory. Nil where there is none, or while it was not read.
    public var memoryGroup: String?
    /// Its `cgroup` was read and names no hierarchy that limits memory.
    public var lacksMemoryGroup: Bool
    /// The soft RLIMIT_AS, or where a 32-bit program's addresses end; nil where neither limits it
    /// or it was not read. See `getrlimit(2)`.
    public var addressSpaceLimit: ByteCount?
    /// Open file descriptors. Nil where the directory may not be read, and before 6.2, where
    /// they have to be counted one by one, for a process that nobody looks at or that has very many.
    public var openFiles: Int?
    /// Whether it has sockets in an event loop, or several, besides its standard streams: somebody may
    /// wait for it. Read of processes that compute, or wait for a CPU; nil where it was not, or may not be.
    public var talksOverSockets: Bool?
    /// The soft RLIMIT_NOFILE; nil where it was not read. See `getrlimit(2)`.
    public var openFilesLimit: UInt64?
    /// Its path in the unified or, failing that, the cpu hierarchy; see `cgroups(7)`.
    public var cgroup: String?
    /// Where `Snapshot.cpuGroups` has its control group: its path in the hierarchy that limits CPU
    /// time. Nil where there is none, or while it was not read.
    public var cpuGroup: String?
    /// In the order of the task directory.
    public var threads: [ThreadSample]

    public init(
        id: ProcessIdentity, parent: ProcessID = ProcessID(0), user: UserID? = nil, name: String,
        command: String? = nil, isKernelThread: Bool = false, state: TaskState,
        totalTime: Nanoseconds = Nanoseconds(0), cpu: Percent? = nil, hottestCPU: Percent? = nil,
        hottestThread: ThreadIdentity? = nil, endedCPU: Percent? = nil,
        childrenCPU: Percent? = nil, runDelay: Percent? = nil, mostDelayed: DelayedThread? = nil,
        threadCount: Int = 1, taskLimit: TaskLimit? = nil,
        minorFaults: Rate? = nil, majorFaults: Rate? = nil, residentMemory: ByteCount? = nil,
        memory: MemoryUse? = nil, memoryGroup: String? = nil, lacksMemoryGroup: Bool = false,
        addressSpaceLimit: ByteCount? = nil, openFiles: Int? = nil, openFilesLimit: UInt64? = nil,
        cgroup: String? = nil, cpuGroup: String? = nil, threads: [ThreadSample] = []
    ) {
        self.id = id
        self.parent = parent
        self.user = user
        self.name = name
        self.command = command
        self.isKernelThread = isKernelThread
        self.state = state
        self.totalTime = totalTime
        self.cpu = cpu
        self.hottestCPU = hottestCPU
        self.hottestThread = hottestThread
        self.endedCPU = endedCPU
        self.childrenCPU = childrenCPU
        self.runDelay = runDelay
        self.mostDelayed = mostDelayed
        self.threadCount = threadCount
        self.taskLimit = taskLimit
        self.minorFaults = minorFaults
        self.majorFaults = majorFaults
        self.residentMemory = residentMemory
        self.memory = memory
        self.memoryGroup = memoryGroup
        self.lacksMemoryGroup = lacksMemoryGroup
        self.addressSpaceLimit = addressSpaceLimit
        self.openFiles = openFiles
        self.openFilesLimit = openFilesLimit
        self.cgroup = cgroup
        self.cpuGroup = cpuGroup
        self.threads = threads
    }
}

extension ProcessSample {
    /// Whether a thread that has ended may have used more than the hottest one of those that are
    /// left, so that `hottestCPU` is the least that it can be. What is left over because the figures
    /// are read one after another does not count.
    package var mayHaveBeenHotter: Bool {
        guard let cpu, let endedCPU else { return false }
        let least = max((hottestCPU?.rawValue ?? 0) + Self.leastEnded, cpu.rawValue / 10)
        return endedCPU.rawValue > least
    }

    /// The most that one thread may have used: that of the hottest one, or all that threads that have
    /// ended used together, one CPU at most.
    package var hottestBound: Percent? {
        guard mayHaveBeenHotter, let endedCPU else { return hottestCPU }
        return max(hottestCPU ?? .zero, min(endedCPU, Percent(100.0)))
    }

    private static let leastEnded: Float = 3
}

/// A thread that waited for a CPU; shares of the time since the refresh before, as of `ThreadSample`.
public struct DelayedThread: Hashable, Codable, Sendable {
    public var id: ThreadIdentity
    public var cpu: Percent
    /// The part of `cpu` in the kernel; nil where it is not known.
    public var system: Percent?
    public var runDelay: Percent
    /// Times a second it gave up the CPU to wait for something; read only of threads that would be
    /// hot if the others let them.
    public var voluntarySwitches: Rate?

    public init(
        id: ThreadIdentity, cpu: Percent, system: Percent? = nil, runDelay: Percent,
        voluntarySwitches: Rate? = nil
    ) {
        self.id = id
        self.cpu = cpu
        self.system = system
        self.runDelay = runDelay
        self.voluntarySwitches = voluntarySwitches
    }
}
