import Glibc
import ProcSampling
import Subprocess
import Units

/// How one step of a run ended.
struct StepResult {
    var status: TerminationStatus
    var excerpt: Excerpt
    /// When the first output came, and what the target was like: strace says when it begins.
    var firstOutput: (time: ContinuousClock.Instant, reading: TargetReading?)?
    var end: ContinuousClock.Instant
}

extension ToolRun {
    /// When its time was over, timeout(1) of coreutils says 124; busybox's hands on what a tracer
    /// says after SIGINT, 130.
    func isDone(_ status: TerminationStatus, _ step: [String]) -> Bool {
        status.isSuccess
            || (step.first == "timeout" && (status == .exited(124) || status == .exited(130)))
    }

    func explain(
        _ step: [String], _ result: StepResult, _ target: ThreadTarget,
        in environment: ToolEnvironment
    ) -> ToolRefusal {
        let program = step.first { $0 != "timeout" && tool.packages[$0] != nil } ?? tool.id
        let now = TargetReading.read(target)
        guard let now, now.startTime == target.thread.startTime else {
            return ToolRefusal("\(target.label) ended while \(program) ran")
        }
        if tool.access == .tracing, let tracer = now.tracer {
            return ToolRefusal(
                "\(target.label) is already traced by \(tracer): one tracer at a time",
                remedy: "end that one first, or profile instead")
        }
        let ending =
            switch result.status {
            case .exited(let code): "exited with status \(code)"
            case .signaled(let number): "was killed by signal \(number)"
            }
        return ToolFailure.explain(
            program, ending: ending, output: result.excerpt.text, target: target,
            isRoot: environment.user.rawValue == 0)
    }

    /// The sentence for output without a result; nil where there is one.
    func silence(
        of result: StepResult, _ target: ThreadTarget, since before: TargetReading?
    ) -> String? {
        switch tool.counts {
        case .systemCalls where result.excerpt.countsNoSystemCall:
            "0 system calls in \(watchedSeconds(result)) s" + cpuUse(result, target, since: before)
        case .samples where result.excerpt.recordsNoSample:
            "no samples: \(target.label) did not run in \(tool.seconds) s"
        default:
            nil
        }
    }

    /// perf samples for as long as its `sleep` runs; strace from its first line to its end.
    private func watchedSeconds(_ result: StepResult) -> String {
        guard tool.access == .tracing, let first = result.firstOutput else {
            return "\(tool.seconds)"
        }
        return Self.seconds((result.end - first.time) / .milliseconds(100))
    }

    /// What the target did while it made no system call, where that was measured.
    private func cpuUse(
        _ result: StepResult, _ target: ThreadTarget, since before: TargetReading?
    ) -> String {
        guard let before, let now = TargetReading.read(target), now.startTime == before.startTime
        else { return "" }
        guard now.cpuTime > before.cpuTime else { return ": it did not run" }
        // Not from `before` on: starting the tool takes its time.
        guard tool.access == .tracing, let start = result.firstOutput?.reading,
            now.cpuTime > start.cpuTime
        else { return ", while it ran" }
        let used = Double(now.cpuTime.rawValue &- start.cpuTime.rawValue)
        let ticksPerTenth = Double(sysconf(CInt(_SC_CLK_TCK))) / 10
        return ", while it used \(Self.seconds(used / ticksPerTenth)) s of CPU"
    }

    /// "10" or "9.7" from 100 or 97 tenths.
    private static func seconds(_ tenths: Double) -> String {
        let rounded = Int(tenths.rounded())
        return rounded % 10 == 0 ? "\(rounded / 10)" : "\(rounded / 10).\(rounded % 10)"
    }
}
