package import ProcFormats
import Samples
package import Screen
import Units

/// Everything the screen depends on. `update` changes it, `render` draws it, neither does anything
/// else; so a test can do both without a terminal or a machine.
///
/// Each part that events change takes them in by an `update` of its own, and knows no other part.
package struct State: Sendable {
    package var settings: Settings
    package var size: Size
    /// Time since the start; every event brings it.
    package internal(set) var now = Duration.zero
    package internal(set) var interval: Duration
    package var userNames: UserNames

    package internal(set) var timeline = Timeline()
    package internal(set) var navigation: Navigation
    package internal(set) var dialogue = Dialogue()
    var findings = FindingState()
    var hotThreads: HotThreads?
    var memory = MemoryState()
    var mappings = MappingsState()
    package var network = NetworkState()
    package internal(set) var tools = ToolState()
    package var probes = ProbeState()
    /// What the sampler was last told.
    var interest: Interest?

    package init(
        settings: Settings, size: Size, interval: Duration, userNames: UserNames,
        place: Place = .overview
    ) {
        self.settings = settings
        self.size = size
        self.interval = interval
        self.userNames = userNames
        navigation = Navigation(to: place)
    }

    /// Where one is.
    package var level: Level { navigation.level }
    package var place: Place { level.place }

    var list: ListState {
        get { navigation.level.list }
        set { navigation.level.list = newValue }
    }

    /// Whether the machine as it is now lacks a thread; false while not all of it was read.
    func hasEnded(_ thread: ThreadIdentity, of process: ProcessIdentity) -> Bool {
        guard let live, live.extent == .complete else { return false }
        return live.process(process)?.threads.contains { $0.id == thread } != true
    }

    /// When something on the screen changes without an event: the run loop sends a tick then.
    package var wakeAt: Duration? {
        [dialogue.notice?.until, list.heldUntil, tools.wakeAt(now), probes.wakeAt(now)]
            .compactMap(\.self).min()
    }
}
