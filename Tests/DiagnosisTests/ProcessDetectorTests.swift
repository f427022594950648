import Diagnosis
import ProcFormats
import ProcSampling
import Testing
import Units

/// CPU starvation, throttled groups, and counts that become more and more, on a made machine.
final class ProcessDetectorTests {
    var machine = MadeMachine()

    // MARK: Starvation, more of it in CPUStarvationTests.swift

    /// A process of one thread that got `run` percent of a CPU and waited `delay` percent.
    func waiter(
        _ pid: Int32, run: Double, delay: Double, system: Double = 0, switches: Double? = nil,
        group: String? = nil
    ) -> ProcessSample {
        let thread = ThreadIdentity(tid: ThreadID(pid), startTime: ClockTicks(10_000_000))
        let sample = ThreadSample(
            id: thread, process: ProcessID(pid), name: "worker", state: .running,
            cpu: Percent(run), system: Percent(system), runDelay: Percent(delay),
            voluntarySwitches: switches.map(Rate.init))
        return ProcessSample(
            id: MadeMachine.id(pid), name: "streamd", state: .running, cpu: Percent(run),
            hottestCPU: Percent(run), hottestThread: thread, runDelay: Percent(delay),
            mostDelayed: delay > 0
                ? DelayedThread(
                    id: thread, cpu: Percent(run), system: Percent(system),
                    runDelay: Percent(delay),
                    voluntarySwitches: switches.map(Rate.init))
                : nil, cpuGroup: group, threads: [sample])
    }

    func busy(_ host: inout HostSample) {
        host.cpuCount = 2
        host.cpu = CPUShares(user: Percent(99.0), system: .zero, idle: Percent(1.0))
        let load = Array("9.10 4.00 0.40 5/100 1\n".utf8)
        host.load = try? LoadAverage(parsing: load.span)
    }

    func watch(
        _ seconds: Int, groups: [CPUGroup] = [],
        host: (inout HostSample) -> Void = { _ in }, _ processes: (Int) -> [ProcessSample]
    ) {
        for second in 0..<seconds {
            machine.refresh(processes(second), cpuGroups: groups, host)
        }
    }

    @Test func aThreadThatNeverRestsAndWaitsIsStarved() throws {
        watch(32, host: busy) { _ in [waiter(7, run: 66, delay: 34, switches: 0)] }
        let finding = try #require(machine.finding(.cpuStarvation))
        #expect(
            finding.claim
                == "T7 worker (streamd 7) is CPU-starved: waits for a CPU 34.0 % of the time that it wants one"
        )
        #expect(finding.severity == .warning && finding.confidence == .high)
        #expect(
            finding.evidence == [
                "ran 19.8 s, waited for a CPU 10.2 s in the last 30 s (schedstat)",
                "2 CPUs, 99.0 % busy, load 9.1", "most CPU by streamd 7: 66.0 % of one",
            ])
        #expect(finding.baseline == "load over the last 15 min was 0.4")
    }

    @Test(arguments: [(81, 19), (2, 9)] as [(Double, Double)])
    func belowAFifthOrATenthOfACPUNothingIsSaid(_ run: Double, _ delay: Double) {
        watch(40, host: busy) { _ in [waiter(7, run: run, delay: delay, switches: 0)] }
        #expect(machine.finding(.cpuStarvation) == nil)
    }

    /// It is here to look, and to give way.
    @Test func thatDxtopWaitsIsNotSaid() {
        machine.own = ProcessID(7)
        watch(40, host: busy) { _ in [waiter(7, run: 2, delay: 90, switches: 0)] }
        #expect(machine.finding(.cpuStarvation) == nil)
    }

    @Test func itTakesHalfAMinuteAndMustGoOn() {
        watch(29, host: busy) { _ in [waiter(7, run: 50, delay: 50, switches: 0)] }
        #expect(machine.finding(.cpuStarvation) == nil)
        watch(2, host: busy) { _ in [waiter(7, run: 50, delay: 50, switches: 0)] }
        #expect(machine.finding(.cpuStarvation) != nil)
        watch(11, host: busy) { _ in [waiter(7, run: 100, delay: 0, switches: 0)] }
        #expect(machine.finding(.cpuStarvation) == nil)
    }

    /// A web server under a benchmark that runs on the same two CPUs.
    @Test func whoRestsBetweenRequestsIsToldAndNotWarnedOf() {
        watch(40, host: busy) { _ in
            [
                waiter(7, run: 50, delay: 45, switches: 4000),
                waiter(8, run: 45, delay: 50, switches: 9000),
            ]
        }
        let found = machine.findings.findings.filter { $0.kind == .cpuStarvation }
        #expect(found.map(\.severity) == [.info, .info])
    }

    /// More connections than it can serve: it never rests, and nor does the other worker.
    @Test(
        arguments: [(45, 15, .info), (45, 8, .warning), (65, 15, .warning)]
            as [(Double, Double, Finding.Severity)])
    func aServerThatNeverRestsIsWarnedOfOnlyIfItWaitsMuch(
        _ delay: Double, _ system: Double, _ severity: Finding.Severity
    ) {
        watch(40, host: busy) { _ in
            [7, 8].map {
                waiter($0, run: 100 - delay, delay: delay, system: system, switches: 0)
            }
        }
        let found = machine.findings.findings.filter { $0.kind == .cpuStarvation }
        #expect(found.map(\.severity) == [severity, severity])
    }

    @Test func whoRestsAndWaitsHalfItsTimeBesideAHogIsWarnedOf() throws {
        watch(40, host: busy) { _ in
            [
                waiter(7, run: 20, delay: 25, switches: 400),
                waiter(8, run: 95, delay: 2, switches: 0),
            ]
        }
        let finding = try #require(machine.finding(.cpuStarvation))
        #expect(finding.severity == .warning)
        #expect(finding.claim.hasPrefix("T7 "))
        #expect(finding.evidence.last == "the CPUs are busy with streamd 8 (95.0 %)")
    }

    /// Those that never rest wait as well, for each other: they are the cause.
    @Test func theVictimIsNamedAndNotThoseThatHoldTheCPUs() throws {
        watch(40, host: busy) { _ in
            [waiter(7, run: 30, delay: 40, switches: 400)]
                + [8, 9, 10, 11].map { waiter($0, run: 45, delay: 55, switches: 0) }
        }
        let found = machine.findings.findings.filter { $0.kind == .cpuStarvation }
        #expect(found.map(\.severity) == [.warning, .info])
        let finding = try #require(found.first)
        #expect(finding.claim.hasPrefix("T7 "))
        #expect(
            finding.evidence.last
                == "the CPUs are busy with streamd 8 (45.0 %), streamd 9 (45.0 %), streamd 10 (45.0 %)"
        )
    }

    /// Workers of one parent that run one program share its work.
    @Test func partsOfOneJobAreNotStarvedByEachOther() {
        watch(40, host: busy) { _ in
            [
                waiter(7, run: 30, delay: 40, switches: 400),
                waiter(8, run: 50, delay: 50, switches: 0),
            ].map {
                var process = $0
                process.parent = ProcessID(5)
                return process
            }
        }
        let found = machine.findings.findings.filter { $0.kind == .cpuStarvation }
        #expect(found.map(\.severity) == [.info, .info])
    }

    /// What a thread that never rests gets beside one that uses a CPU.
    private func starved(nice: Int, besideNice other: Int) -> Finding? {
        watch(40, host: busy) { _ in
            var waiting = waiter(7, run: 10, delay: 85, switches: 0)
            waiting.nice = nice
            var running = waiter(8, run: 99, delay: 0, switches: 0)
            running.nice = other
            return [waiting, running]
        }
        return machine.finding(.cpuStarvation)
    }

    /// A build under `nice` beside a service.
    @Test func whoWasToldToYieldIsNotWarnedOf() throws {
        let finding = try #require(starved(nice: 19, besideNice: 0))
        #expect(finding.severity == .info)
        #expect(finding.meaning == "it runs at nice 19 and yields to others, as it was told")
    }

    @Test func whoWaitsForOthersThatAreAsNiceIsWarnedOf() {
        #expect(starved(nice: 1, besideNice: 19)?.severity == .warning)
    }

    /// A compression with more threads than CPUs.
    @Test func whatIsThereToComputeIsNotWarnedOf() {
        watch(40, host: busy) { _ in
            [8, 9].map { batchJob($0, run: 50, delay: 50) }
        }
        let found = machine.findings.findings.filter { $0.kind == .cpuStarvation }
        #expect(found.map(\.severity) == [.info, .info])
        #expect(found.allSatisfy { $0.meaning?.contains("share the CPUs") == true })
    }

    @Test func idleCPUsTellOfAnAffinity() throws {
        watch(
            40,
            host: {
                $0.cpu = CPUShares(user: Percent(50.0), system: .zero, idle: Percent(50.0))
            }
        ) { _ in
            [
                waiter(7, run: 50, delay: 50, switches: 0),
                waiter(8, run: 50, delay: 50, switches: 0),
            ]
        }
        let found = machine.findings.findings.filter { $0.kind == .cpuStarvation }
        #expect(found.count == 2)
        #expect(found.allSatisfy { $0.meaning?.contains("affinity") == true })
        #expect(found.allSatisfy { $0.advice.contains("taskset -pc") })
    }

    @Test func threeStarvedProcessesAreOneSentence() throws {
        watch(40, host: busy) { _ in
            (1...9).map { waiter($0, run: 22, delay: 70 + Double($0), switches: 0) }
        }
        let found = machine.findings.findings.filter { $0.kind == .cpuStarvation }
        #expect(found.count == 1)
        let finding = try #require(found.first)
        #expect(finding.subject == .host && finding.severity == .warning)
        #expect(
            finding.claim
                == "9 processes are CPU-starved, most streamd 9: waits for a CPU 78.2 % of the time that it wants one"
        )
        #expect(finding.processes.count == 9)
    }

    // MARK: Throttled groups

    private func group(
        _ second: Int, throttled: Double, limit: Double = 2, periods: Int = 10
    ) -> CPUGroup {
        CPUGroup(
            path: "/a", limit: limit, periods: UInt64(1000 + periods * second),
            throttledPeriods: UInt64(20 + throttled * Double(periods * second)),
            throttledTime: Nanoseconds(UInt64(410_000_000 * second)))
    }

    @Test func aGroupThatUsesUpItsQuotaIsNamedAndNobodyInItIsStarved() throws {
        for second in 0..<40 {
            machine.refresh(
                [waiter(7, run: 50, delay: 50, switches: 0, group: "/a/b")],
                cpuGroups: [group(second, throttled: 0.31)])
        }
        let finding = try #require(machine.finding(.cgroupThrottle))
        #expect(
            finding.claim
                == "group /a limited to 2.0 CPUs, throttled in 31.0 % of periods, held back by"
                + " 0.4 CPUs over the last 10.0 s")
        #expect(finding.subject == .group("/a"))
        #expect(finding.severity == .warning && finding.confidence == .high)
        #expect(finding.evidence.last == "most of it by streamd 7: 50.0 % of a CPU")
        #expect(machine.finding(.cpuStarvation) == nil)
    }

    @Test func itIsNamedAfterTenSecondsAndGoneTenSecondsAfter() {
        for second in 0..<8 {
            machine.refresh([], cpuGroups: [group(second, throttled: 1)])
        }
        #expect(machine.finding(.cgroupThrottle) == nil)
        for second in 8..<11 {
            machine.refresh([], cpuGroups: [group(second, throttled: 1)])
        }
        #expect(machine.finding(.cgroupThrottle) != nil)
        var still = group(10, throttled: 1)
        for _ in 0..<10 {
            still.periods = still.periods.map { $0 + 10 }
            machine.refresh([], cpuGroups: [still])
        }
        #expect(machine.finding(.cgroupThrottle) == nil)
    }

    @Test(arguments: [(0.09, 100), (1, 0)] as [(Double, Int)])
    func belowATenthOrInAFewPeriodsNothingIsSaid(_ throttled: Double, _ periods: Int) {
        for second in 0..<20 {
            machine.refresh([], cpuGroups: [group(second, throttled: throttled, periods: periods)])
        }
        #expect(machine.finding(.cgroupThrottle) == nil)
    }

    @Test(
        arguments: [(0.05, "0.05 CPUs"), (1, "1.0 CPU,"), (0.2, "0.2 CPUs"), (16, "16.0 CPUs")]
            as [(Double, String)])
    func limitsInWords(_ limit: Double, _ text: String) throws {
        for second in 0..<12 {
            machine.refresh([], cpuGroups: [group(second, throttled: 1, limit: limit)])
        }
        #expect(try #require(machine.finding(.cgroupThrottle)).claim.contains(text))
    }

    // MARK: Counts

    private func holder(files: Int?, limit: UInt64? = nil, threads: Int = 1) -> ProcessSample {
        ProcessSample(
            id: MadeMachine.id(7), name: "streamd", state: .sleeping, threadCount: threads,
            openFiles: files, openFilesLimit: limit)
    }

    /// A minute a refresh: `count` of the minute.
    private func count(_ minutes: Range<Int>, _ process: (Int) -> ProcessSample) {
        machine.interval = 60
        for minute in minutes { machine.refresh([process(minute)]) }
    }

    @Test func filesThatBecomeMoreForAnHourAreALeak() throws {
        count(0..<61) { holder(files: 120 + $0, limit: 1024) }
        let finding = try #require(machine.finding(.fdLeak))
        #expect(finding.claim == "streamd 7 has 180 files open: +60/h, limit in ~14 h")
        #expect(finding.severity == .warning && finding.confidence == .medium)
        #expect(
            finding.evidence == [
                "120 -> 180 in 1h00m, rising in 12 of 12 windows",
                "180 of its limit of 1024 (RLIMIT_NOFILE)",
            ])
        #expect(finding.baseline == "120, 1h00m ago")
    }

    @Test func inLessThanAnHourItIsToldAndNotWarnedOf() throws {
        count(0..<30) { holder(files: 120 + 10 * $0) }
        let finding = try #require(machine.finding(.fdLeak))
        #expect(finding.severity == .info && finding.confidence == .low)
        #expect(finding.evidence.last == "its limit is not known")
    }

    @Test func aFewMoreOrAStepOrUpAndDownIsNone() {
        count(0..<61) { holder(files: 120 + $0 * 5 / 6) }
        #expect(machine.finding(.fdLeak) == nil, "50 in an hour")
        machine = MadeMachine()
        count(0..<61) { holder(files: $0 < 30 ? 120 : 600) }
        #expect(machine.finding(.fdLeak) == nil)
        machine = MadeMachine()
        count(0..<61) { holder(files: 120 + ($0 / 6) % 2 * 80 + $0) }
        #expect(machine.finding(.fdLeak) == nil)
        machine = MadeMachine()
        count(0..<200) { holder(files: 120 + min(40, $0) * 10) }
        #expect(machine.finding(.fdLeak) == nil, "it has levelled off")
    }

    @Test func eightyPercentOfTheLimitIsAWarningByItself() throws {
        count(0..<2) { _ in holder(files: 819, limit: 1024) }
        #expect(machine.finding(.fdLeak) == nil)
        count(0..<2) { _ in holder(files: 820, limit: 1024) }
        let finding = try #require(machine.finding(.fdLeak))
        #expect(
            finding.claim
                == "streamd 7 has 820 files open: 80.1 % of its limit of 1024 (RLIMIT_NOFILE)")
        #expect(finding.severity == .warning && finding.confidence == .high)
        #expect(finding.meaning?.hasPrefix("at the limit") == true)
        #expect(finding.baseline == nil)
    }

    @Test func nearTheLimitAFastClimbTellsWhenItIsMet() throws {
        machine.interval = 5
        for turn in 0..<5 { machine.refresh([holder(files: 880 + 20 * turn, limit: 1024)]) }
        #expect(
            try #require(machine.finding(.fdLeak)).evidence == [
                "+80 in 20s: at that rate it is met in ~16 s",
                "960 of its limit of 1024 (RLIMIT_NOFILE)",
            ])
        for _ in 0..<2 { machine.refresh([holder(files: 960, limit: 1024)]) }
        #expect(try #require(machine.finding(.fdLeak)).evidence.count == 1, "it has stopped")
    }

    @Test func nearTheEndItIsCritical() throws {
        count(0..<20) { holder(files: 1000 + 5 * ($0 - 19), limit: 1024) }
        #expect(try #require(machine.finding(.fdLeak)).severity == .critical)
    }

    @Test func whatIsNotCountedIsNotJudged() {
        count(0..<61) { _ in holder(files: nil, limit: 1024) }
        #expect(machine.finding(.fdLeak) == nil)
    }

    @Test func threadsThatBecomeMoreMeetTheNearestLimit() throws {
        count(0..<61) { minute in
            var process = holder(files: nil, threads: 300 + 2 * minute)
            process.taskLimit = TaskLimit(
                group: "/a", limit: 500, used: UInt64(300 + 2 * minute))
            return process
        }
        let finding = try #require(machine.finding(.threadLeak))
        #expect(
            finding.claim
                == "streamd 7 has 420 threads: +120/h, limit in ~40 min; 84.0 % of the 500 tasks of"
                + " group /a (pids.max)")
        #expect(finding.severity == .warning && finding.confidence == .high)
    }

    @Test func aLimitThatOthersUseUpIsNotItsMatter() {
        count(0..<5) { _ in
            var process = holder(files: nil, threads: 300)
            process.taskLimit = TaskLimit(group: "/a", limit: 1000, used: 950)
            return process
        }
        #expect(machine.finding(.threadLeak) == nil)
    }
}
