import ArgumentParser
import Probes

/// `dxtop profile`: where CPU time is spent, or memory grows.
struct ProfileCommand: ProbeCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "The functions that burn CPU or take memory, with who called them.",
        discussion: """
            Samples call chains, without any other tool and without stopping the target. Text begins \
            with what matters: the share of each function, itself and with all that it called, then \
            the call tree. --folded is for flame graph programs, --svg is a flame graph that opens \
            in any browser. Missing permissions and other limits are named at the end, and in the \
            notes of the JSON.
            """)

    @OptionGroup var task: TaskOptions

    @Flag(help: "Sample every process of the machine.")
    var all = false

    @OptionGroup var time: SecondsOption

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Samples a second of CPU time, 1 to 1000 (default: 99).", valueName: "hz"))
    var frequency: Int?

    @Flag(help: "Page faults instead of CPU time: which functions make memory grow.")
    var faults = false

    @Flag(exclusivity: .exclusive)
    var format: ProfileFormat?

    @Flag(help: "Where the kernel gives no samples: stop the threads for a moment each time.")
    var stopping = false

    /// How it was spelled at first; scripts have it.
    @Flag(name: .customLong("by-stopping"), help: .hidden)
    var byStopping = false

    func validate() throws {
        let named = [task.tid != nil, task.pid != nil, all].count(where: \.self)
        guard named == 1 else {
            throw ValidationError("specify a target: --tid TID, --pid PID or --all")
        }
        if let frequency, !(1...1000).contains(frequency) {
            throw ValidationError("--frequency takes a whole number from 1 to 1000")
        }
        if faults, frequency != nil {
            throw ValidationError("--faults has no --frequency: each fault is counted")
        }
    }

    func request() throws -> ProfileRequest {
        ProfileRequest(
            target: try task.target(),
            event: faults
                ? .pageFaults
                : .cpuClock(frequency: frequency ?? ProfileRequest.usualFrequency),
            seconds: time.seconds, mayStop: stopping || byStopping)
    }

    var file: ProbeFile? { format?.file }
}

/// What a profile can be printed as beside text: the endings of its kinds of files.
enum ProfileFormat: String, EnumerableFlag {
    case folded
    case json
    case svg

    var file: ProbeFile { ProbeKind.profile.file(at: "profile." + rawValue) }

    static func help(for format: Self) -> ArgumentHelp? {
        switch format {
        case .folded: "A line for each call chain, as flame graph programs read them."
        case .json: "One JSON document instead of text."
        case .svg: "A flame graph."
        }
    }
}
