import Diagnosis
import Fields
package import ProcSampling
import Units

/// What view 3 knows and how a person set it: curves, growth, the span on show.
package struct MemoryState: Sendable {
    package private(set) var history = MemoryHistory()
    /// Growth of every process with a curve, for the table: made anew with each refresh that is
    /// shown, so that keys need not wait for it.
    private(set) var changes: [ProcessIdentity: MemoryChanges] = [:]
    /// The refresh that `changes` belong to.
    private var changesOf: Int?

    /// The span that a person chose; nil shows all there is, up to the longest.
    var chosenSpan: CurveSpan?
    /// The y axis goes from the lowest to the highest value, not from zero.
    var isFitted = false
    /// Processes whose curves lie over the selected one's, in the order in which they were marked.
    var marked: [ProcessIdentity] = []
    var subject: CurveSubject = .selection
    package init() {}

    /// More would not be told apart by their digits.
    static let mostMarked = 9

    /// Takes in a refresh; the same one again changes nothing.
    package mutating func record(_ snapshot: Snapshot) {
        history.record(snapshot)
    }

    /// Brings the growth of every process up to the refresh that is shown.
    mutating func updateChanges(for snapshot: Snapshot) {
        guard changesOf != snapshot.sequence else { return }
        changesOf = snapshot.sequence
        changes.removeAll(keepingCapacity: true)
        for process in snapshot.processes where !process.isKernelThread {
            changes[process.id] = MemoryChanges(
                of: .process(process.id), in: history, until: snapshot.moment)
        }
    }

    /// The curve of the selection, of the host's memory, of its swap, in turn.
    mutating func nextSubject() {
        let all = CurveSubject.allCases
        let index = all.firstIndex(of: subject) ?? 0
        subject = all[(index + 1) % all.count]
    }

    mutating func toggleMark(_ process: ProcessIdentity) -> Bool {
        if let index = marked.firstIndex(of: process) {
            marked.remove(at: index)
        } else {
            guard marked.count < Self.mostMarked else { return false }
            marked.append(process)
        }
        return true
    }

    /// The digit that marks a process's curve and row.
    func mark(of process: ProcessIdentity) -> Character? {
        marked.firstIndex(of: process).flatMap { "\($0 + 1)".first }
    }

    /// The span that the curve covers which ends at a moment.
    func span(until moment: Nanoseconds) -> CurveSpan {
        chosenSpan ?? CurveSpan.fitting(recorded(until: moment))
    }

    /// The time from the first refresh to a moment.
    func recorded(until moment: Nanoseconds) -> Duration {
        let after = history.latest?.since(moment) ?? Nanoseconds(0)
        return max(.zero, history.recorded - Duration(after))
    }
}

/// Whose curve is on show.
enum CurveSubject: CaseIterable {
    case selection, hostMemory, hostSwap
}

/// How far back a curve reaches.
enum CurveSpan: Int, CaseIterable, Comparable {
    case twoMinutes = 120
    case fiveMinutes = 300
    case quarterHour = 900
    case hour = 3600
    case threeHours = 10_800
    case halfDay = 43_200
    case day = 86_400
    case threeDays = 259_200
    case twoWeeks = 1_209_600

    var duration: Duration { .seconds(rawValue) }

    /// The shortest that holds all that was recorded.
    static func fitting(_ recorded: Duration) -> Self {
        allCases.first { $0.duration >= recorded } ?? .twoWeeks
    }

    var shorter: Self? { Self.allCases.last { $0 < self } }
    var longer: Self? { Self.allCases.first { $0 > self } }

    /// "2m", "3h", "14d".
    var text: String {
        switch rawValue {
        case ..<3600: "\(rawValue / 60)m"
        case ..<86_400: "\(rawValue / 3600)h"
        default: "\(rawValue / 86_400)d"
        }
    }

    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

extension MemoryChanges {
    init(of subject: MemoryHistory.Subject, in history: MemoryHistory, until moment: Nanoseconds) {
        func change(_ seconds: Int) -> MemoryHistory.Change? {
            history.change(of: subject, last: .seconds(seconds), until: moment)
        }
        self.init(
            fiveMinutes: change(300)?.bytes, hour: change(3600)?.bytes,
            day: change(86_400).flatMap { $0.covered > .seconds(3600) ? $0.bytes : nil })
    }
}
