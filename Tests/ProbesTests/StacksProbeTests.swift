import Glibc
import ProcFormats
import ProcReading
import ProcSampling
import TestTraits
import Testing
import Units

@testable import Probes

/// Stacks of threads whose callers are known.
@Suite(.needsRoot, .serialized)
struct StacksProbeTests {
    /// The group that a thread with this name is in.
    private func group(
        of name: String, in listing: StackListing
    ) throws -> StackListing.Group {
        try #require(listing.groups.first { $0.threads.contains { $0.name == name } })
    }

    private func names(_ group: StackListing.Group) -> [String] { group.frames.map(\.name) }

    /// What is listed of the workload while all its threads sleep; else they would move while they
    /// are read.
    private func sleepers(_ method: StacksRequest.Method) async throws -> StackListing {
        try await withWorkload("waits", "37") { workload in
            let target = try workload.target("pid")
            let pid = target.process.pid
            // On a busy machine a thread may get no CPU in time to come to its stop: then once more.
            for _ in 0..<50 {
                for thread in try ProcRoot().threads(of: pid) {
                    _ = try await asleep(currentTarget(pid: pid.rawValue, tid: thread.rawValue))
                }
                let listing = try await stacks(of: target, method)
                if !listing.groups.contains(where: { $0.gap == "did not stop" }) { return listing }
            }
            throw TimedOut(what: "all threads come to their stop")
        }
    }

    @Test(arguments: [StacksRequest.Method.withoutStopping, .stopping])
    func `workers of a pool are one group, with the names of their functions`(
        method: StacksRequest.Method
    ) async throws {
        let listing = try await sleepers(method)
        let first = try #require(listing.groups.first)
        #expect(first.threads.count == 37)
        #expect(first.threads.allSatisfy { $0.name == "worker" && $0.state == .sleeping })
        #expect(first.gap == nil)
        let names = names(first)
        #expect(first.frames.first?.origin == .kernel)
        #expect(names.contains { $0.hasPrefix("futex_wait") })
        let job = try #require(names.firstIndex(of: "take_job"))
        #expect(names[job + 1] == "worker_loop")
        #expect(names[..<job].contains { $0.contains("pthread_cond_wait") })
        #expect(listing.missing == 0)
        #expect((listing.longestStop == nil) == (method == .withoutStopping))
    }

    @Test(arguments: [StacksRequest.Method.withoutStopping, .stopping])
    func `callers are found without frame pointers`(
        method: StacksRequest.Method
    ) async throws {
        let group = try group(of: "chain", in: try await sleepers(method))
        let names = names(group)
        let start = try #require(names.firstIndex(of: "chain_inner"))
        #expect(
            names[start...].prefix(4)
                == ["chain_inner", "chain_middle", "chain_outer", "chain_begin"])
        #expect(group.frames.filter(\.isGuessed) == [])
        #expect(names.contains { $0.contains("pause") })
    }

    @Test func `a thread that runs is sampled, not stopped`() async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            // On a busy machine it may get no CPU in time, or be in another function just then.
            var isFound = false
            for _ in 0..<50 where !isFound {
                let listing = try await stacks(of: target)
                #expect(listing.longestStop == nil)
                let group = try group(of: "poll", in: listing)
                isFound = names(group).contains("rd_kafka_q_pop_serve")
            }
            #expect(isFound)
        }
    }

    @Test func `all threads are seen where the first one has ended`() async throws {
        try await withWorkload("headless") { workload in
            let heir = try await asleep(workload.target("heir"))
            _ = try await eventually("the first thread ends") {
                try? workload.target("pid").isZombie
            }
            let listing = try await stacks(of: heir)
            let group = try group(of: "heir", in: listing)
            #expect(names(group).contains("wait_forever"))
            #expect(listing.groups.contains { $0.gap == "has ended" })
            #expect(listing.missing == 0)
        }
    }

    @Test func `who is gone is refused`() async throws {
        await #expect(throws: ProbeRefusal("process \(getpid()) has ended")) {
            try await stacks(of: unchecked(pid: getpid(), tid: getpid()))
        }
    }

    @Test func `dxtop does not stop itself`() async throws {
        let own = try currentTarget(pid: getpid(), tid: getpid())
        let refusal = await #expect(throws: ProbeRefusal.self) {
            try await stacks(of: own, .stopping)
        }
        #expect(refusal?.reason.contains("dxtop itself") == true)
    }
}

extension ThreadTarget {
    /// True once it has ended, and nil before.
    fileprivate var isZombie: Bool? {
        TargetReading.read(self)?.state == .zombie ? true : nil
    }
}
