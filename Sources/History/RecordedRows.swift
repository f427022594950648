internal import ProcFormats
internal import Samples
internal import Units

/// A figure, or that it is not known, in 32 bits.
struct RecordedFigure: Hashable, Sendable {
    private let bits: UInt32

    init(_ figure: Float?) { bits = (figure ?? .nan).bitPattern }

    var figure: Float? {
        let figure = Float(bitPattern: bits)
        return figure.isNaN ? nil : figure
    }

    var percent: Percent? { figure.map { Percent($0) } }
    var rate: Rate? { figure.map { Rate($0) } }
}

/// One thread for good, and the process it belongs to, which never changes.
package struct ThreadSubject: Hashable, Sendable {
    var id: ThreadIdentity
    var process: ProcessID

    package static func == (a: Self, b: Self) -> Bool { a.id == b.id }
    package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// One thread at one recorded moment: 48 bytes. Its details are names, its own and that of the
/// function it waits in.
struct ThreadRow: RecordedRow {
    typealias Subject = ThreadSubject
    typealias Detail = String

    var name: UInt32
    var totalTime: PackedTime
    var cpu: RecordedFigure
    var user: RecordedFigure
    var system: RecordedFigure
    var runDelay: RecordedFigure
    var voluntarySwitches: RecordedFigure
    var involuntarySwitches: RecordedFigure
    var minorFaults: RecordedFigure
    var majorFaults: RecordedFigure
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

    /// - Parameter before: the row of the moment before, whose name is mostly the same.
    init(_ thread: ThreadSample, after before: ThreadRow?, names: inout InternTable<String>) {
        if let before, names[before.name] == thread.name {
            name = before.name
            names.retain(name)
        } else {
            name = names.use(thread.name)
        }
        totalTime = PackedTime(thread.totalTime)
        cpu = RecordedFigure(thread.cpu?.rawValue)
        user = RecordedFigure(thread.user?.rawValue)
        system = RecordedFigure(thread.system?.rawValue)
        runDelay = RecordedFigure(thread.runDelay?.rawValue)
        voluntarySwitches = RecordedFigure(thread.voluntarySwitches?.rawValue)
        involuntarySwitches = RecordedFigure(thread.involuntarySwitches?.rawValue)
        minorFaults = RecordedFigure(thread.minorFaults?.rawValue)
        majorFaults = RecordedFigure(thread.majorFaults?.rawValue)
        processor = thread.processor ?? Self.noProcessor
        state = thread.state
        switch thread.activity {
        case nil: (activityKind, activityValue) = (.unknown, 0)
        case .running: (activityKind, activityValue) = (.running, 0)
        case .systemCall(let number): (activityKind, activityValue) = (.systemCall, number)
        case .waitChannel(let name):
            (activityKind, activityValue) = (.waitChannel, Int32(bitPattern: names.use(name)))
        }
    }

    /// Whether a row made of a thread would be the same.
    func stands(for thread: ThreadSample, names: InternTable<String>) -> Bool {
        totalTime == PackedTime(thread.totalTime) && state == thread.state
            && processor == thread.processor ?? Self.noProcessor
            && cpu == RecordedFigure(thread.cpu?.rawValue)
            && user == RecordedFigure(thread.user?.rawValue)
            && system == RecordedFigure(thread.system?.rawValue)
            && runDelay == RecordedFigure(thread.runDelay?.rawValue)
            && voluntarySwitches == RecordedFigure(thread.voluntarySwitches?.rawValue)
            && involuntarySwitches == RecordedFigure(thread.involuntarySwitches?.rawValue)
            && minorFaults == RecordedFigure(thread.minorFaults?.rawValue)
            && majorFaults == RecordedFigure(thread.majorFaults?.rawValue)
            && stands(for: thread.activity, names: names) && names[name] == thread.name
    }

    private func stands(for activity: Activity?, names: InternTable<String>) -> Bool {
        switch activity {
        case nil: activityKind == .unknown
        case .running: activityKind == .running
        case .systemCall(let number): activityKind == .systemCall && activityValue == number
        case .waitChannel(let name): channel.map { names[$0] } == name
        }
    }

    private var channel: UInt32? {
        activityKind == .waitChannel ? UInt32(bitPattern: activityValue) : nil
    }

    func forEachDetail(_ body: (UInt32) -> Void) {
        body(name)
        if let channel { body(channel) }
    }

    func sample(of subject: ThreadSubject, names: InternTable<String>) -> ThreadSample {
        var activity: Activity?
        switch activityKind {
        case .unknown: break
        case .running: activity = .running
        case .systemCall: activity = .systemCall(activityValue)
        case .waitChannel: activity = channel.map { .waitChannel(names[$0]) }
        }
        return ThreadSample(
            id: subject.id, process: subject.process, name: names[name], state: state,
            processor: processor == Self.noProcessor ? nil : processor, totalTime: totalTime.time,
            cpu: cpu.percent, user: user.percent, system: system.percent,
            runDelay: runDelay.percent, voluntarySwitches: voluntarySwitches.rate,
            involuntarySwitches: involuntarySwitches.rate, minorFaults: minorFaults.rate,
            majorFaults: majorFaults.rate, activity: activity)
    }
}

/// What hardly ever changes of a process.
struct ProcessDetails: Hashable, Sendable {
    var parent: ProcessID
    var user: UserID?
    var name: String
    var command: String?
    var isKernelThread: Bool
    var cgroup: String?
    var memoryGroup: String?
    var cpuGroup: String?
    var taskLimit: TaskLimit?
    var addressSpaceLimit: ByteCount?
    var openFilesLimit: UInt64?

    init(_ process: ProcessSample) {
        parent = process.parent
        user = process.user
        name = process.name
        command = process.command
        isKernelThread = process.isKernelThread
        cgroup = process.cgroup
        memoryGroup = process.memoryGroup
        cpuGroup = process.cpuGroup
        taskLimit = process.taskLimit
        addressSpaceLimit = process.addressSpaceLimit
        openFilesLimit = process.openFilesLimit
    }
}

/// One process at one recorded moment: 76 bytes.
struct ProcessRow: RecordedRow {
    typealias Subject = ProcessIdentity
    typealias Detail = ProcessDetails

    var details: UInt32
    var totalTime: PackedTime
    var cpu: RecordedFigure
    var hottestCPU: RecordedFigure
    /// Kept where it hides who is hottest; children's where it is more than nothing to speak of.
    var endedCPU: RecordedFigure
    var childrenCPU: RecordedFigure
    var runDelay: RecordedFigure
    var minorFaults: RecordedFigure
    var majorFaults: RecordedFigure
    var state: TaskState
    var limits: RecordedLimits
    /// Whether `memory` was read; its parts may be unknown all the same.
    var hasMemory: Bool
    var threadCount: Int32
    /// -1 for unknown.
    var openFiles: Int32
    var resident: PackedMemory
    var anonymous: PackedMemory
    var file: PackedMemory
    var shared: PackedMemory
    var swap: PackedMemory
    var peak: PackedMemory
    var addressSpace: PackedMemory

    /// - Parameter details: their place.
    init(_ process: ProcessSample, details: UInt32, limits: RecordedLimits) {
        self.details = details
        self.limits = limits
        totalTime = PackedTime(process.totalTime)
        cpu = RecordedFigure(process.cpu?.rawValue)
        hottestCPU = RecordedFigure(process.hottestCPU?.rawValue)
        endedCPU = RecordedFigure(process.mayHaveBeenHotter ? process.endedCPU?.rawValue : nil)
        let children = process.childrenCPU?.rawValue
        childrenCPU = RecordedFigure(children ?? 0 >= 1 ? children : nil)
        runDelay = RecordedFigure(process.runDelay?.rawValue)
        minorFaults = RecordedFigure(process.minorFaults?.rawValue)
        majorFaults = RecordedFigure(process.majorFaults?.rawValue)
        state = process.state
        threadCount = Int32(clamping: process.threadCount)
        openFiles = process.openFiles.map { Int32(clamping: $0) } ?? -1
        resident = PackedMemory(process.residentMemory)
        hasMemory = process.memory != nil
        anonymous = PackedMemory(process.memory?.anonymous)
        file = PackedMemory(process.memory?.file)
        shared = PackedMemory(process.memory?.shared)
        swap = PackedMemory(process.memory?.swap)
        peak = PackedMemory(process.memory?.peak)
        addressSpace = PackedMemory(process.memory?.addressSpace)
    }

    func forEachDetail(_ body: (UInt32) -> Void) { body(details) }

    func sample(
        of id: ProcessIdentity, _ details: ProcessDetails, threads: [ThreadSample]
    ) -> ProcessSample {
        let memory = MemoryUse(
            anonymous: anonymous.amount, file: file.amount, shared: shared.amount,
            swap: swap.amount, peak: peak.amount, addressSpace: addressSpace.amount)
        // Others may have been left out.
        let hottest =
            threads.first { $0.cpu == hottestCPU.percent }
            ?? threads.max { ($0.cpu ?? .zero) < ($1.cpu ?? .zero) }
        return ProcessSample(
            id: id, parent: details.parent, user: details.user, name: details.name,
            command: details.command, isKernelThread: details.isKernelThread, state: state,
            totalTime: totalTime.time, cpu: cpu.percent, hottestCPU: hottestCPU.percent,
            hottestThread: hottest?.id, endedCPU: endedCPU.percent,
            childrenCPU: childrenCPU.percent,
            runDelay: runDelay.percent, threadCount: Int(threadCount),
            taskLimit: details.taskLimit, minorFaults: minorFaults.rate,
            majorFaults: majorFaults.rate, residentMemory: resident.amount,
            memory: hasMemory ? memory : nil, memoryGroup: details.memoryGroup,
            lacksMemoryGroup: limits == .noGroup, addressSpaceLimit: details.addressSpaceLimit,
            openFiles: openFiles < 0 ? nil : Int(openFiles),
            openFilesLimit: details.openFilesLimit, cgroup: details.cgroup,
            cpuGroup: details.cpuGroup, threads: threads)
    }
}
