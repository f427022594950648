internal import History
internal import ProcFormats
internal import Samples
internal import Units

/// Files in memory that grow without an end in sight: those of a tmpfs, or shared memory that no process
/// that is known maps.
///
/// Nothing but their deletion gives that memory back. What processes map is `MemoryGrowth`'s.
struct SharedMemoryGrowth: Detector {
    static let kind: FindingKind = .sharedMemoryGrowth

    /// How often the mounts' use is noted: as often as it is read.
    static let step: Duration = .seconds(5)
    /// Ten minutes.
    private static let mostPoints = 120
    /// Mounts and processes that explain less of the machine's growth leave something unexplained.
    static let leastExplained = 0.5

    private var curves: [String: [Double?]] = [:]
    private var latest: Nanoseconds?
    private var said: [Finding] = []

    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        let snapshot = input.snapshot
        if let latest, snapshot.moment.since(latest) < Self.step.inNanoseconds { return said }
        latest = snapshot.moment
        var now: [String: [Double?]] = [:]
        var found: [Finding] = []
        var explained = 0.0
        for mount in snapshot.mounts where mount.isInMemory {
            guard let room = mount.room else { continue }
            let key = "\(mount.process?.rawValue ?? 0) \(mount.path)"
            let curve = ((curves[key] ?? []) + [Double(room.used.rawValue)]).suffix(Self.mostPoints)
            now[key] = Array(curve)
            let growth = Growth(
                MemoryCurve(values: Array(curve), step: Self.step, end: snapshot.moment))
            guard let growth, Self.isLong(growth), !room.isFull else { continue }
            explained += growth.slope
            found.append(Self.finding(mount, room, growth, in: snapshot))
        }
        curves = now
        if let finding = rest(input, explained: explained) { found.append(finding) }
        said = found
        return found
    }

    private static func isLong(_ growth: Growth) -> Bool {
        growth.isUnbounded && growth.span >= MemoryGrowth.leastSpan
    }

    // MARK: One mount

    private static func finding(
        _ mount: MountSample, _ room: MountSample.Room, _ growth: Growth, in snapshot: Snapshot
    ) -> Finding {
        let limits = [
            ("the mount", room.available.rawValue),
            ("host memory", snapshot.host.memory?.available?.rawValue ?? .max),
        ]
        let limit = limits.min { $0.1 < $1.1 } ?? limits[0]
        let writer = mount.writers.max { $0.bytes < $1.bytes }
        let by = writer.map { " by \($0.name) \($0.process.pid)" } ?? ""
        var finding = Finding(
            kind: .sharedMemoryGrowth, subject: .file(mount.path),
            severity: severity(Double(limit.1), growth), confidence: .medium,
            claim: "\(mount.path) (tmpfs) \(rate(growth))\(by) for \(growth.span.text),"
                + " \(growth.shape?.text ?? "")" + end(Double(limit.1), growth),
            evidence: [
                "\(room.used.longText) of \(room.size.longText) used,"
                    + " \(ByteChange(growth.change).longText) in \(growth.span.text)",
                "\(ByteCount(limit.1).longText) left of \(limit.0)",
            ]
                + mount.writers.map {
                    "\($0.name) \($0.process.pid) writes \(ByteChange(Double($0.bytes.rawValue)).longText)/s"
                        + " and has \($0.file) open"
                },
            meaning: "its files are in memory: only deleting them gives it back",
            next: [
                .command(
                    "\(mount.enter)du -xah \(mount.path.shellWord) | sort -h | tail", "which files"),
                .view(.memory, sort: .anonymous, "who holds the memory"),
            ],
            since: snapshot.time.earlier(by: growth.span))
        finding.processes = mount.writers.map(\.process.pid)
        return finding
    }

    // MARK: The rest

    /// What neither a mount nor what a process maps explains: memfd, System V shared memory.
    private func rest(_ input: DiagnosisInput, explained: Double) -> Finding? {
        let snapshot = input.snapshot
        let growth = Growth(
            of: .hostShared, in: input.memory, last: GrowthVerdicts.window,
            interval: snapshot.interval)
        guard let growth, Self.isLong(growth) else { return nil }
        let mapped = input.growth.growing.reduce(0.0) { sum, grower in
            sum + (input.growth[grower.id].map { $0.sharedPart * $0.growth.slope } ?? 0)
        }
        guard explained + mapped < Self.leastExplained * growth.slope else { return nil }
        let left = Double(snapshot.host.memory?.available?.rawValue ?? .max)
        return Finding(
            kind: .sharedMemoryGrowth, subject: .host, severity: Self.severity(left, growth),
            confidence: .medium,
            claim: "shared memory \(Self.rate(growth)) for \(growth.span.text),"
                + " \(growth.shape?.text ?? "")" + Self.end(left, growth),
            evidence: [
                "Shmem of meminfo \(ByteChange(growth.change).longText) in \(growth.span.text), now"
                    + " \(ByteCount(clamping: growth.level).longText)"
            ],
            meaning: "no process that is seen maps it, and no tmpfs that is seen holds it: a memfd,"
                + " System V shared memory, or a tmpfs of a container",
            next: [
                .command("ipcs -m", "System V shared memory"),
                .command("ls -l /proc/[0-9]*/fd 2>/dev/null | grep memfd", "who has a memfd"),
            ],
            since: snapshot.time.earlier(by: growth.span))
    }

    // MARK: Words

    private static func severity(_ left: Double, _ growth: Growth) -> Finding.Severity {
        MemoryGrowth.severity(secondsLeft: left / growth.slope)
    }

    private static func end(_ left: Double, _ growth: Growth) -> String {
        let seconds = left / growth.slope
        return seconds < 1e8 ? "; full in \(Duration.seconds(seconds).longEstimate)" : ""
    }

    private static func rate(_ growth: Growth) -> String {
        "\(ByteChange(growth.slope).longText)/s"
    }
}

extension FindingKind {
    package static let sharedMemoryGrowth = FindingKind("shared_memory_growth", of: .memory)
}
