package import Probes
import Samples
import Units

/// Whom a probe looks at, with the names for the screen.
package struct ProbeSubject: Hashable, Sendable {
    /// "T4127 poll", "streamd 2214", "the whole host".
    package let name: String
    /// "streamd 2214" of a thread; nil where the name says it.
    package let owner: String?
    /// For the name of a file: "T4127", "2214", "host".
    let shortName: String

    let subject: Subject

    static let host = ProbeSubject(
        name: "the whole host", owner: nil, shortName: "host", subject: .host)

    init(thread: ThreadIdentity, name: String, processName: String, process: ProcessIdentity) {
        self.init(
            name: "T\(thread.tid) \(name)", owner: "\(processName) \(process.pid)",
            shortName: "T\(thread.tid)", subject: .thread(thread, of: process))
    }

    init(process: ProcessIdentity, name: String) {
        self.init(
            name: "\(name) \(process.pid)", owner: nil, shortName: "\(process.pid)",
            subject: .process(process))
    }

    private init(name: String, owner: String?, shortName: String, subject: Subject) {
        self.name = name
        self.owner = owner
        self.shortName = shortName
        self.subject = subject
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
    /// The reading is of an earlier look.
    private(set) var isEarlier = false
    /// Of a profile, the thread whose samples alone are shown; nil for all.
    var thread: ThreadID? { didSet { forgetDerived() } }
    /// The profile that is shown: all of it, or that of one thread.
    private(set) var profile: Profile?
    /// Who called whom in it; made when it is first looked at.
    private(set) var tree: CallTree?
    /// The rows on show, and what they were made of.
    private(set) var rows: [ProbeRow] = []
    private var rowsMadeOf: RowSource?

    private struct RowSource: Hashable {
        var page: ProbePage
        var unfolded: Set<RowID>
        var folded: Set<RowID>
    }

    init(_ request: ProbeRequest, of subject: ProbeSubject, run: Int, at now: Duration) {
        self.request = request
        self.subject = subject
        self.run = run
        phase = .running(since: now, stopping: false)
    }

    /// Shows what an earlier look at the same has found, until this one has found something.
    mutating func keep(_ earlier: ProbeState) {
        reading = earlier.reading
        thread = earlier.thread
        isEarlier = reading != nil
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
            isEarlier = false
        case .finished(let reading):
            self.reading = reading
            isEarlier = false
            if case .running(let since, _) = phase { phase = .finished(after: now - since) }
        case .refused(let refusal):
            phase = .refused(refusal)
        }
        forgetDerived()
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

    // MARK: What is made of a reading

    /// A reading comes a few times a second, a key many times: rows are made once for each reading,
    /// and only those of the page on show.
    private mutating func forgetDerived() {
        tree = nil
        rowsMadeOf = nil
        guard case .profile(let whole) = reading else { return }
        let index = thread.flatMap { tid in whole.threads.firstIndex { $0.tid == tid } }
        profile = index.map(whole.of(thread:)) ?? whole
    }

    mutating func makeTree() {
        if tree == nil { tree = profile.map(CallTree.init) }
    }

    mutating func makeRows(of page: ProbePage, unfolded: Set<RowID>, folded: Set<RowID>) {
        let source = RowSource(page: page, unfolded: unfolded, folded: folded)
        guard source != rowsMadeOf else { return }
        rowsMadeOf = source
        if page == .callTree { makeTree() }
        rows = newRows(of: source)
    }

    private func newRows(of source: RowSource) -> [ProbeRow] {
        switch (source.page, reading) {
        case (.functions, .profile): profile.map { ProfileRows($0).functions() } ?? []
        case (.callTree, .profile):
            if let profile, let tree {
                CallRows(profile, tree).rows(unfolded: source.unfolded, folded: source.folded)
            } else {
                []
            }
        case (.threads, .profile(let whole)): ProfileRows(whole).threads()
        case (.systemCalls, .systemCalls(let count)): SystemCallRows.rows(of: count)
        case (.waits, .waits(let waits)): WaitRows.rows(of: waits)
        case (.stacks, .stacks(let listing)):
            StackRows.rows(of: listing, unfolded: source.unfolded)
        default: []
        }
    }
}
