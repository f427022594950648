internal import History
internal import DequeModule
internal import Samples
internal import Units

/// What was said at each moment that `History` has. What stands from one moment to the next is kept
/// once.
///
/// Bounded: of each moment at most 8 findings that changed are kept on average (and 256 more at
/// once), with their new sentences about 700 bytes each, 40 outlooks of 128 bytes, 4 verdicts on
/// readers: at most 12 MB in all at a refresh a second, twice as much at two, beside what `History`
/// keeps.
struct VerdictLog: Sendable {
    private var moments: Deque<Moment> = []
    private var findings = RowLog<FindingRow>(
        RowLimits(rows: 256, changes: 8, changesAtOnce: 256))
    private var outlooks = RowLog<OutlookRow>(
        RowLimits(rows: 1024, changes: 40, changesAtOnce: 2048))
    private var readers = RowLog<ValueRow<SocketID, NetworkVerdicts.Reader>>(
        RowLimits(rows: 64, changes: 4, changesAtOnce: 64))

    private struct Moment: Sendable {
        var sequence: Int
        /// Of findings, in the order in which they were; shared with the moment before while it
        /// stays.
        var order: [FindingID]
        var udp: Verdict?
        var tcp: Verdict?
        var joint: JointGrowth
    }

    /// Adds what was said of a refresh. What is said of the latest again takes its place.
    ///
    /// - Parameter kept: the refreshes that are kept.
    mutating func record(
        _ verdicts: Verdicts, of snapshot: Snapshot, keeping kept: ClosedRange<Int>?
    ) {
        if let last = moments.last, snapshot.sequence < last.sequence { return }
        let again = moments.last?.sequence == snapshot.sequence
        findings.begin(again: again)
        for finding in verdicts.findings {
            let place = findings.place(of: finding.id)
            let before = place.flatMap { findings.row(at: $0) }
            let row = FindingRow(finding, after: before)
            if let place, before == row {
                findings.keep(place)
            } else {
                findings.offer(row, of: finding.id, at: place, rank: finding.severity.weight)
            }
        }
        findings.finish()
        record(verdicts.growth, again: again)
        readers.record(verdicts.network.readers, again: again)
        if again { moments.removeLast() }
        let order = verdicts.findings.map(\.id)
        let before = moments.last?.order
        moments.append(
            Moment(
                sequence: snapshot.sequence, order: before == order ? before ?? order : order,
                udp: verdicts.network.udp, tcp: verdicts.network.tcp,
                joint: verdicts.growth.joint))
        while moments.count > 1, let first = moments.first, let kept,
            first.sequence < kept.lowerBound
        {
            moments.removeFirst()
            findings.dropOldest()
            outlooks.dropOldest()
            readers.dropOldest()
        }
    }

    private mutating func record(_ growth: GrowthVerdicts, again: Bool) {
        outlooks.begin(again: again)
        for (process, outlook) in growth.outlooks {
            let place = outlooks.place(of: process)
            let before = place.flatMap { outlooks.row(at: $0) }
            let row = OutlookRow(outlook, limits: &outlooks.details)
            if let place, row == before {
                row.forEachDetail { outlooks.details.release($0) }
                outlooks.keep(place)
            } else {
                outlooks.offer(
                    row, of: process, at: place,
                    rank: outlook.growth.shape?.isUnbounded == true ? 2 : 1)
            }
        }
        outlooks.finish()
    }

    /// What was said of a recorded refresh; nothing where that is not known.
    func verdicts(of snapshot: Snapshot) -> Verdicts {
        guard let index = moments.firstIndex(where: { $0.sequence == snapshot.sequence }) else {
            return Verdicts()
        }
        let moment = moments[index]
        let found = Dictionary(
            uniqueKeysWithValues: findings.rows(at: index).map { ($0.subject, $0.row.finding) })
        let network = NetworkVerdicts(
            readers: readers.rows(at: index).map { ($0.subject, $0.row.value) }, udp: moment.udp,
            tcp: moment.tcp, in: snapshot)
        let growth = GrowthVerdicts(
            outlooks.rows(at: index).map { ($0.subject, $0.row.outlook(outlooks.details)) },
            joint: moment.joint)
        return Verdicts(
            moment.order.compactMap { found[$0] }, omitted: moment.order.count - found.count,
            network: network, growth: growth)
    }

    /// Memory held, about.
    var byteCount: Int {
        moments.count * MemoryLayout<Moment>.stride + findings.byteCount + outlooks.byteCount
            + readers.byteCount
    }
}

/// What was said of one subject at one moment.
private struct FindingRow: RecordedRow {
    typealias Subject = FindingID
    typealias Detail = Int

    private(set) var finding: Finding
    /// What it does not share with the row before.
    private(set) var heapBytes: Int

    /// Sentences that are as they were are the same text in memory.
    init(_ finding: Finding, after before: FindingRow?) {
        self.finding = finding
        let known = before?.finding
        var bytes = finding.advice.utf8.count
        func share(_ text: String, _ known: String?) -> String {
            if let known, known == text { return known }
            bytes += 32 + text.utf8.count
            return text
        }
        self.finding.claim = share(finding.claim, known?.claim)
        self.finding.baseline = finding.baseline.map { share($0, known?.baseline) }
        self.finding.meaning = finding.meaning.map { share($0, known?.meaning) }
        for (index, line) in finding.evidence.enumerated() {
            let lines = known?.evidence ?? []
            self.finding.evidence[index] = share(line, index < lines.count ? lines[index] : nil)
        }
        bytes += 32 + finding.evidence.count * MemoryLayout<String>.stride
        heapBytes = bytes
    }

    static func == (a: Self, b: Self) -> Bool { a.finding == b.finding }
}

extension Finding.Severity {
    /// The more it weighs, the sooner it is kept.
    fileprivate var weight: Float {
        switch self {
        case .info: 1
        case .warning: 2
        case .critical: 3
        }
    }
}

/// How one process's memory was seen to grow at one moment. Its detail is the limit.
private struct OutlookRow: RecordedRow {
    typealias Subject = ProcessIdentity
    typealias Detail = MemoryLimit

    private var span: Duration
    private var slope: Float
    private var lower: Float
    private var upper: Float
    private var change: Float
    private var level: Float
    private var rising: UInt16
    private var windows: UInt16
    private var shape: GrowthShape?
    private var isBelowShare: Bool
    private var isTooSmall: Bool
    private var limit: UInt32?
    private var headroom: ByteCount?
    private var timeLeft: Duration?
    private var companions: MemoryOutlook.Companions?

    init(_ outlook: MemoryOutlook, limits: inout InternTable<MemoryLimit>) {
        let growth = outlook.growth
        span = growth.span
        slope = Float(growth.slope)
        lower = Float(growth.interval.lowerBound)
        upper = Float(growth.interval.upperBound)
        change = Float(growth.change)
        level = Float(growth.level)
        rising = UInt16(clamping: growth.rising)
        windows = UInt16(clamping: growth.windows)
        shape = growth.shape
        isBelowShare = growth.isBelowShare
        isTooSmall = growth.isTooSmall
        limit = outlook.limit.map { limits.use($0) }
        headroom = outlook.headroom
        timeLeft = outlook.timeLeft
        companions = outlook.companions
    }

    func forEachDetail(_ body: (UInt32) -> Void) { if let limit { body(limit) } }

    func outlook(_ limits: InternTable<MemoryLimit>) -> MemoryOutlook {
        MemoryOutlook(
            growth: Growth(
                shape: shape, slope: Double(slope),
                interval: Double(lower)...Double(max(lower, upper)), rising: Int(rising),
                windows: Int(windows), span: span, change: Double(change), level: Double(level),
                isBelowShare: isBelowShare, isTooSmall: isTooSmall),
            limit: limit.map { limits[$0] }, headroom: headroom, timeLeft: timeLeft,
            companions: companions)
    }
}
