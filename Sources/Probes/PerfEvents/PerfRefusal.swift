import Samples
import SystemPackage
import Units

/// Why the kernel gives no events, and what would help; see `perf_event_paranoid` in
/// `perf_event_open(2)`.
struct PerfRefusal {
    let error: Errno
    let environment: ToolEnvironment

    init(_ error: Errno, in environment: ToolEnvironment) {
        self.error = error
        self.environment = environment
    }

    func refusal(of target: ProbeTarget) -> ProbeRefusal {
        switch error {
        case .noSuchProcess:
            return ProbeRefusal("\(TargetLife(of: target).label) has ended")
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem:
            return ProbeRefusal(
                "there are not enough file descriptors: it takes one for each thread and CPU",
                remedy: "raise the limit: ulimit -n 8192")
        case .permissionDenied, .notPermitted:
            return denied(target)
        case .noFunction, .noSuchFileOrDirectory, .notSupported, .invalidArgument:
            return ProbeRefusal("this kernel has no perf events: \(error)")
        default:
            return ProbeRefusal("perf events: \(error)")
        }
    }

    private func denied(_ target: ProbeTarget) -> ProbeRefusal {
        // The filter of a container answers first, whatever the settings are.
        if error == .notPermitted, environment.hasSystemCallFilter {
            return ProbeRefusal(
                "a seccomp filter keeps perf events off, as in most containers",
                remedy: "give the container a profile that allows perf_event_open, or run dxtop on"
                    + " its host")
        }
        let setting = environment.perfEventParanoid
        let value = setting.map { "kernel.perf_event_paranoid is \($0)" }
        // For the whole machine 0 is needed, for one's own processes 2.
        let allowed = target == .host ? 0 : 2
        if let setting, let value, setting > allowed {
            let what = target == .host ? "events of the whole host" : "perf events"
            return ProbeRefusal(
                "\(what) are for \(root): \(value)",
                remedy: "\(moreRights), or sysctl kernel.perf_event_paranoid=\(allowed)")
        }
        return ProbeRefusal(
            "\(TargetLife(of: target).label) belongs to another user, or the kernel forbids perf"
                + " events",
            remedy: moreRights)
    }

    private var isRoot: Bool { environment.user.rawValue == 0 }

    private var root: String { isRoot ? "root with CAP_PERFMON" : "root" }

    /// Root without the rights of root is in a container.
    private var moreRights: String {
        isRoot
            ? "give the container CAP_PERFMON, or run dxtop on its host" : "run dxtop as root"
    }
}
