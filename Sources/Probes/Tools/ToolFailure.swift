/// What tools print when they fail, put into a reason and what would help.
enum ToolFailure {
    /// - Parameters:
    ///   - output: what the failed step printed, its end at least.
    ///   - isRoot: dxtop runs as root already; what root may not do is for the container's owner.
    static func explain(
        _ program: String, ending: String, output: String, target: ThreadTarget, isRoot: Bool
    ) -> ToolRefusal {
        for (sign, refusal) in known where output.contains(sign) {
            return refusal(program, target, isRoot)
        }
        let lastLine = output.split(whereSeparator: \.isNewline)
            .last { !$0.allSatisfy(\.isWhitespace) }
        guard let lastLine else { return ToolRefusal("\(program) \(ending), without output") }
        return ToolRefusal("\(program) \(ending): \(lastLine)")
    }

    private typealias Refusal = @Sendable (String, ThreadTarget, Bool) -> ToolRefusal

    /// The first sign found decides, so the most telling stand first.
    private static let known: [(String, Refusal)] = [
        ("No such process", ended),
        ("perf not found for kernel", perfForKernel),
        ("/sys/kernel/tracing", tracepoints), ("/sys/kernel/debug", tracepoints),
        ("tracefs", tracepoints),
        ("unknown option", tooOld), ("unrecognized option", tooOld), ("invalid option", tooOld),
        ("perf_event_paranoid", events), ("No permission to enable", events),
        ("sys_perf_event_open() syscall returned with 1 (", events),
        ("not supported", unsupported), ("Function not implemented", unsupported),
        ("No space left on device", space),
        ("Operation not permitted", tracing), ("Permission denied", tracing),
    ]

    private static let ended: Refusal = { program, target, _ in
        ToolRefusal("\(target.label) ended before \(program) could attach")
    }

    private static let tracing: Refusal = { program, target, isRoot in
        ToolRefusal(
            "\(program) cannot attach to \(target.label): not permitted"
                + (isRoot ? ", even as root" : ""),
            remedy: (isRoot
                ? "give the container CAP_SYS_PTRACE, or run dxtop on its host; "
                : "run dxtop as root; in a container, add CAP_SYS_PTRACE or use its host; ")
                + "or end the debugger or sandbox that holds it")
    }

    private static let events: Refusal = { program, target, isRoot in
        ToolRefusal(
            "\(program) cannot measure \(target.label): not permitted"
                + (isRoot ? ", even as root" : ""),
            remedy: isRoot
                ? "give the container CAP_PERFMON, or run dxtop on its host"
                : "run dxtop as root, or sysctl kernel.perf_event_paranoid=1 for your own "
                    + "processes; in a container, add CAP_PERFMON or use its host")
    }

    private static let tracepoints: Refusal = { program, _, isRoot in
        ToolRefusal(
            "\(program) cannot read the kernel's tracepoints",
            remedy: (isRoot ? "" : "run dxtop as root, and ")
                + "mount -t tracefs tracefs /sys/kernel/tracing")
    }

    private static let unsupported: Refusal = { program, _, _ in
        ToolRefusal(
            "this kernel or machine does not support what \(program) asks for",
            remedy: "try another tool of the menu")
    }

    private static let tooOld: Refusal = { program, _, _ in
        ToolRefusal(
            "this version of \(program) is too old for these options",
            remedy: "y shows the commands: leave out the unknown options")
    }

    private static let perfForKernel: Refusal = { _, _, _ in
        ToolRefusal(
            "perf is installed, but not the one for this kernel",
            remedy: "apt install linux-tools-$(uname -r)")
    }

    private static let space: Refusal = { program, _, _ in
        ToolRefusal(
            "no space for the data of \(program)", remedy: "set TMPDIR to a disk with some space")
    }
}
