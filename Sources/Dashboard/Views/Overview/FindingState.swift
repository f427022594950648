import Diagnosis
import Screen

/// Which finding is selected in the Overview, and which ones a person does not want to be told of.
struct FindingState: Sendable {
    /// Why a person does not want to be told of a finding any more.
    struct Mute: Sendable, Hashable {
        var reason: String
        var since: Duration
    }

    /// The finding that is selected instead of a row of the list. It stays selected when it is over:
    /// keys that act on it must not act on the row that it hides.
    private(set) var selected: FindingID?
    /// It is not among the findings that are shown.
    private(set) var isOver = false
    private(set) var muted: [FindingID: Mute] = [:]

    /// What was found, in the order of the screen: those that are not muted, then those that are.
    func listed(_ found: [Finding]) -> [Finding] {
        guard !muted.isEmpty else { return found }
        return found.filter { muted[$0.id] == nil } + found.filter { muted[$0.id] != nil }
    }

    /// Brings the selection up to what is shown. On a screen without findings none is selected.
    ///
    /// - Returns: whether the selected finding is over from now on.
    mutating func settle(_ found: [Finding], hasRoom: Bool) -> Bool {
        if !hasRoom { selected = nil }
        let wasOver = isOver
        isOver = selected.map { id in !found.contains { $0.id == id } } ?? false
        return isOver && !wasOver
    }

    mutating func deselect() { selected = nil }

    /// Moves the selection between the findings and the list below them.
    ///
    /// - Parameter isAtTop: the list's first row is selected, so that a step up leaves the list.
    /// - Returns: false where the step is the list's own affair.
    mutating func move(by distance: Int, among found: [Finding], isAtTop: Bool) -> Bool {
        let ids = listed(found).map(\.id)
        guard let selected, let index = ids.firstIndex(of: selected) else {
            self.selected = distance < 0 && isAtTop ? ids.last : nil
            return self.selected != nil
        }
        let next = index + distance
        self.selected = next < ids.count ? ids[max(0, next)] : nil
        return true
    }

    /// Selects the first finding, then the next one; after the last, the list.
    mutating func selectNext(among found: [Finding]) {
        let ids = listed(found).map(\.id)
        let next = selected.flatMap(ids.firstIndex).map { $0 + 1 } ?? 0
        selected = next < ids.count ? ids[next] : nil
    }

    mutating func mute(
        _ id: FindingID, because reason: String, at now: Duration, among found: [Finding]
    ) {
        muted[id] = Mute(reason: reason, since: now)
        // The next one has come into its place.
        selected = listed(found).first { muted[$0.id] == nil }?.id
    }

    /// - Returns: whether it was muted.
    mutating func unmute(_ id: FindingID) -> Bool { muted.removeValue(forKey: id) != nil }
}

extension State {
    /// The findings that go with what is shown, in the order of the screen.
    var listedFindings: [Finding] { findings.listed(verdicts.findings) }

    /// Whether a finding is selected instead of a row of the list.
    var hidesRow: Bool { place.view.showsFindings && findings.selected != nil }

    /// The finding that is selected in the Overview; nil where it is over, too.
    var chosenFinding: Finding? {
        hidesRow ? verdicts.findings.first { $0.id == findings.selected } : nil
    }

    /// Moves the selection between the findings and the list below them. False where that is the
    /// list's own affair.
    mutating func moveAmongFindings(by distance: Int) -> Bool {
        guard size.rows >= FindingsView.leastRows else { return false }
        return findings.move(
            by: distance, among: verdicts.findings, isAtTop: list.selectedIndex ?? 0 == 0)
    }

    mutating func selectNextFinding() {
        guard !verdicts.findings.isEmpty else {
            say("no findings")
            return
        }
        guard size.rows >= FindingsView.leastRows else {
            say("findings need a screen of \(FindingsView.leastRows) rows")
            return
        }
        findings.selectNext(among: verdicts.findings)
    }

    /// Asks why; of a muted one, tells of it again.
    mutating func muteSelected() {
        guard let finding = chosenFinding else {
            say("select a finding first: Tab, or Up above the list")
            return
        }
        if findings.unmute(finding.id) {
            say("unmuted: \(finding.claim)")
        } else {
            dialogue.ask(.mute(finding.id))
        }
    }

    mutating func mute(_ id: FindingID, because reason: String) {
        guard !reason.isEmpty else {
            say("not muted: it takes a reason", isFailure: true)
            return
        }
        findings.mute(id, because: reason, at: now, among: verdicts.findings)
        say("muted until dxtop ends; m on it unmutes")
    }
}
