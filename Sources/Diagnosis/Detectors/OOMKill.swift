package import Samples
package import Units

/// The kernel OOM-killed a process since dxtop began.
package struct OOMKill: Detector {
    static let kind: FindingKind = .oomKill

    /// For so long after a kill it is most likely what someone is looking for.
    package static let criticalTime: Duration = .seconds(10 * 60)
    /// After a day it is history, after a week nobody's concern.
    package static let warningTime: Duration = .seconds(24 * 60 * 60)
    package static let longestTime: Duration = .seconds(7 * 24 * 60 * 60)
    /// The latest of them: a service that is killed again and again may have a new group each time.
    package static let mostFindings = 16

    func findings(in input: DiagnosisInput) -> [Finding] {
        let kills = input.groups.kills
        return Self.findings(
            input.snapshot.host.oomKills, groups: kills.groups, forgotten: kills.forgotten,
            at: input.snapshot.time)
    }

    /// Kills that were counted in one group and not below it, since it was first seen.
    package struct GroupKills: Hashable, Sendable {
        package var path: String
        package var count: UInt64
        /// The refresh at which the count last rose.
        package var lastSeen: WallTime

        package init(path: String, count: UInt64, lastSeen: WallTime) {
            self.path = path
            self.count = count
            self.lastSeen = lastSeen
        }
    }

    /// One finding for each group in which something was killed, and one for kills that no group
    /// counted; at most 16, and none of more than a week ago. What was killed before dxtop began is
    /// none.
    ///
    /// - Parameters:
    ///   - groups: also those that are gone by now.
    ///   - forgotten: kills of other groups, which are not the host's either.
    package static func findings(
        _ kills: OOMKills?, groups: [GroupKills], forgotten: UInt64 = 0, at time: WallTime
    ) -> [Finding] {
        let all = everyFinding(kills, groups: groups, forgotten: forgotten, at: time).filter {
            Duration.seconds(time.seconds - $0.since.seconds) < longestTime
        }
        guard all.count > mostFindings else { return all }
        return Array(all.sorted { $0.since > $1.since }.prefix(mostFindings))
    }

    private static func everyFinding(
        _ kills: OOMKills?, groups: [GroupKills], forgotten: UInt64, at time: WallTime
    ) -> [Finding] {
        if let named = named(kills, at: time) { return named }
        let counted = groups.filter { $0.count > 0 }
        var findings = counted.map { group in
            finding(
                group.count, subject: .group(group.path), where: " in group \(group.path)",
                victims: (kills?.victims ?? []).filter { $0.isOfGroup },
                areAll: counted.count == 1, of: kills, lastSeen: group.lastSeen, at: time)
        }
        guard let kills else { return findings }
        let ofGroups = counted.reduce(forgotten) { $0 + $1.count }
        guard kills.sinceStart > ofGroups, let lastSeen = kills.lastSeen else { return findings }
        findings.append(
            finding(
                kills.sinceStart - ofGroups, subject: .host, where: "",
                victims: kills.victims.filter { ofGroups == 0 || !$0.isOfGroup }, areAll: true,
                of: kills, lastSeen: lastSeen, at: time))
        return findings
    }

    /// By the kernel log alone, where it told of every kill and whose limit it was: the groups'
    /// counters need not be asked. Nil where it did not.
    private static func named(_ kills: OOMKills?, at time: WallTime) -> [Finding]? {
        guard let kills, kills.sinceStart > 0, UInt64(kills.victims.count) == kills.sinceStart,
            kills.victims.allSatisfy({ !$0.isOfGroup || $0.group != nil })
        else { return nil }
        return Dictionary(grouping: kills.victims, by: \.group).map { group, victims in
            var finding = finding(
                UInt64(victims.count), subject: group.map { .group($0) } ?? .host,
                where: group.map { " in group \($0)" } ?? "", victims: victims, areAll: true,
                of: kills, lastSeen: victims.compactMap(\.seen).max() ?? kills.lastSeen ?? time,
                at: time)
            finding.processes = victims.map(\.process)
            return finding
        }
    }

    /// - Parameter areAll: whether the victims are this subject's, and not perhaps another group's.
    private static func finding(
        _ count: UInt64, subject: Subject, where place: String, victims: [OOMKills.Victim],
        areAll: Bool, of kills: OOMKills?, lastSeen: WallTime, at time: WallTime
    ) -> Finding {
        let names = victims.suffix(3).map { "\($0.name) \($0.process.rawValue)" }
            .joined(separator: ", ")
        // The name first: the end of a long line may be cut.
        let isOne = count == 1 && areAll && !names.isEmpty
        let some = isOne ? names : count == 1 ? "a process" : "\(count) processes"
        let who = !isOne && areAll && !names.isEmpty ? ": \(names)" : ""
        var evidence: [String] = []
        if !areAll, !names.isEmpty {
            evidence.append("killed in groups, which is not said: \(names)")
        }
        if victims.isEmpty {
            evidence.append("the kernel log names it, and cannot be read here")
        }
        if let total = kills?.total { evidence.append("\(total) kills on this machine since boot") }
        return Finding(
            kind: .oomKill, subject: subject,
            severity: severity(after: .seconds(time.seconds - lastSeen.seconds)), confidence: .high,
            claim: "the kernel OOM-killed \(some)\(place)\(who)",
            evidence: evidence,
            next: [
                .view(.memory, of: subject, "its curve, or what grows there"),
                .command("dmesg -T | grep -i oom", "what held how much when it was killed"),
            ],
            since: lastSeen)
    }

    private static func severity(after passed: Duration) -> Finding.Severity {
        if passed < criticalTime { return .critical }
        return passed < warningTime ? .warning : .info
    }
}

extension FindingKind {
    package static let oomKill = FindingKind("oom_kill", of: .memory, isMoment: true)
}
