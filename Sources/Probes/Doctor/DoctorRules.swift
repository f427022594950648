import ProcFormats
import ProcReading
import Samples
import Units

/// From facts to lines: what they mean for a person who uses dxtop here.
struct DoctorRules {
    let facts: DoctorFacts

    typealias Line = DoctorReport.Line
    var environment: ToolEnvironment { facts.environment }
    var isRoot: Bool { environment.user.rawValue == 0 }

    /// Root without the rights of root is in a container.
    func moreRights(_ capability: String) -> String {
        isRoot
            ? "give the container CAP_\(capability), or run dxtop on its host" : "run dxtop as root"
    }

    /// A line for something that was tried.
    func line(
        _ subject: String, _ attempt: Attempt, works: String, else without: String,
        mark: DoctorReport.Mark = .no, why: String? = nil, remedy: String? = nil
    ) -> Line {
        guard let reason = attempt.reason else {
            return Line(subject: subject, mark: .ok, what: works)
        }
        return Line(
            subject: subject, mark: mark, what: without, why: why ?? reason,
            remedy: attempt == .denied ? remedy : nil)
    }

    var rights: Line {
        let needed: Capabilities = [.tracing, .administration]
        let hasAll = environment.capabilities.isSuperset(of: needed)
        // Those of a user namespace count in it only.
        if hasAll, facts.threadFiles == .denied {
            return Line(
                subject: "rights", mark: .part,
                what: "own processes in full, others only as any user may read them",
                why: "files of another user's process were not to be read, whatever rights we have",
                remedy: "run dxtop on the host, in its first user namespace")
        }
        if hasAll { return Line(subject: "rights", mark: .ok, what: "all that dxtop uses") }
        return Line(
            subject: "rights", mark: .part,
            what: "own processes in full, others only as any user may read them",
            why: isRoot
                ? "root without CAP_SYS_PTRACE or CAP_SYS_ADMIN, as in a container"
                : "runs as user \(environment.user)",
            remedy: moreRights("SYS_PTRACE and CAP_SYS_ADMIN"))
    }

    var processes: Line {
        if facts.sampled.trouble.hidesProcesses {
            return Line(
                subject: "processes", mark: .part, what: "other users' processes are hidden",
                why: "\(ProcPath.root) is mounted with hidepid", remedy: moreRights("SYS_PTRACE"))
        }
        if facts.isInContainer {
            return Line(
                subject: "processes", mark: .part, what: "those of this pid namespace",
                why: "not the initial pid namespace: a container's, for example",
                remedy: "run dxtop on the host")
        }
        return Line(subject: "processes", mark: .ok, what: "all are visible")
    }

    // MARK: Threads

    var threads: [Line] {
        let delay = facts.sampled.hasRunDelay
        return [
            threadSource,
            line(
                "threads' files", facts.threadFiles,
                works: "the current system call of any thread",
                else: "the current system call is known for own processes only", mark: .part,
                remedy: moreRights("SYS_PTRACE")),
            line(
                "kernel stacks", facts.kernelStack, works: "of any thread",
                else: "none: stacks end at the system call", mark: .part,
                remedy: moreRights("SYS_ADMIN")),
            Line(
                subject: "wait for CPU", mark: delay ? .ok : .no,
                what: delay
                    ? "run delay of threads (schedstat)"
                    : "WAIT% is blank, CPU starvation is not found",
                why: delay ? nil : whyNoDelay),
        ]
    }

    private var whyNoDelay: String {
        switch facts.schedule {
        case .works:
            "no thread's schedstat told a wait: it may be off (sysctl kernel.sched_schedstats)"
        case .absent: "this kernel has no schedstat"
        default: facts.schedule.reason ?? ""
        }
    }

    /// Which source of thread data is used, why not a better one, and what would enable that.
    private var threadSource: Line {
        let subject = "thread data"
        let sources = facts.sampled.threadSources
        let what =
            switch sources?.chosen {
            case .iterator: "bpf: threads that ran, in one pass of the kernel's task iterator"
            case .taskstats: "taskstats: threads that ran, 64 at a time over netlink"
            case .proc: "proc: threads that ran, from the files of each"
            case nil: "not read"
            }
        let better = ThreadSourceKind.allCases.prefix { $0 != sources?.chosen }
        let refusals = better.compactMap { kind in
            sources?.refusals[kind].map { "\(kind.rawValue): \($0)" }
        }
        return Line(
            subject: subject, mark: refusals.isEmpty ? .ok : .part, what: what,
            why: refusals.isEmpty ? nil : refusals.joined(separator: "; "),
            remedy: refusals.isEmpty || sources?.isForWantOfRights != true
                ? nil : moreRights("SYS_ADMIN"))
    }

    // MARK: Probes

    var probes: [Line] {
        return [
            events,
            line(
                "tracepoints", facts.tracepoints, works: "system calls are counted, none is missed",
                else: "system calls are polled, not counted, unless you ask for tracing",
                mark: .part,
                why: facts.tracepoints == .absent
                    ? "tracefs is not mounted"
                    : facts.tracepoints == .denied && isFiltered ? Self.filter : nil,
                remedy: isFiltered ? otherProfile("perf_event_open") : moreRights("SYS_ADMIN")
            )
            .remedied(
                facts.tracepoints == .absent && isRoot
                    ? "dxtop syscalls --mount-tracefs, or mount -t tracefs tracefs"
                        + " /sys/kernel/tracing" : nil),
            tracing,
            kernelSymbols,
            line(
                "mapped files", facts.mappedFiles,
                works: "symbols of deleted or replaced binaries are read, too",
                else: "functions of a deleted or replaced binary may have no names",
                mark: .part, remedy: moreRights("SYS_ADMIN")),
        ]
    }

    private var kernelSymbols: Line {
        let subject = "kernel symbols"
        guard !facts.hasKernelAddresses else {
            return Line(subject: subject, mark: .ok, what: "kernel functions have names")
        }
        let what = "kernel functions have no names"
        if let why = unread(ProcPath.host("kallsyms"), facts.kernelSymbols) {
            return Line(subject: subject, mark: .part, what: what, why: why)
        }
        // What perf_event_paranoid forbids to sample, a kernel without restriction hides as well.
        let settings = [
            ("kernel.kptr_restrict", environment.kernelPointersRestricted, 0),
            ("kernel.perf_event_paranoid", environment.perfEventParanoid, 1),
        ]
        let setting = settings.lazy.compactMap { name, value, allowed in
            value.flatMap { $0 > allowed ? (name: name, value: $0, allowed: allowed) : nil }
        }.first
        return Line(
            subject: subject, mark: .part, what: what,
            why: setting.map { "\($0.name) is \($0.value)" }
                ?? "the kernel tells their addresses to nobody without CAP_SYSLOG",
            remedy: moreRights("SYSLOG")
                + (setting.map { ", or sysctl \($0.name)=\($0.allowed)" } ?? ""))
    }

    static let filter = "a seccomp filter is on, as in most containers"

    /// What a filter forbids no right allows.
    func otherProfile(_ call: String) -> String {
        "give the container a profile that allows \(call), or run dxtop on its host"
    }

    /// A filter is on, and no setting explains that perf events are not permitted.
    private var isFiltered: Bool {
        let mayProfile = !environment.capabilities.isDisjoint(with: [.performance, .administration])
        return environment.hasSystemCallFilter
            && (mayProfile || environment.perfEventParanoid.map { $0 <= 2 } ?? true)
    }

    /// Why a file tells nothing, if that is because it could not be read.
    func unread(_ path: String, _ attempt: Attempt) -> String? {
        switch attempt {
        case .works: nil
        case .absent where facts.tree?.isSubset == true:
            "\(ProcPath.root) is mounted with subset=pid"
        case .absent: "there is no \(path)"
        default: "\(path) could not be read: \(attempt.reason ?? "")"
        }
    }

    private var events: Line {
        let subject = "perf events"
        let paranoid = environment.perfEventParanoid.map { "kernel.perf_event_paranoid is \($0)" }
        if facts.kernelEvents == .works, facts.hostEvents == .works {
            return Line(
                subject: subject, mark: .ok,
                what: "profiles of threads, processes and the host, kernel functions included")
        }
        guard facts.userEvents == .works else {
            let isFiltered = isFiltered && facts.userEvents == .denied
            // A setting of 2 permits events of one's own processes.
            let isSet = environment.perfEventParanoid.map { $0 > 2 } ?? false
            return Line(
                subject: subject, mark: .no, what: "no profiles, except by stopping the target",
                why: isFiltered
                    ? Self.filter
                    : facts.userEvents == .denied
                        ? (isSet ? paranoid : nil) ?? "not permitted"
                        : facts.userEvents.reason,
                remedy: facts.userEvents != .denied
                    ? nil
                    : isFiltered
                        ? otherProfile("perf_event_open")
                        : moreRights("PERFMON")
                            + (isSet ? ", or sysctl kernel.perf_event_paranoid=2" : ""))
        }
        let kernel = facts.kernelEvents == .works ? "" : ", without kernel functions"
        return Line(
            subject: subject, mark: .part, what: "profiles of own processes\(kernel)",
            why: paranoid ?? "not permitted", remedy: moreRights("PERFMON"))
    }

    private var tracing: Line {
        let subject = "ptrace"
        guard let attempt = facts.tracing else {
            return Line(
                subject: subject, mark: .part, what: "not tried",
                why: "there is no `sleep` to try it on")
        }
        let scope = environment.ptraceScope ?? 0
        let why =
            environment.hasSystemCallFilter && attempt == .denied
            ? Self.filter
            : scope > 0 ? "kernel.yama.ptrace_scope is \(scope)" : nil
        guard attempt == .works else {
            return line(
                subject, attempt, works: "", else: "no strace, and no stacks by stopping",
                why: why, remedy: moreRights("SYS_PTRACE"))
        }
        if environment.capabilities.contains(.tracing) {
            return Line(
                subject: subject, mark: .ok, what: "strace, and stacks of running threads")
        }
        let isOwn = scope == 0
        return Line(
            subject: subject, mark: .part,
            what: isOwn
                ? "of own processes" : "of own children only: no strace, and no stacks by stopping",
            why: isOwn ? "runs as user \(environment.user)" : why, remedy: moreRights("SYS_PTRACE"))
    }
}

extension DoctorReport.Line {
    /// With a remedy of its own, if there is one.
    fileprivate func remedied(_ other: String?) -> Self {
        var line = self
        line.remedy = other ?? remedy
        return line
    }
}
