import History
import Diagnosis
import Fields
import ProcFormats
import Samples
import Screen
import Units

/// One thread in depth: its figures, what it does right now, how the kernel sees it, and its CPU
/// over the last 15 minutes.
struct ThreadDetailView {
    private let state: State
    private let process: ProcessSample?
    private let thread: ThreadSample?
    private let identity: ThreadIdentity
    private let owner: ProcessIdentity
    /// Only while live, and only once the sampler has read this very thread.
    private let detail: ThreadDetail?

    init(_ state: State, thread identity: ThreadIdentity, process owner: ProcessIdentity) {
        self.state = state
        self.identity = identity
        self.owner = owner
        process = state.shown?.process(owner)
        thread = process?.threads.first { $0.id == identity }
        let detail = state.shown?.selectedThread
        self.detail = detail?.id == identity ? detail : nil
    }

    func draw(into surface: inout Surface, in rect: Rect) {
        var rest = rect
        surface.put(headline, at: rest.takeTop(1).origin, within: rect.columns)
        guard let thread else {
            surface.put(absence, at: rest.takeTop(1).origin, style: .warning)
            drawCurve(into: &surface, in: rest.takeTop(min(rest.rows, 12)))
            return
        }
        let verdict = ThreadVerdictView(state, thread: identity, process: owner)
        for text in verdict.lines(width: rect.columns) {
            guard rest.rows > 0 else { return surface.markMore(in: rect) }
            surface.put(text, at: rest.takeTop(1).origin, within: rect.columns)
        }
        for fact in facts(thread) {
            guard rest.rows > 0 else { return surface.markMore(in: rect) }
            let line = rest.takeTop(1)
            surface.put(fact.label, at: line.origin, style: .heading)
            surface.put(
                fact.pieces, at: Point(column: line.column + 8, row: line.row),
                within: line.columns - 8)
        }
        if rest.rows > 4 { _ = rest.takeTop(1) }
        drawCurve(into: &surface, in: rest)
    }

    // MARK: Words

    private var headline: [StyledText] {
        guard let thread else {
            let name = state.level.threadName.map { " " + $0 } ?? ""
            return [StyledText("T\(identity.tid)\(name)", .heading)]
        }
        var pieces = [StyledText("T\(identity.tid) \(thread.name)", .heading)]
        if let process {
            pieces.append(StyledText("  of \(process.shortCommand)", .faint))
        }
        let threshold = state.settings.hotThreshold
        guard let cpu = thread.cpu, thread.isHot(threshold) == true else { return pieces }
        let time = state.history.duration(
            ofHeat: identity, threshold: threshold, until: state.shown?.sequence)
        let since = time > .seconds(1) ? " for \(time.text)+" : ""
        let wish = cpu < threshold ? "CPU-starved: wants a whole CPU, gets \(cpu.text)%  " : ""
        pieces.insert(StyledText("!! HOT\(since)  \(wish)", .critical), at: 0)
        return pieces
    }

    private var absence: String {
        if !state.isLive { return "This thread is not in the recorded sample." }
        return process == nil
            ? "Its process has ended. The curve shows what was recorded; Esc goes back."
            : "This thread has ended. The curve shows what was recorded; Esc goes back."
    }

    private struct Fact {
        let label: String
        let pieces: [StyledText]

        init(_ label: String, _ text: String, _ style: Style = .text) {
            self.label = label
            pieces = [StyledText(text, style)]
        }

        init(_ label: String, _ pieces: [StyledText]) {
            self.label = label
            self.pieces = pieces
        }
    }

    private func facts(_ thread: ThreadSample) -> [Fact] {
        var facts = [cpu(thread), switches(thread), stateShare(thread), now(thread)]
        facts += detail.map(depth) ?? []
        return facts
    }

    private func cpu(_ thread: ThreadSample) -> Fact {
        let isHot = thread.isHot(state.settings.hotThreshold) == true
        return Fact(
            "CPU%",
            [
                StyledText(thread.cpu.text, isHot ? .critical : Style(.text, .bold)),
                StyledText(
                    "  usr \(thread.user.text)  sys \(thread.system.text)"
                        + "  wait \(thread.runDelay.text)"
                        + "  CPU time \(thread.totalTime.text)"
                        + "  on cpu \(thread.processor.map { String($0) } ?? "-")"),
            ])
    }

    private func switches(_ thread: ThreadSample) -> Fact {
        let text =
            "\(thread.voluntarySwitches.text)/s voluntary"
            + "  \(thread.involuntarySwitches.text)/s involuntary"
            + "   faults \(thread.minorFaults.text)/s minor"
            + "  \(thread.majorFaults.text)/s major"
        return Fact("SWITCH", text)
    }

    private func stateShare(_ thread: ThreadSample) -> Fact {
        let name = thread.state.explanation
        let shares = state.history.states(
            of: identity, last: .seconds(60), until: state.shown?.sequence)
        guard shares.polls > 0 else { return Fact("STATE", "\(thread.state.letter) \(name)") }
        let parts = shares.counts.sorted { ($1.value, $0.key.letter) < ($0.value, $1.key.letter) }
            .map { "\($0.key.letter) \(shares.share(of: $0.key).text)%" }
        return Fact(
            "STATE",
            "\(thread.state.letter) \(name);  \(shares.polls) samples in the last 60 s: "
                + parts.joined(separator: "  "))
    }

    private func now(_ thread: ThreadSample) -> Fact {
        guard let detail else {
            return Fact(
                "NOW", state.isLive ? "reading ..." : "details were not read at this moment", .faint
            )
        }
        switch detail.systemCall {
        case .success(.running):
            return Fact("NOW", "[runnable] on a CPU or waiting for one, in no system call")
        case .success(.outside):
            return Fact("NOW", "blocked outside a system call (page fault, signal stop)")
        case .success(.blocked(let number, let arguments)):
            var text = SystemCallText(
                number: number, name: detail.systemCallName, arguments: arguments
            ).text
            if let file = detail.systemCallFile { text += "  -> \(file)" }
            return Fact("NOW", text)
        case .failure(let error):
            return Fact("NOW", "- " + reason(error, file: "syscall"), .faint)
        }
    }

    private func depth(_ detail: ThreadDetail) -> [Fact] {
        var facts = [Fact("WCHAN", detail.waitChannel ?? "-")]
        switch detail.kernelStack {
        case .success(let frames) where frames.isEmpty: facts.append(Fact("STACK", "none", .faint))
        case .success(let frames):
            facts.append(Fact("STACK", frames.joined(separator: " < ")))
        case .failure(let error):
            facts.append(Fact("STACK", "- " + reason(error, file: "stack"), .faint))
        }
        let stat = detail.stat
        func text(_ number: (some BinaryInteger)?) -> String { number.map { "\($0)" } ?? "-" }
        var schedule = stat.policy?.name ?? "-"
        schedule += "  nice \(text(stat.nice))  priority \(text(stat.priority))"
        if let priority = stat.realTimePriority, priority > 0 {
            schedule += "  real-time \(priority)"
        }
        schedule += "  CPU affinity \(detail.allowedCPUs ?? "-")"
        if let tracer = detail.tracer { schedule += "  TRACED by \(tracer)" }
        facts.append(Fact("SCHED", schedule))
        switch detail.io {
        case .success(let io):
            facts.append(
                Fact(
                    "IO",
                    "read \(io.bytesRead.text) in \(text(io.readCalls)) calls"
                        + "  written \(io.bytesWritten.text) in \(text(io.writeCalls))"
                        + "  disk r \(io.diskBytesRead.text)"
                        + " w \(io.diskBytesWritten.text)"))
        case .failure(let error):
            facts.append(Fact("IO", "- " + reason(error, file: "io"), .faint))
        }
        facts.append(Fact("CGROUP", detail.cgroup ?? "-"))
        return facts
    }

    /// Why a file could not be read, and what would help.
    private func reason(_ error: ProcError, file: String) -> String {
        switch error {
        case .denied where state.settings.isRoot:
            "not permitted, even as root: a container lacks "
                + (file == "stack" ? "CAP_SYS_ADMIN" : "CAP_SYS_PTRACE")
        case .denied:
            file == "stack"
                ? "needs root (CAP_SYS_ADMIN)" : "not permitted: needs root or the same user"
        case .absent: "this kernel has no \(file)"
        case .vanished: "it has just ended"
        case .malformed: "unreadable: a bug of dxtop"
        case .failed(_, let errno): "error \(errno)"
        }
    }

    // MARK: Curve

    private func drawCurve(into surface: inout Surface, in rect: Rect) {
        guard rect.rows >= 3 else { return }
        var area = rect
        surface.put(
            "CPU% of the last 15 min", at: area.takeTop(1).origin, style: .heading)
        // The axis takes a few columns; more points than cells would be thinned anyway.
        let values = state.cpuCurve(
            of: identity, last: History.span, points: max(1, area.columns))
        // A whole CPU is the measure: an idle thread's flicker must not look like a spin.
        Chart(
            values, scale: .fromZero(maximum: max(100, values.compactMap(\.self).max() ?? 0)),
            span: "15 min ago - now",
            label: { Percent($0).text }
        ).draw(into: &surface, in: area)
    }
}

extension TaskState {
    /// What the letter means.
    var explanation: String {
        switch self {
        case .running: "running or runnable"
        case .sleeping: "sleeps"
        case .diskSleep: "uninterruptible sleep"
        case .stopped: "stopped by a signal"
        case .traced: "stopped by a tracer"
        case .zombie: "zombie"
        case .dead: "dead"
        case .idle: "idle kernel thread"
        case .parked: "parked kernel thread"
        case .unknown: "unknown state"
        }
    }
}

extension SchedulingPolicy {
    /// As `chrt(1)` calls it, without the prefix.
    var name: String {
        switch self {
        case .other: "OTHER"
        case .fifo: "FIFO"
        case .roundRobin: "RR"
        case .batch: "BATCH"
        case .idle: "IDLE"
        case .deadline: "DEADLINE"
        case .extensible: "EXT"
        case .unknown(let number): "policy \(number)"
        }
    }
}
