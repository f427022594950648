package import Diagnosis
import History
import Probes
package import Samples
import Units

/// What was sampled and what was said of it, and which moment of it is on the screen.
package struct Timeline: Sendable {
    /// Where the screen stands.
    enum Cursor: Sendable {
        /// It goes with time.
        case live
        /// At a moment. Sampling goes on meanwhile.
        case at(Chronicle.Moment)
    }

    package var chronicle = Chronicle()
    private(set) var cursor = Cursor.live
    /// How many snapshots have come; of one refresh there may be more than one.
    private(set) var arrivals = 0

    /// The rows on the screen, which are kept before others.
    struct ShownRows {
        let threads: Set<ThreadIdentity>
        let sockets: Set<SocketID>
    }

    mutating func update(_ event: Event, showing rows: ShownRows) {
        switch event {
        case .sample(let snapshot):
            chronicle.take(snapshot, shownThreads: rows.threads, shownSockets: rows.sockets)
            arrivals += 1
            // There is more of the moment at which the screen stands.
            if case .at(let moment) = cursor, moment.snapshot.sequence == snapshot.sequence {
                freeze()
            }
        case .counted(let calls): chronicle.note(calls)
        case .probe(.finished(let reading), run: _):
            if let counted = reading.counted { chronicle.note(counted) }
        case .tool(.finished(let outcome), run: _):
            if let way = outcome.pathMTU { chronicle.note(way) }
        default: break
        }
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

    // MARK: The cursor

    mutating func goLive() { cursor = .live }

    /// The screen stands from now on, with all that is known now.
    mutating func freeze() {
        if let now = chronicle.now { show(now) }
    }

    mutating func show(_ moment: Chronicle.Moment) { cursor = .at(moment) }

    /// Goes so many samples on from what is shown.
    ///
    /// - Returns: what to say of it, if anything.
    mutating func step(by samples: Int) -> String? {
        guard let here = shown?.sequence else { return nil }
        return go(to: here + samples)
    }

    /// Goes so many minutes on from what is shown.
    mutating func step(byMinutes minutes: Int) -> String? {
        let oldest = chronicle.history.sequences?.lowerBound
        guard let here = shown?.sequence,
            // A screen that stands for longer than the recording goes on from its oldest end.
            let there = chronicle.history.sequence(.seconds(60 * minutes), from: here) ?? oldest
        else { return nil }
        let remark = go(to: there)
        return minutes < 0 && there == oldest ? Self.oldestRemark : remark
    }

    private mutating func go(to sequence: Int) -> String? {
        guard let newest = live?.sequence, let oldest = chronicle.history.sequences?.lowerBound
        else { return nil }
        let there = chronicle.history.nearest(to: sequence).flatMap(chronicle.moment(sequence:))
        guard sequence < newest, let there else {
            goLive()
            return "live again"
        }
        show(there)
        return sequence < oldest ? Self.oldestRemark : nil
    }

    private static let oldestRemark = "this is the oldest sample kept"
}

extension State {
    /// The newest snapshot.
    package var live: Snapshot? { timeline.live }

    /// Whether the screen goes with time.
    var isLive: Bool { timeline.isLive }

    /// What the screen shows: now, or the moment at which it stands.
    package var shown: Snapshot? { timeline.shown }

    /// The verdicts that go with what is shown.
    package var verdicts: Verdicts { timeline.verdicts }

    var chronicle: Chronicle { timeline.chronicle }
    var history: History { chronicle.history }

    /// How many rows of the view were kept of those that there were at the moment that is shown; nil
    /// where all were.
    var keptShare: String? {
        guard let shown, let totals = shown.recordedTotals else { return nil }
        var parts = [place.view.kept(shown, of: totals)?.text].compactMap(\.self)
        if place.view.showsFindings {
            let findings = KeptRows(
                kept: verdicts.findings.count, total: verdicts.foundCount, what: "findings")
            parts += [findings.text].compactMap(\.self)
        }
        return parts.isEmpty ? nil : "recorded: \(parts.joined(separator: ", ")) kept"
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

    static func sockets(
        _ tables: SocketTables, _ snapshot: Snapshot, of totals: Snapshot.Totals
    ) -> Self {
        let kept = SocketCounts(snapshot.network?.sockets.sockets ?? [])
        return Self(kept: kept[tables], total: totals.sockets[tables], what: "sockets")
    }
}
