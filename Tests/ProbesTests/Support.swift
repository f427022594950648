import Glibc
import ProcFormats
import ProcReading
import ProcSampling
import Subprocess
import Synchronization
import SystemPackage
import Testing
import Units

@testable import Probes

/// The program `workload` of this package, built beside these tests.
let workloadProgram: FilePath = {
    var root = FilePath(#filePath)
    for _ in 0..<3 { root.removeLastComponent() }
    #if DEBUG
        return root.appending(".build/debug/workload")
    #else
        return root.appending(".build/release/workload")
    #endif
}()

/// A workload that runs: the numbers of the line that it printed, by name.
struct Workload: Sendable {
    let numbers: [String: Int32]

    func number(_ name: String) throws -> Int32 { try #require(numbers[name]) }

    func target(_ name: String) throws -> ThreadTarget {
        try currentTarget(pid: number("pid"), tid: number(name))
    }

    /// Until the thread that does its work when told to waits for that: it may have been started, and not
    /// have come there.
    fileprivate func waitUntilReady() async throws {
        let task = TaskHandle(
            ThreadID(try number("caller")), of: ProcessID(try number("pid")))
        _ = try await eventually("it waits to begin") { () -> Bool? in
            guard case .blocked(let number, _) = (try? task.syscall())?.record else { return nil }
            return SystemCallTable.name(of: number) == "rt_sigtimedwait" ? true : nil
        }
    }
}

/// Starts a workload, passes on the numbers of the line that it prints, and ends it afterwards.
func withWorkload<Result: Sendable>(
    _ arguments: String..., body: @Sendable (Workload) async throws -> Result
) async throws -> Result {
    try await Subprocess.run(
        .path(workloadProgram), arguments: Arguments(arguments),
        input: .none, output: .sequence, error: .discarded
    ) { execution in
        var line: [UInt8] = []
        for try await buffer in execution.standardOutput {
            buffer.withUnsafeBytes { line += $0 }
            if line.last == UInt8(ascii: "\n") { break }
        }
        var numbers: [String: Int32] = [:]
        for word in String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace) {
            let parts = word.split(separator: "=")
            if parts.count == 2 { numbers[String(parts[0])] = Int32(parts[1]) }
        }
        let result: Swift.Result<Result, any Error>
        do {
            let workload = Workload(numbers: numbers)
            if arguments.first == "calls" { try await workload.waitUntilReady() }
            result = .success(try await body(workload))
        } catch {
            result = .failure(error)
        }
        try? execution.send(signal: .terminate)
        return try result.get()
    }.closureResult
}

/// The target as it is now, its start times read from /proc.
func currentTarget(pid: Int32, tid: Int32) throws -> ThreadTarget {
    func start(_ tid: Int32) throws -> ClockTicks {
        try #require(TargetReading.read(unchecked(pid: pid, tid: tid))).startTime
    }
    return ThreadTarget(
        process: ProcessIdentity(pid: ProcessID(pid), startTime: try start(pid)),
        thread: ThreadIdentity(tid: ThreadID(tid), startTime: try start(tid)))
}

/// A target with a start time that nothing has.
func unchecked(pid: Int32, tid: Int32) -> ThreadTarget {
    ThreadTarget(
        process: ProcessIdentity(pid: ProcessID(pid), startTime: ClockTicks(.max)),
        thread: ThreadIdentity(tid: ThreadID(tid), startTime: ClockTicks(.max)))
}

/// What a run reported.
final class RunLog: Sendable {
    private let events = Mutex<[ToolEvent]>([])

    func take(_ event: ToolEvent) { events.withLock { $0.append(event) } }

    var commands: [[String]] {
        events.withLock {
            $0.compactMap { if case .started(let command) = $0 { command } else { nil } }
        }
    }

    var output: String {
        let bytes = events.withLock { events in
            events.flatMap { event -> [UInt8] in
                if case .output(let bytes) = event { bytes } else { [] }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Bytes of each piece of output.
    var sizes: [Int] {
        events.withLock {
            $0.compactMap { if case .output(let bytes) = $0 { bytes.count } else { nil } }
        }
    }

    var outcome: ToolOutcome? {
        events.withLock { if case .finished(let outcome) = $0.last { outcome } else { nil } }
    }

    func finished() async throws -> ToolOutcome {
        try await eventually("the tool ends") { self.outcome }
    }
}

struct TimedOut: Error { let what: String }

/// Waits until `value` is there.
func eventually<Value>(
    _ what: String, within limit: Duration = .seconds(60), _ value: () -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if let value = value() { return value }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw TimedOut(what: what)
}

/// Runs `work`, which blocks, on a thread that no task needs, as a program's main loop is.
func onOwnThread(_ work: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
        let job = Unmanaged.passRetained(
            Job {
                work(); continuation.resume()
            })
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().work()
                return nil
            }, job.toOpaque())
        pthread_detach(thread)
    }
}

/// Stops runs as the way out of the program does.
@available(*, noasync)
func stopAndWait(_ started: [ToolRun], patience: Duration) {
    var runs = ToolRuns()
    for run in started { runs.add(run) }
    runs.stopAndWait(patience: patience)
}

private final class Job: Sendable {
    let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
}

extension Tool {
    /// The same tool, but it runs for this long only.
    func running(seconds: Int) -> Tool {
        Tool(
            id: id, title: title,
            steps: steps.map { step in step.map { $0 == "\(self.seconds)" ? "\(seconds)" : $0 } },
            effect: effect, seconds: seconds, access: access, counts: counts, packages: packages)
    }
}
