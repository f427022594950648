import Dashboard
import Diagnosis
import Glibc
import Probes
import ProcFormats
import ProcSampling
import Units

/// Samples the machine without a screen: full samples, in step with an interval.
final class Observer {
    /// The one process to read; nil for all.
    let target: ProcessIdentity?
    /// Where sockets are read; nil for our own network namespace.
    private let namespace: NamespaceID?
    private let samples: any SampleSource
    /// What was sampled since the start, and what follows from it.
    private(set) var chronicle = Chronicle()
    /// Which sockets are read.
    private let tables: SocketTables
    /// How much each sample is to find out, after the first.
    private let depth: SamplingDepth
    /// UDP sockets whose queues are watched closely.
    private var receivers: [SocketID] = []
    /// Counts what is asked about by the verdicts, and brings it; nil where nobody reads those,
    /// or where there is only a tree of files.
    private let counting: CandidateCounting?
    private let counts = Mailbox<CountedSystemCalls>(mostDroppable: 1) { _ in false }
    private var users = Users()
    private(set) var userNames = UserNames(parsing: [UInt8]().span)
    private var next = ContinuousClock.now
    private var budget: CPUBudget
    private var meter = CPUMeter()

    init(
        source: SourceOptions, pid: ProcessID?, network: NamespaceOption, tables: SocketTables,
        budget: Percent = Percent(Float(100)), countsCalls: Bool = false
    ) throws {
        self.tables = tables
        self.budget = CPUBudget(share: budget, cpuCount: Machine.current.cpuCount)
        let root = try source.root()
        namespace = try network.namespace(in: root)
        // Findings rest on what changes; rows are to be complete.
        depth = countsCalls && root.isLive ? .changes : .everything
        target = try pid.map { try source.identity(of: $0, in: root) }
        counting =
            countsCalls && root.isLive ? CandidateCounting { [counts] in counts.post($0) } : nil
        samples = root.source(threads: source.threadsFrom.source)
        samples.setAllowance(self.budget.allowance)
    }

    /// Reads all of a tree.
    init(root: ProcRoot, tables: SocketTables) {
        self.tables = tables
        depth = .everything
        budget = CPUBudget(share: Percent(Float(100)), cpuCount: 1)
        namespace = nil
        target = nil
        counting = nil
        samples = root.source()
    }

    func sample() throws -> Snapshot {
        let interest = Interest(
            network: NetworkWish(namespace: namespace, tables: tables, follows: receivers),
            columnsForAll: depth == .everything || target != nil ? .all : [],
            scope: target.map { .process($0) } ?? .everyProcess)
        guard let snapshot = samples.sample(interest, depth: depth) else {
            throw Failure("there are no more samples")
        }
        if !tables.isEmpty { receivers = snapshot.network?.receivers ?? [] }
        userNames = users.names(for: snapshot)
        for calls in counts.takeAll() { chronicle.note(calls) }
        chronicle.take(snapshot)
        counting?.count(chronicle.verdicts.threadsToCount)
        return snapshot
    }

    /// Sleeps until `interval` after the last time, so that intervals do not add up delays; longer
    /// where the budget is used up.
    func wait(_ interval: Duration) {
        meter.settle(&budget)
        next = max(next + interval, .now + Duration(budget.pause))
        while case let rest = next - .now, rest > .zero {
            // An hour, the longest interval, fits. A signal that cuts it short is met by the next
            // turn.
            usleep(useconds_t(min(rest, .seconds(3600)) / .microseconds(1)))
        }
    }

    /// Ends the command once its one process has ended, or where the namespace that was asked for
    /// may not be read.
    func checkTarget(in snapshot: Snapshot) throws {
        if namespace != nil, let failure = snapshot.network?.failure {
            switch failure {
            case .denied:
                throw Failure(
                    "that network namespace may be entered by root only (CAP_SYS_ADMIN)")
            default: throw Failure("that network namespace cannot be read: \(failure)")
            }
        }
        guard let target, snapshot.process(target) == nil else { return }
        throw Failure("process \(target.pid) has ended")
    }
}

extension NetworkReading {
    /// Sockets that receive datagrams, those with the fullest queues first.
    fileprivate var receivers: [SocketID] {
        sockets.sockets.filter { $0.transport == .udp }
            .sorted { ($0.receiveQueue ?? 0) > ($1.receiveQueue ?? 0) }
            .prefix(NetworkWish.mostFollowed).map(\.id)
    }
}
