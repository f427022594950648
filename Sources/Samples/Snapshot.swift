public import ProcFormats
public import Units

/// Everything known at one refresh: a value, with no tie to /proc. Live, recorded and made-up
/// snapshots go the same way through diagnosis and views.
public struct Snapshot: Codable, Sendable {
    /// Counts up by one with each refresh.
    public var sequence: Int
    public var time: WallTime
    /// The same moment as time since boot, time asleep included, which no change of the date moves;
    /// `clock_gettime(2)`, CLOCK_BOOTTIME.
    public var moment: Nanoseconds
    /// The time that rates are over, on the monotonic clock; nil while there are none: at the first
    /// refresh, and at one that follows it at once.
    public var interval: Duration?
    public var host: HostSample
    public var processes: [ProcessSample]
    /// Control groups that hold processes, and those above them, by path.
    public var memoryGroups: [String: MemoryGroup]
    /// Which of these are missing, and why.
    public var groupGaps: MemoryGroupGaps
    /// Control groups with a CPU quota in which something ran lately, by path.
    public var cpuGroups: [String: CPUGroup]
    /// Mounted file systems: the latest reading, made beside this refresh every few seconds.
    public var mounts: [MountSample]
    /// Block devices that have done anything since boot.
    public var disks: [DiskSample]
    /// The mappings of the process that `Interest.mappings` names: the latest reading.
    public var mappings: MappingsReading?
    /// Sockets, counters and losses of the network namespace that `Interest.network` names: the
    /// latest reading, made beside this refresh; nil until there is one.
    public var network: NetworkReading?
    /// What few threads were found at between the refreshes: busy ones, those in state D, some that
    /// may contend for a lock, and the selected one.
    public var polls: [ThreadIdentity: ThreadPoll]
    /// The thread that `Interest.selectedThread` names, in depth.
    public var selectedThread: ThreadDetail?
    public var ownCost: OwnCost
    /// Where threads' figures come from; nil before any were read.
    public var threadSources: ThreadSourceReport?
    /// What could not be read, for the user to know.
    public var trouble: SamplingTrouble
    /// How much of it is here.
    public var extent: Extent

    public enum Extent: Hashable, Codable, Sendable {
        /// Every process and every thread of the machine.
        case complete
        /// Every process, but the threads of most not read yet: the first refresh comes early.
        case processesOnly
        /// From the recording (`History`), with as many rows as were kept of those that there were.
        case recorded(of: Totals)
    }

    /// How many rows there were.
    public struct Totals: Hashable, Codable, Sendable {
        public var processes: Int
        public var threads: Int
        public var sockets: SocketCounts
        public var disks: Int

        public init(
            processes: Int, threads: Int, sockets: SocketCounts = SocketCounts(), disks: Int = 0
        ) {
            self.processes = processes
            self.threads = threads
            self.sockets = sockets
            self.disks = disks
        }
    }

    public init(
        sequence: Int, time: WallTime, moment: Nanoseconds = Nanoseconds(0), interval: Duration?,
        host: HostSample, processes: [ProcessSample], memoryGroups: [String: MemoryGroup] = [:],
        groupGaps: MemoryGroupGaps = MemoryGroupGaps(), cpuGroups: [String: CPUGroup] = [:],
        mounts: [MountSample] = [], disks: [DiskSample] = [],
        mappings: MappingsReading? = nil, network: NetworkReading? = nil,
        polls: [ThreadIdentity: ThreadPoll] = [:], selectedThread: ThreadDetail? = nil,
        ownCost: OwnCost = OwnCost(),
        trouble: SamplingTrouble = SamplingTrouble(), extent: Extent = .complete
    ) {
        self.sequence = sequence
        self.time = time
        self.moment = moment
        self.interval = interval
        self.host = host
        self.processes = processes
        self.memoryGroups = memoryGroups
        self.groupGaps = groupGaps
        self.cpuGroups = cpuGroups
        self.mounts = mounts
        self.disks = disks
        self.mappings = mappings
        self.network = network
        self.polls = polls
        self.selectedThread = selectedThread
        self.ownCost = ownCost
        self.trouble = trouble
        self.extent = extent
    }
}

extension Snapshot {
    /// How many rows there were, of a moment that comes from the recording; nil of any other.
    public var recordedTotals: Totals? {
        if case .recorded(let totals) = extent { totals } else { nil }
    }

    /// None was left out of a recording.
    package var hasAllProcesses: Bool {
        recordedTotals.map { $0.processes == processes.count } ?? true
    }

    /// Nil where it is not there, or not any more.
    public func process(_ id: ProcessIdentity) -> ProcessSample? {
        processes.first { $0.id == id }
    }
}

/// What dxtop itself costs.
public struct OwnCost: Hashable, Codable, Sendable {
    /// dxtop itself, among the processes; nil where those are of another machine or pid namespace.
    public var process: ProcessID?
    /// Share of one CPU over the last 10 s, or since the start; children (tools) not included.
    public var cpu: Percent?
    public var residentMemory: ByteCount?
    /// Files of /proc and of control groups read for this refresh.
    public var reads: Int
    /// This refresh came later than was asked for: dxtop had used up what it may use of the CPUs (see
    /// `SamplingLoop.start`), or sampling alone took a fifth of the time.
    public var isHeldBack: Bool

    public init(
        process: ProcessID? = nil, cpu: Percent? = nil, residentMemory: ByteCount? = nil,
        reads: Int = 0, isHeldBack: Bool = false
    ) {
        self.process = process
        self.cpu = cpu
        self.residentMemory = residentMemory
        self.reads = reads
        self.isHeldBack = isHeldBack
    }
}
