public import Units

/// What a person looks at right now; the dashboard tells the sampler, `SamplingPlan` spends reads
/// accordingly. The sampler never needs it to be right, only fresh.
public struct Interest: Sendable, Equatable {
    /// Rows on the screen.
    public var shownProcesses: Set<ProcessIdentity>
    public var shownThreads: Set<ThreadIdentity>
    /// The thread whose detail is open.
    public var selectedThread: ThreadIdentity?
    /// Whose mappings are shown, and how often a person asked for them: another number asks for
    /// another reading at once. While it stands they are read again by themselves, but not sooner
    /// than 10 s after the reading before.
    public var mappings: MappingsWish?
    /// Which sockets are shown, and of which namespace.
    public var network: NetworkWish
    /// Costly columns that are wanted for every thread of `scope`, because rows are sorted by them
    /// or matched against them.
    public var columnsForAll: Columns
    public var scope: Scope
    /// CPU % from which a thread counts as hot and is read in full wherever it is.
    public var hotThreshold: Percent

    public enum Scope: Hashable, Sendable {
        case everyProcess
        case process(ProcessIdentity)
    }

    public struct MappingsWish: Hashable, Sendable {
        public var process: ProcessIdentity
        public var number: Int

        public init(process: ProcessIdentity, number: Int = 1) {
            self.process = process
            self.number = number
        }
    }

    /// Columns that cost a read of their own for each thread.
    public struct Columns: OptionSet, Hashable, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// Switches a second, from `status`.
        public static let switches = Columns(rawValue: 1)
        /// `Activity`, from `syscall` or `wchan`.
        public static let activity = Columns(rawValue: 2)
        /// Run delay, from `schedstat`.
        public static let runDelay = Columns(rawValue: 4)
        public static let all: Columns = [.switches, .activity, .runDelay]
    }

    public init(
        shownProcesses: Set<ProcessIdentity> = [], shownThreads: Set<ThreadIdentity> = [],
        selectedThread: ThreadIdentity? = nil, mappings: MappingsWish? = nil,
        network: NetworkWish = NetworkWish(), columnsForAll: Columns = [],
        scope: Scope = .everyProcess, hotThreshold: Percent = Percent(Float(90))
    ) {
        self.shownProcesses = shownProcesses
        self.shownThreads = shownThreads
        self.selectedThread = selectedThread
        self.mappings = mappings
        self.network = network
        self.columnsForAll = columnsForAll
        self.scope = scope
        self.hotThreshold = hotThreshold
    }
}
