internal import ProcFormats
package import ProcSampling
internal import Units

/// What is found at present, and since when.
package struct FindingsBook: Sendable {
    /// The most severe first, then the surest; those alike in the order of their beginning.
    package private(set) var findings: [Finding] = []
    /// What is made of the network; its findings are among the others.
    package private(set) var network = NetworkBook()
    /// The same of threads.
    private var threads = ThreadBook()

    private var sequence = Int.min
    private var groups = GroupTrends()
    private var processes = ProcessBook()
    private var beginnings: [FindingID: Beginning] = [:]
    private var told: [ProcessIdentity: Told] = [:]
    /// What is known of the ways to peers: it was measured on request, and stands.
    private var ways: [IPAddress: PathMTUResult] = [:]

    private struct Beginning: Sendable {
        var since: WallTime
        var lastSeen: Nanoseconds
    }

    /// A finding that comes back within this time was never gone: figures waver around thresholds.
    private static let longestBreak = Nanoseconds(60_000_000_000)

    package init() {}

    /// Runs the detectors. A refresh that is known already changes nothing.
    ///
    /// - Parameters:
    ///   - history: with this refresh recorded, as the others.
    ///   - growth: updated with it.
    package mutating func update(
        _ snapshot: Snapshot, history: History, memory: MemoryHistory, growth: GrowthBook
    ) {
        guard snapshot.sequence > sequence, snapshot.extent != .recorded else { return }
        sequence = snapshot.sequence
        groups.add(snapshot)
        var found = growthFindings(snapshot, memory: memory, growth: growth)
        if let thrash = SwapThrash.finding(history.hosts(last: SwapThrash.span), in: snapshot) {
            found.append(thrash)
        }
        found += OOMKill.findings(
            snapshot.host.oomKills, groups: groups.kills.groups, forgotten: groups.kills.forgotten,
            at: snapshot.time)
        let recently = snapshot.moment.since(GroupMemory.recent.inNanoseconds)
        found += GroupMemory.findings(
            snapshot.memoryGroups, pressure: snapshot.host.memoryPressure?.some.average10,
            signs: { groups.signs(of: $0, since: recently) }, at: snapshot.time)
        found += processes.findings(in: snapshot)
        threads.update(snapshot, history: history)
        found += threads.findings
        network.update(snapshot)
        found += network.findings
        found += ways.values.compactMap(PathMTU.finding)
        findings = remember(found, at: snapshot.moment).sorted(by: Self.isBefore)
    }

    /// Takes in what was found of the way to a peer; the latest measurement counts.
    package mutating func note(_ way: PathMTUResult) { ways[way.peer] = way }

    /// Takes in that a thread's system calls were counted; the latest count counts.
    package mutating func note(_ calls: CountedSystemCalls) { threads.note(calls) }

    private static func isBefore(_ a: Finding, _ b: Finding) -> Bool {
        if a.severity != b.severity { return a.severity > b.severity }
        if a.confidence != b.confidence { return a.confidence > b.confidence }
        if a.since != b.since { return a.since < b.since }
        if a.kind != b.kind { return a.kind.rawValue < b.kind.rawValue }
        return a.subject.order < b.subject.order
    }

    /// Gives findings the beginning they had before.
    private mutating func remember(_ found: [Finding], at moment: Nanoseconds) -> [Finding] {
        let kept = found.map { finding in
            var finding = finding
            // A kill is a moment, and the latest one counts.
            if finding.kind != .oomKill, let since = beginnings[finding.id]?.since {
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

    // MARK: Growth

    private struct Told: Sendable {
        /// The sequence number of the refresh at which the growth was judged.
        var judged: Int
        var finding: Finding?
    }

    /// What is said of a process stands until it is judged anew: its words and witnesses cost more
    /// than all the rest.
    private mutating func growthFindings(
        _ snapshot: Snapshot, memory: MemoryHistory, growth: GrowthBook
    ) -> [Finding] {
        guard growth.sequence == snapshot.sequence else { return told.values.compactMap(\.finding) }
        let paths = Set(growth.growing.compactMap { snapshot.processes[$0.index].memoryGroup })
        groups.follow(paths.filter { isGroup($0, in: snapshot) }, in: snapshot)
        var before = told
        var host = HostChanges(memory: memory)
        told.removeAll(keepingCapacity: true)
        return growth.growing.compactMap { grower in
            if let known = before.removeValue(forKey: grower.id), known.judged == grower.judged {
                told[grower.id] = known
                return known.finding
            }
            let process = snapshot.processes[grower.index]
            let finding = growth[grower.id].flatMap { outlook in
                MemoryGrowth.finding(
                    of: process, outlook: outlook,
                    witnesses: witnesses(of: process, outlook, in: snapshot, &host),
                    at: snapshot.time)
            }
            told[grower.id] = Told(judged: grower.judged, finding: finding)
            return finding
        }
    }

    /// All processes of a machine are no group; but in a container its own group is called "/".
    private func isGroup(_ path: String, in snapshot: Snapshot) -> Bool {
        path != "/" || snapshot.memoryGroups[path]?.limit != nil
    }

    /// What the host's memory did, looked up once for each span.
    private struct HostChanges {
        let memory: MemoryHistory
        private var known: [Duration: Double?] = [:]

        init(memory: MemoryHistory) { self.memory = memory }

        mutating func bytes(last span: Duration) -> Double? {
            if let bytes = known[span] { return bytes }
            let bytes = memory.change(of: .hostMemory, last: span).map { Double($0.bytes) }
            known[span] = .some(bytes)
            return bytes
        }
    }

    /// Counters that are kept apart from the process's own.
    private func witnesses(
        of process: ProcessSample, _ outlook: MemoryOutlook, in snapshot: Snapshot,
        _ host: inout HostChanges
    ) -> [MemoryGrowth.Witness] {
        var witnesses: [MemoryGrowth.Witness] = []
        let growth = outlook.growth
        if let bytes = host.bytes(last: growth.span) {
            witnesses.append(
                MemoryGrowth.Witness(
                    name: "the host's memory in use", change: bytes, growth: growth.change))
        }
        if let path = process.memoryGroup, let use = groups.use(of: path, in: snapshot),
            use.seconds >= Double(Growth.leastSpan.components.seconds)
        {
            witnesses.append(
                MemoryGrowth.Witness(
                    name: "group \(path)", change: use.bytes, growth: growth.slope * use.seconds))
        }
        return witnesses
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
