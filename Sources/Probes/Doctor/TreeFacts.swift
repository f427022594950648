import ProcFormats
package import ProcReading
package import Samples
import Units

/// What a /proc tree holds, of this machine or another: read by trying, or made up by a test.
package struct TreeFacts: Sendable {
    package var snapshot: Snapshot
    /// By the subject of a `TreeItem`.
    var found: [String: TreeSurvey.Presence] = [:]
    /// Its schedstat holds more than zeros.
    var keepsSchedule = true
    var groups: [DoctorFacts.Controller: TreeSurvey.Group] = [:]
    /// It was mounted with `hidepid`, with `subset=pid`.
    var hidesProcesses = false
    var isSubset = false
    /// Files, or a kernel that answers.
    package var isCaptured = true

    package init(snapshot: Snapshot) { self.snapshot = snapshot }

    /// Surveys a tree of which this is a sample.
    package init(_ root: ProcRoot, _ snapshot: Snapshot) {
        self.snapshot = snapshot
        isCaptured = !root.isProcfs
        let survey = TreeSurvey(
            root,
            processes: snapshot.processes.lazy
                .filter { !$0.isKernelThread && $0.state != .zombie }.map(\.id.pid))
        for item in TreeItem.all {
            found[item.subject] = survey.presence(of: item.entry, line: item.line)
        }
        keepsSchedule = survey.keepsSchedule
        for controller in DoctorFacts.Controller.allCases {
            groups[controller] = survey.group(controller.rawValue)
        }
        hidesProcesses = survey.mount?.hidesProcesses ?? false
        isSubset = survey.mount?.isSubset ?? false
    }

    /// What is there in the tree, or why it is not.
    func line(_ item: TreeItem) -> DoctorReport.Line {
        let presence = found[item.subject] ?? .missing
        guard presence != .there else {
            return DoctorReport.Line(subject: item.subject, mark: .ok, what: item.works)
        }
        var reason = presence == .denied ? "no permission to read it" : item.reason
        if case .host = item.entry, isSubset {
            reason = "\(ProcPath.root) is mounted with subset=pid"
        }
        return DoctorReport.Line(
            subject: item.subject, mark: item.isReplaced || presence == .denied ? .part : .no,
            what: item.without, why: reason,
            remedy: presence == .denied ? "run dxtop as root" : nil)
    }
}
