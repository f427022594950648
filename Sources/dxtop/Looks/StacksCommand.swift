import ArgumentParser
import Probes

/// `dxtop stacks`: the stack of every thread of a process, once.
struct StacksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stacks",
        abstract: "The stack of every thread of a process, equal ones together.",
        discussion: """
            Reads the stacks of sleeping threads from outside, so that nobody is stopped; of a \
            thread that runs there may be none. --stopping stops each thread for a moment to read \
            its registers.
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("List the threads of this process.", valueName: "pid"))
    var pid: Int32

    @Flag(help: "Stop each thread for a moment: no gaps.")
    var stopping = false

    @Flag(help: "One JSON document instead of text.")
    var json = false

    func run() throws {
        let reading = try Look.take(
            .stacks(
                StacksRequest(
                    process: try TaskOptions.process(pid),
                    method: stopping ? .stopping : .withoutStopping)))
        try StandardOutput().print(reading, json: json)
    }
}
