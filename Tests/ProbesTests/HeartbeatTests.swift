import Glibc
import ProcFormats
import ProcSampling
import Subprocess
import TestTraits
import Testing
import Units

@testable import Probes

/// Probes that claim not to stop their target do not: a program that notices it notices nothing.
@Suite(.needsRoot, .serialized)
struct HeartbeatTests {
    /// What the program has noticed since it began.
    struct Notes: Equatable {
        var turns = 0
        var stops = 0
        var endedEarly = 0

        init(_ line: String) {
            for word in line.split(separator: " ") {
                let pair = word.split(separator: "=")
                guard pair.count == 2, let number = Int(pair[1]) else { continue }
                switch pair[0] {
                case "turns": turns = number
                case "stops": stops = number
                case "ended_early": endedEarly = number
                default: break
                }
            }
        }
    }

    /// Probes all that the program does, once its threads are where they are bound for.
    ///
    /// - Returns: what it noticed.
    private func notes(
        _ probe: @Sendable (_ beat: ThreadTarget, _ sleeper: ThreadTarget) async throws -> Void
    ) async throws -> Notes {
        try await Subprocess.run(
            .path(workloadProgram), arguments: ["heartbeat"], input: .none, output: .sequence,
            error: .discarded
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            let first = try #require(try await lines.next())
            var facts: [String: Int32] = [:]
            for word in first.split(whereSeparator: \.isWhitespace) {
                let pair = word.split(separator: "=")
                if pair.count == 2 { facts[String(pair[0])] = Int32(pair[1]) }
            }
            let workload = Workload(numbers: facts)
            let beat = try workload.target("beat")
            let sleeper = try await asleep(workload.target("epoll"))
            try await probe(beat, sleeper)
            kill(beat.process.pid.rawValue, SIGUSR1)
            let last = try #require(try await lines.next())
            try execution.send(signal: .terminate)
            return Notes(last)
        }.closureResult
    }

    @Test func `probes from outside are not noticed`() async throws {
        let notes = try await notes { beat, sleeper in
            for _ in 0..<20 { _ = try await stacks(of: beat) }
            _ = try await waits(of: beat)
            _ = try await waits(of: sleeper)
            for target in [ProbeTarget.thread(sleeper), .thread(beat), .process(beat.process)] {
                _ = try await reading(of: ProfileRequest(target: target, seconds: 1))
                let count = SystemCallRequest(target: target, seconds: 1)
                _ = try await reading(of: count)
            }
        }
        #expect(notes.turns > 0)
        #expect(notes.stops == 0)
        #expect(notes.endedEarly == 0)
    }

    /// That the program would notice.
    @Test func `stops are noticed`() async throws {
        let notes = try await notes { beat, _ in _ = try await stacks(of: beat, .stopping) }
        #expect(notes.stops > 0)
        #expect(notes.endedEarly > 0)
    }
}
