import Glibc
import ProcFormats
import ProcSampling
import Subprocess
import SystemPackage
import TestTraits
import Testing
import Units

@testable import Probes

@Suite(.serialized, .needsRoot) struct TracedCallsTests {
    @Test func `each call of a thread is counted, and it is let go`() async throws {
        try await withWorkload("calls", "300") { workload in
            let target = try workload.target("caller")
            let count = try await counting(SystemCallProbe(.thread(target), .traced)) { log in
                try workload.begin()
                _ = try await eventually("all rounds") {
                    log.count(of: "write") == 301 ? true : nil
                }
            }
            #expect(count.method == .traced)
            #expect(count["getppid"]?.count == 300)
            #expect(count["close"]?.count == 30)
            #expect(count["close"]?.errors == 30)
            #expect(count["getppid"]?.errors == 0)
            #expect(count["close"]?.returned == 30)
            #expect(count.conclusion.contains("(traced)"))
            #expect(try #require(TargetReading.read(target)).tracer == nil)
            try await expectUntraced(target)
        }
    }

    @Test func `threads that begin are traced with their process`() async throws {
        try await withWorkload("calls", "100", "--threads", "3") { workload in
            let target = try workload.target("caller")
            let count = try await counting(
                SystemCallProbe(.process(target.process), .traced)
            ) { log in
                try workload.begin()
                _ = try await eventually("all rounds") {
                    log.count(of: "close") == 40 ? true : nil
                }
            }
            #expect(count["close"]?.count == 40)
            #expect(count["close"]?.errors == 40)
            try await expectUntraced(target)
        }
    }

    @Test func `a stopped process stays stopped, and a spinner spins on`() async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            let pid = try workload.number("pid")
            #expect(kill(pid, SIGSTOP) == 0)
            _ = try await eventually("it is stopped") {
                TargetReading.read(target)?.state == .stopped ? true : nil
            }
            _ = try await counting(SystemCallProbe(.thread(target), .traced)) { _ in }
            _ = try await eventually("it is stopped, and nobody's") { () -> Bool? in
                let reading = TargetReading.read(target)
                return reading?.state == .stopped && reading?.tracer == nil ? true : nil
            }
            #expect(kill(pid, SIGCONT) == 0)
            let count = try await counting(SystemCallProbe(.thread(target), .traced)) { log in
                _ = try await eventually("it runs") {
                    (log.latest?.cpuTime ?? .zero) >= .milliseconds(50) ? true : nil
                }
            }
            #expect(count.total == 0)
            try await expectUntraced(target)
        }
    }

    @Test func `only one can trace, and it is named`() async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            _ = try await counting(SystemCallProbe(.thread(target), .traced)) { _ in
                let other = CallLog()
                await onOwnThread { other.run(SystemCallProbe(.thread(target), .traced)) }
                let reason = try #require(other.refusal).reason
                #expect(reason.hasPrefix("T\(target.thread.tid) is already traced by "))
                #expect(reason.contains("(dxtop:trace)"))
            }
        }
    }

    @Test func `its target survives that the tracer is killed`() async throws {
        try await withWorkload("syscalls", "getppid", "max") { workload in
            let target = try workload.target("caller")
            var program = workloadProgram
            program.removeLastComponent()
            program.append("probe-host")
            let ending = try await Subprocess.run(
                .path(program),
                arguments: ["\(target.process.pid)", "\(target.thread.tid)"],
                input: .none, output: .discarded, error: .discarded
            ) { execution in
                _ = try await eventually("it is traced") {
                    TargetReading.read(target)?.tracer != nil ? true : nil
                }
                try execution.send(signal: .kill)
            }
            #expect(ending.terminationStatus == .signaled(9))
            try await expectUntraced(target)
            let before = try #require(TargetReading.read(target)).cpuTime
            _ = try await eventually("it runs on") { () -> Bool? in
                (TargetReading.read(target)?.cpuTime ?? before) > before ? true : nil
            }
        }
    }
}
