internal import ProcFormats
internal import Samples
internal import Units

/// A process that is stopped: by a signal (T), or by a tracer (t), which is named.
///
/// Jobs of a terminal are stopped on purpose (Ctrl-Z), and so are programs that a debugger started: those
/// are information.
struct Stopped: Detector {
    static let kind: FindingKind = .stopped

    /// A tracer stops whom it traces for moments, again and again.
    static let leastAge: Duration = .seconds(5)

    private var since: [ProcessIdentity: (moment: Nanoseconds, state: TaskState)] = [:]

    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        let snapshot = input.snapshot
        var now: [ProcessIdentity: (moment: Nanoseconds, state: TaskState)] = [:]
        var found: [Finding] = []
        for process in snapshot.processes where [.stopped, .traced].contains(process.state) {
            let known = since[process.id].flatMap { $0.state == process.state ? $0 : nil }
            let began = known?.moment ?? snapshot.moment
            now[process.id] = (began, process.state)
            let age = Duration(snapshot.moment.since(began))
            // What runs is stopped for moments only.
            guard age >= Self.leastAge, process.cpu ?? .zero < Percent(1.0) else { continue }
            found.append(Self.finding(process, for: age, in: snapshot))
        }
        since = now
        return found
    }

    private static func finding(
        _ process: ProcessSample, for age: Duration, in snapshot: Snapshot
    ) -> Finding {
        let pid = process.id.pid
        let subject = Subject.process(process.id)
        let tracer = process.tracer.flatMap { id in
            snapshot.processes.first { $0.id.pid == id }
        }
        let isTraced = process.state == .traced
        let by = tracer.map { "\($0.name) \($0.id.pid)" } ?? "a tracer"
        let isDebugged = isTraced && tracer.map { $0.id.pid == process.parent } ?? false
        let sockets =
            snapshot.network?.sockets.sockets.count { $0.owner?.process == process.id } ?? 0
        let children = snapshot.processes.count { $0.parent == pid }
        let isJob = (process.hasTerminal && !isTraced && sockets == 0) || isDebugged
        var evidence = ["state \(process.state.letter) at each refresh of the last \(age.text)"]
        if sockets > 0 { evidence.append("it has \(sockets) sockets: whoever connects waits") }
        if children > 0 { evidence.append("it has \(children) children") }
        if isJob { evidence.append("it belongs to a terminal or to a debugger that started it") }
        return Finding(
            kind: .stopped, subject: subject, severity: isJob ? .info : .warning, confidence: .high,
            claim: isTraced
                ? "\(process.name) \(pid) is stopped by \(by), which traces it, for \(age.text)"
                : "\(process.name) \(pid) is stopped by a signal (SIGSTOP, SIGTSTP) for \(age.text)",
            evidence: evidence,
            meaning: "none of its threads runs, however much there is to do",
            next: [
                isTraced
                    ? .change("let \(by) go on or detach, or end it")
                    : .command("kill -CONT \(pid)", of: subject, "lets it go on"),
                .view(.sockets, of: subject, "who waits for it"),
            ],
            since: snapshot.time.earlier(by: age))
    }
}

extension FindingKind {
    package static let stopped = FindingKind("stopped", of: .threads)
}
