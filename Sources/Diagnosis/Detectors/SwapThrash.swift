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
    /// So many major faults a second say it without PSI, and sooner: swap in memory (zram) is so fast
    /// that nobody seems to wait.
    package static let manyMajorFaults = 1000.0
    package static let shortSpan: Duration = .seconds(10)
    /// Of the short span, in which it must go both ways.
    package static let leastBothWays = 0.8

    func findings(in input: DiagnosisInput) -> [Finding] {
        let recent = input.history.hosts(last: Self.span)
        let short = input.history.hosts(last: Self.shortSpan)
        return
            (Self.finding(recent, in: input.snapshot)
            ?? Self.finding(fast: short, in: input.snapshot))
            .map { [$0] } ?? []
    }

    /// What moved over some refreshes, on average.
    private struct Paging {
        var length = Duration.zero
        var refreshes = 0
        /// Refreshes in which pages moved both ways.
        var bothWays = 0
        var faults = 0.0
        var read = 0.0
        var written = 0.0

        /// Nil where a figure is not known.
        init?(_ rated: [History.HostMoment]) {
            for moment in rated {
                guard let interval = moment.interval, let pagesIn = moment.host.pagesSwappedIn,
                    let pagesOut = moment.host.pagesSwappedOut,
                    let major = moment.host.majorFaults
                else { return nil }
                let seconds = interval / .seconds(1)
                length += interval
                refreshes += 1
                if pagesIn > .zero, pagesOut > .zero { bothWays += 1 }
                faults += Double(major.rawValue) * seconds
                read += Double(pagesIn.rawValue) * seconds
                written += Double(pagesOut.rawValue) * seconds
            }
            guard length > .zero else { return nil }
            let seconds = length / .seconds(1)
            faults /= seconds
            read /= seconds
            written /= seconds
        }
    }

    /// - Parameter recent: the refreshes of the last 30 s, oldest first; see `History.hosts(last:)`.
    /// - Returns: nil if pages did not move both ways in every refresh of 30 s, or if that is not
    ///   known.
    package static func finding(
        _ recent: [History.HostMoment], in snapshot: Snapshot
    ) -> Finding? {
        // The first refresh of all has no rates.
        let rated = recent.filter { $0.interval != nil }
        guard let paging = Paging(rated), paging.length >= span, let latest = rated.last?.host,
            paging.bothWays == paging.refreshes
        else { return nil }
        let pressure = latest.memoryPressure?.some?.average10
        guard paging.faults >= leastMajorFaults,
            pressure?.rawValue ?? leastPressure >= leastPressure
        else { return nil }
        return finding(paging, pressure, in: snapshot)
    }

    /// The same by very many major faults, whatever PSI says.
    private static func finding(
        fast recent: [History.HostMoment], in snapshot: Snapshot
    ) -> Finding? {
        let rated = recent.filter { $0.interval != nil }
        guard let paging = Paging(rated), paging.length >= shortSpan,
            Double(paging.bothWays) >= leastBothWays * Double(paging.refreshes),
            paging.faults >= manyMajorFaults,
            min(paging.read, paging.written) >= manyMajorFaults / 4
        else { return nil }
        let pressure = rated.last?.host.memoryPressure?.some?.average10
        return finding(paging, pressure, in: snapshot)
    }

    private static func finding(
        _ paging: Paging, _ pressure: Percent?, in snapshot: Snapshot
    ) -> Finding {
        let isWaitedFor = pressure.map { $0.rawValue >= leastPressure } ?? false
        let isMany = paging.faults >= manyMajorFaults
        let rates = "\(Rate(paging.read).text) pages/s in, \(Rate(paging.written).text) out"
        var evidence = [
            "swap: \(rates), in \(paging.bothWays) of the last \(paging.refreshes) refreshes (\(paging.length.text))",
            "\(Rate(paging.faults).text) major faults/s on average",
            pressure.map { "tasks waited for memory in \($0.text) % of the last 10 s (psi)" }
                ?? "no pressure (PSI) on this kernel: faults alone speak",
        ]
        if let worst = waiter(in: snapshot) { evidence.append(worst) }
        return Finding(
            kind: .swapThrash, subject: .host, severity: isWaitedFor ? .critical : .warning,
            confidence: isWaitedFor || isMany ? .high : .medium,
            claim: "swapping in and out: \(rates)",
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
