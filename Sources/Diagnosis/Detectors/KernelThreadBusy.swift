internal import Samples
internal import Units

/// A kernel thread that keeps a CPU busy and never rests: memory is reclaimed, packets are taken, pages
/// are merged all the time.
///
/// Some of them do what they are there for (a journal, a loop device): those are information. Of the
/// others it is known that they rest mostly, and what it means when they do not.
struct KernelThreadBusy: Detector {
    static let kind: FindingKind = .kernelThreadBusy
    /// A CPU that does nothing but take packets says more than the thread that takes them there.
    static let suppressedBy: [FindingKind] = [.interruptLoad]

    /// Of a CPU, used or waited for, at each refresh and on average. Those that yield to others (`nice`)
    /// have to use it.
    static let leastNow = Percent(70.0)
    static let leastDemand = Percent(90.0)
    /// Who gets less does not keep a CPU busy.
    static let leastUsed = Percent(50.0)
    static let span: Duration = .seconds(10)

    private var spells: [ProcessIdentity: ShareSpell] = [:]

    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        let snapshot = input.snapshot
        guard let interval = snapshot.interval else { return [] }
        var now: [ProcessIdentity: ShareSpell] = [:]
        var found: [Finding] = []
        for process in snapshot.processes where process.isKernelThread {
            guard let cpu = process.cpu, cpu >= Self.leastUsed else { continue }
            let delay = process.nice ?? 0 > 0 ? 0 : process.runDelay?.rawValue ?? 0
            let demand = Percent(cpu.rawValue + delay)
            guard demand >= Self.leastNow, !isExplained(process, in: input) else { continue }
            var spell = spells[process.id] ?? ShareSpell()
            spell.add(demand, over: interval)
            now[process.id] = spell
            if spell.duration >= Self.span, spell.mean >= Self.leastDemand {
                found.append(Self.finding(process, cpu, spell, snapshot))
            }
        }
        spells = now
        return found
    }

    private func isExplained(_ process: ProcessSample, in input: DiagnosisInput) -> Bool {
        process.name.hasPrefix("ksoftirqd/") && !input.explanations.isEmpty
    }

    private static func finding(
        _ process: ProcessSample, _ cpu: Percent, _ spell: ShareSpell, _ snapshot: Snapshot
    ) -> Finding {
        let known = KernelTask(name: process.name)
        let thread = ThreadIdentity(
            tid: ThreadID(process.id.pid.rawValue), startTime: process.id.startTime)
        let subject: Subject = .thread(thread, of: process.id)
        let task = known.map { ": it \($0.task)" } ?? ""
        var next: [NextStep] = [
            .probe(.profile, of: subject, "the functions of the kernel it runs in")
        ]
        if let interface = known?.interface {
            let link = "ip -s link show \(interface.shellWord)"
            next.append(.command(link, of: subject, "what it drops"))
        }
        return Finding(
            kind: .kernelThreadBusy, subject: subject,
            severity: known?.meaning == nil ? .info : .warning, confidence: .medium,
            claim: "kernel thread \(process.name) \(process.id.pid) keeps a CPU busy\(task)",
            evidence: [
                "\(spell.mean.text) % of a CPU used or waited for over \(spell.duration.text),"
                    + " now \(cpu.text) % used"
            ], meaning: known?.meaning, next: next,
            since: snapshot.time.earlier(by: spell.duration))
    }
}

extension FindingKind {
    package static let kernelThreadBusy = FindingKind("kernel_thread_busy", of: .threads)
}
