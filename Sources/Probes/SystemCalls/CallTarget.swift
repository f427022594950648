import Glibc
import ProcFormats
import ProcSampling
import Units

/// Whose system calls are looked at, and what /proc says of it.
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

    private var folder: String {
        "/proc/\(process.pid)" + (thread.map { "/task/\($0.tid)" } ?? "")
    }

    static func folder(of thread: ThreadID, in process: ProcessID) -> String {
        "/proc/\(process)/task/\(thread)"
    }

    /// The threads there are now, or the one.
    var threads: [ThreadID] {
        if let thread { return [thread.tid] }
        return (try? ProcRoot().threads(of: process.pid)) ?? []
    }

    /// What it is like at one moment.
    struct Moment: Sendable {
        var isKernelThread: Bool
        /// False for a 32-bit program on a 64-bit kernel: its calls have other numbers.
        var isNative: Bool
        /// To 10 ms.
        var cpuTime: Duration
        /// Of a thread: how often it went to sleep, and where it is; nil where that may not be read.
        var sleeps: UInt64?
        var place: SystemCallRecord?
        /// Calls of the kinds of read and write, of a thread or all; nil where that may not be read.
        var fileCalls: UInt64?

        /// It is asleep in the same call as then, and was so in between.
        func sleepsSince(_ earlier: Moment) -> Int32? {
            guard case .blocked(let number, _)? = place, place == earlier.place,
                sleeps != nil, sleeps == earlier.sleeps
            else { return nil }
            return number
        }
    }

    /// Nil once it has ended.
    var now: Moment? {
        guard let bytes = try? smallFile(folder + "/stat"),
            let stat = try? TaskStat(parsing: bytes.span),
            stat.startTime == thread?.startTime ?? process.startTime
        else { return nil }
        let isDead = stat.state == .zombie || stat.state == .dead
        // A process outlives its first thread.
        if isDead, thread != nil || stat.threadCount < 2 { return nil }
        let ticks = Double((stat.userTime + stat.systemTime).rawValue)
        var moment = Moment(
            isKernelThread: stat.isKernelThread,
            // No stack of a 64-bit program lies below 4 GiB.
            isNative: MemoryLayout<Int>.size == 4 || stat.stackStart == 0
                || stat.stackStart > UInt32.max,
            cpuTime: .seconds(ticks / Double(sysconf(CInt(_SC_CLK_TCK)))))
        moment.fileCalls = (try? smallFile(folder + "/io")).flatMap { bytes in
            (try? TaskIO(parsing: bytes.span)).map { $0.readCalls &+ $0.writeCalls }
        }
        guard let thread else { return moment }
        let folder = Self.folder(of: thread.tid, in: process.pid)
        moment.sleeps = (try? smallFile(folder + "/status")).flatMap { bytes in
            (try? TaskStatus(parsing: bytes.span))?.voluntarySwitches
        }
        moment.place = (try? smallFile(folder + "/syscall")).flatMap { bytes in
            try? SystemCallRecord(parsing: bytes.span)
        }
        return moment
    }
}
