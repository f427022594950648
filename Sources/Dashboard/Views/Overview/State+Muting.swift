import Diagnosis
import Screen

/// Why a person does not want to be told of a finding any more.
struct Mute: Sendable, Hashable {
    var reason: String
    var since: Duration
}

extension State {
    /// Those that are not muted, then those that are.
    var listedFindings: [Finding] {
        guard !muted.isEmpty else { return findings }
        return findings.filter { muted[$0.id] == nil } + findings.filter { muted[$0.id] != nil }
    }

    /// Asks why; of a muted one, tells of it again.
    mutating func muteSelected() {
        guard let finding = chosenFinding else {
            say("select a finding first: Tab, or Up above the list")
            return
        }
        if muted.removeValue(forKey: finding.id) != nil {
            say("unmuted: \(finding.claim)")
        } else {
            prompt = Prompt(purpose: .mute(finding.id), field: TextField())
        }
    }

    mutating func mute(_ id: FindingID, because reason: String) {
        guard !reason.isEmpty else {
            say("not muted: it takes a reason", isFailure: true)
            return
        }
        muted[id] = Mute(reason: reason, since: now)
        // The next one has come into its place.
        selectedFinding = listedFindings.first { muted[$0.id] == nil }?.id
        say("muted until dxtop ends; m on it unmutes")
    }
}
