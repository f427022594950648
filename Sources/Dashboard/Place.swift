package import ProcSampling

/// Where in the dashboard one is. The way there is the breadcrumb, and the back-stack.
package enum Place: Hashable, Sendable {
    /// Resources, then processes by their hottest thread.
    case overview
    /// Threads of the whole host, or of one process.
    case threads(of: ProcessIdentity?)
    /// One thread in depth.
    case thread(ThreadIdentity, of: ProcessIdentity)
    /// A tool that looks at a thread, from its card to its output.
    case tool

    /// The views of the number keys, by their key and the name that `--view` takes.
    package enum View: String, CaseIterable, Sendable {
        case overview
        case threads

        package var key: Character { self == .overview ? "1" : "2" }
    }
}

/// A place with what one did there: the selected row, the sort column, the filter.
package struct Level: Sendable {
    package let place: Place
    package var list: ListState

    init(_ place: Place) {
        self.place = place
        list = ListState(sort: place == .overview ? .hottest : .cpu)
    }
}
