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
    /// Of the machine's growth, the least part that counts as unexplained: less is within the errors, since
    /// mounts and processes are not read at the same moments.
    static let leastUnexplained = 0.1

    private var curves: [String: [Double?]] = [:]
    /// When the mounts' use was noted; the last ones are those of each curve.
    private var moments: [Nanoseconds] = []
    private var said: [Finding] = []

    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        let snapshot = input.snapshot
        if let latest = moments.last, snapshot.moment.since(latest) < Self.step.inNanoseconds {
            return said
        }
        moments = Array((moments + [snapshot.moment]).suffix(Self.mostPoints))
        var now: [String: [Double?]] = [:]
        var found: [Finding] = []
        var explained = 0.0
        for mount in snapshot.mounts where mount.isInMemory {
            guard let room = mount.room else { continue }
            let key = "\(mount.process?.rawValue ?? 0) \(mount.path)"
            let curve = Array(
                ((curves[key] ?? []) + [Double(room.used.rawValue)]).suffix(Self.mostPoints))
            now[key] = curve
            guard let growth = judged(curve), growth.isUnbounded else { continue }
            // One that is too young to be told of explains what the machine gains all the same.
            explained += growth.slope
            guard Self.isLong(growth), !room.isFull else { continue }
            found.append(Self.finding(mount, room, growth, in: snapshot))
        }
        curves = now
        if let finding = rest(input, explained: explained) { found.append(finding) }
        said = found
        return found
    }

    /// Refreshes come when they come: a step is as long as it was.
    private func judged(_ curve: [Double?]) -> Growth? {
        let times = moments.suffix(curve.count)
        guard curve.count > 1, let first = times.first, let last = times.last else { return nil }
        let step = Duration(last.since(first)) / (curve.count - 1)
        return Growth(MemoryCurve(values: curve, step: step, end: last))
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
            claim: "\(mount.path) (tmpfs) \(rate(growth.slope))\(by) for \(growth.span.text),"
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
    ///
    /// It is named however much else grows: an equal share of the growth would hide it for ever.
    ///
    /// - Parameter explained: bytes a second that mounts gain.
    private func rest(_ input: DiagnosisInput, explained: Double) -> Finding? {
        let snapshot = input.snapshot
        // What mounts gain is known of so much time only, and is compared with that of the same.
        let growth = Growth(
            of: .hostShared, in: input.memory,
            last: explained > 0 ? Self.step * Self.mostPoints : GrowthVerdicts.window,
            interval: snapshot.interval)
        guard let growth, Self.isLong(growth) else { return nil }
        let mapped = input.growth.growing.reduce(0.0) { sum, grower in
            sum + (input.growth[grower.id].map { $0.sharedPart * $0.growth.slope } ?? 0)
        }
        let rest = growth.slope - explained - mapped
        let isAll = rest > (1 - Self.leastUnexplained) * growth.slope
        guard isAll || Self.isWorthAWord(rest, of: growth) else { return nil }
        let left = Double(snapshot.host.memory?.available?.rawValue ?? .max)
        var evidence = [
            "Shmem of meminfo \(ByteChange(growth.change).longText) in \(growth.span.text), now"
                + " \(ByteCount(clamping: growth.level).longText)"
        ]
        if !isAll {
            evidence.append(
                "of its \(Self.rate(growth.slope)), \(Self.rate(explained + mapped)) are in a tmpfs"
                    + " that grows, or in processes that map it")
        }
        let name = isAll ? "shared memory" : "further shared memory"
        return Finding(
            kind: .sharedMemoryGrowth, subject: .host, severity: Self.severity(left, growth),
            confidence: .medium,
            claim: "\(name) \(Self.rate(isAll ? growth.slope : rest)) for \(growth.span.text),"
                + " \(growth.shape?.text ?? "")" + Self.end(left, growth),
            evidence: evidence,
            meaning: "no process that is seen maps it, and no tmpfs that is seen holds it: a memfd,"
                + " System V shared memory, or a tmpfs of a container",
            next: [
                .command("ipcs -m", "System V shared memory"),
                .command("ls -l /proc/[0-9]*/fd 2>/dev/null | grep memfd", "who has a memfd"),
            ],
            since: snapshot.time.earlier(by: growth.span))
    }

    /// Whether what is left is more than the figures' errors, and as much as has a shape by itself.
    ///
    /// - Parameter rest: bytes a second, a part of the growth.
    private static func isWorthAWord(_ rest: Double, of growth: Growth) -> Bool {
        rest >= leastUnexplained * growth.slope
            && rest * (growth.span / .seconds(1)) >= Growth.leastShapeBytes
    }

    // MARK: Words

    private static func severity(_ left: Double, _ growth: Growth) -> Finding.Severity {
        MemoryGrowth.severity(secondsLeft: left / growth.slope)
    }

    private static func end(_ left: Double, _ growth: Growth) -> String {
        let seconds = left / growth.slope
        return seconds < 1e8 ? "; full in \(Duration.seconds(seconds).longEstimate)" : ""
    }

    /// - Parameter slope: bytes a second.
    private static func rate(_ slope: Double) -> String { "\(ByteChange(slope).longText)/s" }
}

extension FindingKind {
    package static let sharedMemoryGrowth = FindingKind("shared_memory_growth", of: .memory)
}
