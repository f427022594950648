import ProcFormats
import ProcReading
import Samples
package import Units

extension ThreadTarget {
    /// The thread that has this number now, with its process: `Tgid` in `/proc/TID/status`,
    /// `proc_pid_status(5)`. Nil when there is none, or it may not be seen.
    package static func find(_ tid: ThreadID) -> ThreadTarget? {
        guard tid.rawValue > 0,
            let status = try? TaskHandle(ProcessID(tid.rawValue)).bytes("status"),
            let group = value(of: "Tgid", in: String(decoding: status, as: UTF8.self)),
            let pid = Int32(group).map({ ProcessID($0) }), let process = TaskHandle(pid).stat,
            let thread = TaskHandle(tid, of: pid).stat
        else { return nil }
        return ThreadTarget(
            process: ProcessIdentity(pid: pid, startTime: process.startTime),
            thread: ThreadIdentity(tid: tid, startTime: thread.startTime))
    }
}
