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

/// Whether a tool can run on a thread, found out without touching it.
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
        let rights = TargetRights(to: target, in: environment)
        let reading = try rights.check(reading)
        try environment.check(tool)
        switch tool.access {
        case .tracing:
            try rights.checkTracing(reading)
            return []
        case .performanceEvents:
            return try checkPerformanceEvents(reading, rights)
        case .tracepoints:
            guard mayMeasureAll else {
                throw ToolRefusal(
                    "the kernel's tracepoints are for \(rights.root("PERFMON"))",
                    remedy: rights.moreRights("PERFMON"))
            }
            return []
        case .packets:
            return []
        }
    }

    // MARK: - Checks

    private func checkPerformanceEvents(
        _ reading: TargetReading, _ rights: TargetRights
    ) throws(ToolRefusal) -> [String] {
        var notes: [String] = []
        if !mayMeasureAll {
            let paranoid = environment.perfEventParanoid ?? 2
            if paranoid > 2 {
                throw ToolRefusal(
                    "perf is for \(rights.root("PERFMON")): kernel.perf_event_paranoid is \(paranoid)",
                    remedy: rights.moreRights("PERFMON")
                        + ", or sysctl kernel.perf_event_paranoid=2")
            }
            try rights.checkUser(reading)
            if paranoid == 2 {
                notes.append("without kernel functions: kernel.perf_event_paranoid is 2")
            }
            if environment.hasSystemCallFilter {
                notes.append("a seccomp filter is on, as in a container: it may refuse perf")
            }
        }
        if let restricted = environment.kernelPointersRestricted, restricted > 0,
            !environment.capabilities.contains(.kernelAddresses)
        {
            notes.append("kernel functions have no names: kernel.kptr_restrict is on")
        }
        return notes
    }

    private var mayMeasureAll: Bool {
        !environment.capabilities.isDisjoint(with: [.performance, .administration])
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
