import ProcFormats
import ProcSampling
import Units

/// What may be done to a thread by whoever runs dxtop, found out without touching it.
struct TargetRights {
    let target: ThreadTarget
    let environment: ToolEnvironment

    init(to target: ThreadTarget, in environment: ToolEnvironment) {
        self.target = target
        self.environment = environment
    }

    /// Throws if it is gone, or another thread by now.
    func check(_ reading: TargetReading?) throws(ToolRefusal) -> TargetReading {
        guard let reading else { throw ToolRefusal("\(target.label) has ended") }
        guard reading.startTime == target.thread.startTime else {
            throw ToolRefusal(
                "\(target.label) has ended: its number belongs to another thread now")
        }
        if reading.state == .zombie || reading.state == .dead {
            throw ToolRefusal("\(target.label) has ended: it is a zombie")
        }
        return reading
    }

    /// Throws why it may not be traced; see `ptrace(2)`.
    func checkTracing(_ reading: TargetReading) throws(ToolRefusal) {
        if reading.isKernelThread {
            throw ToolRefusal(
                "\(target.label) is a kernel thread: it makes no system calls",
                remedy: "profile it instead")
        }
        if target.process.pid == environment.ownProcess {
            throw ToolRefusal(
                "\(target.label) is dxtop itself: it would trace its own output",
                remedy: "trace it from another terminal")
        }
        if let tracer = reading.tracer {
            throw ToolRefusal(
                "\(target.label) is already traced by \(tracer): one tracer at a time",
                remedy: "end that one first, or profile instead")
        }
        if environment.ptraceScope == 3 {
            throw ToolRefusal(
                "tracing is off until the next boot: kernel.yama.ptrace_scope is 3",
                remedy: "profile it instead")
        }
        if environment.capabilities.contains(.tracing) { return }
        try checkUser(reading)
        switch environment.ptraceScope {
        case 1:
            throw ToolRefusal(
                "only a parent may trace its children: kernel.yama.ptrace_scope is 1",
                remedy: moreRights("SYS_PTRACE") + ", or sysctl kernel.yama.ptrace_scope=0")
        case 2:
            throw ToolRefusal(
                "only \(root("SYS_PTRACE")) may trace: kernel.yama.ptrace_scope is 2",
                remedy: moreRights("SYS_PTRACE"))
        default:
            return
        }
    }

    func checkUser(_ reading: TargetReading) throws(ToolRefusal) {
        guard reading.user != environment.user else { return }
        throw ToolRefusal(
            "\(target.label) belongs to user \(reading.user), dxtop runs as \(environment.user)",
            remedy: moreRights("SYS_PTRACE"))
    }

    /// Who may do it, told to a user and to a root who may not.
    func root(_ capability: String) -> String {
        environment.user.rawValue == 0 ? "root with CAP_\(capability)" : "root"
    }

    /// Root without the rights of root is in a container.
    func moreRights(_ capability: String) -> String {
        environment.user.rawValue == 0
            ? "give the container CAP_\(capability), or run dxtop on its host"
            : "run dxtop as root"
    }
}

extension ThreadTarget {
    /// As the screen names threads: "T4127".
    package var label: String { "T\(thread.tid)" }
}
