package import History
import ProcFormats
package import Samples
import Units

/// The machine swaps in and out: what it puts out it needs again at once.
package struct SwapThrash: Detector {
    static let kind: FindingKind = .swapThrash

    /// How long it must go on: a program that starts pages for a while.
    package static let span: Duration = .seconds(30)
    /// Major faults a second, on average: below, nobody waits much.
    package static let leastMajorFaults = 50.0
    /// Some task waited for memory in this share of the last 10 s (PSI).
    package static let leastPressure: Float = 10

    func findings(in input: DiagnosisInput) -> [Finding] {
        let recent = input.history.hosts(last: Self.span)
        return Self.finding(recent, in: input.snapshot).map { [$0] } ?? []
    }

    /// - Parameter recent: the refreshes of the last 30 s, oldest first; see `History.hosts(last:)`.
    /// - Returns: nil if pages did not move both ways in every refresh of 30 s, or if that is not
    ///   known.
    package static func finding(
        _ recent: [History.HostMoment], in snapshot: Snapshot
    ) -> Finding? {
        // The first refresh of all has no rates.
        let rated = recent.filter { $0.interval != nil }
        let known = rated.reduce(Duration.zero) { $0 + ($1.interval ?? .zero) }
        guard known >= span, let latest = rated.last?.host else { return nil }
        var faults = 0.0
        var pages = (read: 0.0, written: 0.0)
        for moment in rated {
            guard let interval = moment.interval, let pagesIn = moment.host.pagesSwappedIn,
                let pagesOut = moment.host.pagesSwappedOut, pagesIn > .zero, pagesOut > .zero,
                let major = moment.host.majorFaults
            else { return nil }
            let seconds = interval / .seconds(1)
            faults += Double(major.rawValue) * seconds
            pages.read += Double(pagesIn.rawValue) * seconds
            pages.written += Double(pagesOut.rawValue) * seconds
        }
        let seconds = known / .seconds(1)
        faults /= seconds
        pages.read /= seconds
        pages.written /= seconds
        let pressure = latest.memoryPressure?.some?.average10
        guard faults >= leastMajorFaults, pressure?.rawValue ?? leastPressure >= leastPressure
        else { return nil }
        let rates = "\(Rate(pages.read).text) pages/s in, \(Rate(pages.written).text) out"
        var evidence = [
            "swap: \(rates), in each of the last \(rated.count) refreshes (\(known.text))",
            "\(Rate(faults).text) major faults/s on average",
            pressure.map { "tasks waited for memory in \($0.text) % of the last 10 s (psi)" }
                ?? "no pressure figures (PSI) on this kernel: faults alone speak",
        ]
        if let worst = waiter(in: snapshot) { evidence.append(worst) }
        return Finding(
            kind: .swapThrash, subject: .host, severity: pressure == nil ? .warning : .critical,
            confidence: pressure == nil ? .medium : .high, claim: "swapping in and out: \(rates)",
            evidence: evidence,
            next: [
                .view(.swap, of: .host, sort: .faults, "who waits, by page faults"),
                .view(.memory, sort: .anonymous, "who holds the memory"),
            ],
            since: snapshot.time)
    }

    private static func waiter(in snapshot: Snapshot) -> String? {
        let worst = snapshot.processes.max {
            ($0.majorFaults ?? .zero) < ($1.majorFaults ?? .zero)
        }
        guard let worst, let faults = worst.majorFaults, faults > .zero else { return nil }
        return "most by \(worst.name) \(worst.id.pid.rawValue): \(faults.text) major faults/s"
    }
}

extension FindingKind {
    package static let swapThrash = FindingKind("swap_thrash", of: .memory)
}
