public import ProcFormats
public import Units

/// What was known of one thread at one refresh. Rates are over the time since the refresh before.
public struct ThreadSample: Codable, Sendable, Identifiable {
    public let id: ThreadIdentity
    /// The process it belongs to.
    public let process: ProcessID
    /// The thread's own name (`comm`), 15 bytes at most unless it is the kernel's.
    public var name: String
    public var state: TaskState
    /// The CPU it last ran on; nil if this source does not say.
    public var processor: Int16?
    /// CPU time used since the thread began.
    public var totalTime: Nanoseconds
    /// Share of one CPU used, in user mode and in the kernel together. Nil until it was seen twice.
    public var cpu: Percent?
    public var user: Percent?
    public var system: Percent?
    /// Share of the time it was runnable but waited for a CPU, throttling by a cgroup included
    /// (`schedstat` field 2). It is counted when the thread gets a CPU, not before.
    public var runDelay: Percent?
    /// Times it gave up the CPU to wait for something. Read only for hot, starved, shown and chosen
    /// threads.
    public var voluntarySwitches: Rate?
    /// Times the CPU was taken from it. Read only for hot, starved, shown and chosen threads.
    public var involuntarySwitches: Rate?
    public var minorFaults: Rate?
    public var majorFaults: Rate?
    /// What it is doing right now. Read only for hot, shown and chosen threads.
    public var activity: Activity?
    /// State, last CPU and faults are of an earlier refresh: nothing said that the thread ran, or it is
    /// one of very many that did, of which only the times were read.
    public var isCarriedOver: Bool

    public init(
        id: ThreadIdentity, process: ProcessID, name: String, state: TaskState,
        processor: Int16? = nil, totalTime: Nanoseconds = Nanoseconds(0),
        cpu: Percent? = nil, user: Percent? = nil, system: Percent? = nil,
        runDelay: Percent? = nil, voluntarySwitches: Rate? = nil,
        involuntarySwitches: Rate? = nil, minorFaults: Rate? = nil, majorFaults: Rate? = nil,
        activity: Activity? = nil, isCarriedOver: Bool = false
    ) {
        self.id = id
        self.process = process
        self.name = name
        self.state = state
        self.processor = processor
        self.totalTime = totalTime
        self.cpu = cpu
        self.user = user
        self.system = system
        self.runDelay = runDelay
        self.voluntarySwitches = voluntarySwitches
        self.involuntarySwitches = involuntarySwitches
        self.minorFaults = minorFaults
        self.majorFaults = majorFaults
        self.activity = activity
        self.isCarriedOver = isCarriedOver
    }
}

extension ThreadSample {
    /// Whether the CPU time it used and the time it waited for a CPU make up `share` together, so
    /// that it would use so much of one if the others let it.
    package func wantsCPU(_ share: Percent) -> Bool {
        guard let cpu, cpu >= Self.leastCPUOfStarved, let runDelay else { return false }
        return cpu.rawValue + runDelay.rawValue >= share.rawValue
    }

    /// A thread that gets less may have waited long for one short turn.
    package static let leastCPUOfStarved = Percent(5.0)
}

/// What a thread is doing at the moment it is read.
public enum Activity: Hashable, Sendable {
    /// Runnable: on a CPU in user mode or in the kernel, or waiting for a CPU.
    case running
    /// Asleep in a system call, by its number in the thread's ABI.
    case systemCall(Int32)
    /// Asleep in this function of the kernel; `wchan` in `proc(5)`.
    case waitChannel(String)
    /// Asleep, and whoever asks may not know where.
    case denied
}

extension Activity: Codable {
    /// A number is that of a system call, a text the name of a function; true says that it runs, false
    /// that it may not be known. There is one in every row of a thread: cases with their names would be
    /// most of the row.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int32.self) {
            self = .systemCall(number)
        } else if let name = try? container.decode(String.self) {
            self = .waitChannel(name)
        } else {
            self = try container.decode(Bool.self) ? .running : .denied
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .running: try container.encode(true)
        case .systemCall(let number): try container.encode(number)
        case .waitChannel(let name): try container.encode(name)
        case .denied: try container.encode(false)
        }
    }
}
