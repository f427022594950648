import Glibc
import Subprocess
import SystemPackage

/// A running workload: a program whose behaviour is known.
struct Workload {
    let processID: pid_t
    /// `name=value` pairs of the line that it prints once it is ready.
    let facts: [String: String]

    /// A number it tells of, by the name of the fact.
    func number(_ fact: String) throws -> Int {
        guard let number = facts[fact].flatMap({ Int($0) }) else {
            throw DeadlineMissed(description: "the workload told of no \(fact): \(facts)")
        }
        return number
    }

    /// A thread it tells of.
    func thread(_ fact: String) throws -> pid_t { pid_t(clamping: try number(fact)) }

    /// Starts a workload, hands it to `body` once it is ready, and ends it whatever happens.
    @discardableResult
    static func run<Result: Sendable>(
        _ arguments: String..., in namespace: NetworkNamespace? = nil,
        body: (Workload) async throws -> Result
    ) async throws -> Result {
        try await run(arguments, in: namespace, body: body)
    }

    /// The same with several, each a line of words.
    @discardableResult
    static func run<Result: Sendable>(
        all lines: [String], in namespace: NetworkNamespace? = nil, started: [Workload] = [],
        body: ([Workload]) async throws -> Result
    ) async throws -> Result {
        guard let first = lines.first else { return try await body(started) }
        return try await run(first.split(separator: " ").map(String.init), in: namespace) {
            try await run(
                all: Array(lines.dropFirst()), in: namespace, started: started + [$0], body: body)
        }
    }

    private static func run<Result: Sendable>(
        _ arguments: [String], in namespace: NetworkNamespace?,
        body: (Workload) async throws -> Result
    ) async throws -> Result {
        var program = Program.workload()
        program.arguments = arguments
        program = program.inside(namespace)
        let result = try await Subprocess.run(
            .path("/usr/bin/env"), arguments: Arguments(Array(program.viaEnv.dropFirst())),
            input: .none, output: .sequence, error: .discarded
        ) { execution in
            var line = ""
            for try await part in execution.standardOutput.strings() {
                line = part
                break
            }
            let pairs = line.split(whereSeparator: \.isWhitespace).compactMap { word in
                word.firstIndex(of: "=").map {
                    (String(word[..<$0]), String(word[word.index(after: $0)...]))
                }
            }
            let workload = Workload(
                processID: execution.processIdentifier.value,
                facts: Dictionary(pairs, uniquingKeysWith: { first, _ in first }))
            let outcome: Swift.Result<Result, any Error>
            do { outcome = .success(try await body(workload)) } catch { outcome = .failure(error) }
            kill(workload.processID, SIGKILL)
            return outcome
        }
        return try result.closureResult.get()
    }
}

/// A field of `/proc/PID/task/TID/status`; nil when the thread is gone.
func status(_ field: String, ofThread thread: pid_t, of process: pid_t) -> String? {
    guard let bytes = try? contents(ofFile: "/proc/\(process)/task/\(thread)/status") else {
        return nil
    }
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        .first { $0.hasPrefix("\(field):") }
    return line.map { $0.dropFirst(field.count + 1).filter { !$0.isWhitespace } }
}

/// Whether the process is there and not merely waiting to be reaped.
func isRunning(_ process: pid_t) -> Bool {
    guard let state = status("State", ofThread: process, of: process) else { return false }
    return !state.hasPrefix("Z") && !state.hasPrefix("X")
}
