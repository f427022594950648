import ProcFormats
import ProcSampling
package import Units

extension ThreadTarget {
    /// The thread that has this number now, with its process: `Tgid` in `/proc/TID/status`,
    /// `proc_pid_status(5)`. Nil when there is none, or it may not be seen.
    package static func find(_ tid: ThreadID) -> ThreadTarget? {
        guard tid.rawValue > 0, let status = try? smallFile("/proc/\(tid)/status"),
            let group = value(of: "Tgid", in: String(decoding: status, as: UTF8.self)),
            let pid = Int32(group),
            let process = startTime("/proc/\(pid)/stat"),
            let thread = startTime("/proc/\(pid)/task/\(tid)/stat")
        else { return nil }
        return ThreadTarget(
            process: ProcessIdentity(pid: ProcessID(pid), startTime: process),
            thread: ThreadIdentity(tid: tid, startTime: thread))
    }

    private static func startTime(_ path: String) -> ClockTicks? {
        guard let bytes = try? smallFile(path) else { return nil }
        return try? TaskStat(parsing: bytes.span).startTime
    }
}
