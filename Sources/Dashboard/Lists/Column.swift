package import ProcSampling
import Screen

/// A column of the lists of processes and threads.
package enum ColumnID: String, CaseIterable, Sendable {
    case pid, tid, name, process, user, state, cpu, userCPU, systemCPU, hottest, runDelay
    case voluntary, involuntary, faults, threads, resident, anonymous, files, time, processor
    case activity, curve, command, cgroup
    case file, shared, swap, peak, fiveMinuteChange, hourChange, dayChange, rate, shape, timeLeft
    case limit
    case count, size, proportional, kind, mapping
    case transport, localAddress, peerAddress, socketState, seen, receiveQueue, sendQueue
    case retransmits, drops, dropRate, roundTrip, window, receiveBuffer, sendBuffer, holder, inode
    case full, empty, reader
    case group, established, listening, closeWait, timeWait
    case destination, gateway, interface, mtu, metric, source, routeKind, origin, table
    case stage, sinceStart, remark
    case selfShare, totalShare, samples, function, module
    case call, callCount, callRate, errors, meanTime, callTime, share
    case longest, waitChannel, object, stack
}

/// How a column is headed, how much room it takes and what it means.
package struct Column: Sendable {
    package let id: ColumnID
    package let title: String
    /// Columns of text it needs; of a flexible one, at least.
    package let width: Int
    package let isFlexible: Bool
    package let isNumber: Bool
    /// Of the columns that do not fit, those with the highest number go first.
    package let priority: Int
    /// For the help page: what it says, in which unit, from where.
    package let meaning: String
    /// What must be read of every thread to sort by it.
    package let cost: Interest.Columns

    init(
        _ id: ColumnID, _ title: String, _ width: Int, priority: Int, flexible: Bool = false,
        text: Bool = false, cost: Interest.Columns = [], _ meaning: String
    ) {
        self.id = id
        self.title = title
        self.width = width
        self.priority = priority
        isFlexible = flexible
        isNumber = !text
        self.cost = cost
        self.meaning = meaning
    }
}

extension Column {
    var inTable: Table<ColumnID>.Column {
        Table.Column(
            id, title, isFlexible ? .flexible(minimum: width) : .fixed(width),
            isNumber ? .right : .left, rank: priority,
            keepsEnd: id == .localAddress || id == .peerAddress)
    }

    static let processColumns = [
        Column(.pid, "PID", 7, priority: 0, "process"),
        Column(.user, "USER", 8, priority: 5, text: true, "owner, by /etc/passwd"),
        Column(
            .state, "S", 1, priority: 3, text: true,
            "of the first thread: R runs, S sleeps, D waits for a disk, T t stopped, Z ended, I idle"
        ),
        Column(
            .cpu, "CPU%", 6, priority: 0,
            "of one CPU, all threads together, those that ended included: may exceed 100"),
        Column(.hottest, "MAXT%", 6, priority: 0, "CPU% of its hottest thread; ! one is hot"),
        Column(.threads, "THR", 5, priority: 2, "threads"),
        Column(.resident, "RSS", 5, priority: 1, "resident memory"),
        Column(.anonymous, "ANON", 5, priority: 7, "anonymous memory; of rows on the screen"),
        Column(.files, "FD", 6, priority: 8, "open files, where the kernel says (6.2)"),
        Column(.faults, "FLT/s", 6, priority: 6, "page faults, minor and major"),
        Column(.time, "TIME", 8, priority: 4, "CPU time used since it began"),
        Column(
            .command, "COMMAND", 24, priority: 0, flexible: true, text: true,
            "command line; [name] for kernel threads and while it was not read"),
        Column(.cgroup, "CGROUP", 32, priority: 9, text: true, "control group"),
    ]

    private static let tid = Column(.tid, "TID", 7, priority: 0, "thread")
    private static let state = Column(
        .state, "S", 1, priority: 0, text: true,
        "R runs, S sleeps, D waits for a disk, T t stopped, Z ended, I idle, P parked")
    private static let cpu = Column(
        .cpu, "CPU%", 6, priority: 0, "of one CPU; ! hot: it uses a CPU, or with WAIT% would")
    private static let userCPU = Column(.userCPU, "USR%", 5, priority: 1, "of it in user mode")
    private static let systemCPU = Column(.systemCPU, "SYS%", 5, priority: 1, "of it in the kernel")
    private static let runDelay = Column(
        .runDelay, "WAIT%", 5, priority: 2, cost: .runDelay,
        "time runnable but without a CPU; includes throttling by a cgroup")
    private static let voluntary = Column(
        .voluntary, "VCS/s", 5, priority: 3, cost: .switches, "gave up the CPU to wait")
    private static let involuntary = Column(
        .involuntary, "NVCS/s", 6, priority: 5, cost: .switches, "the CPU was taken from it")
    private static let faults = Column(
        .faults, "FLT/s", 5, priority: 6, "page faults, minor and major")
    private static let activity = Column(
        .activity, "WHERE", 9, priority: 2, flexible: true, text: true, cost: .activity,
        "system call it is in, else wait channel, else [running]")
    private static let curve = Column(
        .curve, "60s", 6, priority: 4, text: true, "CPU% over the last minute, full scale 100")
    private static let processor = Column(.processor, "CPU", 4, priority: 8, "CPU it last ran on")
    private static let time = Column(.time, "TIME", 8, priority: 7, "CPU time used since it began")

    static let threadColumns = [
        tid,
        Column(.name, "NAME", 11, priority: 0, flexible: true, text: true, "name of the thread"),
        state, cpu, userCPU, systemCPU, runDelay, voluntary, involuntary, faults, processor, time,
        activity, curve,
    ]

    static let hostThreadColumns = [
        tid,
        Column(.name, "NAME", 11, priority: 0, flexible: true, text: true, "name of the thread"),
        Column(
            .process, "PROCESS", 8, priority: 1, flexible: true, text: true,
            "name of its process"),
        Column(.pid, "PID", 7, priority: 7, "its process"),
        state, cpu, userCPU, systemCPU, runDelay, voluntary, involuntary, faults, processor, time,
        activity, curve,
    ]
}
