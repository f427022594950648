import Glibc

/// The tools at work: the one that was started last, and those before it that were stopped and
/// still let go of their targets.
package struct ToolRuns: Sendable {
    private var runs: [ToolRun] = []

    package init() {}

    /// How many have not ended yet.
    package var count: Int { runs.count { !$0.isFinished } }

    package mutating func add(_ run: ToolRun) {
        runs.removeAll(where: \.isFinished)
        runs.append(run)
    }

    /// Asks the tool that was started last to end. Returns at once.
    package func stopNewest() { runs.last?.stop() }

    /// Stops all and waits until they are gone, `patience` at most for all together; then kills
    /// those that are left. For the way out of the program: no tracer stays behind. It blocks, and
    /// what it waits for goes on in tasks: call it from a thread that runs none.
    @available(*, noasync)
    package mutating func stopAndWait(patience: Duration) {
        for run in runs { run.stop() }
        wait(atMost: patience)
        for run in runs { run.kill() }
        wait(atMost: .seconds(2))
    }

    private mutating func wait(atMost patience: Duration) {
        let deadline = ContinuousClock.now + patience
        runs.removeAll(where: \.isFinished)
        while !runs.isEmpty, ContinuousClock.now < deadline {
            usleep(2000)
            runs.removeAll(where: \.isFinished)
        }
    }
}
