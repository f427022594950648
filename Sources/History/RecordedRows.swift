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
///
/// `isCarriedOver` is left out, and false afterwards: it tells how the sampler came by a row, is
/// shown nowhere, and turns over and over while a thread sleeps, each time a change to be kept.
struct RecordedThreadRow: RecordedRow {
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
        case unknown, denied, running, systemCall, waitChannel
    }

    /// The CPU it ran on, where that was not known.
    private static let noProcessor: Int16 = -1

    /// - Parameter before: the row of the moment before, whose name is mostly the same.
    init(_ thread: ThreadSample, after before: RecordedThreadRow?, names: inout InternTable<String>)
    {
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
        case .denied: (activityKind, activityValue) = (.denied, 0)
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
        case .denied: activityKind == .denied
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
        case .denied: activity = .denied
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
    var tracer: ProcessID?
    var user: UserID?
    var name: String
    var command: String?
    var isKernelThread: Bool
    var hasTerminal: Bool
    var nice: Int?
    var cgroup: String?
    var memoryGroup: String?
    var cpuGroup: String?
    var taskLimit: TaskLimit?
    var addressSpaceLimit: ByteCount?
    var openFilesLimit: UInt64?

    init(_ process: ProcessSample) {
        parent = process.parent
        tracer = process.tracer
        user = process.user
        name = process.name
        command = process.command
        isKernelThread = process.isKernelThread
        hasTerminal = process.hasTerminal
        nice = process.nice
        cgroup = process.cgroup
        memoryGroup = process.memoryGroup
        cpuGroup = process.cpuGroup
        taskLimit = process.taskLimit
        addressSpaceLimit = process.addressSpaceLimit
        openFilesLimit = process.openFilesLimit
    }
}

/// A thread of the process whose row names it, by its number. The rest its own row tells: where
/// that was left out of the moment, who it was is not known.
struct RecordedThread: Hashable, Sendable {
    private let number: Int32
    /// No thread has it.
    private static let none = Int32.min

    init(_ thread: ThreadIdentity?) { number = thread?.tid.rawValue ?? Self.none }

    func sample(among threads: [ThreadSample]) -> ThreadSample? {
        number == Self.none ? nil : threads.first { $0.id.tid.rawValue == number }
    }
}

/// One process at one recorded moment: 88 bytes.
struct RecordedProcessRow: RecordedRow {
    typealias Subject = ProcessIdentity
    typealias Detail = ProcessDetails

    var details: UInt32
    var totalTime: PackedTime
    var cpu: RecordedFigure
    var hottestCPU: RecordedFigure
    var endedCPU: RecordedFigure
    var childrenCPU: RecordedFigure
    var runDelay: RecordedFigure
    var minorFaults: RecordedFigure
    var majorFaults: RecordedFigure
    var childrenFaults: RecordedFigure
    var hottestThread: RecordedThread
    var mostDelayed: RecordedThread
    var state: TaskState
    var limits: RecordedLimits
    var traits: Traits
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

    /// What is true of it.
    struct Traits: OptionSet, Sendable {
        let rawValue: UInt8

        /// `memory` was read; its parts may be unknown all the same.
        static let hasMemory = Traits(rawValue: 1)
        static let lacksMemoryGroup = Traits(rawValue: 2)
        static let hasExeced = Traits(rawValue: 4)
        /// Without one of these it is not known whether it talks over sockets.
        static let talksOverSockets = Traits(rawValue: 8)
        static let talksToNobody = Traits(rawValue: 16)

        init(rawValue: UInt8) { self.rawValue = rawValue }

        init(_ process: ProcessSample) {
            self = []
            if process.memory != nil { insert(.hasMemory) }
            if process.lacksMemoryGroup { insert(.lacksMemoryGroup) }
            if process.hasExeced { insert(.hasExeced) }
            switch process.talksOverSockets {
            case true?: insert(.talksOverSockets)
            case false?: insert(.talksToNobody)
            case nil: break
            }
        }

        /// As of `ProcessSample.talksOverSockets`.
        var sockets: Bool? {
            contains(.talksOverSockets) ? true : contains(.talksToNobody) ? false : nil
        }
    }

    /// - Parameter details: their place.
    init(_ process: ProcessSample, details: UInt32, limits: RecordedLimits) {
        self.details = details
        self.limits = limits
        traits = Traits(process)
        totalTime = PackedTime(process.totalTime)
        cpu = RecordedFigure(process.cpu?.rawValue)
        hottestCPU = RecordedFigure(process.hottestCPU?.rawValue)
        hottestThread = RecordedThread(process.hottestThread)
        endedCPU = RecordedFigure(process.endedCPU?.rawValue)
        childrenCPU = RecordedFigure(process.childrenCPU?.rawValue)
        runDelay = RecordedFigure(process.runDelay?.rawValue)
        mostDelayed = RecordedThread(process.mostDelayed?.id)
        minorFaults = RecordedFigure(process.minorFaults?.rawValue)
        majorFaults = RecordedFigure(process.majorFaults?.rawValue)
        childrenFaults = RecordedFigure(process.childrenFaults?.rawValue)
        state = process.state
        threadCount = Int32(clamping: process.threadCount)
        openFiles = process.openFiles.map { Int32(clamping: $0) } ?? -1
        resident = PackedMemory(process.residentMemory)
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
        var sample = ProcessSample(
            id: id, parent: details.parent, user: details.user, name: details.name,
            command: details.command, isKernelThread: details.isKernelThread, state: state,
            totalTime: totalTime.time, cpu: cpu.percent, hottestCPU: hottestCPU.percent,
            hottestThread: hottestThread.sample(among: threads)?.id, endedCPU: endedCPU.percent,
            childrenCPU: childrenCPU.percent, runDelay: runDelay.percent,
            mostDelayed: mostDelayed.sample(among: threads).flatMap { DelayedThread($0) },
            threadCount: Int(threadCount), taskLimit: details.taskLimit,
            minorFaults: minorFaults.rate, majorFaults: majorFaults.rate,
            residentMemory: resident.amount, memory: traits.contains(.hasMemory) ? memory : nil,
            memoryGroup: details.memoryGroup,
            lacksMemoryGroup: traits.contains(.lacksMemoryGroup),
            addressSpaceLimit: details.addressSpaceLimit,
            openFiles: openFiles < 0 ? nil : Int(openFiles),
            openFilesLimit: details.openFilesLimit, cgroup: details.cgroup,
            cpuGroup: details.cpuGroup, threads: threads)
        // These few the initializer does not take.
        sample.tracer = details.tracer
        sample.hasTerminal = details.hasTerminal
        sample.nice = details.nice
        sample.childrenFaults = childrenFaults.rate
        sample.hasExeced = traits.contains(.hasExeced)
        sample.talksOverSockets = traits.sockets
        return sample
    }
}

extension DelayedThread {
    /// What is told of the thread that waited most is what its own row has, at the same refresh.
    fileprivate init?(_ thread: ThreadSample) {
        guard let cpu = thread.cpu, let runDelay = thread.runDelay else { return nil }
        self.init(
            id: thread.id, cpu: cpu, system: thread.system, runDelay: runDelay,
            voluntarySwitches: thread.voluntarySwitches)
    }
}
