internal import Samples
internal import Units

/// A process that opens files or sockets and does not close them, or is about to run out of them.
struct DescriptorLeak: Detector {
    static let kind: FindingKind = .fdLeak

    private var files = CountTrends()

    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        let snapshot = input.snapshot
        files.add(snapshot) { $0.openFiles }
        return snapshot.processes.compactMap { process in
            guard let count = process.openFiles, count >= CountTrends.leastCount else { return nil }
            let leak = CountLeak(
                count: count, rise: files.rise(of: process.id),
                climb: files.climb(of: process.id),
                limit: process.openFilesLimit.map {
                    CountLeak.Limit(
                        text: "its limit of \($0) (RLIMIT_NOFILE)", used: Double(count),
                        most: Double($0))
                })
            guard let severity = leak.severity else { return nil }
            let pid = process.id.pid
            return Finding(
                kind: .fdLeak, subject: .process(process.id), severity: severity,
                confidence: leak.confidence,
                claim: "\(process.name) \(pid) has \(count) files open: \(leak.claim)",
                evidence: leak.evidence, baseline: leak.baseline,
                meaning: leak.meaning("it opens more than it closes")
                    + "at the limit open, accept and socket fail with EMFILE",
                next: [
                    .command(
                        "ls -l /proc/\(pid)/fd", of: .process(process.id),
                        "what its descriptors are"),
                    .view(.sockets, of: .process(process.id), "the sockets among them"),
                ],
                since: leak.since(snapshot.time))
        }
    }
}

extension FindingKind {
    package static let fdLeak = FindingKind("fd_leak", of: .threads)
}
