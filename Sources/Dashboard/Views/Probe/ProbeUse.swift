import Fields
package import Probes
import Samples
import Units

/// Whom a probe samples, with the names for the screen.
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
package struct ProbeUse: Sendable {
    package enum Phase: Sendable, Hashable {
        case running(since: Duration, stopping: Bool)
        case finished(after: Duration)
        case refused(ProbeRefusal)
    }

    package let request: any ProbeRequest
    package let subject: ProbeSubject
    /// Tells late readings of an earlier probe apart.
    package let run: Int
    package private(set) var phase: Phase
    /// All that was found.
    package private(set) var reading: (any ProbeReading)?
    /// The reading is of an earlier run.
    private(set) var isEarlier = false
    /// The part of the target that is shown alone; nil for all of it.
    var part: ReportPart? { didSet { makeReports() } }
    /// What is shown: all that was found, or what was found of the part.
    private(set) var shown: (any ProbeReading)?
    private(set) var report: Report?
    /// The report on all of the target, for the page that parts are chosen on.
    private var wholeReport: Report?
    /// The rows on show, and what they were made of.
    private(set) var rows: [ReportRow] = []
    private var rowsMadeOf: RowSource?

    private struct RowSource: Hashable {
        var page: ProbePage
        var folding: ReportFolding
    }

    init(_ request: any ProbeRequest, of subject: ProbeSubject, run: Int, at now: Duration) {
        self.request = request
        self.subject = subject
        self.run = run
        phase = .running(since: now, stopping: false)
    }

    /// Shows what an earlier run of the same has found, until this one has found something.
    mutating func keep(_ earlier: ProbeUse) {
        reading = earlier.reading
        part = earlier.part
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
        case .reading(let reading): take(reading)
        case .finished(let reading):
            take(reading)
            if case .running(let since, _) = phase { phase = .finished(after: now - since) }
        case .refused(let refusal):
            phase = .refused(refusal)
        }
    }

    private mutating func take(_ reading: any ProbeReading) {
        self.reading = reading
        isEarlier = false
        makeReports()
    }

    /// What could be done, too, for those who accept what it does.
    var offers: [ProbeOffer] {
        if case .refused(let refusal) = phase { return refusal.offer.map { [$0] } ?? [] }
        return report?.offers ?? []
    }

    // MARK: What is made of a reading

    /// A reading comes a few times a second, a key many times: a report is made once for each
    /// reading, and only the rows of the page on show.
    private mutating func makeReports() {
        rowsMadeOf = nil
        guard let reading else { return }
        let part = part.flatMap(reading.part)
        shown = part ?? reading
        wholeReport = reading.report
        report = part?.report ?? wholeReport
    }

    /// The table on a page.
    func table(_ page: ProbePage) -> ReportTable? {
        (page.choosesPart ? wholeReport : report)?.table(page)
    }

    mutating func makeRows(of page: ProbePage, _ folding: ReportFolding) {
        let source = RowSource(page: page, folding: folding)
        guard source != rowsMadeOf else { return }
        rowsMadeOf = source
        rows = table(page)?.rows(folding) ?? []
    }

    // MARK: Words

    /// For the way here and the title.
    var title: String { request.kind.title }

    private var fileName: String { title.replacing(" ", with: "-") }

    /// What the prompt for a file begins with: "dxtop-off-CPU-T4127-140214.txt".
    func suggestedFile(at time: String) -> String {
        let ending = request.kind.files.first?.ending ?? request.kind.usualFile.ending
        return "dxtop-\(fileName)-\(subject.shortName)-\(time).\(ending)"
    }

    /// How a shell asks for the same.
    var shellCommand: ShellCommand {
        let endings = request.kind.files.map(\.ending).filter { $0 != ProbeFile.text.ending }
        let options = endings.sorted().map { "--" + $0 }.joined(separator: ", ")
        return ShellCommand(request.command, shows: "this as text; \(options)")
    }
}
