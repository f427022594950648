public import ProcFormats
public import Units

/// One thread in depth, read only while a person looks at it.
public struct ThreadDetail: Codable, Sendable {
    public let id: ThreadIdentity
    public let process: ProcessID
    /// Every field of the thread's `stat`.
    public var stat: TaskStat
    /// What it is doing: `syscall`. Unreadable without the right to trace the thread.
    @CodableResult public var systemCall: Result<SystemCallRecord, ProcError>
    /// The system call's name; nil while it runs, or where the table does not know the number.
    public var systemCallName: String?
    /// What the first argument, a file descriptor, stands for: "socket:[4711]", "/var/log/x".
    public var systemCallFile: String?
    /// The function of the kernel it waits in; nil while it runs, or without the rights to know.
    public var waitChannel: String?
    /// Kernel functions, innermost first: `stack`. Needs root.
    @CodableResult public var kernelStack: Result<[String], ProcError>
    public var voluntarySwitchesTotal: UInt64?
    public var involuntarySwitchesTotal: UInt64?
    @CodableResult public var io: Result<TaskIO, ProcError>
    /// Of its process.
    public var cgroup: String?
    /// CPUs it may run on, as the kernel lists them ("0-3,8"): `Cpus_allowed_list`.
    public var allowedCPUs: String?
    /// The process that traces it (a debugger, strace); nil when none does.
    public var tracer: ProcessID?

    public init(
        id: ThreadIdentity, process: ProcessID, stat: TaskStat,
        systemCall: Result<SystemCallRecord, ProcError>, systemCallName: String? = nil,
        systemCallFile: String? = nil, waitChannel: String? = nil,
        kernelStack: Result<[String], ProcError>, voluntarySwitchesTotal: UInt64? = nil,
        involuntarySwitchesTotal: UInt64? = nil, io: Result<TaskIO, ProcError>,
        cgroup: String? = nil, allowedCPUs: String? = nil, tracer: ProcessID? = nil
    ) {
        self.id = id
        self.process = process
        self.stat = stat
        self.systemCall = systemCall
        self.systemCallName = systemCallName
        self.systemCallFile = systemCallFile
        self.waitChannel = waitChannel
        self.kernelStack = kernelStack
        self.voluntarySwitchesTotal = voluntarySwitchesTotal
        self.involuntarySwitchesTotal = involuntarySwitchesTotal
        self.io = io
        self.cgroup = cgroup
        self.allowedCPUs = allowedCPUs
        self.tracer = tracer
    }
}
