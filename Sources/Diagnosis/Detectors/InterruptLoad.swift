internal import Samples
internal import Units

/// A CPU that does nothing but serve interrupts, most of all soft ones: packets, timers, block devices.
///
/// A busy network takes half a CPU for that, and that is well: only a CPU that has nothing left is
/// a warning.
struct InterruptLoad: Detector {
    static let kind: FindingKind = .interruptLoad

    static let leastShare = Percent(60.0)
    static let badShare = Percent(90.0)
    static let span: Duration = .seconds(8)

    private var spells: [Int: ShareSpell] = [:]

    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        let snapshot = input.snapshot
        guard let interval = snapshot.interval else { return [] }
        var now: [Int: ShareSpell] = [:]
        var found: [(spell: ShareSpell, cpu: HostSample.CPU)] = []
        for cpu in snapshot.host.cpus {
            guard let share = cpu.interrupts, share >= Self.leastShare else { continue }
            var spell = spells[cpu.number] ?? ShareSpell()
            spell.add(share, over: interval)
            now[cpu.number] = spell
            if spell.duration >= Self.span { found.append((spell, cpu)) }
        }
        spells = now
        let worst = found.max { $0.spell.mean < $1.spell.mean }
        return worst.map { [Self.finding($0.spell, $0.cpu, of: found.count, snapshot)] } ?? []
    }

    private static func finding(
        _ spell: ShareSpell, _ cpu: HostSample.CPU, of count: Int, _ snapshot: Snapshot
    ) -> Finding {
        let share = spell.mean
        let isNetwork = cpu.softInterrupt?.hasPrefix("NET") ?? false
        let interface = snapshot.network?.interfaces.max {
            ($0.receivedPackets.rate ?? .zero) < ($1.receivedPackets.rate ?? .zero)
        }
        let behind =
            isNetwork
            ? interface.map { ": packets of \($0.name)" } ?? ""
            : cpu.device.map { ": interrupts of \($0)" } ?? ""
        var evidence = [
            "\(share.text) % of CPU \(cpu.number) over"
                + " \(spell.duration.text), on \(count) CPUs like that"
        ]
        if let kind = cpu.softInterrupt { evidence.append("most are \(kind) (softirqs)") }
        if let device = cpu.device { evidence.append("most hard interrupts are of \(device)") }
        if isNetwork, let interface, let rate = interface.receivedPackets.rate {
            evidence.append(
                "\(interface.name) receives \(rate.text) packets/s, more than the others")
        }
        let subject: Subject = isNetwork ? interface.map { .interface($0.name) } ?? .host : .host
        return Finding(
            kind: .interruptLoad, subject: subject, severity: share >= badShare ? .warning : .info,
            confidence: .medium,
            claim:
                "CPU \(cpu.number) spends \(share.text) % of its time in interrupts\(behind)",
            evidence: evidence,
            meaning: "what runs on that CPU waits, and what comes faster is dropped",
            next: [
                .command(
                    "grep . /proc/irq/*/smp_affinity_list; cat /proc/softirqs", "who serves which"),
                .change("spread them over CPUs (RSS, RPS, irqbalance), or have fewer come"),
            ],
            since: snapshot.time.earlier(by: spell.duration))
    }
}

extension FindingKind {
    package static let interruptLoad = FindingKind("interrupt_load", of: .threads)
}
