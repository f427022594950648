internal import Samples
internal import Units

/// What processes wait for and run out of: what is kept between refreshes for their detectors.
struct ProcessBook: Sendable {
    private var waits = CPUWaits()
    private var quotas = QuotaTrends()
    private var files = CountTrends()
    private var threads = CountTrends()

    /// Takes a refresh in and says what it finds.
    mutating func findings(in snapshot: Snapshot) -> [Finding] {
        waits.add(snapshot)
        quotas.add(snapshot)
        files.add(snapshot) { $0.openFiles }
        threads.add(snapshot) { $0.isKernelThread ? nil : $0.threadCount }
        let throttles = CgroupThrottle.findings(quotas, in: snapshot)
        let throttled = throttles.compactMap { finding -> String? in
            if case .group(let path) = finding.subject { path } else { nil }
        }
        return throttles
            + CPUStarvation.findings(waits, throttled: Set(throttled), in: snapshot)
            + DescriptorLeak.findings(files, in: snapshot)
            + ThreadLeak.findings(threads, in: snapshot)
    }
}
