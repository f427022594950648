import Subprocess
import SystemPackage

/// How a program that ran to its end came out.
struct Outcome: CustomStringConvertible {
    /// The exit code; nil when a signal ended it.
    var exitCode: Int32?
    var output: String
    var errors: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }

    var description: String {
        "exit \(exitCode.map(String.init) ?? "by signal")\noutput:\n\(output)\nerrors:\n\(errors)"
    }
}

/// What a test waited for did not come in time.
struct DeadlineMissed: Error, CustomStringConvertible {
    let description: String
}

/// Runs a program with its output in pipes and no input, for at most `deadline`.
func run(_ program: Program, deadline: Duration = .seconds(30)) async throws -> Outcome {
    try await within(deadline, "\(program.path) \(program.arguments) to end") {
        let result = try await Subprocess.run(
            .path("/usr/bin/env"), arguments: Arguments(Array(program.viaEnv.dropFirst())),
            output: .string(limit: 64 << 20), error: .string(limit: 1 << 20))
        var exitCode: Int32?
        if case .exited(let code) = result.terminationStatus { exitCode = code }
        return Outcome(
            exitCode: exitCode, output: result.standardOutput, errors: result.standardError)
    }
}

/// The result of `operation`, which is cancelled (and a program it runs killed) at the deadline.
func within<Value: Sendable>(
    _ deadline: Duration, _ purpose: String,
    _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask(operation: operation)
        group.addTask {
            try await Task.sleep(for: deadline)
            throw DeadlineMissed(description: "waited \(deadline) for \(purpose)")
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}

/// Polls until `condition` holds; throws when it does not by the deadline.
func wait(
    for purpose: String, deadline: Duration = .seconds(20),
    until condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now.advanced(by: deadline)
    while try await !condition() {
        guard ContinuousClock.now < end else {
            throw DeadlineMissed(description: "waited \(deadline) for \(purpose)")
        }
        try await Task.sleep(for: .milliseconds(50))
    }
}
