/// An external program that examines one thread or one peer, as data: the catalogue is a list of
/// these.
package struct Tool: Sendable, Identifiable {
    /// Short and stable, as the files that are saved are named: "strace-summary".
    package let id: String
    /// For the menu: "strace -c: count system calls".
    package let title: String
    /// The key that starts it from a thread without the menu.
    package let key: Character?
    /// Argument vectors, run one after the other; of a thread `{pid}`, `{tid}` and `{data}` (a
    /// private temporary file) are filled in, of a peer `{address}` and `{size}`. Never a shell.
    package let steps: [[String]]
    /// What it does to the target.
    package let effect: Effect
    /// How long it runs, in seconds; the command itself ends by then.
    package let seconds: Int
    /// The tool offered when this one has ended.
    package let next: String?
    /// The kernel's door it goes through, which decides who may use it.
    package let access: Access
    /// What its output counts, so that an empty one can be put into words.
    package let counts: Counted
    /// The programs it needs, with what to install when one is missing.
    package let packages: [String: PackageNames]

    package enum Effect: Sendable, Hashable {
        /// No measurable overhead, with what it costs.
        case nothing(String)
        /// Slows the target down, with how much.
        case slows(String)
        /// Stops the target for a time, with how long.
        case stops(String)
    }

    package enum Access: Sendable, Hashable {
        /// `ptrace(2)`: one tracer a thread.
        case tracing
        /// `perf_event_open(2)` on one thread.
        case performanceEvents
        /// `perf_event_open(2)` on the kernel's tracepoints.
        case tracepoints
        /// ICMP or UDP to a peer; the target is no thread.
        case packets
    }

    package enum Counted: Sendable, Hashable {
        case systemCalls
        case samples
        /// The longest packet that comes through: its step is run again and again, with sizes that
        /// `PathMTUSearch` says.
        case pathMTU
        case other
    }

    package init(
        id: String, title: String, key: Character? = nil, steps: [[String]], effect: Effect,
        seconds: Int, next: String? = nil, access: Access, counts: Counted,
        packages: [String: PackageNames]
    ) {
        self.id = id
        self.title = title
        self.key = key
        self.steps = steps
        self.effect = effect
        self.seconds = seconds
        self.next = next
        self.access = access
        self.counts = counts
        self.packages = packages
    }
}
