import Diagnosis
import ProcFormats
import ProcSampling
import Testing
import Units

@Suite struct HotThreadTests {
    private let spinner = ThreadIdentity(tid: ThreadID(11), startTime: ClockTicks(100))

    private func snapshot(_ second: Int, cpu: Double) -> Snapshot {
        let threads = [
            ThreadSample(
                id: ThreadIdentity(tid: ThreadID(10), startTime: ClockTicks(100)),
                process: ProcessID(10), name: "main", state: .sleeping, cpu: Percent(3.0)),
            ThreadSample(
                id: spinner, process: ProcessID(10), name: "poll", state: .running,
                cpu: Percent(cpu)),
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
        let hot = HotThread.all(
            in: snapshot(1, cpu: cpu), threshold: Percent(90.0), history: History())
        #expect(hot.count == count)
    }

    @Test func saysForHowLongWithoutABreak() {
        var history = History()
        for second in 1...20 {
            // It was hot, cooled down at 8, and has been hot since 9.
            history.record(snapshot(second, cpu: second == 8 ? 50 : 99))
        }
        let hot = HotThread.all(
            in: snapshot(20, cpu: 99), threshold: Percent(90.0), history: history)
        #expect(hot.first?.duration == .seconds(11))
        #expect(hot.first?.thread == spinner)
        #expect(hot.first?.processName == "streamd")
    }
}
