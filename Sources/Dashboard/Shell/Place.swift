package import Units
import Samples

/// Where in the dashboard one is: a view with its subject. The way there is the breadcrumb, and the
/// back-stack. Each view's folder has the member that makes its place: `.overview`, `.threads(of:)`.
package struct Place: Hashable, Sendable {
    let view: any View

    init(_ view: any View) { self.view = view }

    package static func == (a: Place, b: Place) -> Bool {
        AnyHashable(a.view) == AnyHashable(b.view)
    }

    package func hash(into hasher: inout Hasher) { view.hash(into: &hasher) }
}

/// A view that a number key opens.
package struct RootView: Sendable {
    package let key: Character
    /// As `--view` takes it.
    package let name: String
    /// As help lists it.
    let title: String
    package let place: Place
    /// What of one process it opens, for `--pid`.
    package let placeOfProcess: @Sendable (ProcessIdentity) -> Place

    /// In the order of their keys.
    package static let all = [
        OverviewView.root, ThreadsView.root, MemoryView.root, SocketsView.root, UDPView.root,
        DiskView.root,
    ]
}

/// A place with what one did there: the selected row, the sort column, the filter.
package struct Level: Sendable {
    package let place: Place
    package var list: ListState
    /// What its process, thread or socket were called when they were last seen.
    var processName: String?
    var threadName: String?
    var socketName: String?
    /// The filter that a finding came with: who comes back does not find it again.
    var filterOfFinding: String?
    /// The last refresh in which its thread was there.
    var lastSeen: Int?

    init(_ place: Place) {
        self.place = place
        list = ListState(sort: place.view.firstSort)
    }

    var view: any View { place.view }
    var isNamed: Bool { processName != nil || socketName != nil }

    /// Keeps what is known of its subject, for when that has ended.
    mutating func note(_ snapshot: Snapshot) { view.note(snapshot, in: &self) }

    /// As it is kept for when one comes back.
    var asLeft: Level {
        var level = self
        if level.list.filter == filterOfFinding { level.list.filter = "" }
        return level
    }

    /// Selects a row as a person would.
    mutating func select(_ row: RowID) {
        list.selected = row
        list.isByHand = true
    }
}
