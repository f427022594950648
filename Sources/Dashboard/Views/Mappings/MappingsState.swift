import Diagnosis
import Samples

/// The mappings of the process that is shown: what was read last, and what grew since the first
/// reading.
struct MappingsState: Sendable {
    /// How often they were asked for by hand.
    var number = 1
    /// The first whole reading: growth is measured from it.
    private(set) var first: MappingsReading?
    /// The latest that came to its end, or the first while it goes on.
    private(set) var latest: MappingsReading?
    /// It is being read again: what was read last stays on the screen meanwhile.
    private(set) var readsAgain = false
    /// The latest reading, by use: made once for each.
    private(set) var groups: [MappingGroup] = []

    mutating func update(_ event: Event) {
        guard case .sample(let snapshot) = event, let reading = snapshot.mappings else { return }
        if latest?.process != reading.process { forget() }
        readsAgain = reading.progress == .reading && !groups.isEmpty
        guard !readsAgain else { return }
        let isNew = latest?.number != reading.number || latest?.progress != reading.progress
        latest = reading
        switch reading.progress {
        case .complete, .cut: guard isNew else { return }
        case .reading, .failed: return
        }
        groups = MappingGroup.all(in: reading, since: first)
        // One that was cut would make what comes later look like growth.
        if first == nil, reading.progress == .complete { first = reading }
    }

    /// Another process is shown, or none: what comes next is not compared with this.
    mutating func forget() {
        first = nil
        latest = nil
        groups = []
        readsAgain = false
    }

    /// Puts the members of groups in order that are shown one by one.
    mutating func sortMembers(of unfolded: Set<RowID>) {
        guard !unfolded.isEmpty else { return }
        for index in groups.indices where unfolded.contains(.mappings(groups[index].id)) {
            groups[index].sortMembers()
        }
    }
}
