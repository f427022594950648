internal import Samples
internal import Units

/// A Java program that collects garbage most of the time and gets no memory by it: its heap is full.
struct GarbageCollection: Detector {
    static let kind: FindingKind = .garbageCollection

    static let span: Duration = .seconds(8)
    /// Of a CPU, by the threads that collect: others may leave it no more.
    static let leastCPU = 25.0
    /// Of what the whole process uses.
    static let leastShare = 0.5
    /// What memory may change meanwhile, of itself: a heap that grows is not full yet.
    static let mostChange = 0.03
    /// What those threads are called: of G1, Parallel, Shenandoah, ZGC, CMS; the last collects itself with
    /// the serial collector.
    private static let names = [
        "GC Thread", "G1 ", "ParGC", "Shenandoah", "ZWorker", "ZDriver", "XWorker",
        "Concurrent Mark",
        "VM Thread",
    ]

    private struct Spell: Sendable {
        var began: Nanoseconds
        var memory: Double
        var collected = 0.0
        var used = 0.0
        var seconds = 0.0
    }

    private var spells: [ProcessIdentity: Spell] = [:]

    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        let snapshot = input.snapshot
        guard let interval = snapshot.interval else { return [] }
        let seconds = interval / .seconds(1)
        var now: [ProcessIdentity: Spell] = [:]
        var found: [Finding] = []
        for process in snapshot.processes {
            guard let cpu = process.cpu, Double(cpu.rawValue) >= Self.leastCPU,
                process.threads.contains(where: { $0.name == "VM Thread" }),
                let resident = process.residentMemory.map({ Double($0.rawValue) })
            else { continue }
            let collectors = process.threads.filter { thread in
                Self.names.contains { thread.name.hasPrefix($0) }
            }
            let collected = collectors.reduce(0) { $0 + Double($1.cpu?.rawValue ?? 0) }
            guard collected >= Self.leastCPU, collected >= Self.leastShare * Double(cpu.rawValue)
            else { continue }
            var spell =
                spells[process.id]
                ?? Spell(began: snapshot.moment.since(interval.inNanoseconds), memory: resident)
            if abs(resident - spell.memory) > Self.mostChange * spell.memory {
                spell = Spell(began: snapshot.moment, memory: resident)
            } else {
                spell.collected += collected * seconds
                spell.used += Double(cpu.rawValue) * seconds
                spell.seconds += seconds
            }
            now[process.id] = spell
            guard spell.seconds >= Self.span / .seconds(1) else { continue }
            found.append(Self.finding(process, spell, at: snapshot.time))
        }
        spells = now
        return found
    }

    private static func finding(
        _ process: ProcessSample, _ spell: Spell, at time: WallTime
    ) -> Finding {
        let pid = process.id.pid
        let subject = Subject.process(process.id)
        let share = Int((100 * spell.collected / max(1, spell.used)).rounded())
        return Finding(
            kind: .garbageCollection, subject: subject, severity: .warning, confidence: .medium,
            claim:
                "\(process.name) \(pid): \(share) % of its CPU is garbage collection, and its memory"
                + " stays at \(ByteCount(clamping: spell.memory).longText)",
            evidence: [
                "its collector threads use \(Percent(spell.collected / spell.seconds).text) % of a CPU,"
                    + " all its threads \(Percent(spell.used / spell.seconds).text) %, over"
                    + " \(Duration.seconds(spell.seconds).text)"
            ],
            meaning:
                "its heap is full (-Xmx): it collects again and again and frees next to nothing",
            next: [
                .command("jcmd \(pid) GC.heap_info", of: subject, "how full the heap is"),
                .command("jcmd \(pid) GC.class_histogram | head -30", of: subject, "what fills it"),
                .change("raise -Xmx, or mend what keeps the objects"),
            ],
            since: time.earlier(by: .seconds(spell.seconds)))
    }
}

extension FindingKind {
    package static let garbageCollection = FindingKind("garbage_collection", of: .memory)
}
