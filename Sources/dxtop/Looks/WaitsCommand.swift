import ArgumentParser
import Probes

/// `dxtop waits`: where a thread is while it is not on a CPU.
struct WaitsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waits",
        abstract: "Where a thread sleeps, and what for.",
        discussion: """
            Looks about 50 times a second in which system call and in which function of the kernel \
            the thread sleeps, on which futex and who else waits there, on which file or socket. \
            Nothing of it stops the thread.
            """)

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Look at this thread.", valueName: "tid"))
    var tid: Int32

    @OptionGroup var time: SecondsOption

    @Flag(help: "One JSON document instead of text.")
    var json = false

    func run() throws {
        let reading = try Look.take(
            .waits(WaitRequest(target: try TaskOptions.thread(tid), seconds: time.seconds)))
        try StandardOutput().print(reading, json: json)
    }
}
