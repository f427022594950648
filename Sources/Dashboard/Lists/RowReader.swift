import Diagnosis
import Fields
import Probes
import ProcFormats
import ProcSampling
import Units

/// Reads the figures of one row out of a snapshot: as text for the screen, as keys for sorting.
struct RowReader {
    private let processes: [ProcessSample]
    private let row: Row
    private let userNames: UserNames
    /// The list is of processes, with threads among them.
    private let namesThreads: Bool
    private let memory: MemoryFigures?
    /// While functions are sampled, those of threads that burn CPU.
    private let hotFunctions: HotFunctionState?
    /// Figures are rounded so that few change: whole percents, rates of two digits.
    private let isCoarse: Bool

    init(
        _ row: Row, in snapshot: Snapshot, userNames: UserNames, namesThreads: Bool = false,
        memory: MemoryFigures? = nil, hotFunctions: HotFunctionState? = nil, isCoarse: Bool = false
    ) {
        self.isCoarse = isCoarse
        self.hotFunctions = hotFunctions
        self.memory = memory
        self.namesThreads = namesThreads
        processes = snapshot.processes
        self.row = row
        self.userNames = userNames
    }

    /// Lent, not copied: this is asked for every row of a table of thousands.
    private var process: ProcessSample {
        _read { yield processes[row.index] }
    }

    /// Nil for a row that is the process.
    private var thread: ThreadSample? {
        row.part.map { processes[row.index].threads[$0] }
    }

    /// What stands in the column; "-" where the figure is not known or not permitted, nothing
    /// where it makes no sense for such a row.
    func text(_ column: ColumnID) -> String {
        switch column {
        // Among processes a thread's row goes by its own number, as in htop.
        case .pid where namesThreads:
            (thread?.id.tid ?? ThreadID(process.id.pid.rawValue)).description
        case .pid: process.id.pid.description
        case .tid: thread?.id.tid.description ?? ""
        case .name: thread?.name ?? process.name
        case .process: process.name
        case .user: process.user.map { userNames[$0] ?? $0.description } ?? "-"
        case .state: String((thread?.state ?? process.state).letter)
        case .cpu: text(of: cpu)
        case .userCPU: text(of: thread?.user)
        case .systemCPU: text(of: thread?.system)
        case .hottest: text(of: thread == nil ? process.hottestCPU : cpu)
        case .runDelay: text(of: thread?.runDelay)
        case .voluntary: text(of: thread?.voluntarySwitches)
        case .involuntary: text(of: thread?.involuntarySwitches)
        case .faults: text(of: faults)
        case .threads: thread == nil ? String(process.threadCount) : ""
        case .resident: thread == nil ? process.residentMemory.text : ""
        case .anonymous: thread == nil ? (process.memory?.anonymous).text : ""
        case .files: thread == nil ? process.openFiles.map(String.init) ?? "-" : ""
        case .time: (thread?.totalTime ?? process.totalTime).text
        case .processor: thread?.processor.map { String($0) } ?? "-"
        case .activity: activity
        case .command: command
        case .cgroup: process.cgroup ?? "-"
        case .curve: ""
        case .file: (process.memory?.file).text
        case .shared: (process.memory?.shared).text
        case .swap: (process.memory?.swap).text
        case .peak: (process.memory?.peak).text
        case .fiveMinuteChange, .hourChange, .dayChange, .rate, .shape, .timeLeft, .limit:
            memory?.text(column, of: process) ?? "-"
        default: ""
        }
    }

    /// What sorts the column; nil, for what is not known, comes last.
    func key(_ column: ColumnID) -> SortKey? {
        switch column {
        case .pid where namesThreads:
            .number(Double(thread?.id.tid.rawValue ?? process.id.pid.rawValue))
        case .pid: .number(Double(process.id.pid.rawValue))
        case .tid: .number(Double(thread?.id.tid.rawValue ?? process.id.pid.rawValue))
        case .name, .process, .user, .state, .activity, .command, .cgroup: .text(text(column))
        case .cpu, .curve: cpu.map(asShown)
        case .userCPU: (thread?.user).map(asShown)
        case .systemCPU: (thread?.system).map(asShown)
        case .hottest: (thread == nil ? process.hottestCPU : cpu).map(asShown)
        case .runDelay: (thread?.runDelay).map(asShown)
        case .voluntary: thread?.voluntarySwitches.map { .number(Double($0.rawValue)) }
        case .involuntary: thread?.involuntarySwitches.map { .number(Double($0.rawValue)) }
        case .faults: faults.map { .number(Double($0.rawValue)) }
        case .threads: .number(Double(process.threadCount))
        case .resident: process.residentMemory.map { .number(Double($0.rawValue)) }
        case .anonymous: process.memory?.anonymous.map { .number(Double($0.rawValue)) }
        case .files: process.openFiles.map { .number(Double($0)) }
        case .time: .number((thread?.totalTime ?? process.totalTime).seconds)
        case .processor: thread?.processor.map { .number(Double($0)) }
        case .file: process.memory?.file.map { .number(Double($0.rawValue)) }
        case .shared: process.memory?.shared.map { .number(Double($0.rawValue)) }
        case .swap: process.memory?.swap.map { .number(Double($0.rawValue)) }
        case .peak: process.memory?.peak.map { .number(Double($0.rawValue)) }
        case .fiveMinuteChange, .hourChange, .dayChange, .rate, .shape, .timeLeft, .limit:
            memory?.key(column, of: process)
        default: nil
        }
    }

    /// Rows that show the same figure keep their places instead of trading them at random.
    private func asShown(_ percent: Percent) -> SortKey {
        .number((Double(percent.rawValue) * (isCoarse ? 1 : 10)).rounded())
    }

    private func text(of percent: Percent?) -> String {
        isCoarse ? percent?.wholeText ?? "-" : percent.text
    }

    private func text(of rate: Rate?) -> String {
        guard isCoarse, let rate, rate.rawValue >= 100 else { return rate.text }
        var unit: Float = 10
        while rate.rawValue >= 100 * unit { unit *= 10 }
        return Rate((rate.rawValue / unit).rounded() * unit).text
    }

    /// Whether any name, number or command of the row has `filter` in it, upper or lower case.
    func matches(_ filter: String) -> Bool {
        let columns: [ColumnID] = [.tid, .name, .process, .user, .command, .activity]
        return process.id.pid.description.containsIgnoringCase(filter)
            || columns.contains { text($0).containsIgnoringCase(filter) }
            || process.memoryGroup?.containsIgnoringCase(filter) == true
    }

    private var cpu: Percent? { thread == nil ? process.cpu : thread?.cpu }

    private var faults: Rate? {
        let minor = thread == nil ? process.minorFaults : thread?.minorFaults
        let major = thread == nil ? process.majorFaults : thread?.majorFaults
        guard let minor, let major else { return nil }
        return Rate(minor.rawValue + major.rawValue)
    }

    private var command: String {
        if let thread { return thread.name }
        return process.command ?? "[\(process.name)]"
    }

    private var activity: String {
        if let thread, let function = hotFunctions?[thread.id.tid] { return function.frame.label }
        return switch thread?.activity {
        case .running: "[running]"
        case .systemCall(let number): SystemCallTable.name(of: number) ?? "syscall \(number)"
        case .waitChannel(let function): "wchan:" + function
        case nil: "-"
        }
    }
}
