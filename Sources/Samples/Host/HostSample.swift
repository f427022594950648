public import ProcFormats
public import Units

/// The whole machine at one refresh. A field is nil where this kernel does not have its source.
public struct HostSample: Codable, Sendable {
    public var name: String
    public var kernelRelease: String
    /// Seconds since boot; `/proc/uptime`.
    public var uptime: Double?
    public var load: LoadAverage?
    /// Shares of the whole machine (0 to 100), then of each CPU that is online, by its number.
    /// Nil until there were two samples.
    public var cpu: CPUShares?
    public var cpus: [CPU]
    /// CPUs that are online; nil if `/proc/stat` could not be read.
    public var cpuCount: Int?
    /// Tasks that run or could run, and tasks in state D: `procs_running`, `procs_blocked` of
    /// `/proc/stat`.
    public var runnable: Int?
    public var blocked: Int?
    /// So many tasks (threads count) may there be: the lower of `kernel/threads-max` and
    /// `kernel/pid_max`; `proc_sys_kernel(5)`.
    public var taskLimit: UInt64?
    public var memory: MemoryInfo?
    /// Of this machine, not of the tree that is read.
    public var pageSize: ByteCount?
    /// `vmstat` counters, per second.
    public var pagesSwappedIn: Rate?
    public var pagesSwappedOut: Rate?
    public var bytesReadFromDisk: Rate?
    public var bytesWrittenToDisk: Rate?
    public var majorFaults: Rate?
    /// Nil where the kernel does not count them (before 4.13).
    public var oomKills: OOMKills?
    /// Context switches and new tasks a second; `ctxt` and `processes` of `/proc/stat`.
    public var contextSwitches: Rate?
    public var forks: Rate?
    public var cpuPressure: PressureStall?
    public var memoryPressure: PressureStall?
    public var ioPressure: PressureStall?

    public init(name: String, kernelRelease: String, cpuCount: Int?) {
        self.name = name
        self.kernelRelease = kernelRelease
        self.cpuCount = cpuCount
        cpus = []
    }

    public struct CPU: Hashable, Codable, Sendable {
        public var number: Int
        public var shares: CPUShares
        /// The part of `shares.system` in interrupts, hard and soft.
        public var interrupts: Percent?
        /// Where they take much: the kind of soft interrupt that came most, and the device whose
        /// interrupts did; nil where none is known.
        public var softInterrupt: String?
        public var device: String?

        public init(number: Int, shares: CPUShares, interrupts: Percent? = nil) {
            self.number = number
            self.shares = shares
            self.interrupts = interrupts
        }
    }
}

/// How CPU time was spent between two samples, in percent of the time there was.
public struct CPUShares: Hashable, Codable, Sendable {
    /// Includes nice and guests.
    public var user: Percent
    /// Includes interrupts.
    public var system: Percent
    public var ioWait: Percent
    /// Taken by the hypervisor for others.
    public var steal: Percent
    public var idle: Percent

    public init(
        user: Percent, system: Percent, ioWait: Percent = .zero, steal: Percent = .zero,
        idle: Percent
    ) {
        self.user = user
        self.system = system
        self.ioWait = ioWait
        self.steal = steal
        self.idle = idle
    }

    /// All that is neither idle nor waiting for a disk.
    public var busy: Percent {
        Percent(user.rawValue + system.rawValue + steal.rawValue)
    }
}
