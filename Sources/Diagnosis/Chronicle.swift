package import Units
package import History
package import Samples

/// All that is known of a machine's past: what was sampled, and what diagnosis said of it. Live and
/// replayed snapshots are taken in the same way, and by the same detectors.
package struct Chronicle: Sendable {
    /// The last fifteen minutes, with all rows.
    package private(set) var history = History()
    /// Memory curves of two weeks.
    package private(set) var memory = MemoryHistory()
    /// Curves of sockets.
    package private(set) var sockets = SocketHistory()
    /// As of the latest snapshot.
    package var verdicts = Verdicts()
    /// The newest snapshot.
    package private(set) var latest: Snapshot?
    private var said = VerdictLog()

    package init() {}

    /// Takes in a snapshot. The same refresh may come again with more in it: what a changed interest
    /// asked for, or what is read beside the refreshes. That takes its place.
    ///
    /// The order matters: detectors read histories that have this refresh.
    ///
    /// - Parameters:
    ///   - threads: those that a person looks at; they are kept before others.
    ///   - shown: the same of sockets.
    package mutating func take(
        _ snapshot: Snapshot, shownThreads threads: Set<ThreadIdentity> = [],
        shownSockets shown: Set<SocketID> = []
    ) {
        history.record(snapshot, shown: threads, sockets: shown)
        memory.record(snapshot)
        if let reading = snapshot.network { sockets.record(reading, shown: shown) }
        verdicts.update(snapshot, history: history, memory: memory)
        said.record(verdicts, of: snapshot, keeping: history.sequences)
        latest = snapshot
    }

    /// Takes in what a tool found of the way to a peer.
    package mutating func note(_ way: PathMTUResult) { verdicts.note(way) }

    /// Takes in how many system calls a thread made.
    package mutating func note(_ calls: CountedSystemCalls) { verdicts.note(calls) }

    /// What is known of the latest refresh; nil before the first.
    package var now: Moment? { latest.map { Moment(snapshot: $0, verdicts: verdicts) } }

    /// A refresh as it was; nil where it is not recorded.
    package func moment(sequence: Int) -> Moment? {
        history.snapshot(sequence: sequence).map {
            Moment(snapshot: $0, verdicts: said.verdicts(of: $0))
        }
    }

    /// One refresh, and what was said of it.
    package struct Moment: Sendable {
        package let snapshot: Snapshot
        package let verdicts: Verdicts

        package init(snapshot: Snapshot, verdicts: Verdicts) {
            self.snapshot = snapshot
            self.verdicts = verdicts
        }
    }
}
