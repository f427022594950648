internal import SystemPackage

/// Finds the best source by trying, which no version number could tell.
struct ThreadSourceChoice {
    private(set) var source: any ThreadSource
    private var refusals: [ThreadSourceKind: ThreadSourceRefusal] = [:]
    private let reader: ProcReader
    private let clock: SampleClock
    /// What is to be tried before the next refresh.
    private var candidates: [ThreadSourceKind]
    private var hasBegun = false

    /// Nil before the first refresh.
    var report: ThreadSourceReport? {
        hasBegun ? ThreadSourceReport(chosen: source.kind, refusals: refusals) : nil
    }

    /// Takes what always works, until the first refresh chooses `kind`, or the best there is.
    init(_ kind: ThreadSourceKind?, reader: ProcReader, clock: SampleClock = .kernel) {
        self.reader = reader
        self.clock = clock
        source = ProcThreadSource(reader: reader)
        candidates = kind.map { [$0] } ?? ThreadSourceKind.allCases
    }

    /// Uses this one.
    init(_ source: any ThreadSource, reader: ProcReader) {
        self.reader = reader
        clock = .kernel
        self.source = source
        candidates = []
    }

    /// Begins a refresh with the source, or where that gives nothing any more, with the next best. The
    /// first time takes some milliseconds.
    mutating func beginRefresh() {
        hasBegun = true
        while true {
            choose()
            do throws(ThreadSourceRefusal) {
                return try source.beginRefresh()
            } catch {
                refusals[source.kind] = error
                candidates = ThreadSourceKind.allCases.filter { refusals[$0] == nil }
            }
        }
    }

    /// Takes the first that works. Those that may work later are tried again.
    private mutating func choose() {
        var later: [ThreadSourceKind] = []
        for kind in candidates {
            do throws(ThreadSourceRefusal) {
                source = try Self.open(kind, reader, clock)
                break
            } catch {
                if error.isPassing { later.append(kind) } else { refusals[kind] = error }
            }
        }
        candidates = later
    }

    /// Opens one only to see whether it works.
    static func check(_ kind: ThreadSourceKind, in root: ProcRoot) throws(ThreadSourceRefusal) {
        _ = try open(kind, ProcReader(root: root), .kernel)
    }

    private static func open(
        _ kind: ThreadSourceKind, _ reader: ProcReader, _ clock: SampleClock
    ) throws(ThreadSourceRefusal) -> any ThreadSource {
        switch kind {
        case .iterator: try TaskIteratorSource(reader: reader, clock: clock)
        case .taskstats: try TaskstatsSource(reader: reader)
        case .proc: ProcThreadSource(reader: reader)
        }
    }
}

extension ProcRoot {
    /// Throws where threads' figures of this tree cannot come from there.
    public func check(_ source: ThreadSourceKind) throws(ThreadSourceRefusal) {
        try ThreadSourceChoice.check(source, in: self)
    }
}

extension ThreadSourceRefusal {
    init(_ error: Errno, _ what: String) {
        self.init(
            "\(what): \(error)", isForWantOfRights: error.isDenied,
            isPassing: error.shortage != nil)
    }

    static let notLive = ThreadSourceRefusal(
        "this is not the /proc of our own pid namespace, live")
}
