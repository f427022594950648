import Glibc
import ProcFormats
import ProcSampling
import TestTraits
import Testing
import Units

@testable import Probes

/// Threads that wait for known things.
@Suite(.needsRoot, .serialized)
struct WaitProbeTests {
    /// The one site where a thread of the workload sleeps.
    private func site(
        of thread: String, in workload: Workload
    ) async throws -> (site: WaitReading.Site, reading: WaitReading) {
        let target = try await asleep(workload.target(thread))
        let reading = try await waits(of: target)
        #expect(reading.samples > 1)
        #expect(reading.sites.reduce(0) { $0 + $1.samples } == reading.samples)
        #expect(reading.sites.count == 1)
        return (try #require(reading.sites.first), reading)
    }

    @Test func `what is waited for is named`() async throws {
        try await withWorkload("waits", "2") { workload in
            let piped = try await site(of: "piped", in: workload).site
            #expect(piped.activity.name == "read")
            #expect(piped.activity.waitChannel?.contains("pipe_read") == true)
            #expect(piped.kernelStack?.contains { $0.contains("pipe_read") } == true)
            let object = try #require(piped.object)
            #expect(object.hasPrefix("fd "))
            #expect(object.contains(", pipe, other end fd "))
            #expect(object.hasSuffix(" of this process"))

            let remote = try await site(of: "remote", in: workload).site.object
            let peer = try workload.number("peer")
            #expect(remote?.contains(", tcp 127.0.0.1:") == true)
            #expect(remote?.hasSuffix(" <- 127.0.0.1:\(peer)") == true)

            let local = try await site(of: "local", in: workload).site.object
            #expect(local?.contains(", unix_stream * <- other end fd ") == true)

            let evented = try await site(of: "evented", in: workload).site
            #expect(evented.activity.name.hasPrefix("epoll_"))
            #expect(evented.object?.hasSuffix(", epoll of 3 files") == true)

            let polled = try await site(of: "polled", in: workload).site.object
            #expect(polled?.contains(", pipe, ") == true)
            #expect(polled?.contains("; fd ") == true)
            #expect(polled?.contains(", unix_stream ") == true)
        }
    }

    @Test func `a lock names who else waits for it, and who holds it`() async throws {
        try await withWorkload("waits", "2") { workload in
            let (site, reading) = try await site(of: "queued", in: workload)
            #expect(site.activity.name == "futex")
            let object = try #require(site.object)
            #expect(object.hasPrefix("0x"))
            #expect(object.contains("with 3 other threads of this process: T"))
            #expect(object.contains(" queued, T"))
            #expect(object.hasSuffix("held by T\(try workload.number("holder")) holder"))
            #expect(reading.conclusion.hasPrefix("asleep 100 % of "))
            #expect(reading.conclusion.contains(", in futex: 0x"))
            #expect(reading.conclusion.hasSuffix("; it used 0s of CPU"))
            #expect(reading.cpuTime == .zero)
        }
    }

    @Test func `threads of a pool wait together, and nobody holds what they wait for`()
        async throws
    {
        try await withWorkload("waits", "37") { workload in
            let all = try await stacks(of: workload.target("pid"))
            let worker = try #require(
                all.groups.flatMap(\.threads).first { $0.name == "worker" })
            let target = ThreadTarget(
                process: try workload.target("pid").process, thread: worker.id)
            let object = try #require(try await waits(of: target).sites.first?.object)
            #expect(object.contains("with 36 other threads of this process: T"))
            #expect(!object.contains("held by"))
        }
    }

    @Test func `a thread that runs is not asleep`() async throws {
        try await withWorkload("spin") { workload in
            let reading = try await waits(of: workload.target("poll"))
            #expect(reading.sites.first?.activity == .running)
            #expect(reading.conclusion.contains("of CPU"))
            #expect(!reading.conclusion.contains("asleep 100 %"))
            #expect(try #require(reading.cpuTime) > .zero)
        }
    }

    @Test func `a stopped thread is called stopped`() async throws {
        try await withWorkload("idle", "1") { workload in
            let target = try await asleep(workload.target("first"))
            kill(target.process.pid.rawValue, SIGSTOP)
            _ = try await eventually("it is stopped") {
                TargetReading.read(target).flatMap { $0.isHalted ? $0 : nil }
            }
            let reading = try await waits(of: target)
            kill(target.process.pid.rawValue, SIGCONT)
            #expect(reading.conclusion.contains("stopped by a signal"))
        }
    }

    @Test func `who is gone is refused`() async throws {
        let gone = unchecked(pid: getpid(), tid: getpid())
        await #expect(throws: ProbeRefusal("T\(getpid()) has ended")) {
            try await waits(of: gone)
        }
    }
}
