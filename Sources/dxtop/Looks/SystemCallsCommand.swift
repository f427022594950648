import ArgumentParser
import Probes

/// `dxtop syscalls`: which system calls a thread or a process makes.
struct SystemCallsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "syscalls",
        abstract: "System calls by name: how many, how long, how many failed.",
        discussion: """
            Counts each call by the kernel's tracepoints, which does not stop anybody. Where those \
            may not be read it looks again and again in which call the target sleeps, and says so: \
            short calls stay unseen then.
            """)

    @OptionGroup var task: TaskOptions
    @OptionGroup var time: SecondsOption

    @Flag(help: "Stop the target at each call, as strace does: slows it down, misses nothing.")
    var traced = false

    @Flag(
        name: .customLong("mount-tracefs"),
        help: "Mount tracefs where it is not, since the tracepoints are there.")
    var mountTracefs = false

    @Flag(help: "One JSON document instead of text.")
    var json = false

    func validate() throws {
        guard task.tid != nil || task.pid != nil else {
            throw ValidationError("whose calls to count: --tid TID or --pid PID")
        }
        guard !traced || !mountTracefs else {
            throw ValidationError("--traced and --mount-tracefs exclude each other")
        }
    }

    func run() throws {
        guard let target = try task.target() else { return }
        let reading = try Look.take(
            .systemCalls(
                SystemCallRequest(
                    target: target, seconds: time.seconds,
                    method: traced ? .traced : mountTracefs ? .mountingTracefs : .best)))
        try StandardOutput().print(reading, json: json)
    }
}
