package import Diagnosis
package import Fields
package import Samples
package import Units

/// What a row stands for, whatever row that is.
package enum RowID: Hashable, Sendable {
    case process(ProcessIdentity)
    case thread(ThreadIdentity)
    case mappings(MappingGroup.ID)
    case socket(SocketID)
    case socketGroup(SocketGroup.ID)
    /// By its place in the tables of one reading.
    case route(Int)
    /// A stage of the way of a datagram, and one of its parts.
    case stage(LossChain.StageID)
    case part(LossChain.StageID, String)
    /// Of what a probe found, by `ReportRow.id`.
    case probe(String)
    /// All else that keys act on.
    case of(Subject)
}

/// A row of a list: a place in the snapshot that is shown, or among what was made of it.
package struct Row: Hashable, Sendable {
    package let id: RowID
    /// Index into `Snapshot.processes`, the groups of mappings, the sockets, their groups, the
    /// routes, the stages or what a probe found.
    let index: Int
    /// Index into that process's `threads`, that group's members or that stage's parts; nil for a
    /// row that is the whole.
    var part: Int?
    /// How deep it stands in the tree.
    var depth = 0
    /// In the tree: has children that are folded away.
    var isFolded = false
}

/// What a person did to a list.
package struct ListState: Sendable {
    /// The selection follows the process or thread, never the row number.
    package var selected: RowID?
    /// A person chose the row, or moved at all.
    package var isByHand = false
    /// The first row on the screen.
    package var scroll = 0
    package var sort: FieldID
    /// Turns the column's own direction (largest first for figures) around.
    package var isReversed = false
    package var filter = ""
    package var isTree = false
    package var showsThreads = false
    /// Scrolls along when the selected row moves.
    package var follows = false
    package var folded: Set<RowID> = []
    /// Groups of mappings whose members are shown; at first none is.
    package var unfolded: Set<RowID> = []
    /// Rows keep their order until then, so that none slips away under a person's finger.
    package var heldUntil: Duration?

    /// What they were last put in order by; nil where that is not all.
    var arrangedBy: ArrangementGrounds?

    /// The rows as they were last put in order; `arrange` makes them anew.
    package private(set) var rows: [Row] = []
    /// Where the selected row last stood.
    private var selectedPlace = 0

    init(sort: FieldID) { self.sort = sort }

    /// The selected row's number.
    package var selectedIndex: Int? {
        guard let selected else { return nil }
        // Where it stood it mostly stands.
        if rows.indices.contains(selectedPlace), rows[selectedPlace].id == selected {
            return selectedPlace
        }
        return rows.firstIndex { $0.id == selected }
    }

    /// Takes new rows, with the selection on the same process or thread; where its row is not among
    /// them, on the one that has come into its place.
    ///
    /// - Parameter waits: nothing is selected until the same one comes back, or until one moves. So
    ///   it is where rows may be left out that are there, as in a recorded sample, and where a person
    ///   chose who has ended: the next key must not act on another.
    mutating func replaceRows(_ new: [Row], waits: @autoclosure () -> Bool = false) {
        if let old = selectedIndex { selectedPlace = old }
        rows = new
        if let place = selectedIndex {
            selectedPlace = place
        } else if selected == nil || !waits() {
            selected = rows.isEmpty ? nil : rows[min(selectedPlace, rows.count - 1)].id
        }
    }

    /// Selects the row `distance` further down, stopping at both ends.
    mutating func move(by distance: Int) {
        guard !rows.isEmpty else { return }
        let index = (selectedIndex ?? selectedPlace) + distance
        selectedPlace = max(0, min(index, rows.count - 1))
        selected = rows[selectedPlace].id
    }

    /// Scrolls as little as needed for the selected row to be among `height` rows.
    mutating func scrollToSelection(height: Int) {
        clampScroll(height: height)
        guard let index = selectedIndex, height > 0 else { return }
        scroll = min(max(scroll, index - height + 1), index)
    }

    mutating func clampScroll(height: Int) {
        scroll = max(0, min(scroll, rows.count - max(1, height)))
    }

    /// The rows on the screen.
    func visible(height: Int) -> ArraySlice<Row> {
        let start = max(0, min(scroll, rows.count))
        return rows[start..<min(rows.count, start + max(0, height))]
    }
}

/// All that the rows of a list of threads and their order depend on. While it stays the same a key
/// need not put ten thousand rows in order to move the selection by one.
struct ArrangementGrounds: Hashable {
    let place: Place
    /// How many snapshots have come so far.
    let arrivals: Int
    /// The number of the one that is shown.
    let shown: Int
    let isFrozen: Bool
    let sort: FieldID
    let isReversed: Bool
    let isHeld: Bool

    /// Whether rows in order by earlier grounds are so by these. An order that is held from now on
    /// is the one there was.
    func isMet(by earlier: ArrangementGrounds?) -> Bool {
        guard let earlier else { return false }
        return self == earlier || isHeld && self == earlier.held
    }

    private var held: ArrangementGrounds {
        ArrangementGrounds(
            place: place, arrivals: arrivals, shown: shown, isFrozen: isFrozen, sort: sort,
            isReversed: isReversed, isHeld: true)
    }
}
