package import History
package import Diagnosis
package import Samples
import Units

/// Where the screen stands in time: what is shown, and the keys that go through what is kept.
extension State {
    /// Where the screen stands.
    enum Cursor: Sendable {
        /// It goes with time.
        case live
        /// At a moment. Sampling goes on meanwhile.
        case at(Chronicle.Moment)
    }

    /// The newest snapshot.
    package var live: Snapshot? { chronicle.latest }

    /// Whether the screen goes with time.
    var isLive: Bool { if case .live = cursor { true } else { false } }

    /// What the screen shows: now, or the moment at which it stands.
    package var shown: Snapshot? {
        switch cursor {
        case .live: chronicle.latest
        case .at(let moment): moment.snapshot
        }
    }

    /// The verdicts that go with what is shown.
    package var verdicts: Verdicts {
        switch cursor {
        case .live: chronicle.verdicts
        case .at(let moment): moment.verdicts
        }
    }

    /// The findings that go with what is shown.
    var findings: [Finding] { verdicts.findings }

    package var history: History { chronicle.history }

    /// How many rows of the view were kept of those that there were at the moment that is shown; nil
    /// where all were.
    var keptShare: String? {
        guard let shown, let totals = shown.recordedTotals else { return nil }
        var parts = [place.view.kept(shown, of: totals)?.text].compactMap(\.self)
        if place.view is OverviewView {
            let findings = KeptRows(
                kept: verdicts.findings.count, total: verdicts.foundCount, what: "findings")
            parts += [findings.text].compactMap(\.self)
        }
        return parts.isEmpty ? nil : "recorded: \(parts.joined(separator: ", ")) kept"
    }

    /// The screen stands from now on, with all that is known now.
    mutating func freeze() {
        guard let now = chronicle.now else { return }
        cursor = .at(now)
    }

    mutating func step(by samples: Int) {
        guard let here = shown?.sequence else { return }
        goTo(sequence: here + samples)
    }

    mutating func step(byMinutes minutes: Int) {
        guard let here = shown?.sequence,
            // A screen that stands for longer than the recording goes on from its oldest end.
            let there = history.sequence(.seconds(60 * minutes), from: here)
                ?? history.sequences?.lowerBound
        else { return }
        goTo(sequence: there)
        if minutes < 0, there == history.sequences?.lowerBound {
            say("this is the oldest sample kept")
        }
    }

    private mutating func goTo(sequence: Int) {
        guard let newest = live?.sequence, let oldest = history.sequences?.lowerBound else {
            return
        }
        // Held, rows that another sample leaves out would come back at the end.
        list.heldUntil = nil
        let there = history.nearest(to: sequence).flatMap(chronicle.moment(sequence:))
        if sequence < newest, let there {
            cursor = .at(there)
            if sequence < oldest { say("this is the oldest sample kept") }
        } else {
            cursor = .live
            say("live again")
        }
    }
}

/// How many rows of a kind a recorded moment has, and how many there were.
struct KeptRows {
    let kept: Int
    let total: Int
    /// "threads".
    let what: String

    /// "1,024 of 5,000 threads"; nil where all were kept.
    var text: String? {
        kept < total ? "\(kept.groupedText) of \(total.groupedText) \(what)" : nil
    }

    static func processes(_ snapshot: Snapshot, of totals: Snapshot.Totals) -> Self {
        Self(kept: snapshot.processes.count, total: totals.processes, what: "processes")
    }

    static func sockets(_ snapshot: Snapshot, of totals: Snapshot.Totals) -> Self {
        let kept = snapshot.network?.sockets.sockets.count ?? 0
        return Self(kept: kept, total: totals.sockets, what: "sockets")
    }
}
