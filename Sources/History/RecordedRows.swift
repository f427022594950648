internal import ProcFormats
internal import Samples
internal import Units

/// What stays the same of a thread from row to row.
struct ThreadSubject: Hashable, Sendable {
    var id: ThreadIdentity
    var process: ProcessID
    var name: String
}

/// What stays the same of a process from row to row.
struct ProcessSubject: Hashable, Sendable {
    var id: ProcessIdentity
    var parent: ProcessID
    var user: UserID?
    var name: String
    var command: String?
    var isKernelThread: Bool
    var cgroup: String?
    var memoryGroup: String?

    init(_ process: ProcessSample) {
        id = process.id
        parent = process.parent
        user = process.user
        name = process.name
        command = process.command
        isKernelThread = process.isKernelThread
        cgroup = process.cgroup
        memoryGroup = process.memoryGroup
    }
}

/// One thread at one recorded moment: 32 bytes.
struct ThreadRow: Sendable {
    var subject: UInt32
    var totalTime: PackedTime
    var cpu: PackedShare
    var user: PackedShare
    var system: PackedShare
    var runDelay: PackedShare
    var voluntarySwitches: PackedRate
    var involuntarySwitches: PackedRate
    var minorFaults: PackedRate
    var majorFaults: PackedRate
    /// A system call's number, or the place of a wait channel's name.
    var activityValue: Int32
    var processor: Int16
    var activityKind: ActivityKind
    var state: TaskState

    enum ActivityKind: UInt8, Sendable {
        case unknown, running, systemCall, waitChannel
    }

    /// The CPU it ran on, where that was not known.
    private static let noProcessor: Int16 = -1

    init(_ thread: ThreadSample, subject: UInt32, channels: inout InternTable<String>) {
        self.subject = subject
        totalTime = PackedTime(thread.totalTime)
        cpu = PackedShare(thread.cpu)
        user = PackedShare(thread.user)
        system = PackedShare(thread.system)
        runDelay = PackedShare(thread.runDelay)
        voluntarySwitches = PackedRate(thread.voluntarySwitches)
        involuntarySwitches = PackedRate(thread.involuntarySwitches)
        minorFaults = PackedRate(thread.minorFaults)
        majorFaults = PackedRate(thread.majorFaults)
        processor = thread.processor ?? Self.noProcessor
        state = thread.state
        switch thread.activity {
        case nil: (activityKind, activityValue) = (.unknown, 0)
        case .running: (activityKind, activityValue) = (.running, 0)
        case .systemCall(let number): (activityKind, activityValue) = (.systemCall, number)
        case .waitChannel(let name):
            (activityKind, activityValue) = (.waitChannel, Int32(bitPattern: channels.use(name)))
        }
    }

    /// The place of the wait channel's name, whose use ends with this row.
    var channel: UInt32? {
        activityKind == .waitChannel ? UInt32(bitPattern: activityValue) : nil
    }

    func sample(of subject: ThreadSubject, channels: InternTable<String>) -> ThreadSample {
        var activity: Activity?
        switch activityKind {
        case .unknown: break
        case .running: activity = .running
        case .systemCall: activity = .systemCall(activityValue)
        case .waitChannel: activity = channel.map { .waitChannel(channels[$0]) }
        }
        return ThreadSample(
            id: subject.id, process: subject.process, name: subject.name, state: state,
            processor: processor == Self.noProcessor ? nil : processor, totalTime: totalTime.time,
            cpu: cpu.percent, user: user.percent, system: system.percent,
            runDelay: runDelay.percent, voluntarySwitches: voluntarySwitches.rate,
            involuntarySwitches: involuntarySwitches.rate, minorFaults: minorFaults.rate,
            majorFaults: majorFaults.rate, activity: activity)
    }
}

/// One process at one recorded moment: 52 bytes.
struct ProcessRow: Sendable {
    var subject: UInt32
    var totalTime: PackedTime
    /// Not cut to 16 bits: a process may use every CPU of the machine.
    var cpu: Percent?
    var hottestCPU: PackedShare
    var minorFaults: PackedRate
    var majorFaults: PackedRate
    var state: TaskState
    var limits: RecordedLimits
    var threadCount: Int32
    /// -1 for unknown.
    var openFiles: Int32
    var resident: PackedMemory
    var anonymous: PackedMemory
    var file: PackedMemory
    var shared: PackedMemory
    var swap: PackedMemory

    init(_ process: ProcessSample, subject: UInt32, limits: RecordedLimits) {
        self.subject = subject
        self.limits = limits
        totalTime = PackedTime(process.totalTime)
        cpu = process.cpu
        hottestCPU = PackedShare(process.hottestCPU)
        minorFaults = PackedRate(process.minorFaults)
        majorFaults = PackedRate(process.majorFaults)
        state = process.state
        threadCount = Int32(clamping: process.threadCount)
        openFiles = process.openFiles.map { Int32(clamping: $0) } ?? -1
        resident = PackedMemory(process.residentMemory)
        anonymous = PackedMemory(process.memory?.anonymous)
        file = PackedMemory(process.memory?.file)
        shared = PackedMemory(process.memory?.shared)
        swap = PackedMemory(process.memory?.swap)
    }

    func sample(of subject: ProcessSubject, threads: [ThreadSample]) -> ProcessSample {
        let memory = MemoryUse(
            anonymous: anonymous.amount, file: file.amount, shared: shared.amount,
            swap: swap.amount)
        let hottest = threads.max { ($0.cpu ?? .zero) < ($1.cpu ?? .zero) }
        return ProcessSample(
            id: subject.id, parent: subject.parent, user: subject.user, name: subject.name,
            command: subject.command, isKernelThread: subject.isKernelThread, state: state,
            totalTime: totalTime.time, cpu: cpu, hottestCPU: hottestCPU.percent,
            hottestThread: hottest?.id, threadCount: Int(threadCount),
            minorFaults: minorFaults.rate, majorFaults: majorFaults.rate,
            residentMemory: resident.amount, memory: memory == MemoryUse() ? nil : memory,
            memoryGroup: subject.memoryGroup, lacksMemoryGroup: limits == .noGroup,
            openFiles: openFiles < 0 ? nil : Int(openFiles), cgroup: subject.cgroup,
            threads: threads)
    }
}
