import ProcSampling
import TestTraits
import Testing
import Units

@testable import Probes

@Suite("The kernel's events", .needsRoot)
struct PerfRingTests {
    @Test("a spinner is sampled, and a ring that nobody reads loses what it tells it lost")
    func sampling() async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            var request = PerfRequest(.cpuClock)
            request.rate = .period(1_000_000)
            request.fields = [.instructionPointer, .thread, .time]
            request.reportsNames = true
            let event = try PerfEvent(request, thread: target.thread.tid)
            let ring = try PerfRing(of: event, byteCount: 4096)
            #expect(event.count == 0)
            try event.enable()
            // A page holds 128 samples of 32 bytes: over many rounds records go over its end.
            var samples: [PerfSample] = []
            var lost: UInt64 = 0
            func drain() {
                ring.drain { bytes in
                    switch try? PerfRecord(parsing: bytes, request.fields) {
                    case .sample(let sample): samples.append(sample)
                    case .lost(let count): lost += count
                    case nil: Issue.record("a record that makes no sense")
                    default: break
                    }
                }
            }
            try await eventually("500 samples") { () -> Void? in
                drain()
                return samples.count > 500 ? () : nil
            }
            #expect(samples.allSatisfy { $0.thread == target.thread.tid })
            #expect(samples.allSatisfy { $0.process == target.process.pid })
            #expect(zip(samples, samples.dropFirst()).allSatisfy { $0.time < $1.time })
            #expect(try #require(event.count) > 400_000_000, "nanoseconds on a CPU")

            try await eventually("a full ring") { ring.fill > 0.98 ? () : nil }
            let before = try #require(event.count)
            try await eventually("losses") { () -> Void? in
                (event.count ?? 0) > before + 20_000_000 ? () : nil
            }
            // The kernel tells of them before the next record that fits.
            try await eventually("told losses") { () -> Void? in
                drain()
                return lost > 0 ? () : nil
            }
        }
    }

    @Test("page faults are counted without samples")
    func counting() async throws {
        try await withWorkload("grow", "--rate", "4096") { workload in
            let target = try workload.target("filler")
            let event = try PerfEvent(PerfRequest(.pageFaults), thread: target.thread.tid)
            try event.enable()
            try await eventually("100 faults") { (event.count ?? 0) > 100 ? () : nil }
        }
    }

    @Test("a thread that is not there is told so")
    func gone() {
        #expect(throws: (any Error).self) {
            try PerfEvent(PerfRequest(.cpuClock), thread: ThreadID(.max - 1))
        }
    }
}
