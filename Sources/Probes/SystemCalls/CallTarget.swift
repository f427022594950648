import Glibc
import ProcFormats
import ProcReading
import Samples
import Units

/// Whose system calls are sampled or counted, and what /proc says of it.
struct CallTarget: Hashable, Sendable {
    let process: ProcessIdentity
    /// Nil for all threads of the process.
    let thread: ThreadIdentity?

    init(_ target: ProbeTarget) throws(ProbeRefusal) {
        switch target {
        case .thread(let target):
            process = target.process
            thread = target.thread
        case .process(let identity):
            process = identity
            thread = nil
        case .host:
            throw ProbeRefusal("system calls are counted for one thread or one process")
        }
    }

    /// "T4127", "process 2214".
    var label: String { thread.map { "T\($0.tid)" } ?? "process \(process.pid)" }

    private var task: TaskHandle {
        thread.map { TaskHandle($0, of: process.pid) } ?? TaskHandle(process)
    }

    /// One of its threads.
    func task(_ thread: ThreadID) -> TaskHandle { TaskHandle(thread, of: process.pid) }

    /// The threads there are now, or the one.
    var threads: [ThreadID] { task.threads }

    /// What it is like at one moment.
    struct Moment: Sendable {
        var isKernelThread: Bool
        /// False for a 32-bit program on a 64-bit kernel: its calls have other numbers.
        var isNative: Bool
        /// To 10 ms.
        var cpuTime: Duration
        /// Of a thread: how often it went to sleep, and where it is; nil where that may not be read.
        var sleeps: UInt64?
        var syscall: SystemCallRecord?
        /// Calls of the kinds of read and write, of a thread or all; nil where that may not be read.
        var fileCalls: UInt64?

        /// It is asleep in the same call as then, and was so in between.
        func sleepsSince(_ earlier: Moment) -> Int32? {
            guard case .blocked(let number, _)? = syscall, syscall == earlier.syscall,
                sleeps != nil, sleeps == earlier.sleeps
            else { return nil }
            return number
        }
    }

    /// Nil once it has ended.
    var now: Moment? {
        guard let stat = task.livingStat else { return nil }
        guard let cpuTime = stat.cpuTime else { return nil }
        let ticks = Double(cpuTime.rawValue)
        var moment = Moment(
            isKernelThread: stat.isKernelThread, isNative: stat.isNative,
            cpuTime: .seconds(ticks / Double(sysconf(CInt(_SC_CLK_TCK)))))
        let calls = try? task.read("io", as: TaskIO.self)
        moment.fileCalls = calls?.calls
        guard thread != nil else { return moment }
        moment.sleeps = task.status?.voluntarySwitches
        moment.syscall = (try? task.syscall())?.record
        return moment
    }
}
