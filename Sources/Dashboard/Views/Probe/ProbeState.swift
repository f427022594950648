import Probes
import Samples

/// The probes that a person started: one at a time is on show.
package struct ProbeState: Sendable {
    /// The one on show, from its start until one goes back.
    package private(set) var current: ProbeUse?
    /// How many were started; tells late readings of an earlier one apart.
    private var runs = 0
    /// What was found of threads lately.
    private(set) var results = ProbeResults()
    /// The functions that threads burn their CPU time in: on by a key.
    package var hotFunctions = HotFunctionState()

    mutating func update(_ event: Event, at now: Duration) {
        switch event {
        case .probe(let event, let run):
            if case .finished(let reading) = event, let remark = reading.remark {
                results.note(remark, at: now)
            }
            if current?.run == run { current?.take(event, at: now) }
        case .hotFunctions(let functions): hotFunctions.take(functions)
        default: break
        }
    }

    /// - Parameter keepsFindings: what the one before has found stands until there is something
    ///   newer.
    mutating func start(
        _ request: any ProbeRequest, of subject: ProbeSubject, at now: Duration,
        keepsFindings: Bool
    ) -> [Effect] {
        let before = current
        runs += 1
        current = ProbeUse(request, of: subject, run: runs, at: now)
        if keepsFindings, let before { current?.keep(before) }
        return [.startProbe(request, run: runs)]
    }

    mutating func stop() -> [Effect] {
        current?.noteStopping()
        return [.stopProbe]
    }

    /// A probe lives as long as its report is on show, or what that led to.
    mutating func leave() -> [Effect] {
        defer { current = nil }
        return current?.isRunning == true ? [.stopProbe] : []
    }

    /// Shows a part of the target alone; nil for all of it.
    mutating func show(_ part: ReportPart?) { current?.part = part }

    /// Brings the rows of a page up to the latest reading.
    mutating func makeRows(of page: ProbePage, _ folding: ReportFolding) {
        current?.makeRows(of: page, folding)
    }

    /// When something on the screen changes by itself.
    func wakeAt(_ now: Duration) -> Duration? {
        current?.isRunning == true ? now + .seconds(1) : nil
    }
}
