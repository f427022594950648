package import History
import ProcFormats
package import Samples
import Units

/// What is found at present, and since when.
package struct Findings: Sendable {
    /// The most severe first, then the surest; those alike in the order of their beginning.
    package private(set) var current: [Finding] = []
    /// What is made of the network; its findings are among the others.
    package private(set) var network = NetworkVerdicts()

    private var detectors = Detectors.made().map(Run.init)
    private var threads = ThreadEvidence()
    private var groups = GroupTrends()
    private var sequence = Int.min
    private var beginnings: [FindingID: Beginning] = [:]
    /// What is known of the paths to peers: it was measured on request, and stands.
    private var paths: [IPAddress: PathMTUResult] = [:]

    /// A detector at work, and what it said last.
    private struct Run: Sendable {
        var detector: any Detector
        var said: [Finding] = []
        let isOfNetwork: Bool

        init(_ detector: any Detector) {
            self.detector = detector
            isOfNetwork = detector is any NetworkDetector
        }

        var kind: FindingKind { type(of: detector).kind }
        var suppressedBy: [FindingKind] { type(of: detector).suppressedBy }

        mutating func restart() { self = Run(type(of: detector).init()) }
    }

    private struct Beginning: Sendable {
        var since: WallTime
        var lastSeen: Nanoseconds
    }

    /// A finding that comes back within this time was never gone: figures waver around thresholds.
    private static let longestBreak = Nanoseconds(60_000_000_000)

    package init() {}

    /// What was found at a moment.
    init(_ findings: [Finding], network: NetworkVerdicts) {
        current = findings
        self.network = network
    }

    /// Runs the detectors. Where a refresh that is known comes again with a newer reading of the
    /// network, those of the network run.
    ///
    /// - Parameters:
    ///   - history: with this refresh recorded, as the others.
    ///   - growth: updated with it.
    package mutating func update(
        _ snapshot: Snapshot, history: History, memory: MemoryHistory, growth: GrowthVerdicts
    ) {
        guard snapshot.sequence >= sequence else { return }
        let isNew = snapshot.sequence > sequence
        sequence = snapshot.sequence
        if isNew {
            groups.add(snapshot)
            threads.update(snapshot, history: history)
        }
        let reading = network.update(snapshot)
        guard isNew || reading != nil else { return }
        let input = DiagnosisInput(
            snapshot: snapshot, history: history, memory: memory, growth: growth, threads: threads,
            groups: groups, paths: paths, network: reading)
        if network.isNew { restartNetworkDetectors() }
        let found = run(input, isOfNetwork: !isNew)
        if reading != nil { network.mark(found) }
        current = remember(found, at: snapshot.moment).sorted(by: Self.isBefore)
    }

    private mutating func restartNetworkDetectors() {
        for index in detectors.indices where detectors[index].isOfNetwork {
            detectors[index].restart()
        }
    }

    /// - Parameter isOfNetwork: those of the network alone; of the others stands what they said.
    private mutating func run(_ input: DiagnosisInput, isOfNetwork: Bool) -> [Finding] {
        var all: [Finding] = []
        var input = input
        for index in detectors.indices {
            if detectors[index].isOfNetwork ? input.network != nil : !isOfNetwork {
                let suppressors = detectors[index].suppressedBy
                input.explanations =
                    suppressors.isEmpty ? [] : all.filter { suppressors.contains($0.kind) }
                detectors[index].said = detectors[index].detector.findings(in: input)
                    .filter { !input.isExplained($0) }
            }
            all += detectors[index].said
        }
        return all
    }

    /// Takes in what was found of the path to a peer; the latest measurement counts.
    package mutating func note(_ path: PathMTUResult) { paths[path.peer] = path }

    /// Takes in that a thread's system calls were counted; the latest count counts.
    package mutating func note(_ calls: CountedSystemCalls) { threads.note(calls) }

    /// Threads whose system calls should be counted for that, the most urgent first.
    package var uncounted: [CountCandidate] { threads.uncounted }

    private static func isBefore(_ a: Finding, _ b: Finding) -> Bool {
        if a.severity != b.severity { return a.severity > b.severity }
        if a.confidence != b.confidence { return a.confidence > b.confidence }
        if a.since != b.since { return a.since < b.since }
        if a.kind != b.kind { return a.kind.name < b.kind.name }
        return a.subject.order < b.subject.order
    }

    /// Gives findings the beginning they had before.
    private mutating func remember(_ found: [Finding], at moment: Nanoseconds) -> [Finding] {
        let kept = found.map { finding in
            var finding = finding
            // A kill is a moment, and the latest one counts.
            if !finding.kind.isMoment, let since = beginnings[finding.id]?.since {
                finding.since = min(since, finding.since)
            }
            beginnings[finding.id] = Beginning(since: finding.since, lastSeen: moment)
            return finding
        }
        if beginnings.count > kept.count {
            beginnings = beginnings.filter {
                moment.since($0.value.lastSeen) <= Self.longestBreak
            }
        }
        return kept
    }
}

extension Subject {
    /// An order that stays, for findings that are alike otherwise.
    fileprivate var order: String {
        switch self {
        case .host: ""
        case .process(let id): "p\(id.pid.rawValue).\(id.startTime.rawValue)"
        case .thread(let id, _): "t\(id.tid.rawValue).\(id.startTime.rawValue)"
        case .group(let path): "g\(path)"
        case .socket(let id, _, _): "s\(id.namespace.rawValue).\(id.cookie)"
        case .interface(let name): "i\(name)"
        case .peer(let address): "a\(address)"
        case .device(let name): "d\(name)"
        case .mapping(let address, let process): "m\(process.pid.rawValue).\(address)"
        case .file(let path): "f\(path)"
        }
    }
}
