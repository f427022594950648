import ProcFormats
import ProcSampling
import Units

/// Why a tool cannot do its work, and what would help.
package struct ToolRefusal: Error, Sendable, Hashable {
    package let reason: String
    package let remedy: String?

    package init(_ reason: String, remedy: String? = nil) {
        self.reason = reason
        self.remedy = remedy
    }
}

/// Whether a tool can look at a thread, found out without touching it.
package struct ToolPreflight: Sendable {
    let tool: Tool
    let target: ThreadTarget
    let environment: ToolEnvironment
    /// The target now; nil when it is gone.
    let reading: TargetReading?

    package init(
        _ tool: Tool, on target: ThreadTarget, in environment: ToolEnvironment,
        reading: TargetReading?
    ) {
        self.tool = tool
        self.target = target
        self.environment = environment
        self.reading = reading
    }

    /// Throws the first reason not to start; returns what the user should know of the result.
    package func check() throws(ToolRefusal) -> [String] {
        let reading = try checkTarget()
        try environment.check(tool)
        switch tool.access {
        case .tracing:
            try checkTracing(reading)
            return []
        case .performanceEvents:
            return try checkPerformanceEvents(reading)
        case .tracepoints:
            guard mayMeasureAll else {
                throw ToolRefusal(
                    "the kernel's tracepoints are for \(root("PERFMON"))",
                    remedy: moreRights("PERFMON"))
            }
            return []
        case .packets:
            return []
        }
    }

    // MARK: - Checks

    private func checkTarget() throws(ToolRefusal) -> TargetReading {
        guard let reading else { throw ToolRefusal("\(target.label) has ended") }
        guard reading.startTime == target.thread.startTime else {
            throw ToolRefusal(
                "\(target.label) has ended: its number belongs to another thread now")
        }
        if reading.state == .zombie || reading.state == .dead {
            throw ToolRefusal("\(target.label) has ended and only waits for its parent")
        }
        return reading
    }

    private func checkTracing(_ reading: TargetReading) throws(ToolRefusal) {
        if reading.isKernelThread {
            throw ToolRefusal(
                "\(target.label) is a thread of the kernel: it makes no system calls",
                remedy: "profile it instead")
        }
        if target.process.pid == environment.ownProcess {
            throw ToolRefusal(
                "\(target.label) is dxtop itself, which would print what it sees itself print",
                remedy: "trace it from another terminal")
        }
        if let tracer = reading.tracer {
            throw ToolRefusal(
                "\(target.label) is traced by \(tracer) already, and only one can",
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

    private func checkPerformanceEvents(_ reading: TargetReading) throws(ToolRefusal) -> [String] {
        var notes: [String] = []
        if !mayMeasureAll {
            let paranoid = environment.perfEventParanoid ?? 2
            if paranoid > 2 {
                throw ToolRefusal(
                    "perf is for \(root("PERFMON")): kernel.perf_event_paranoid is \(paranoid)",
                    remedy: moreRights("PERFMON") + ", or sysctl kernel.perf_event_paranoid=2")
            }
            try checkUser(reading)
            if paranoid == 2 {
                notes.append("without the kernel's part: kernel.perf_event_paranoid is 2")
            }
            if environment.hasSystemCallFilter {
                notes.append("a seccomp filter is on, as in a container: it may refuse perf")
            }
        }
        if let restricted = environment.kernelPointersRestricted, restricted > 0,
            !environment.capabilities.contains(.kernelAddresses)
        {
            notes.append("functions of the kernel have no names: kernel.kptr_restrict is on")
        }
        return notes
    }

    private func checkUser(_ reading: TargetReading) throws(ToolRefusal) {
        guard reading.user != environment.user else { return }
        throw ToolRefusal(
            "\(target.label) belongs to user \(reading.user), dxtop runs as \(environment.user)",
            remedy: moreRights("SYS_PTRACE"))
    }

    private var mayMeasureAll: Bool {
        !environment.capabilities.isDisjoint(with: [.performance, .administration])
    }

    /// Who may do it, told to a user and to a root who may not.
    private func root(_ capability: String) -> String {
        environment.user.rawValue == 0 ? "root with CAP_\(capability)" : "root"
    }

    /// Root without the rights of root is in a container.
    private func moreRights(_ capability: String) -> String {
        environment.user.rawValue == 0
            ? "give the container CAP_\(capability), or run dxtop on its host"
            : "run dxtop as root"
    }
}

extension ToolEnvironment {
    /// Throws where a program of the tool is missing.
    func check(_ tool: Tool) throws(ToolRefusal) {
        let missing = tool.packages.keys.sorted().filter { path(of: $0) == nil }
        guard let program = missing.first else { return }
        // Without a known distribution, say how it goes on the two most common kinds.
        let distributions = distribution.map { [$0] } ?? [.debian, .fedora]
        let commands = distributions.compactMap { distribution in
            tool.packages[program]?.installCommand(on: distribution)
        }
        throw ToolRefusal(
            "\(program) is not installed", remedy: commands.joined(separator: ", or "))
    }
}

extension ThreadTarget {
    /// As the screen names threads: "T4127".
    package var label: String { "T\(thread.tid)" }
}
