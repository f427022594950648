package import Diagnosis
package import Probes
package import ProcFormats
package import ProcSampling
package import Screen

/// Everything the screen depends on. `update` changes it, `render` draws it, neither does anything
/// else; so a test can do both without a terminal or a machine.
package struct State: Sendable {
    package var settings: Settings
    package var size: Size
    /// Time since the start; every event brings it.
    package var now = Duration.zero
    package var interval: Duration
    package var userNames: UserNames

    package var history = History()
    package var memory = MemoryState()
    var mappings = MappingsState()
    package var network = NetworkState()
    package var verdicts = Verdicts()
    /// The newest snapshot.
    package var live: Snapshot?
    /// How many have come; of one refresh there may be more than one.
    var arrivals = 0
    /// The snapshot that the screen stands at; nil while it goes with time.
    package var frozen: Snapshot?
    /// The verdicts of the refresh at which it was frozen, and its number.
    var frozenVerdicts: Verdicts?
    var frozenVerdictsOf: Int?

    /// The way to where one is, the Overview first. Never empty.
    package internal(set) var path: [Level]
    /// What lies over the view and takes the keys.
    package internal(set) var overlay: Overlay?
    /// What is being typed, on the bottom line.
    package internal(set) var prompt: Prompt?
    package internal(set) var notice: Notice?
    /// The tool on show, from its card until one goes back.
    package internal(set) var tool: ToolState?
    /// How many tools were started; tells late output of an earlier one apart.
    var toolRuns = 0
    /// The probe on show, from its start until one goes back.
    package internal(set) var probe: ProbeState?
    var probeRuns = 0
    /// What probes found of threads lately.
    var probeResults = ProbeResults()
    /// The function that threads burn their CPU time in: on by a key.
    package var hotFunctions = HotFunctionState()
    /// Findings that a person does not want to be told of, and why.
    var muted: [FindingID: Mute] = [:]
    /// The finding that is selected in the Overview, instead of a row of the list.
    var selectedFinding: FindingID?
    /// What the sampler was last told.
    var interest: Interest?
    /// The views as they were left, for when one comes back.
    var left: [Place: Level] = [:]

    package init(
        settings: Settings, size: Size, interval: Duration, userNames: UserNames,
        place: Place = .overview
    ) {
        self.settings = settings
        self.size = size
        self.interval = interval
        self.userNames = userNames
        path = [Level(.overview)]
        if place.view is MappingsView { path.append(Level(.memory)) }
        if place != .overview { path.append(Level(place)) }
    }

    /// What the screen shows: now, or the moment at which it stands.
    package var shown: Snapshot? { frozen ?? live }

    /// Whether the machine as it is now lacks a thread; false while not all of it was read.
    func hasEnded(_ thread: ThreadIdentity, of process: ProcessIdentity) -> Bool {
        guard let live, live.extent == .complete else { return false }
        return live.process(process)?.threads.contains { $0.id == thread } != true
    }

    package var level: Level { path[path.count - 1] }
    package var place: Place { level.place }

    var list: ListState {
        get { path[path.count - 1].list }
        set { path[path.count - 1].list = newValue }
    }

    /// When something on the screen changes without an event: the run loop sends a tick then.
    package var wakeAt: Duration? {
        var times: [Duration] = []
        if let notice { times.append(notice.until) }
        if let held = list.heldUntil { times.append(held) }
        switch tool?.phase {
        case .card(let startsAt): times.append(min(startsAt, now + .seconds(1)))
        case .running: times.append(now + .seconds(1))
        case .finished, nil: break
        }
        if probe?.isRunning == true { times.append(now + .seconds(1)) }
        return times.min()
    }
}

/// A box over the view that takes all keys until it is closed.
package enum Overlay: Sendable, Hashable {
    case help(scroll: Int)
    case toolMenu(selected: Int, ToolSubject, [ProbeChoice])
    case sortMenu(selected: Int)
    case namespaceMenu(selected: Int)
    /// Shell commands to copy, with what each shows.
    case commands([ShellCommand])
    /// What changes the machine or holds the target up, and is done only after a yes.
    case offers([ProbeOffer], selected: Int)
    case quitQuestion
}

/// A line of text being typed.
package struct Prompt: Sendable {
    package enum Purpose: Sendable, Hashable {
        case filter(before: String)
        case interval
        case command
        case routeTo
        case search
        case save
        case mute(FindingID)
    }

    package let purpose: Purpose
    package var field: TextField
}

/// A sentence on the bottom line that goes by itself.
package struct Notice: Sendable, Hashable {
    package let text: String
    package let isFailure: Bool
    package let until: Duration
}
