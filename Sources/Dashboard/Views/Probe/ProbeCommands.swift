import Probes
import ProcSampling

/// How the command line asks for the same.
enum ProbeCommands {
    static func shell(_ probe: ProbeState) -> ShellCommand {
        switch probe.request {
        case .profile(let request):
            let faults = request.event == .pageFaults ? " --faults" : ""
            return ShellCommand(
                "dxtop profile \(option(request.target)) --seconds \(request.seconds)\(faults)",
                shows: "this profile as text; --folded, --json, --svg")
        case .systemCalls(let request):
            return ShellCommand(
                "dxtop syscalls \(option(request.target)) --seconds \(request.seconds)",
                shows: "these counts as text; --json")
        case .waits(let request):
            return ShellCommand(
                "dxtop waits --tid \(request.target.thread.tid)"
                    + " --seconds \(request.seconds)", shows: "this as text; --json")
        case .stacks(let request):
            return ShellCommand(
                "dxtop stacks --pid \(request.process.pid)", shows: "this as text; --json")
        }
    }

    private static func option(_ target: ProbeTarget) -> String {
        switch target {
        case .thread(let target): "--tid \(target.thread.tid)"
        case .process(let process): "--pid \(process.pid)"
        case .host: "--all"
        }
    }
}
