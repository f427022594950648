import Glibc
import ProcFormats
import ProcSampling
import TestTraits
import Testing
import Units

@testable import Probes

/// A thread is stopped for a moment and goes on as it was, whatever it was doing.
@Suite(.needsRoot, .serialized)
struct ThreadStopTests {
    private func expectFree(_ target: ThreadTarget) throws {
        let reading = try #require(TargetReading.read(target))
        #expect(reading.tracer == nil)
        #expect(reading.state != .traced)
    }

    /// Who stops and who is stopped may both wait long for a CPU.
    private func stop(_ target: ThreadTarget) throws -> ThreadStop {
        try ThreadStop.take(of: target.thread.tid, patience: .seconds(60))
    }

    @Test func `registers of a sleeper are what the kernel tells of it`() async throws {
        try await withWorkload("idle", "1") { workload in
            let target = try await asleep(workload.target("first"))
            let stop = try self.stop(target)
            let file = "/proc/\(target.process.pid)/task/\(target.thread.tid)/syscall"
            let place = try await eventually("it sleeps again") {
                (try? smallFile(file)).flatMap { try? StackPointer(parsing: $0.span) }
                    .flatMap { $0.address == nil ? nil : $0 }
            }
            #expect(stop.registers.stackPointer == place.address)
            #expect(stop.registers.instructionPointer == place.instructionPointer)
            #expect(!stop.stack.isEmpty)
            #expect(stop.length > .zero)
            try expectFree(target)
        }
    }

    @Test func `a thread that runs is stopped, too, and runs on`() async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            let before = try #require(TargetReading.read(target)).cpuTime
            for _ in 0..<100 {
                let stop = try self.stop(target)
                #expect(stop.registers.stackPointer != 0)
            }
            _ = try await eventually("it uses the CPU") {
                TargetReading.read(target).flatMap { $0.cpuTime > before ? $0 : nil }
            }
            try expectFree(target)
        }
    }

    @Test func `what a signal has stopped stays stopped, and goes on when told to`() async throws {
        try await withWorkload("idle", "1") { workload in
            let target = try workload.target("first")
            kill(target.process.pid.rawValue, SIGSTOP)
            _ = try await eventually("it is stopped") {
                TargetReading.read(target).flatMap { $0.state == .stopped ? $0 : nil }
            }
            let stop = try self.stop(target)
            #expect(stop.registers.stackPointer != 0)
            _ = try await eventually("it is stopped as before") {
                TargetReading.read(target).flatMap { $0.state == .stopped ? $0 : nil }
            }
            kill(target.process.pid.rawValue, SIGCONT)
            _ = try await eventually("it sleeps again") {
                TargetReading.read(target).flatMap { $0.state == .sleeping ? $0 : nil }
            }
            try expectFree(target)
        }
    }

    @Test func `a signal that comes meanwhile is not lost`() async throws {
        try await withWorkload("idle", "1") { workload in
            let target = try workload.target("first")
            // Stops that are under way meet the signal before or after their own request.
            for _ in 0..<200 {
                kill(target.process.pid.rawValue, SIGSTOP)
                _ = try self.stop(target)
                _ = try await eventually("the signal stops it") {
                    TargetReading.read(target).flatMap { $0.state == .stopped ? $0 : nil }
                }
                kill(target.process.pid.rawValue, SIGCONT)
                _ = try self.stop(target)
                _ = try await eventually("the signal lets it go on") {
                    TargetReading.read(target).flatMap { $0.state == .sleeping ? $0 : nil }
                }
            }
        }
    }

    @Test func `a thread in an uninterruptible wait is not waited for, and let go`() async throws {
        try await withWorkload("unmoved") { workload in
            let target = try workload.target("waiter")
            let failure = #expect(throws: ThreadStop.Failure.self) {
                try ThreadStop.take(of: target.thread.tid, patience: .milliseconds(20))
            }
            #expect(failure == .unmoved)
            _ = try await eventually("it is let go") {
                TargetReading.read(target).flatMap { $0.tracer == nil ? $0 : nil }
            }
            // What it waits for ends: it does not stop for a request of before.
            kill(try workload.number("child"), SIGKILL)
            _ = try await eventually("it goes on") {
                TargetReading.read(target).flatMap { $0.state == .sleeping ? $0 : nil }
            }
            try expectFree(target)
        }
    }

    @Test func `who is gone, or ours, is refused`() async throws {
        #expect(throws: ThreadStop.Failure.ended) {
            try ThreadStop.take(of: ThreadID(4_194_304))
        }
        let own = try currentTarget(pid: getpid(), tid: getpid())
        let refusal = #expect(throws: ProbeRefusal.self) { try ThreadStop.check(own) }
        #expect(refusal?.reason.contains("dxtop itself") == true)
        #expect(throws: ThreadStop.Failure.refused(errno: EPERM)) {
            try ThreadStop.take(of: own.thread.tid)
        }
    }
}
