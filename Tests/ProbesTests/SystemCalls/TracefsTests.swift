import Glibc
import ProcFormats
import ProcSampling
import SystemPackage
import TestTraits
import Testing
import Units

@testable import Probes

/// Counts by records, with a place for tracefs of its own, where it is mounted for a moment: the
/// machine's is left as it is, for other tests tell what can be done by it.
func recording(
    _ target: ProbeTarget, while body: @Sendable (CallLog) async throws -> Void
) async throws -> SystemCallCount {
    try await withFolder { folder in
        var probe = SystemCallProbe(target, .mountingTracefs).withoutPrograms
        probe.tracefs.folders = [folder]
        return try await counting(probe, while: body)
    }
}

/// A folder that is gone afterwards.
func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    var template = Array("/tmp/dxtop-tracefs-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    let folder = try #require(made)
    defer { #expect(rmdir(folder) == 0, "nothing is mounted there, and nothing was left") }
    return try await body(folder)
}

@Suite(.serialized, .needsRoot) struct TracefsTests {
    @Test func `it is mounted for a moment, and only when asked`() async throws {
        try await withFolder { folder in
            let tracefs = Tracefs(folders: [folder])
            #expect(throws: TracefsError.notMounted) { try tracefs.tracepoints() }
            let numbers = try tracefs.tracepointsByMounting()
            #expect(numbers.enter > 0 && numbers.leave > 0 && numbers.enter != numbers.leave)
            // It was taken away again.
            #expect(throws: TracefsError.notMounted) { try tracefs.tracepoints() }
        }
    }

    @Test func `what cannot be mounted is told`() {
        let tracefs = Tracefs(folders: ["/nowhere/tracing"])
        #expect(throws: TracefsError.notMountable(.noSuchFileOrDirectory)) {
            try tracefs.tracepointsByMounting()
        }
    }

    @Test func `without it calls are polled, and mounting is offered`() async throws {
        try await withWorkload("calls", "1000") { workload in
            try await withFolder { folder in
                let target = try workload.target("caller")
                var probe = SystemCallProbe(.thread(target)).withoutPrograms
                probe.tracefs.folders = [folder]
                let polled = try await counting(probe) { _ in }
                #expect(polled.method == .polled)
                #expect(polled.notes.first == "It was not counted: tracefs is not mounted.")
                #expect(polled.offers.count == 2)
                let offer = try #require(polled.offers.first)
                #expect(offer.price.contains(folder))
                let request = try #require(offer.request as? SystemCallRequest)
                #expect(request.method == .mountingTracefs)
                var accepted = SystemCallProbe(request).withoutPrograms
                accepted.tracefs.folders = [folder]
                let counted = try await counting(accepted) { _ in }
                #expect(counted.method == .counted)
                #expect(counted.offers.isEmpty)
            }
        }
    }
}

@Suite(.serialized, .needsRoot) struct PolledCallsTests {
    func polled(_ target: ProbeTarget, folder: String) async throws -> SystemCallCount {
        var probe = SystemCallProbe(target).withoutPrograms
        probe.tracefs.folders = [folder]
        return try await counting(probe) { _ in }
    }

    @Test func `a sleeper is met in its call each time`() async throws {
        try await withWorkload("calls", "1") { workload in
            let caller = try workload.target("caller")
            let count = try await withFolder { folder in
                try await polled(.thread(caller), folder: folder)
            }
            #expect(count.total == nil && count.counted == nil)
            #expect(count.calls.map(\.name) == ["rt_sigtimedwait"])
            #expect(count.calls.first?.pollShare?.rawValue == 100)
            #expect(count.calls.first?.count == nil)
            #expect(count.conclusion.hasPrefix("Asleep in rt_sigtimedwait in 100 % of "))
        }
    }

    @Test func `a spinner is met in none`() async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            let count = try await withFolder { folder in
                try await polled(.thread(target), folder: folder)
            }
            #expect(count.calls.isEmpty)
            #expect(count.conclusion.hasPrefix("Found running in each of "))
            #expect(count.conclusion.hasSuffix("very likely it makes no system calls"))
        }
    }

    @Test func `a process is all its threads`() async throws {
        try await withWorkload("spin") { workload in
            let process = try workload.target("poll").process
            let count = try await withFolder { folder in
                try await polled(.process(process), folder: folder)
            }
            #expect(count["futex"] != nil)
            #expect(count["epoll_wait"] != nil || count["epoll_pwait"] != nil)
        }
    }
}
