import Diagnosis
import ProcFormats
import ProcSampling
import Testing
import Units

@Suite struct HotThreadTests {
    private let spinner = ThreadIdentity(tid: ThreadID(11), startTime: ClockTicks(100))

    private func snapshot(
        _ second: Int, cpu: Double, wait: Double? = 0, voluntary: Double? = 0
    ) -> Snapshot {
        let threads = [
            ThreadSample(
                id: ThreadIdentity(tid: ThreadID(10), startTime: ClockTicks(100)),
                process: ProcessID(10), name: "main", state: .sleeping, cpu: Percent(3.0)),
            ThreadSample(
                id: spinner, process: ProcessID(10), name: "poll", state: .running,
                cpu: Percent(cpu), runDelay: wait.map { Percent($0) },
                voluntarySwitches: voluntary.map { Rate($0) }),
        ]
        let process = ProcessSample(
            id: ProcessIdentity(pid: ProcessID(10), startTime: ClockTicks(100)), name: "streamd",
            state: .sleeping, cpu: Percent(cpu + 3), hottestCPU: Percent(cpu),
            hottestThread: spinner, threadCount: 2, threads: threads)
        var host = HostSample(name: "box", kernelRelease: "6.1", cpuCount: 2)
        host.uptime = 10_000
        return Snapshot(
            sequence: second, time: WallTime(seconds: Int64(second)), interval: .seconds(1),
            host: host, processes: [process])
    }

    @Test(arguments: [(89.9, 0), (90.0, 1)])
    func isHotFromTheThreshold(_ cpu: Double, _ count: Int) {
        let hot = HotThread.all(in: snapshot(1, cpu: cpu), threshold: Percent(90.0))
        #expect(hot.count == count)
    }

    @Test(
        arguments: [
            // It gets half a CPU, waits for the rest of the time and never gives it up.
            (48, 51, 0, true), (48, 51, 0.9, true),
            // It sleeps now and then: a worker on a busy box.
            (48, 51, 1, false), (48, 51, nil, nil),
            // It does not want a whole CPU.
            (48, 41, 0, false), (48, nil, 0, false),
            // It had one short turn.
            (4.9, 99, 0, false), (5, 95, 0, true),
            // It has one; nothing else matters.
            (90, 0, 400, true), (90, nil, nil, true),
        ] as [(Double, Double?, Double?, Bool?)])
    func isHotToIfItWantsAWholeCPU(
        _ cpu: Double, _ wait: Double?, _ voluntary: Double?, _ isHot: Bool?
    ) throws {
        let snapshot = snapshot(1, cpu: cpu, wait: wait, voluntary: voluntary)
        let process = try #require(snapshot.processes.first)
        #expect(process.threads[1].isHot(Percent(90.0)) == isHot)
        #expect(process.hasHotThread(Percent(90.0)) == (isHot == true))
        let hot = HotThread.all(in: snapshot, threshold: Percent(90.0))
        #expect(hot.count == (isHot == true ? 1 : 0))
        #expect(hot.allSatisfy { $0.isStarved == (cpu < 90) })
    }

    @Test func whatWasNotMeasuredIsNotHot() {
        let thread = ThreadSample(
            id: spinner, process: ProcessID(10), name: "poll", state: .running)
        #expect(thread.isHot(Percent(90.0)) == nil)
    }

    @Test func saysForHowLongWithoutABreak() {
        var history = History()
        for second in 1...20 {
            // It was hot, cooled down at 8, and has been hot since 9.
            // Of its time since, it spent some waiting for the CPU.
            history.record(
                snapshot(
                    second, cpu: second == 8 || second > 15 ? 50 : 99, wait: second == 8 ? 0 : 45))
        }
        func duration(until sequence: Int?) -> Duration {
            history.duration(ofHeat: spinner, threshold: Percent(90.0), until: sequence)
        }
        #expect(duration(until: nil) == .seconds(11))
        #expect(duration(until: 12) == .seconds(3))
        #expect(duration(until: 8) == .zero)
        #expect(duration(until: 7) == .seconds(6))
        let hot = HotThread.all(in: snapshot(20, cpu: 99), threshold: Percent(90.0))
        #expect(hot.first?.thread == spinner)
        #expect(hot.first?.processName == "streamd")
    }
}
