import ArgumentParser
import Probes

/// `dxtop stacks`: the stack of every thread of a process, once.
struct StacksCommand: ProbeCommand {
    static let configuration = CommandConfiguration(
        commandName: "stacks",
        abstract: "The stack of every thread of a process, identical stacks grouped.",
        discussion: """
            Reads the stacks of sleeping threads from outside, without stopping them; of a running \
            thread there may be none. --stopping stops each thread for a moment to read its \
            registers.
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The stacks of this process's threads.", valueName: "pid"))
    var pid: Int32

    @Flag(help: "Stop each thread for a moment: no gaps.")
    var stopping = false

    @OptionGroup var json: JSONOption

    func request() throws -> StacksRequest {
        StacksRequest(
            process: try TaskOptions.process(pid), method: stopping ? .stopping : .withoutStopping)
    }

    var file: ProbeFile? { json.file }
}
