import Diagnosis
import Screen

/// Which finding is selected in the Overview, and which ones a person does not want to be told of.
struct FindingState: Sendable {
    /// Why a person does not want to be told of a finding any more.
    struct Mute: Sendable, Hashable {
        var reason: String
        var since: Duration
    }

    /// The finding that is selected instead of a row of the list.
    private(set) var selected: FindingID?
    private(set) var muted: [FindingID: Mute] = [:]

    /// What was found, in the order of the screen: those that are not muted, then those that are.
    func listed(_ found: [Finding]) -> [Finding] {
        guard !muted.isEmpty else { return found }
        return found.filter { muted[$0.id] == nil } + found.filter { muted[$0.id] != nil }
    }

    /// A finding that is no more, or that is not on the screen, cannot stay selected.
    mutating func settle(_ found: [Finding], hasRoom: Bool) {
        guard let selected else { return }
        if !hasRoom || !found.contains(where: { $0.id == selected }) { self.selected = nil }
    }

    mutating func deselect() { selected = nil }

    /// Moves the selection between the findings and the list below them.
    ///
    /// - Parameter isAtTop: the list's first row is selected, so that a step up leaves the list.
    /// - Returns: false where the step is the list's own affair.
    mutating func move(by distance: Int, among found: [Finding], isAtTop: Bool) -> Bool {
        let ids = listed(found).map(\.id)
        guard !ids.isEmpty else { return false }
        guard let selected, let index = ids.firstIndex(of: selected) else {
            guard distance < 0, isAtTop else { return false }
            self.selected = ids.last
            return true
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

    /// The finding that is selected in the Overview, instead of a row of the list.
    var chosenFinding: Finding? {
        guard place.view is OverviewView, let selected = findings.selected else { return nil }
        return verdicts.findings.first { $0.id == selected }
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
