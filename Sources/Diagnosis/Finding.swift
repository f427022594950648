package import Samples
package import Units

/// One sentence a person can act on, with its grounds.
package struct Finding: Hashable, Sendable, Identifiable {
    package var kind: FindingKind
    package var subject: Subject
    /// How bad it is.
    package var severity: Severity
    /// How sure it is: high needs two independent signals.
    package var confidence: Confidence
    /// What is the case: "streamd 2214 memory +2.1 MiB/s for 3h04m, linear".
    package var claim: String
    /// The figures it rests on, one a line.
    package var evidence: [String]
    /// What it, or the machine, was like before: its own baseline, from history. Nil where there is
    /// none.
    package var baseline: String?
    /// What it rules out, or what follows from it; nil where the claim says all.
    package var meaning: String?
    /// What to do next, the best first.
    package var next: [NextStep]
    /// Processes that it is about, alive or not, where the subject does not say it.
    package var processes: [ProcessID] = []
    /// Since when it has been the case.
    package var since: WallTime

    package init(
        kind: FindingKind, subject: Subject, severity: Severity, confidence: Confidence,
        claim: String, evidence: [String] = [], baseline: String? = nil, meaning: String? = nil,
        next: [NextStep], since: WallTime
    ) {
        self.kind = kind
        self.subject = subject
        self.severity = severity
        self.confidence = confidence
        self.claim = claim
        self.evidence = evidence
        self.baseline = baseline
        self.meaning = meaning
        self.next = next
        self.since = since
    }

    package var id: FindingID { FindingID(kind: kind, subject: subject) }

    /// The first of the next steps in words, with its command.
    package var advice: String { next.first?.advice ?? "" }

    package enum Severity: String, Hashable, Comparable, Sendable {
        case info, warning, critical

        private var rank: Int {
            switch self {
            case .info: 0
            case .warning: 1
            case .critical: 2
            }
        }

        package static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
    }

    package enum Confidence: String, Hashable, Comparable, Sendable {
        case low, medium, high

        private var rank: Int {
            switch self {
            case .low: 0
            case .medium: 1
            case .high: 2
            }
        }

        package static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

        /// For a narrow column: "LOW", "MED", "HIGH".
        package var text: String {
            switch self {
            case .low: "LOW"
            case .medium: "MED"
            case .high: "HIGH"
            }
        }
    }
}

/// What is found. Each detector declares its own.
package struct FindingKind: Hashable, Sendable {
    /// As in JSON.
    package let name: String
    /// Which views show it.
    package let area: Area
    /// It happened, and is over: the latest time counts.
    let isMoment: Bool

    package enum Area: Hashable, Sendable { case threads, memory, network }

    init(_ name: String, of area: Area, isMoment: Bool = false) {
        self.name = name
        self.area = area
        self.isMoment = isMoment
    }
}

/// Which finding, whatever its figures are by now.
package struct FindingID: Hashable, Sendable {
    private let kind: FindingKind
    private let subject: Subject

    package init(kind: FindingKind, subject: Subject) {
        self.kind = kind
        self.subject = subject.lasting
    }
}

extension Subject {
    /// Without what may become known later, or change while it is the same one.
    fileprivate var lasting: Subject {
        if case .socket(let id, _, _) = self { .socket(id, inode: 0, owner: nil) } else { self }
    }
}
