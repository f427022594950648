import ProcFormats
import ProcSampling
import SystemPackage
import TestTraits
import Testing
import Units

@testable import Probes

/// On programs whose calls are known: a program in the kernel, and records, count them to the last.
@Suite(.serialized, .needsRoot) struct CountedCallsTests {
    /// Rounds are getppid, a write, and one close in ten that fails; at the end one line is written
    /// and the next signal is waited for.
    static func expectTruth(
        _ count: SystemCallCount, rounds: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(count.method == .counted, sourceLocation: sourceLocation)
        #expect(count["getppid"]?.count == rounds, sourceLocation: sourceLocation)
        #expect(count["getppid"]?.errors == 0, sourceLocation: sourceLocation)
        #expect(count["write"]?.count == rounds + 1, sourceLocation: sourceLocation)
        #expect(count["close"]?.count == rounds / 10, sourceLocation: sourceLocation)
        #expect(count["close"]?.errors == rounds / 10, sourceLocation: sourceLocation)
        #expect(count["close"]?.returned == rounds / 10, sourceLocation: sourceLocation)
        #expect(count["close"]?.error == "EBADF", sourceLocation: sourceLocation)
        #expect(count["getppid"]?.error == nil, sourceLocation: sourceLocation)
        #expect(count["getppid"]?.zeros == 0, sourceLocation: sourceLocation)
        #expect(count["write"]?.zeros == 0, sourceLocation: sourceLocation)
        #expect((count["write"]?.sum ?? 0) >= rounds, sourceLocation: sourceLocation)
        #expect((count["close"]?.time ?? .zero) > .zero, sourceLocation: sourceLocation)
        #expect(count.lost == 0, sourceLocation: sourceLocation)
        let named = count.calls.reduce(0) { $0 + ($1.count ?? 0) }
        #expect(count.total == named, sourceLocation: sourceLocation)
        #expect(count.conclusion.contains("(counted)"), sourceLocation: sourceLocation)
    }

    private func counted(
        _ target: ProbeTarget, _ usesPrograms: Bool,
        while body: @Sendable (CallLog) async throws -> Void
    ) async throws -> SystemCallCount {
        usesPrograms
            ? try await counting(SystemCallProbe(target), while: body)
            : try await recording(target, while: body)
    }

    @Test func `a program in the kernel counts a thread's calls to the last`() async throws {
        try await withWorkload("calls", "20000") { workload in
            let target = try workload.target("caller")
            let count = try await counting(SystemCallProbe(.thread(target))) { log in
                try workload.begin()
                _ = try await eventually("all rounds") {
                    log.count(of: "rt_sigtimedwait") == 1 ? true : nil
                }
            }
            Self.expectTruth(count, rounds: 20_000)
            #expect(count.counted?.thread == target.thread)
            #expect(count.notes.first?.contains("While it is on") == true)
        }
    }

    @Test func `records tell the same where there are no programs`() async throws {
        try await withWorkload("calls", "1000") { workload in
            let target = try workload.target("caller")
            let count = try await recording(.thread(target)) { log in
                try workload.begin()
                _ = try await eventually("all rounds") {
                    log.count(of: "rt_sigtimedwait") == 1 ? true : nil
                }
            }
            Self.expectTruth(count, rounds: 1000)
        }
    }

    @Test func `more calls than records have room for are in the total`() async throws {
        try await withWorkload("calls", "100000") { workload in
            let target = try workload.target("caller")
            // getppid, write, close; the clock is read twice, one line is written, and the next
            // signal is waited for.
            let made = 100_000 + 100_000 + 10_000 + 2 + 1 + 1
            let count = try await recording(.thread(target)) { log in
                try workload.begin()
                _ = try await eventually("all rounds") { log.latest?.total == made ? true : nil }
            }
            #expect(count.total == made)
            #expect(count.lost == made - count.calls.reduce(0) { $0 + ($1.count ?? 0) })
        }
    }

    @Test(arguments: [true, false])
    func `a process is all its threads`(usesPrograms: Bool) async throws {
        try await withWorkload("calls", "500", "--threads", "3") { workload in
            let caller = try workload.target("caller")
            // The first thread asks for its parent now and then; but only these close. Records are
            // not asked for of threads that end before they are found.
            let expected = usesPrograms ? 4 * 50 : 50
            let count = try await counted(.process(caller.process), usesPrograms) { log in
                try workload.begin()
                _ = try await eventually("all rounds") {
                    log.count(of: "close") >= expected ? true : nil
                }
            }
            #expect(count.method == .counted)
            if usesPrograms { #expect(count["close"]?.count == expected) }
            #expect(count.counted == nil)
        }
    }

    @Test(arguments: [true, false])
    func `a spinner makes no call`(usesPrograms: Bool) async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            let count = try await counted(.thread(target), usesPrograms) { log in
                _ = try await eventually("it runs") {
                    (log.latest?.cpuTime ?? .zero) >= .milliseconds(100) ? true : nil
                }
            }
            #expect(count.total == 0)
            #expect(count.calls.isEmpty)
            #expect(count.conclusion.hasPrefix("0 system calls in "))
            #expect(count.conclusion.contains(" while it used "))
        }
    }

    @Test func `a sleeper is told by the call that it entered long ago`() async throws {
        try await withWorkload("calls", "1") { workload in
            let caller = try workload.target("caller")
            let count = try await counting(SystemCallProbe(.thread(caller))) { _ in }
            #expect(count.total == 0)
            #expect(count.conclusion.hasSuffix("asleep in rt_sigtimedwait all the time"))
        }
    }

    @Test func `it ends with its target`() async throws {
        let count = try await withWorkload("spin", "--seconds", "1") { workload in
            let log = CallLog()
            let probe = SystemCallProbe(.thread(try workload.target("poll")))
            await onOwnThread { log.run(probe) }
            return try #require(log.latest)
        }
        #expect(count.notes.contains { $0.hasSuffix("has ended meanwhile.") })
    }

    @Test func `who is gone, or of the kernel, is refused`() throws {
        func refusal(_ target: ProbeTarget) -> String? {
            do throws(ProbeRefusal) {
                _ = try SystemCallProbe(target).run(until: StopSign(), report: { _ in })
                return nil
            } catch {
                return error.reason
            }
        }
        let gone = unchecked(pid: 1, tid: 1)
        #expect(refusal(.thread(gone)) == "T1 has ended")
        #expect(refusal(.process(gone.process)) == "process 1 has ended")
        #expect(refusal(.host) != nil)
        let kernel = try currentTarget(pid: 2, tid: 2)
        #expect(refusal(.thread(kernel))?.contains("thread of the kernel") == true)
    }
}
