internal import Samples
internal import Units

/// A process that takes page fault after page fault: it maps, touches and unmaps memory, or the
/// allocator gives pages back and takes them again.
///
/// A program that starts or fills a cache faults as fast, but only until it has its memory: 200,000 a
/// second are 0.8 GB/s, and for ten seconds on end.
struct PageFaultStorm: Detector {
    static let kind: FindingKind = .pageFaultStorm

    /// While it has the CPU, or would have: where others use it, too, that counts in.
    static let leastFaults = Rate(200_000.0)
    /// Who gets less of the CPU time that it wants is not judged by what it would do.
    private static let leastShareOfCPU = 0.25
    static let span: Duration = .seconds(10)
    /// Who grows by a good part of what it touches only fills its memory.
    static let mostKept = 0.5

    /// Since when each process has faulted so fast, how much memory it had then, and its faults.
    private var storms: [ProcessIdentity: Storm] = [:]

    private struct Storm: Sendable {
        var began: Nanoseconds
        var resident: Double?
        var faults = 0.0
    }

    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        let snapshot = input.snapshot
        guard let interval = snapshot.interval else { return [] }
        let pageSize = Double(snapshot.host.pageSize?.rawValue ?? 4096)
        var now: [ProcessIdentity: Storm] = [:]
        var found: [Finding] = []
        for process in snapshot.processes {
            guard let faults = process.minorFaults,
                Self.wouldBe(faults, of: process) >= Self.leastFaults
            else { continue }
            var storm =
                storms[process.id]
                ?? Storm(
                    began: snapshot.moment.since(interval.inNanoseconds),
                    resident: process.residentMemory.map { Double($0.rawValue) })
            storm.faults += Double(faults.rawValue) * (interval / .seconds(1))
            now[process.id] = storm
            let duration = Duration(snapshot.moment.since(storm.began))
            guard duration >= Self.span, !Self.keeps(process, storm, pageSize) else { continue }
            found.append(
                Self.finding(
                    process, storm, over: duration, at: snapshot.time, pageSize: pageSize))
        }
        storms = now
        return found
    }

    /// The faults a second if it did not have to wait for a CPU.
    private static func wouldBe(_ faults: Rate, of process: ProcessSample) -> Rate {
        guard let cpu = process.cpu?.rawValue, cpu > 0, let delay = process.runDelay?.rawValue,
            case let share = Double(cpu / (cpu + delay)), share >= leastShareOfCPU
        else { return faults }
        return Rate(Double(faults.rawValue) / share)
    }

    private static func keeps(
        _ process: ProcessSample, _ storm: Storm, _ pageSize: Double
    ) -> Bool {
        guard let before = storm.resident, let now = process.residentMemory else { return false }
        return Double(now.rawValue) - before >= mostKept * storm.faults * pageSize
    }

    private static func finding(
        _ process: ProcessSample, _ storm: Storm, over duration: Duration, at time: WallTime,
        pageSize: Double
    ) -> Finding {
        let rate = Rate(storm.faults / (duration / .seconds(1)))
        let subject = Subject.process(process.id)
        var evidence = [
            "\(rate.text) page faults/s over \(duration.text), as of"
                + " \(ByteCount(UInt64(Double(rate.rawValue) * pageSize)).text)/s of memory"
        ]
        if let resident = process.residentMemory {
            evidence.append("resident memory is \(resident.text)")
        }
        if let cpu = process.cpu { evidence.append("\(cpu.text) % CPU") }
        return Finding(
            kind: .pageFaultStorm, subject: subject, severity: .warning, confidence: .medium,
            claim: "\(process.name) \(process.id.pid): page-fault storm, \(rate.text)/s",
            evidence: evidence,
            meaning: "it maps, touches and gives back the same memory again and again: its CPU time"
                + " goes into page faults",
            next: [.probe(.faults, of: subject, "the code that takes the page faults")],
            since: time.earlier(by: duration))
    }
}

extension FindingKind {
    package static let pageFaultStorm = FindingKind("page_fault_storm", of: .memory)
}
