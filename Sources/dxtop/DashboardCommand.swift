import ArgumentParser
import CursesScreen
import Dashboard
import Glibc
import ProcSampling
import Screen
import Units

/// `dxtop` without a subcommand.
struct DashboardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard", abstract: "The dashboard (the default command).")

    @OptionGroup var interval: RefreshOption
    @OptionGroup var budget: BudgetOption
    @OptionGroup var hot: HotOption
    @OptionGroup var source: SourceOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Start with the threads of this process; with --view memory, its mappings; with --view "
                + "sockets, its sockets.", valueName: "pid"))
    var pid: Int32?

    @Option(help: "The first view: \(RootView.names).")
    var view = RootView.all[0]

    @OptionGroup var network: NamespaceOption

    @Flag(
        name: .customLong("where"),
        help: "Show in the WHERE column which functions use CPU, from the start (key W).")
    var namesFunctions = false

    @Flag(help: "Draw with ASCII characters only.")
    var ascii = false

    @Flag(name: .customLong("no-color"), help: "No colour, same as NO_COLOR=1.")
    var noColor = false

    @Flag(
        help: ArgumentHelp(
            "For a serial line of 9600 baud: a refresh every 5 s, rounded values, ASCII, no "
                + "colour; keys have priority. Automatic at 19200 baud and below."))
    var slow = false

    @Flag(help: "Draw curves with braille dots.")
    var braille = false

    func validate() throws {
        if let pid, pid < 1 { throw ValidationError("--pid takes a process ID") }
        if namesFunctions, source.proc != nil {
            throw ValidationError("--where works on the live machine only, not with --proc")
        }
    }

    func run() throws {
        Endurance.prepare()
        let root = try source.root()
        let process = try pid.map { try source.identity(of: ProcessID($0), in: root) }
        let place = process.map(view.placeOfProcess) ?? view.place
        let namespace = try network.namespace(in: root)
        let threads = source.threadsFrom.source
        var users = UserDirectory()
        users.refresh()

        let options = CursesTerminal.Options(ascii: ascii, color: !noColor, slow: slow)
        let signals = try CursesTerminal.withTerminal(options) { terminal in
            let unicode = terminal.capabilities.unicode
            let slowBaud = terminal.capabilities.slowBaud
            let settings = Settings(
                hotThreshold: hot.threshold,
                glyphs: unicode ? (braille ? .braille : .blocks) : .ascii,
                userName: LocalEnvironment.userName(users.names),
                isRoot: LocalEnvironment.isRoot,
                directory: LocalEnvironment.workingDirectory,
                homeDirectory: LocalEnvironment.homeDirectory,
                secondsFromUTC: LocalEnvironment.secondsFromUTC,
                traits: root.traits, isSlow: slowBaud != nil)
            var state = State(
                settings: settings, size: terminal.size,
                interval: interval.duration(isSlow: slowBaud != nil),
                userNames: users.names, place: place)
            if let slowBaud, !slow {
                state.say("a line of \(slowBaud) baud: --slow is on")
            }
            state.network.namespace = namespace
            if namesFunctions { state.probes.hotFunctions.turnOn() }
            var loop = try RunLoop(
                state: state, terminal: terminal, budget: budget.share,
                source: { root.source(threads: threads, changed: $0) })
            return loop.run()
        }
        if !signals.isEmpty { CursesTerminal.die(of: signals) }
    }
}

extension RootView {
    /// "overview, threads, memory, sockets or udp".
    fileprivate static var names: String {
        let names = all.map(\.name)
        return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
    }
}

extension RootView: ExpressibleByArgument {
    public init?(argument: String) {
        guard let view = Self.all.first(where: { $0.name == argument }) else { return nil }
        self = view
    }

    public static var allValueStrings: [String] { all.map(\.name) }
    public var defaultValueDescription: String { name }
}
