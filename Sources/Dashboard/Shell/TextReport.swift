package import Diagnosis
import Fields
package import ProcFormats
package import Samples
import Screen
package import Units

/// The views as plain text, for pipes and scripts: the same columns in the same order, in ASCII.
package struct TextReport {
    private let snapshot: Snapshot
    private let userNames: UserNames
    private let hotThreshold: Percent
    private let width: Int
    private let chronicle: Chronicle

    /// - Parameter chronicle: the snapshot is its latest.
    package init(
        _ snapshot: Snapshot, of chronicle: Chronicle, userNames: UserNames,
        hotThreshold: Percent, width: Int
    ) {
        self.chronicle = chronicle
        self.snapshot = snapshot
        self.userNames = userNames
        self.hotThreshold = hotThreshold
        self.width = width
    }

    /// The Overview's header: resources with their marks, hot threads.
    package var resources: [String] {
        var surface = Surface(
            size: Size(columns: width, rows: ResourceLines.height), glyphs: .ascii)
        ResourceLines.draw(
            snapshot, state(at: .overview), into: &surface, in: surface.bounds)
        return (0..<surface.size.rows).map(surface.text(row:))
    }

    /// A line for each finding, the most severe first.
    package var findings: [String] {
        chronicle.verdicts.findings.map {
            VisibleText.of(
                "\($0.severity.rawValue): \($0.claim) (\($0.confidence.rawValue))", unicode: false)
        }
    }

    /// What stands above the rows of a place, if anything does: of sockets, how many there are; of
    /// UDP, the counters, and what was lost where.
    package func summary(of place: Place) -> [String] {
        place.view.textSummary(state(at: place)).map { line in
            VisibleText.of(line.map(\.text).joined(), unicode: false)
        }
    }

    /// What stands below them: of UDP, how the sockets that drop are read, and on what grounds.
    package func remarks(of place: Place) -> [String] {
        place.view.textRemarks(state(at: place), width: width)
            .map { VisibleText.of($0, unicode: false) }
    }

    /// The rows of a place under their column heads, hottest first; `limit` of them at most.
    package func table(of place: Place, limit: Int?) -> [String] {
        var state = state(at: place)
        state.arrange()
        state.list.selected = nil
        var table = ListView.table(for: state)
        // The mark would stick to a column's name, which scripts look for.
        table.order = nil
        // There is no history to draw it from.
        table.columns.removeAll { $0.id == .curve }
        let count = min(limit ?? .max, state.list.rows.count)
        // In pieces: a screen of ten thousand rows would take a lot of memory.
        let step = 200
        var lines: [String] = []
        for first in stride(from: 0, to: max(1, count), by: step) {
            var surface = Surface(
                size: Size(columns: width(of: place), rows: 1 + min(step, count - first)),
                glyphs: .ascii)
            ListView.draw(
                table, state, snapshot, first: first, into: &surface, in: surface.bounds)
            lines += (first == 0 ? 0..<surface.size.rows : 1..<surface.size.rows)
                .map(surface.text(row:))
        }
        return lines
    }

    /// In a pipe lines are long, so that commands are whole; addresses need less.
    private func width(of place: Place) -> Int { place.view.isOfNetwork ? min(width, 160) : width }

    private func state(at place: Place) -> State {
        var state = State(
            settings: Settings(hotThreshold: hotThreshold),
            size: Size(columns: width(of: place), rows: 24),
            interval: .seconds(1), userNames: userNames, place: place)
        state.timeline.chronicle = chronicle
        // It may be only a part of the latest.
        state.timeline.show(
            Chronicle.Moment(snapshot: snapshot, verdicts: chronicle.verdicts))
        state.network.prepare(snapshot)
        return state
    }
}
