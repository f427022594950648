package import ProcFormats
package import Samples
package import Units

/// What all rows of a list of processes and threads have in common, once for all of them.
package final class TaskContext: Sendable {
    package let processes: [ProcessSample]
    package let userNames: UserNames
    /// Among processes a thread's row goes by its own number, as in htop.
    package let namesThreads: Bool
    /// See `FieldRow.isCoarse`.
    package let isCoarse: Bool
    /// Whether a process has a hot thread, or one of its threads, by its place in it, is one; nil
    /// while that is not known, and where hot rows are not marked.
    let isHot: @Sendable (ProcessSample, _ thread: Int?) -> Bool?
    /// The function that a thread burns its CPU time in, where functions are sampled.
    let function: @Sendable (ThreadID) -> String?
    /// What is made of a process's memory, asked only for rows and columns that are shown.
    let memory: MemoryFigures
    /// What its UDP sockets drop, together.
    let drops: @Sendable (ProcessIdentity) -> Rate?

    /// Figures that no sample has: each by process, of what was recorded.
    package struct MemoryFigures: Sendable {
        package var changes: @Sendable (ProcessIdentity) -> MemoryChanges?
        package var growth: @Sendable (ProcessIdentity) -> ProcessGrowth
        package var limits: @Sendable (ProcessSample) -> MemoryLimits

        package init(
            changes: @escaping @Sendable (ProcessIdentity) -> MemoryChanges? = { _ in nil },
            growth: @escaping @Sendable (ProcessIdentity) -> ProcessGrowth = { _ in .unknown },
            limits: @escaping @Sendable (ProcessSample) -> MemoryLimits = { _ in .notReadYet }
        ) {
            self.changes = changes
            self.growth = growth
            self.limits = limits
        }
    }

    package init(
        _ processes: [ProcessSample], userNames: UserNames, namesThreads: Bool = false,
        isCoarse: Bool = false,
        isHot: @escaping @Sendable (ProcessSample, _ thread: Int?) -> Bool? = { _, _ in nil },
        function: @escaping @Sendable (ThreadID) -> String? = { _ in nil },
        memory: MemoryFigures = MemoryFigures(),
        drops: @escaping @Sendable (ProcessIdentity) -> Rate? = { _ in nil }
    ) {
        self.processes = processes
        self.userNames = userNames
        self.namesThreads = namesThreads
        self.isCoarse = isCoarse
        self.isHot = isHot
        self.function = function
        self.memory = memory
        self.drops = drops
    }
}

/// By how many bytes a process grew; nil where that is not known.
package struct MemoryChanges: Hashable, Sendable {
    /// Over the last five minutes and the last hour, or what was recorded of them.
    package let fiveMinutes: Int64?
    package let hour: Int64?
    /// Over the last day, or what there is; nil before there is more than an hour.
    package let day: Int64?

    package init(fiveMinutes: Int64?, hour: Int64?, day: Int64?) {
        self.fiveMinutes = fiveMinutes
        self.hour = hour
        self.day = day
    }
}

/// How a process's memory grows, as far as rows show it.
package enum ProcessGrowth: Hashable, Sendable {
    /// Too little is recorded.
    case unknown
    /// Nothing was kept of the moment on show.
    case stale
    case known(Figures)

    package struct Figures: Hashable, Sendable {
        /// Bytes a second.
        package var slope: Double
        /// Over all of it the slope says nothing: it levels off, jumps, or rises and falls.
        package var isUneven: Bool
        /// As a column of eight calls its shape, its name in JSON, and its place among shapes: what
        /// will not end by itself comes first. Nil while it is not told.
        package var shape: FieldValue?
        /// Whether it grows without an end in sight, or does not grow at all.
        package var emphasis: Emphasis
        package var timeLeft: Duration?

        package init(
            slope: Double, isUneven: Bool, shape: FieldValue?, emphasis: Emphasis,
            timeLeft: Duration?
        ) {
            self.slope = slope
            self.isUneven = isUneven
            self.shape = shape
            self.emphasis = emphasis
            self.timeLeft = timeLeft
        }
    }
}

/// A row of a list of processes: a process, or one of its threads among them.
package struct ProcessRow: FieldRow {
    package let context: TaskContext
    /// Where the context has the process.
    package let index: Int
    /// Where the process has the thread; nil for a row that is the process.
    package let part: Int?

    package init(_ context: TaskContext, _ index: Int, part: Int? = nil) {
        self.context = context
        self.index = index
        self.part = part
    }

    package static var fadesZeros: Bool { false }
    package var isCoarse: Bool { context.isCoarse }

    /// Lent, not copied: this is asked for every row of a table of thousands.
    package var process: ProcessSample {
        _read { yield context.processes[index] }
    }

    package var thread: ThreadRow? { part.map { ThreadRow(context, index, $0) } }

    var isHot: Bool { context.isHot(process, part) == true }
    var cpu: Percent? { thread.map { $0.thread.cpu } ?? process.cpu }

    /// Minor and major.
    var faults: Rate? {
        thread.map { $0.faults } ?? sum(process.minorFaults, process.majorFaults)
    }

    /// What is made of its memory.
    func growth(_ value: (ProcessGrowth.Figures) -> FieldValue) -> FieldValue {
        switch context.memory.growth(process.id) {
        case .unknown: .unknown
        case .stale: .stale
        case .known(let figures): value(figures)
        }
    }

    func change(_ bytes: (MemoryChanges) -> Int64?) -> FieldValue {
        context.memory.changes(process.id).flatMap(bytes).map { .change(ByteChange($0)) }
            ?? .unknown
    }
}

/// A row of a list of threads.
package struct ThreadRow: FieldRow {
    package let context: TaskContext
    /// Where the context has its process.
    package let index: Int
    /// Where the process has it.
    package let part: Int

    package init(_ context: TaskContext, _ index: Int, _ part: Int) {
        self.context = context
        self.index = index
        self.part = part
    }

    package static var fadesZeros: Bool { false }
    package var isCoarse: Bool { context.isCoarse }

    /// Lent, not copied.
    package var process: ProcessSample {
        _read { yield context.processes[index] }
    }

    /// Lent, not copied.
    package var thread: ThreadSample {
        _read { yield context.processes[index].threads[part] }
    }

    /// Nil while it is not known.
    var isHot: Bool? { context.isHot(process, part) }

    /// Minor and major.
    var faults: Rate? { sum(thread.minorFaults, thread.majorFaults) }

    /// The system call it is in, else the function of the kernel that it sleeps in; where functions
    /// are sampled, the one that it burns its CPU time in.
    var activity: FieldValue {
        if let function = context.function(thread.id.tid) { return .text(function) }
        return switch thread.activity {
        case .running: .text("[runnable]")
        case .systemCall(let number): .text(Self.name(ofSystemCall: number))
        case .waitChannel(let function): .text("wchan:" + function)
        case .denied: .denied
        case nil: .unknown
        }
    }

    static func name(ofSystemCall number: Int32) -> String {
        SystemCallTable.name(of: number) ?? "syscall \(number)"
    }
}

private func sum(_ minor: Rate?, _ major: Rate?) -> Rate? {
    guard let minor, let major else { return nil }
    return Rate(minor.rawValue + major.rawValue)
}
