package import Probes
import ProcSampling
import Units

/// Whom a probe looks at, with the names for the screen.
package struct ProbeSubject: Hashable, Sendable {
    /// "T4127 poll", "streamd 2214", "the whole host".
    package let name: String
    /// "streamd 2214" of a thread; nil where the name says it.
    package let owner: String?
    /// For the name of a file: "T4127", "2214", "host".
    let shortName: String

    static let host = ProbeSubject(name: "the whole host", owner: nil, shortName: "host")

    init(thread: ThreadIdentity, name: String, processName: String, process: ProcessIdentity) {
        self.init(
            name: "T\(thread.tid) \(name)", owner: "\(processName) \(process.pid)",
            shortName: "T\(thread.tid)")
    }

    init(process: ProcessIdentity, name: String) {
        self.init(name: "\(name) \(process.pid)", owner: nil, shortName: "\(process.pid)")
    }

    private init(name: String, owner: String?, shortName: String) {
        self.name = name
        self.owner = owner
        self.shortName = shortName
    }

    /// "T4127 poll (streamd 2214)".
    var description: String { name + (owner.map { " (\($0))" } ?? "") }
}

/// One use of a probe: what it was asked, what it has found so far, how it ended.
package struct ProbeState: Sendable {
    package enum Phase: Sendable, Hashable {
        case running(since: Duration, stopping: Bool)
        case finished(after: Duration)
        case refused(ProbeRefusal)
    }

    package let request: ProbeRequest
    package let subject: ProbeSubject
    /// Tells late readings of an earlier probe apart.
    package let run: Int
    package private(set) var phase: Phase
    package private(set) var reading: ProbeReading?
    /// Of a profile, the thread whose samples alone are shown; nil for all.
    var thread: ThreadID? { didSet { derive() } }
    /// The profile that is shown: all of it, or that of one thread.
    private(set) var profile: Profile?
    private(set) var functions: [FunctionShare] = []
    /// Of a profile, who called whom.
    private(set) var tree: CallTree?

    init(_ request: ProbeRequest, of subject: ProbeSubject, run: Int, at now: Duration) {
        self.request = request
        self.subject = subject
        self.run = run
        phase = .running(since: now, stopping: false)
    }

    package var isRunning: Bool {
        if case .running = phase { true } else { false }
    }

    mutating func noteStopping() {
        guard case .running(let since, _) = phase else { return }
        phase = .running(since: since, stopping: true)
    }

    mutating func take(_ event: ProbeEvent, at now: Duration) {
        switch event {
        case .reading(let reading):
            self.reading = reading
        case .finished(let reading):
            self.reading = reading
            if case .running(let since, _) = phase { phase = .finished(after: now - since) }
        case .refused(let refusal):
            phase = .refused(refusal)
        }
        derive()
    }

    /// What could be done, too, for those who accept what it does.
    var offers: [ProbeOffer] {
        if case .refused(let refusal) = phase { return refusal.offer.map { [$0] } ?? [] }
        return switch reading {
        case .systemCalls(let count): count.offers
        case .stacks(let listing): listing.offer.map { [$0] } ?? []
        case .profile, .waits, nil: []
        }
    }

    /// For how long it looks, in seconds; nil where it takes as long as it takes.
    var seconds: Int? {
        switch request {
        case .profile(let request): request.seconds
        case .systemCalls(let request): request.seconds
        case .waits(let request): request.seconds
        case .stacks: nil
        }
    }

    /// Functions and tree are made once for a reading, not once for a picture.
    private mutating func derive() {
        guard case .profile(let whole) = reading else { return }
        let index = thread.flatMap { tid in whole.threads.firstIndex { $0.tid == tid } }
        let shown = index.map(whole.of(thread:)) ?? whole
        profile = shown
        functions = shown.functions
        tree = CallTree(shown)
    }
}
