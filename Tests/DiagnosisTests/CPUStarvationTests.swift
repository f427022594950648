import Diagnosis
import ProcFormats
import ProcSampling
import TestSupport
import Testing
import Units

/// Whom CPU starvation names, and that it stays with what it said.
extension ProcessDetectorTests {
    private var told: [Finding] {
        machine.findings.findings.filter { $0.kind == .cpuStarvation }
    }

    /// It has computed since it began, and talks to nobody.
    func batchJob(_ pid: Int32, run: Double, delay: Double, nice: Int? = nil) -> ProcessSample {
        var process = waiter(pid, run: run, delay: delay, switches: 0)
        process.totalTime = Nanoseconds(1_000_000_000_000)
        process.talksOverSockets = false
        process.nice = nice
        return process
    }

    private func service(
        _ pid: Int32, run: Double, delay: Double, switches: Double = 0
    ) -> ProcessSample {
        var process = waiter(pid, run: run, delay: delay, switches: switches)
        process.talksOverSockets = true
        return process
    }

    // MARK: Whom it names

    /// It may get so little that it never comes to rest; the jobs wait for longer, as they were told.
    @Test(arguments: [0, 0.5, 4])
    func aServiceIsNamedAndNotTheJobsThatYield(_ switches: Double) throws {
        watch(40, host: busy) { _ in
            [service(7, run: 30, delay: 65, switches: switches)]
                + [8, 9, 10].map { batchJob($0, run: 45, delay: 80, nice: 5) }
        }
        #expect(told.map(\.severity) == [.warning, .info])
        let finding = try #require(told.first)
        #expect(finding.subject == .thread(Made.thread(7), of: MadeMachine.id(7)))
        #expect(finding.claim.hasPrefix("T7 worker (streamd 7) is CPU-starved"))
        #expect(
            finding.meaning
                == "CPU-starved, not slow by its own code: the CPUs are busy with others")
        let others = try #require(told.last)
        #expect(others.subject == .host)
        #expect(others.claim.hasPrefix("3 processes are CPU-starved, most streamd"))
        #expect(others.processes == [8, 9, 10].map { ProcessID($0) })
    }

    /// Its clients come and go.
    @Test func aServiceThatHasNoClientForAMomentRemainsOne() throws {
        watch(40, host: busy) { second in
            var starved = service(7, run: 30, delay: 65)
            starved.talksOverSockets = second % 10 == 0
            return [starved] + [8, 9, 10].map { waiter($0, run: 45, delay: 55, switches: 0) }
        }
        #expect(told.map(\.severity) == [.warning, .info])
        #expect(told.first?.claim.hasPrefix("T7 ") == true)
    }

    @Test func oneSentenceForManyNamesOneThatIsHarmed() throws {
        watch(40, host: busy) { _ in
            [batchJob(10, run: 9, delay: 90, nice: 5)]
                + [7, 8, 9].map { service($0, run: 22, delay: 79 - Double($0)) }
        }
        let finding = try #require(told.first)
        #expect(told.count == 1)
        #expect(finding.subject == .host && finding.severity == .warning)
        #expect(finding.claim.hasPrefix("4 processes are CPU-starved, most streamd 7: "))
        #expect(finding.evidence.first?.hasPrefix("streamd 7 ran ") == true)
        #expect(finding.evidence.dropFirst().first?.hasPrefix("it harms 3 of them: ") == true)
        #expect(finding.processes == [7, 8, 9, 10].map { ProcessID($0) })
    }

    /// For a second nobody runs that the job yields to.
    @Test func whoYieldsIsNoVictimForAMoment() {
        func refresh(_ seconds: Int, other: Double) {
            watch(seconds, host: busy) { _ in
                var yielding = waiter(7, run: 10, delay: 85, switches: 0)
                yielding.nice = 10
                return [yielding, waiter(8, run: other, delay: 0, switches: 0)]
            }
        }
        refresh(40, other: 99)
        #expect(told.map(\.severity) == [.info])
        refresh(1, other: 10)
        #expect(told.map(\.severity) == [.info])
        refresh(9, other: 10)
        #expect(told.map(\.severity) == [.warning])
    }

    // MARK: One, or several

    @Test func whatIsToldAsOneStaysOneForAWhile() {
        func refresh(_ seconds: Int, _ processes: [Int32]) {
            watch(seconds, host: busy) { _ in
                processes.map { waiter($0, run: 22, delay: 70, switches: 0) }
            }
        }
        refresh(40, [7, 8, 9])
        #expect(told.map(\.subject) == [.host])
        refresh(30, [7, 8])
        #expect(told.map(\.subject) == [.host])
        #expect(told.first?.claim.hasPrefix("2 processes are CPU-starved, most ") == true)
        refresh(9, [7])
        #expect(told.map(\.subject) == [.host])
        #expect(told.first?.claim.hasPrefix("1 process is CPU-starved, streamd 7: ") == true)
        refresh(3, [7])
        #expect(told.map(\.subject) == [.thread(Made.thread(7), of: MadeMachine.id(7))])
    }

    // MARK: What it says of the CPUs

    private func share(idle: Double) -> (inout HostSample) -> Void {
        { $0.cpu = CPUShares(user: Percent(100 - idle), system: .zero, idle: Percent(idle)) }
    }

    /// 71 % busy at the moment of the finding; and busy for a moment in half a minute.
    @Test(arguments: [(1, 29), (29, 1), (29, 29)] as [(Double, Double)])
    func cpusAreIdleOnlyIfTheyWereAllAlong(_ before: Double, _ last: Double) throws {
        watch(39, host: share(idle: before)) { _ in [waiter(7, run: 50, delay: 50, switches: 0)] }
        watch(1, host: share(idle: last)) { _ in [waiter(7, run: 50, delay: 50, switches: 0)] }
        let finding = try #require(told.first)
        let wereIdle = before > 25 && last > 25
        #expect(finding.meaning?.hasPrefix("CPUs are idle meanwhile") == wereIdle)
        #expect(finding.advice.contains("taskset") == wereIdle)
    }

    /// A process of so many threads that want a CPU, and of one that sleeps.
    private func crowd(_ count: Int, run: Double, delay: Double) -> ProcessSample {
        var process = waiter(
            7, run: run * Double(count), delay: delay * Double(count), switches: 0)
        process.threads = (0...count).map { index in
            ThreadSample(
                id: Made.thread(Int32(7 + index)), process: ProcessID(7), name: "worker",
                state: .running, cpu: Percent(index < count ? run : 0),
                runDelay: Percent(index < count ? delay : 0))
        }
        return process
    }

    @Test(
        arguments: [
            (1, 2, 55, 45, "the CPUs are busy with others"),
            (2, 2, 70, 70, "the CPUs are busy with others"),
            (3, 2, 50, 50, "its own threads compete"),
            (2, 2, 95, 30, "its own threads compete"),
            (1, 1, 90, 30, "others hardly use the CPUs"),
        ] as [(Int, Int, Double, Double, String)])
    func onlyThreadsThatWantACPUCompete(
        _ count: Int, _ cpus: Int, _ run: Double, _ delay: Double, _ meaning: String
    ) throws {
        let process = crowd(count, run: run, delay: delay)
        watch(
            40,
            host: {
                busy(&$0)
                $0.cpuCount = cpus
            }
        ) { _ in [process] }
        let finding = try #require(told.first)
        #expect(finding.meaning?.contains(meaning) == true, "\(finding.meaning ?? "")")
    }
}
