import ArgumentParser
import Probes

/// `dxtop syscalls`: which system calls a thread or a process makes.
struct SystemCallsCommand: ProbeCommand {
    static let configuration = CommandConfiguration(
        commandName: "syscalls",
        abstract: "System calls by name: how many, how long, how many failed.",
        discussion: """
            Counts each call by the kernel's tracepoints, without stopping the target. Where those \
            may not be read, it samples in which call the target sleeps, and says so: short calls \
            are not seen then.
            """)

    @OptionGroup var task: TaskOptions
    @OptionGroup var time: SecondsOption

    @Flag(help: "Stop the target at each call, as strace does: overhead, but no call is missed.")
    var traced = false

    @Flag(
        name: .customLong("mount-tracefs"),
        help: "Mount tracefs where it is not mounted, since the tracepoints are there.")
    var mountTracefs = false

    @OptionGroup var json: JSONOption

    func validate() throws {
        guard task.isNamed else {
            throw ValidationError("specify a target: --tid TID or --pid PID")
        }
        guard !traced || !mountTracefs else {
            throw ValidationError("--traced and --mount-tracefs exclude each other")
        }
    }

    func request() throws -> SystemCallRequest {
        SystemCallRequest(
            target: try task.target(), seconds: time.seconds,
            method: traced ? .traced : mountTracefs ? .mountingTracefs : .best)
    }

    var file: ProbeFile? { json.file }
}
