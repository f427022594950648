import Diagnosis
import ProcFormats
import ProcSampling
import Testing
import Units

/// CPU time of processes that have ended when the next sample is taken.
@Suite struct EndedTasksTests {
    private func snapshot(
        busy: Double, forks: Double, _ processes: [(name: String, cpu: Double, children: Double)]
    ) -> Snapshot {
        var snapshot = MadeMachine.snapshot(
            10,
            processes.enumerated().map { index, process in
                ProcessSample(
                    id: ProcessIdentity(
                        pid: ProcessID(Int32(100 + index)), startTime: ClockTicks(5)),
                    name: process.name, state: .sleeping, cpu: Percent(process.cpu),
                    childrenCPU: Percent(process.children))
            }
        ) { host in
            host.cpuCount = 2
            host.cpu = CPUShares(
                user: Percent(busy / 2), system: Percent(busy / 2), idle: Percent(100 - busy))
            host.forks = Rate(forks)
        }
        snapshot.interval = .seconds(1)
        return snapshot
    }

    @Test func isSaidWithWhoStartedThem() throws {
        let ended = try #require(
            EndedTasks(
                snapshot(
                    busy: 99, forks: 3070,
                    [("storm", 9, 80), ("streamd", 3, 0), ("storm", 5, 75)])))
        #expect(ended.listed == Percent(17.0))
        #expect(ended.capacity == Percent(200.0))
        #expect(ended.starters.map(\.id.pid.rawValue) == [100, 102])
        #expect(ended.areProcesses)
    }

    @Test(
        "healthy",
        arguments: [
            // Those that are listed explain it.
            (99, 3000, 190, 0),
            // Interrupts belong to no process: nobody's children used it.
            (60, 100, 20, 0),
            // Nothing is started.
            (99, 2, 20, 0),
            // Little is missing.
            (12, 500, 10, 14),
        ])
    func isNotSaid(_ busy: Double, _ forks: Double, _ listed: Double, _ children: Double) {
        let snapshot = snapshot(busy: busy, forks: forks, [("make", listed, children)])
        #expect(EndedTasks(snapshot) == nil)
    }

    @Test func whereNobodyWaitsForThemTheRateSaysIt() throws {
        let ended = try #require(EndedTasks(snapshot(busy: 90, forks: 2000, [("sh", 10, 0)])))
        #expect(ended.starters.isEmpty)
        #expect(!ended.areProcesses)
    }
}
