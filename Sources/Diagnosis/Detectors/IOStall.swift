internal import ProcFormats
package import Samples
package import Units

/// A thread that waits in the kernel in a way that signals do not interrupt.
package struct IOStall: Detector {
    static let kind: FindingKind = .ioStall

    /// Three refreshes of a second: a disk answers sooner.
    package static let leastSpan: Duration = .seconds(3)
    package static let leastSamples = 3
    /// Tasks waited for a disk in this share of the last 10 s (PSI), each in its own way of counting.
    package static let leastPressure: Float = 5
    /// What a wait takes on average, where one comes after the other: a disk that keeps up answers sooner,
    /// though who reads all the time makes the pressure by itself.
    package static let leastWait: Duration = .milliseconds(30)
    /// Processes that wait at one place are told of together beyond these.
    package static let mostProcesses = 3

    func findings(in input: DiagnosisInput) -> [Finding] {
        Self.findings(
            input.threads.polled, pressure: input.snapshot.host.ioPressure?.some?.average10,
            in: input.snapshot)
    }

    /// - Parameter pressure: some task's wait for a disk in the last 10 s, in percent; nil without
    ///   PSI.
    package static func findings(
        _ threads: [ThreadFacts], pressure: Percent?, in snapshot: Snapshot
    ) -> [Finding] {
        let stalls = threads.compactMap { Stall($0, in: snapshot) }
        let byProcess = Dictionary(grouping: stalls, by: \.facts.poll.process)
        var places: [String?: Set<ProcessIdentity>] = [:]
        for stall in stalls { places[stall.channel, default: []].insert(stall.facts.poll.process) }
        let wide = Set(places.filter { $0.value.count > mostProcesses }.keys)
        var together: [Stall] = []
        var found: [Finding] = []
        for (process, stalls) in byProcess {
            if stalls.allSatisfy({ wide.contains($0.channel) }) {
                together += stalls
            } else {
                let subject: Subject =
                    stalls.count == 1 ? stalls[0].facts.subject : .process(process)
                found.append(finding(stalls, subject, pressure))
            }
        }
        if !together.isEmpty { found.append(finding(together, .host, pressure)) }
        return found
    }

    private struct Stall {
        let facts: ThreadFacts
        let channel: String?
        let duration: Duration
        let since: WallTime
        /// It has waited for the same thing all the time.
        let isOneWait: Bool
        /// What each wait took; nil where there is one, or where they are not counted.
        let wait: Duration?

        init?(_ facts: ThreadFacts, in snapshot: Snapshot) {
            guard let stall = facts.poll.stall, stall.samples >= leastSamples else { return nil }
            let duration = Duration(snapshot.moment.since(stall.since))
            guard duration >= leastSpan else { return nil }
            self.duration = duration
            self.facts = facts
            channel = stall.channel
            since = snapshot.time.earlier(by: duration)
            isOneWait = stall.waits == 0
            wait = stall.waits.flatMap { $0 > 0 ? duration / Double($0) : nil }
        }
    }

    /// One long wait is worth a warning whatever it is for. Many in a row are what a disk is for,
    /// until each takes long and the machine as a whole waits for it.
    private static func finding(
        _ stalls: [Stall], _ subject: Subject, _ pressure: Percent?
    ) -> Finding {
        let isConfirmed = pressure.map { $0.rawValue >= leastPressure } ?? false
        let longest = stalls.max { $0.duration < $1.duration }
        let hasLongWait = stalls.contains(where: \.isOneWait)
        let isSlow = stalls.contains { $0.wait.map { $0 >= leastWait } ?? true }
        let channels = Set(stalls.compactMap(\.channel)).sorted()
        let place = channels.isEmpty ? "the kernel" : channels.joined(separator: ", ")
        let span = longest?.duration.text ?? ""
        let facts = stalls.map(\.facts)
        let name = stalls.first.map { $0.facts.poll } ?? nil
        let owner = name.map { "\($0.processName) \($0.process.pid.rawValue)" } ?? ""
        let who =
            switch subject {
            case .host:
                "\(stalls.count) threads of \(Set(facts.map(\.poll.process)).count) processes"
            case .process: "\(owner): \(stalls.count) threads"
            default: facts.first?.title ?? ""
            }
        var evidence = [
            longest.map {
                "state D in \($0.facts.poll.stall?.samples ?? 0) samples in a row, \($0.duration.text)"
            },
            hasLongWait
                ? "one and the same wait: no switch meanwhile"
                : "wait after wait" + (longest?.wait.map { ", \($0.fineText) each" } ?? ""),
            pressure.map { "tasks waited for a disk in \($0.text) % of the last 10 s (psi)" },
        ].compactMap(\.self)
        if stalls.count > 1 { evidence.insert(facts.labels, at: 0) }
        let meanings = Set(channels.compactMap(WaitChannelWords.meaning)).sorted()
        let cause =
            meanings.isEmpty ? "" : "it waits for \(meanings.joined(separator: ", or for ")); "
        var finding = Finding(
            kind: .ioStall, subject: subject,
            severity: hasLongWait || (isConfirmed && isSlow) ? .warning : .info,
            confidence: isConfirmed ? .high : .medium,
            claim: "\(who) blocked in \(place) for \(span)", evidence: evidence,
            meaning: cause + "it uses no CPU, and signals do not reach it",
            next: next(subject),
            since: stalls.map(\.since).min() ?? WallTime(seconds: 0))
        finding.processes = Set(facts.map(\.poll.process.pid)).sorted()
        return finding
    }

    private static func next(_ subject: Subject) -> [NextStep] {
        switch subject {
        case .thread(let thread, of: let process):
            [
                .view(.threads, of: subject, "what it waits for, and its kernel stack"),
                .command(
                    "cat /proc/\(process.pid)/task/\(thread.tid)/stack", of: subject,
                    "its kernel stack"),
                .probe(.stacks, of: .process(process), "the stacks of all threads"),
            ]
        case .process:
            [
                .probe(.stacks, of: subject, "the stacks of all threads"),
                .view(.threads, of: subject, "the threads that wait, in state D"),
            ]
        default: [.view(.threads, of: subject, "the threads that wait, in state D")]
        }
    }
}

extension FindingKind {
    package static let ioStall = FindingKind("io_stall", of: .threads)
}
