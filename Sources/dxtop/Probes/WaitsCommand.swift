import ArgumentParser
import Probes

/// `dxtop waits`: where a thread is while it is not on a CPU.
struct WaitsCommand: ProbeCommand {
    static let configuration = CommandConfiguration(
        commandName: "waits",
        abstract: "Where a thread sleeps, and what for.",
        discussion: """
            Samples about 50 times a second in which system call and in which function of the kernel \
            the thread sleeps, on which futex and who else waits there, on which file or socket. \
            None of it stops the thread.
            """)

    @Option(parsing: .unconditional, help: ArgumentHelp("This thread.", valueName: "tid"))
    var tid: Int32

    @OptionGroup var time: SecondsOption
    @OptionGroup var json: JSONOption

    func request() throws -> WaitRequest {
        WaitRequest(target: try TaskOptions.thread(tid), seconds: time.seconds)
    }

    var file: ProbeFile? { json.file }
}
