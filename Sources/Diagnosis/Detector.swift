internal import History
internal import Samples
internal import Units

/// Finds one kind of trouble. Each is a file in `Detectors` and a line in `Detectors.all`.
///
/// It is a pure function of what it was shown so far: what it remembers is its own.
protocol Detector: Sendable {
    static var kind: FindingKind { get }
    /// Kinds that explain what it would find: of the same subject, or of what that belongs to, it
    /// says nothing then.
    static var suppressedBy: [FindingKind] { get }

    init()

    /// What is the case at a refresh, in no order. Each refresh is shown once, in their order.
    mutating func findings(in input: DiagnosisInput) -> [Finding]
}

extension Detector {
    static var suppressedBy: [FindingKind] { [] }
}

/// Finds trouble of a network namespace. It is shown each reading of it once; what it said stands
/// until the next one, and another namespace begins with a new detector.
protocol NetworkDetector: Detector {
    mutating func findings(of network: NetworkInput) -> [Finding]
}

extension NetworkDetector {
    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        input.network.map { findings(of: $0) } ?? []
    }
}

/// What detectors judge: one refresh, what was recorded before, and what several of them need.
struct DiagnosisInput: Sendable {
    /// Has never been shown before.
    let snapshot: Snapshot
    /// With this refresh recorded, as the others.
    let history: History
    let memory: MemoryHistory
    let growth: GrowthVerdicts
    let threads: ThreadEvidence
    let groups: GroupTrends
    /// What was measured of paths to peers, on request: it stands.
    let paths: [IPAddress: PathMTUResult]
    /// Nil at a refresh without a new reading of the network.
    let network: NetworkInput?
    /// What was found of the kinds that a detector is suppressed by.
    var explanations: [Finding] = []

    /// Whether what is found of a process is explained already.
    func isExplained(_ process: ProcessSample) -> Bool {
        explanations.contains { covers($0.subject, process) }
    }

    func isExplained(_ finding: Finding) -> Bool {
        guard !explanations.isEmpty else { return false }
        if explanations.contains(where: { $0.subject == finding.subject }) { return true }
        return finding.subject.process.flatMap(snapshot.process).map(isExplained) ?? false
    }

    private func covers(_ subject: Subject, _ process: ProcessSample) -> Bool {
        if case .group(let path) = subject {
            return snapshot.cpuGroups(of: process).contains { $0.path == path }
        }
        return subject.process == process.id
    }
}

/// One reading of a network namespace, and what is made of it.
struct NetworkInput: Sendable {
    let reading: NetworkReading
    let time: WallTime
    let names: ProcessNames
    let trend: CounterTrend
    let losers: LostSockets
    let readers: [SocketID: ReaderVerdict]
    let chain: LossChain
    let pageSize: ByteCount

    /// What to do about losses at a stage.
    func next(at stage: LossChain.StageID) -> [NextStep] {
        chain.stages.first { $0.id == stage }?.next ?? []
    }
}
