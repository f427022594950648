import Glibc
import Subprocess
import SystemPackage

/// A running workload: a program whose behaviour is known.
struct Workload {
    let processID: pid_t
    /// `name=value` pairs of the line that it prints once it is ready.
    let facts: [String: String]

    /// A thread it tells of, by the name of the fact.
    func thread(_ fact: String) throws -> pid_t {
        guard let thread = facts[fact].flatMap({ pid_t($0) }) else {
            throw DeadlineMissed(description: "the workload told of no \(fact): \(facts)")
        }
        return thread
    }

    /// Starts a workload, hands it to `body` once it is ready, and ends it whatever happens.
    @discardableResult
    static func run<Result: Sendable>(
        _ arguments: String..., body: (Workload) async throws -> Result
    ) async throws -> Result {
        var program = Program.workload()
        program.arguments = arguments
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
