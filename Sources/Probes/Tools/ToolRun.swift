import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// One run of a tool on one target. It goes on beside its caller until it has said `finished`.
package final class ToolRun: Sendable {
    package let tool: Tool
    package let target: ToolTarget
    let report: @Sendable (ToolEvent) -> Void
    private let state = Mutex(State())

    private struct State {
        var wasStopped = false
        var isFinished = false
        /// The process group of the running step. It is set only while the step has not been
        /// waited for, so its number cannot belong to anyone else.
        var group: pid_t?
    }

    private init(
        _ tool: Tool, on target: ToolTarget, report: @escaping @Sendable (ToolEvent) -> Void
    ) {
        self.tool = tool
        self.target = target
        self.report = report
    }

    /// Checks tool and target once more and starts. `report` is called from another thread, with
    /// one event at a time; the last one is `finished`. Nothing is read on the caller's thread.
    ///
    /// - Parameter environment: what decides whether the tool may run; nil for this machine as it
    ///   is when the run begins.
    package static func start(
        _ tool: Tool, on target: ToolTarget, in environment: ToolEnvironment? = nil,
        report: @escaping @Sendable (ToolEvent) -> Void
    ) -> ToolRun {
        let run = ToolRun(tool, on: target, report: report)
        Task.detached {
            let outcome = await run.outcome(in: environment ?? .current())
            run.state.withLock { $0.isFinished = true }
            report(.finished(outcome))
        }
        return run
    }

    // MARK: - Stopping

    /// Asks the tool to end: by SIGINT, on which tracers let go of their target and print what
    /// they have, and less kindly when that does not help. Returns at once.
    package func stop() {
        let isFirst = state.withLock { state in
            defer { state.wasStopped = true }
            return !state.wasStopped && !state.isFinished
        }
        guard isFirst else { return }
        signal(SIGINT)
        Task.detached { [self] in
            for (signal, patience) in [(SIGTERM, Duration.seconds(3)), (SIGKILL, .seconds(2))] {
                try? await Task.sleep(for: patience)
                self.signal(signal)
            }
        }
    }

    /// Ends it at once, without asking.
    func kill() { signal(SIGKILL) }

    package var isFinished: Bool { state.withLock(\.isFinished) }

    var wasStopped: Bool { state.withLock(\.wasStopped) }

    private func signal(_ number: CInt) {
        state.withLock { state in
            if let group = state.group { Glibc.kill(-group, number) }
        }
    }

    // MARK: - Running

    /// Short enough that no pipe is full by then: that would hold up the target.
    private static let gathering = Duration.milliseconds(4)
    private static let fewBytes = 1024

    private func outcome(in environment: ToolEnvironment) async -> ToolOutcome {
        switch target {
        case .thread(let target): await outcome(on: target, in: environment)
        case .peer(let peer): await outcome(on: peer, in: environment)
        }
    }

    private func outcome(
        on target: ThreadTarget, in environment: ToolEnvironment
    ) async -> ToolOutcome {
        let before = TargetReading.read(target)
        do throws(ToolRefusal) {
            let notes = try ToolPreflight(tool, on: target, in: environment, reading: before)
                .check()
            for note in notes { report(.output(Array("# \(note)\n".utf8))) }
            let folder = try privateFolder()
            defer { folder?.remove() }
            for step in tool.command(for: self.target, data: folder?.dataFile).steps {
                guard !wasStopped else { break }
                let result = try await run(step, in: environment)
                if wasStopped { break }
                guard isDone(result.status, step) else {
                    throw explain(step, result, target, in: environment)
                }
                if step.contains("strace"), !result.excerpt.saysAttached {
                    throw ToolRefusal(
                        "strace did not attach within its time",
                        remedy: "try again: the machine is very busy")
                }
                if let silence = silence(of: result, target, since: before) {
                    return ToolOutcome(
                        ending: .done, targetAfterwards: await target.afterwards(before: before),
                        conclusion: silence)
                }
            }
            return ToolOutcome(
                ending: wasStopped ? .stopped : .done,
                targetAfterwards: await target.afterwards(before: before))
        } catch {
            return ToolOutcome(
                ending: .failed(reason: error.reason, remedy: error.remedy),
                targetAfterwards: await target.afterwards(before: before))
        }
    }

    private func privateFolder() throws(ToolRefusal) -> PrivateFolder? {
        guard tool.usesDataFile else { return nil }
        do {
            return try PrivateFolder()
        } catch {
            throw ToolRefusal(
                "no private directory for its data: \(error)",
                remedy: "set TMPDIR to a directory that can be written")
        }
    }

    /// - Parameter isShown: whether its user sees what it prints.
    func run(
        _ step: [String], isShown: Bool = true, in environment: ToolEnvironment
    ) async throws(ToolRefusal) -> StepResult {
        guard let program = step.first, let path = environment.path(of: program) else {
            throw ToolRefusal("\(step.first ?? tool.id) is not installed")
        }
        guard SpareDescriptors.suffice else {
            throw ToolRefusal(
                "no file descriptors left to start \(program)", remedy: "raise ulimit -n")
        }
        report(.started(command: step))
        // A session of its own: Ctrl-C and Ctrl-Z at the terminal are for dxtop alone.
        var options = PlatformOptions()
        options.createSession = true
        do {
            let result = try await Subprocess.run(
                .path(FilePath(path)),
                arguments: Arguments(
                    executablePathOverride: program, remainingValues: Array(step.dropFirst())),
                environment: .inherit.updating([
                    "LC_ALL": "C",
                    "PATH": environment.searchPath.joined(separator: ":"),
                    // Nobody's settings change the output, and nothing is fetched over a network.
                    "PERF_CONFIG": "/dev/null",
                    "DEBUGINFOD_URLS": nil,
                ]),
                platformOptions: options,
                input: .none, output: .sequence, error: .combinedWithOutput
            ) { execution in
                begin(execution.processIdentifier.value)
                defer { state.withLock { $0.group = nil } }
                let output = BoundedOutput { [report] in if isShown { report($0) } }
                var first: (ContinuousClock.Instant, TargetReading?)?
                for try await buffer in execution.standardOutput {
                    if first == nil { first = (.now, reading()) }
                    let bytes = buffer.withUnsafeBytes { Array($0) }
                    output.take(bytes)
                    // A tracer writes line by line: where the pipe is all but empty, let some lines
                    // gather in it. A flood then costs hundreds of reads a second, not thousands.
                    if bytes.count < Self.fewBytes { try? await Task.sleep(for: Self.gathering) }
                }
                output.close()
                return (output.excerpt, first, ContinuousClock.now)
            }
            let (excerpt, first, end) = result.closureResult
            return StepResult(
                status: result.terminationStatus, excerpt: excerpt, firstOutput: first, end: end)
        } catch {
            throw ToolRefusal("\(program) could not be run: \(error)")
        }
    }

    private func reading() -> TargetReading? {
        guard case .thread(let target) = target else { return nil }
        return TargetReading.read(target)
    }

    /// A stop that came before the process did is made up for.
    private func begin(_ group: pid_t) {
        state.withLock { state in
            state.group = group
            if state.wasStopped { Glibc.kill(-group, SIGINT) }
        }
    }
}
