import ProcSampling
import Synchronization
import TestTraits
import Testing
import Units

@testable import Probes

/// Counting that nobody asked for: what it brings, and that it rests.
@Suite(.serialized, .needsRoot) struct CandidateCountingTests {
    private final class Log: Sendable {
        private let counts = Mutex<[CountedSystemCalls]>([])

        func add(_ calls: CountedSystemCalls) { counts.withLock { $0.append(calls) } }
        var all: [CountedSystemCalls] { counts.withLock { $0 } }
    }

    private func rests(_ counting: CandidateCounting) async throws {
        _ = try await eventually("it has let go") { counting.isAtWork ? nil : true }
    }

    @Test func `a storm is counted for a second, with what its calls achieve`() async throws {
        try await withWorkload("syscalls", "empty", "max") { workload in
            let log = Log()
            let counting = CandidateCounting(report: log.add)
            let target = try workload.target("caller")
            counting.count([target])
            let calls = try await eventually("a count") { log.all.first }
            #expect(calls.thread == target.thread)
            #expect(calls.elapsed >= .seconds(1))
            #expect(calls.rate >= Rate(1000.0))
            #expect(calls.share(ofMostFrequent: 1) > 0.99)
            let read = try #require(calls.calls.first)
            #expect(read.name == "read")
            #expect(read.error == "EAGAIN")
            #expect(read.failed == read.returned)
            #expect(read.zeros == 0)
        }
    }

    @Test func `one is counted at a time, and the next when it is time`() async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            let log = Log()
            let counting = CandidateCounting(period: .zero, report: log.add)
            counting.count([])
            #expect(!counting.isAtWork)
            counting.count([target])
            counting.count([target])
            _ = try await eventually("a count") { log.all.first }
            try await rests(counting)
            #expect(log.all.map(\.count) == [0])
            counting.count([target])
            _ = try await eventually("another") { log.all.dropFirst().first }

            let rare = CandidateCounting(period: .seconds(3600), report: log.add)
            rare.count([target])
            try await rests(rare)
            rare.count([target])
            #expect(!rare.isAtWork)
        }
    }

    @Test func `it lets go when it is stopped, and tells nothing of who is gone`() async throws {
        try await withWorkload("spin") { workload in
            let log = Log()
            let counting = CandidateCounting(period: .zero, report: log.add)
            counting.count([try workload.target("poll")])
            counting.stop()
            try await rests(counting)
            counting.count([unchecked(pid: 1, tid: 1)])
            try await rests(counting)
            #expect(log.all.isEmpty)
        }
    }
}
