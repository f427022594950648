import History
package import Samples
package import Units

/// A process whose memory grows without an end in sight.
package struct MemoryGrowth: Detector {
    static let kind: FindingKind = .memoryGrowth

    /// Less than this shows too little of what comes.
    package static let leastSpan: Duration = .seconds(120)
    /// A limit that is met later than this is no business of today.
    package static let warningTimeLeft: Duration = .seconds(24 * 60 * 60)
    /// Hardly time to look for the cause.
    package static let criticalTimeLeft: Duration = .seconds(30 * 60)
    /// The share of the growth that a second counter must show to confirm it: others free and take
    /// memory meanwhile.
    package static let leastConfirmed = 0.5

    /// Whose own growth is less than this share of all that uses up a limit is not to blame for its
    /// end.
    package static let leastShareOfAll = 0.1
    /// From this part of it on, what grows is called shared memory: it must be the machine's, too, or
    /// the process only maps pages that others had before.
    package static let mostlyShared = 0.5

    /// What a second, independent counter says about the same time.
    package struct Witness: Hashable, Sendable {
        /// "the host's available memory", "group /a".
        package var name: String
        /// Bytes it lost or gained in the direction of the growth.
        package var change: Double
        /// Bytes the process gained meanwhile.
        package var growth: Double

        package init(name: String, change: Double, growth: Double) {
            self.name = name
            self.change = change
            self.growth = growth
        }

        var confirms: Bool { growth > 0 && change >= leastConfirmed * growth }
    }

    /// What was said of processes whose growth is judged.
    private var told: [ProcessIdentity: Told] = [:]
    private var groups = GroupUse()

    package init() {}

    private struct Told: Sendable {
        /// The sequence number of the refresh at which the growth was judged.
        var judged: Int
        var finding: Finding?
    }

    /// What is said of a process stands until it is judged anew: its words and witnesses cost more
    /// than all the rest.
    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        let (snapshot, growth) = (input.snapshot, input.growth)
        guard growth.sequence == snapshot.sequence else { return told.values.compactMap(\.finding) }
        let paths = Set(growth.growing.compactMap { snapshot.processes[$0.index].memoryGroup })
        groups.follow(paths.filter { Self.isGroup($0, in: snapshot) }, in: snapshot)
        var before = told
        var host = HostChanges(memory: input.memory)
        told.removeAll(keepingCapacity: true)
        return growth.growing.compactMap { grower in
            if let known = before.removeValue(forKey: grower.id), known.judged == grower.judged {
                told[grower.id] = known
                return known.finding
            }
            let process = snapshot.processes[grower.index]
            let finding = growth[grower.id].flatMap { outlook -> Finding? in
                guard Self.isNew(outlook, host: host.shared(last: outlook.growth.span)) else {
                    return nil
                }
                return Self.finding(
                    of: process, outlook: outlook,
                    witnesses: witnesses(of: process, outlook, in: snapshot, &host),
                    at: snapshot.time)
            }
            told[grower.id] = Told(judged: grower.judged, finding: finding)
            return finding
        }
    }

    /// All processes of a machine are no group; but in a container its own group is called "/".
    private static func isGroup(_ path: String, in snapshot: Snapshot) -> Bool {
        path != "/" || snapshot.memoryGroups[path]?.limit != nil
    }

    /// What the host's memory did, computed once for each span.
    private struct HostChanges {
        let memory: MemoryHistory
        private var known: [Duration: Double?] = [:]

        init(memory: MemoryHistory) { self.memory = memory }

        func shared(last span: Duration) -> Double? {
            memory.change(of: .hostShared, last: span).map { Double($0.bytes) }
        }

        mutating func bytes(last span: Duration) -> Double? {
            if let bytes = known[span] { return bytes }
            let bytes = memory.change(of: .hostMemory, last: span).map { Double($0.bytes) }
            known[span] = .some(bytes)
            return bytes
        }
    }

    /// Whether what grows is memory that nobody had before.
    private static func isNew(_ outlook: MemoryOutlook, host shared: Double?) -> Bool {
        guard outlook.sharedPart >= mostlyShared, let shared else { return true }
        return shared >= leastConfirmed * outlook.sharedPart * outlook.growth.change
    }

    /// Counters that are kept apart from the process's own.
    private func witnesses(
        of process: ProcessSample, _ outlook: MemoryOutlook, in snapshot: Snapshot,
        _ host: inout HostChanges
    ) -> [Witness] {
        var witnesses: [Witness] = []
        let growth = outlook.growth
        if let bytes = host.bytes(last: growth.span) {
            witnesses.append(
                Witness(
                    name: "the host's memory in use", change: bytes, growth: growth.change))
        }
        if let path = process.memoryGroup, let use = groups.use(of: path, in: snapshot),
            use.seconds >= Double(Growth.leastSpan.components.seconds)
        {
            witnesses.append(
                Witness(
                    name: "group \(path)", change: use.bytes, growth: growth.slope * use.seconds))
        }
        return witnesses
    }

    // MARK: One finding

    /// - Returns: nil unless the growth is linear or has a rising floor, over two minutes or more.
    package static func finding(
        of process: ProcessSample, outlook: MemoryOutlook, witnesses: [Witness], at time: WallTime
    ) -> Finding? {
        let growth = outlook.growth
        guard let shape = growth.shape, growth.isUnbounded, growth.span >= leastSpan
        else { return nil }
        let confirmed = witnesses.filter(\.confirms)
        let rate = rate(growth.slope)
        let isShared = outlook.sharedPart >= mostlyShared
        var claim =
            "\(process.name) \(process.id.pid.rawValue) \(isShared ? "shared " : "")memory \(rate) for \(growth.span.text),"
            + " \(shape.text)"
        if let left = outlook.timeLeft { claim += "; full in \(left.longEstimate)" }
        return Finding(
            kind: .memoryGrowth, subject: .process(process.id), severity: severity(outlook),
            confidence: confidence(shape, isConfirmed: !confirmed.isEmpty), claim: claim,
            evidence: evidence(outlook, confirmed: confirmed),
            next: [
                .view(.memory, of: .process(process.id), "its curve"),
                .view(
                    .mappings, of: .process(process.id),
                    "the mapping that grows, which tells what it holds"),
            ],
            since: WallTime(
                seconds: time.seconds - growth.span.components.seconds,
                nanoseconds: time.nanoseconds))
    }

    private static func severity(_ outlook: MemoryOutlook) -> Finding.Severity {
        guard let left = outlook.timeLeft else { return .info }
        if outlook.share < leastShareOfAll { return .info }
        return severity(secondsLeft: left / .seconds(1))
    }

    /// How bad it is to meet a limit that soon.
    static func severity(secondsLeft: Double) -> Finding.Severity {
        if secondsLeft < criticalTimeLeft / .seconds(1) { return .critical }
        return secondsLeft < warningTimeLeft / .seconds(1) ? .warning : .info
    }

    /// A rising floor is told from fewer points, its troughs: it never counts for more than medium.
    private static func confidence(
        _ shape: GrowthShape, isConfirmed: Bool
    ) -> Finding.Confidence {
        if shape == .risingFloor { return isConfirmed ? .medium : .low }
        return isConfirmed ? .high : .medium
    }

    /// ", with the 7 others that grow in it +8.0 MiB/s".
    private static func others(_ outlook: MemoryOutlook) -> String {
        guard let others = outlook.companions else { return "" }
        let who =
            switch others.count {
            case 0: "all else that uses it"
            case 1: "the other that grows in it"
            default: "the \(others.count) others that grow in it"
            }
        return ", with \(who) \(rate(others.slope))"
    }

    /// "+2.1 MiB/s".
    private static func rate(_ bytesPerSecond: Double) -> String {
        "\(ByteChange(bytesPerSecond).longText)/s"
    }

    private static func evidence(_ outlook: MemoryOutlook, confirmed: [Witness]) -> [String] {
        let growth = outlook.growth
        let (low, high) = (growth.interval.lowerBound, growth.interval.upperBound)
        var lines: [String] = []
        if let limit = outlook.limit, let headroom = outlook.headroom {
            lines.append("\(headroom.longText) left below \(limit.text)" + others(outlook))
        }
        lines += [
            "memory that is no file's \(ByteChange(growth.change).longText) in \(growth.span.text),"
                + " now \(ByteCount(clamping: growth.level).longText)",
            "slope \(rate(growth.slope)), 95 % between \(rate(low)) and"
                + " \(rate(high)); rising in \(growth.rising) of \(growth.windows)"
                + " windows",
        ]
        if outlook.sharedPart > 0.05 {
            lines.append(
                "\(Int((100 * outlook.sharedPart).rounded())) % of the growth is shared memory"
                    + " (tmpfs, memfd, MAP_SHARED), which stays until its last user lets it go")
        }
        lines += confirmed.map { witness in
            "\(witness.name) \(ByteChange(witness.change).longText) while it grew by"
                + " \(ByteChange(witness.growth).longText)"
        }
        return lines
    }
}

extension FindingKind {
    package static let memoryGrowth = FindingKind("memory_growth", of: .memory)
}
