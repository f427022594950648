internal import ProcFormats
internal import Samples
internal import Units

/// A process that is stopped: by a signal (T), or by a tracer (t), which is named.
///
/// Jobs of a terminal are stopped on purpose (Ctrl-Z), and so are programs that a debugger started: those
/// are information, unless others wait for the job. A connection that it made itself keeps nobody waiting.
struct Stopped: Detector {
    static let kind: FindingKind = .stopped

    /// A tracer stops whom it traces for moments, again and again.
    static let leastAge: Duration = .seconds(5)

    private var halts: [ProcessIdentity: Halt] = [:]
    private var hasBegun = false

    /// A process that is stopped, as long as its state stays the same.
    private struct Halt: Sendable {
        let state: TaskState
        /// When it was first seen so.
        let began: Nanoseconds
        /// It was so already at the first refresh there was: nobody knows for how long.
        let isFromBefore: Bool
        /// Sockets at which others wait for it. Who is stopped opens and closes none: the most that were
        /// seen stand, since not every refresh has all tables.
        var sockets = 0
    }

    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        let snapshot = input.snapshot
        let stopped = snapshot.processes.filter { [.stopped, .traced].contains($0.state) }
        // As far as the tables were read.
        let sockets =
            stopped.isEmpty ? nil : snapshot.network?.sockets.countsByOwner(\.isAwaited)
        var now: [ProcessIdentity: Halt] = [:]
        var found: [Finding] = []
        for process in stopped {
            let known = halts[process.id].flatMap { $0.state == process.state ? $0 : nil }
            var halt =
                known
                ?? Halt(state: process.state, began: snapshot.moment, isFromBefore: !hasBegun)
            halt.sockets = max(halt.sockets, sockets?[process.id] ?? 0)
            now[process.id] = halt
            let age = Duration(snapshot.moment.since(halt.began))
            // What runs is stopped for moments only.
            guard age >= Self.leastAge, process.cpu ?? .zero < Percent(1.0) else { continue }
            found.append(Self.finding(process, halt, for: age, in: snapshot))
        }
        halts = now
        hasBegun = true
        return found
    }

    private static func finding(
        _ process: ProcessSample, _ halt: Halt, for age: Duration, in snapshot: Snapshot
    ) -> Finding {
        let pid = process.id.pid
        let subject = Subject.process(process.id)
        let tracer = process.tracer.flatMap { id in
            snapshot.processes.first { $0.id.pid == id }
        }
        let isTraced = process.state == .traced
        let by = tracer.map { "\($0.name) \($0.id.pid)" } ?? "a tracer"
        let how = isTraced ? "\(by), which traces it," : "a signal (SIGSTOP, SIGTSTP)"
        let isDebugged = isTraced && tracer.map { $0.id.pid == process.parent } ?? false
        let children = snapshot.processes.count { $0.parent == pid }
        let isJob = (process.hasTerminal && !isTraced && halt.sockets == 0) || isDebugged
        let least = halt.isFromBefore ? "at least " : ""
        var evidence = ["state \(process.state.letter) at each refresh of the last \(age.text)"]
        if halt.sockets > 0 {
            let sockets = halt.sockets == 1 ? "1 socket" : "\(halt.sockets) sockets"
            evidence.append("it listens at \(sockets): whoever asks there waits")
        }
        if children > 0 {
            evidence.append(children == 1 ? "it has 1 child" : "it has \(children) children")
        }
        if isJob { evidence.append("it belongs to a terminal or to a debugger that started it") }
        return Finding(
            kind: .stopped, subject: subject, severity: isJob ? .info : .warning, confidence: .high,
            claim: "\(process.name) \(pid) is stopped by \(how) for \(least)\(age.text)",
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

extension SocketSample {
    /// Others come to it by themselves: it listens, or it has a port and takes datagrams from anybody.
    fileprivate var isAwaited: Bool {
        switch transport {
        case .tcp, .unixStream, .unixSequenced: state == .listen
        case .udp: state == .close && local.port != nil
        case .raw, .unixDatagram, .packet: false
        }
    }
}

extension FindingKind {
    package static let stopped = FindingKind("stopped", of: .threads)
}
