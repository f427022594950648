internal import Samples
internal import Units

/// A control group that uses up its CPU quota, so that all in it is held back for the rest of a
/// period (100 ms, mostly): two counters of the kernel say so, how often and for how long.
///
/// A tenth of the periods is every request that comes in one of them late by tens of milliseconds.
/// What is held back is runnable and waits, while the machine may be idle: that looks like
/// starvation and is none.
struct CgroupThrottle: Detector {
    static let kind: FindingKind = .cgroupThrottle

    /// The share of the last 10 s' periods, in percent.
    static let leastShare = Percent(10.0)
    /// Of fewer periods, one would be too much.
    static let leastPeriods: UInt64 = 10

    private var quotas = QuotaTrends()

    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        let snapshot = input.snapshot
        quotas.add(snapshot)
        return snapshot.cpuGroups.values.compactMap { group in
            guard let now = quotas.enforcement(of: group.path), let share = now.share,
                now.periods >= Self.leastPeriods, share >= Self.leastShare
            else { return nil }
            return Self.finding(
                group, now, share, before: quotas.before(group.path), in: snapshot)
        }
    }

    private static func finding(
        _ group: CPUGroup, _ now: QuotaTrends.Enforcement, _ share: Percent,
        before: QuotaTrends.Enforcement?, in snapshot: Snapshot
    ) -> Finding {
        // A time that is longer than the one in which it was lost says nothing to people.
        let held = now.lost.seconds / now.length.seconds
        var evidence = [
            "quota used up in \(now.throttled) of the last \(now.periods) periods (cpu.stat)",
            "held back by \(cpus(held)) on average: \(seconds(now.lost)) of CPU time, all CPUs"
                + " added up, in \(seconds(now.length))",
        ]
        if let busiest = busiest(of: group, in: snapshot) { evidence.append(busiest) }
        return Finding(
            kind: .cgroupThrottle, subject: .group(group.path), severity: .warning,
            confidence: .high,
            claim: "group \(group.path) limited to \(cpus(group.limit)), throttled in"
                + " \(share.text) % of periods, held back by \(cpus(held)) over the last"
                + " \(seconds(now.length))",
            evidence: evidence, baseline: before.flatMap(baseline), meaning: meaning(snapshot.host),
            next: [
                .view(.threads, of: .group(group.path), "the threads that run in it"),
                .change("raise its quota (cpu.max, CPUQuota=), or run fewer threads at once"),
            ],
            since: snapshot.time)
    }

    private static func baseline(_ before: QuotaTrends.Enforcement) -> String? {
        before.share.map { "until then throttled in \($0.text) % of all its periods" }
    }

    private static func meaning(_ host: HostSample) -> String {
        let held = "its threads are runnable and held back until the next period"
        guard let idle = host.cpu?.idle, idle.rawValue >= 20 else { return held }
        return held + ", though the machine's CPUs are \(idle.text) % idle: this is its quota, not"
            + " load"
    }

    private static func busiest(of group: CPUGroup, in snapshot: Snapshot) -> String? {
        let members = snapshot.processes.filter { process in
            process.cpu ?? .zero > .zero
                && snapshot.cpuGroups(of: process).contains { $0.path == group.path }
        }
        let most = members.max { $0.cpu ?? .zero < $1.cpu ?? .zero }
        return most.map { "most of it by \($0.name) \($0.id.pid): \($0.cpu.text) % of a CPU" }
    }

    private static func seconds(_ time: Nanoseconds) -> String { "\(tenths(time.seconds)) s" }

    /// "1.0 CPU", "1.9 CPUs".
    private static func cpus(_ count: Double) -> String {
        if count < 0.005 { return "less than 0.01 CPUs" }
        let text = tenths(count)
        return text == "1.0" ? "1.0 CPU" : "\(text) CPUs"
    }

    /// "2.0", "0.2"; quotas may be smaller: "0.05".
    private static func tenths(_ value: Double) -> String {
        guard value > 0, value < 0.1 else { return Percent(value).text }
        let hundredths = Int((value * 100).rounded())
        return hundredths < 10 ? "0.0\(hundredths)" : "0.\(hundredths)"
    }
}

extension FindingKind {
    package static let cgroupThrottle = FindingKind("cgroup_throttle", of: .threads)
}
