internal import ProcFormats
internal import Units

/// One thread during a burst: in what it was seen.
struct ThreadWatch {
    let id: ThreadIdentity
    private let name: String
    /// Nil where it could not be read.
    private let runTime: Nanoseconds?
    private let switches: UInt64?
    /// Used since it was first seen; as of the last `readCPUTime`.
    private(set) var cpuTime = Nanoseconds(0)
    private(set) var samples = 0
    private var runs = 0
    private var sleeps = 0
    /// How often it was asleep in a call that waits for descriptors.
    private var waits: [Wait: Int] = [:]
    private var call: String?
    var isGone = false

    /// For what a call waits.
    enum Wait: Hashable {
        case receiving(Int32)
        case epoll(Int32)
        /// For descriptors that only the program's memory names.
        case poll
    }

    /// What counts as waiting for one socket.
    struct Waits {
        var descriptors: Set<Int32>
        var epolls: Set<Int32>
        var countsPolls = false
    }

    private static let receiveCalls: Set<String> = [
        "recvfrom", "recvmsg", "recvmmsg", "read", "readv",
    ]
    private static let epollCalls: Set<String> = ["epoll_wait", "epoll_pwait", "epoll_pwait2"]
    private static let pollCalls: Set<String> = ["poll", "ppoll", "select", "pselect6"]

    /// Nil if it is gone.
    init?(_ thread: ThreadID, of process: ProcessID, reader: ProcReader) {
        var name = ""
        let stat = try? reader.read(.thread(process, thread, "stat")) {
            bytes, faults throws(ParseError) in
            let stat = try TaskStat(parsing: bytes, noting: &faults)
            name = stat.name(in: bytes)
            return stat
        }
        guard let stat else { return nil }
        id = ThreadIdentity(tid: thread, startTime: stat.startTime)
        self.name = name
        runTime = Self.runTime(of: thread, in: process, reader)
        switches = Self.switches(of: thread, in: process, reader)
    }

    func waits(for socket: Waits) -> Int {
        waits.reduce(0) { $1.key.isWait(for: socket) ? $0 + $1.value : $0 }
    }

    // MARK: One poll

    /// How worthwhile it is to poll a thread that is found there: one that waits for descriptors
    /// before one that runs, and that before others.
    static func rank(_ syscall: TaskSyscall) -> Int {
        switch syscall.record {
        case .running: 1
        case .blocked: Wait(syscall) == nil ? 0 : 2
        case .outside: 0
        }
    }

    mutating func note(_ syscall: TaskSyscall, _ reader: ProcReader, _ process: ProcessID) {
        samples += 1
        switch reader.place(of: id.tid, in: process, syscall) {
        case .running:
            runs += 1
        case .systemCall(let number, _):
            sleeps += 1
            call = SystemCallTable.name(of: number)
            if let wait = Wait(syscall) { waits[wait, default: 0] += 1 }
        case .kernel(let function):
            sleeps += 1
            call = function
        case .denied:
            sleeps += 1
        }
    }

    /// What it waits for may not be known: only whether it runs, and perhaps where it sleeps.
    mutating func noteDenied(_ reader: ProcReader, _ process: ProcessID) {
        samples += 1
        let stat = try? reader.read(.thread(process, id.tid, "stat"), as: TaskStat.self)
        if stat?.state == .running {
            runs += 1
        } else {
            call = reader.waitChannel(of: id.tid, in: process)
        }
    }

    // MARK: What it comes to

    mutating func readCPUTime(_ reader: ProcReader, _ process: ProcessID) {
        guard let runTime, let now = Self.runTime(of: id.tid, in: process, reader),
            let used = Rates.change(from: runTime, to: now)
        else { return }
        cpuTime = used
    }

    /// Nil if its number is another thread's by now.
    func report(
        _ socket: Waits, _ reader: ProcReader, _ process: ProcessID
    ) -> SocketReader.Thread? {
        let stat = try? reader.read(.thread(process, id.tid, "stat"), as: TaskStat.self)
        guard stat?.startTime == id.startTime else { return nil }
        var now = self
        now.readCPUTime(reader, process)
        let waits = waits(for: socket)
        let epoll = self.waits.filter { $0.key.isWait(for: socket) }
            .max { $0.value < $1.value }.flatMap { $0.key.epoll }
        var slept: UInt64?
        if let switches, let count = Self.switches(of: id.tid, in: process, reader) {
            slept = Rates.change(from: switches, to: count)
        }
        return SocketReader.Thread(
            id: id, name: name, samples: samples, waits: waits, sleepsElsewhere: sleeps - waits,
            runs: runs, call: call, epoll: epoll, cpuTime: now.cpuTime,
            voluntarySwitches: slept ?? 0)
    }

    // MARK: Files

    private static func runTime(
        of thread: ThreadID, in process: ProcessID, _ reader: ProcReader
    ) -> Nanoseconds? {
        let schedule = try? reader.read(.thread(process, thread, "schedstat"), as: SchedStat.self)
        return schedule?.runTime
    }

    private static func switches(
        of thread: ThreadID, in process: ProcessID, _ reader: ProcReader
    ) -> UInt64? {
        let status = try? reader.read(.thread(process, thread, "status"), as: TaskStatus.self)
        return status?.voluntarySwitches
    }
}

extension ThreadWatch.Wait {
    /// Nil for a call that waits for something else.
    fileprivate init?(_ syscall: TaskSyscall) {
        guard case .blocked(let number, let arguments) = syscall.record, syscall.isNative,
            let call = SystemCallTable.name(of: number), let first = arguments.first
        else { return nil }
        let descriptor = Int32(truncatingIfNeeded: first)
        if ThreadWatch.receiveCalls.contains(call) {
            self = .receiving(descriptor)
        } else if ThreadWatch.epollCalls.contains(call) {
            self = .epoll(descriptor)
        } else if ThreadWatch.pollCalls.contains(call) {
            self = .poll
        } else {
            return nil
        }
    }

    fileprivate func isWait(for socket: ThreadWatch.Waits) -> Bool {
        switch self {
        case .receiving(let descriptor): socket.descriptors.contains(descriptor)
        case .epoll(let descriptor): socket.epolls.contains(descriptor)
        case .poll: socket.countsPolls
        }
    }

    fileprivate var epoll: Int32? {
        if case .epoll(let descriptor) = self { descriptor } else { nil }
    }
}
