import Diagnosis
import ProcFormats
import ProcSampling
import Testing
import Units

/// What is said of threads, and what is not.
struct ThreadDetectorTests {
    private let spinner = MadeThread(number: 4127)

    private func said(
        _ kind: FindingKind, of threads: [MadeThread], seconds: Int = 20,
        _ change: (inout HostSample) -> Void = { _ in }
    ) -> Finding? {
        var machine = MadeMachine()
        machine.run(seconds: seconds, threads, change)
        return machine.finding(kind)
    }

    private func counted(
        _ thread: MadeThread, _ count: Int, seconds: Int = 10, ended: Int
    ) -> CountedSystemCalls {
        CountedSystemCalls(
            thread: thread.id, count: count, elapsed: .seconds(seconds), cpuTime: nil,
            moment: Nanoseconds(UInt64(100_000 + ended) * 1_000_000_000))
    }

    // MARK: Spin

    @Test func aSpinIsNamedWithItsGrounds() throws {
        let finding = try #require(said(.userSpin, of: [spinner]))
        #expect(finding.subject == .thread(spinner.id, of: MadeMachine.id(2214)))
        #expect(finding.severity == .warning)
        #expect(finding.confidence == .medium)
        #expect(
            finding.claim
                == "poll 4127 of streamd 2214: spin or pure compute in user space, 99.8 % CPU")
        #expect(
            finding.evidence == [
                "usr 99.8 % sys 0.0 %, no page faults in 10s", "runnable in 50 of 50 samples",
                "no sleeps, no read or write calls in 9s",
            ])
        // That it makes no system calls is not known.
        #expect(
            finding.meaning
                == "it spends next to no time in the kernel: a profile shows where it is")
        #expect(finding.advice == "dxtop profile --tid 4127: the function it burns the CPU in")
        // Nothing is known of the time before.
        #expect(finding.baseline == nil)
        // The second refresh has the first rates: they are of the second before.
        #expect(finding.since == MadeMachine.time(1))
    }

    @Test func aSpinUnderAQuotaIsOne() throws {
        let starved = spinner.with {
            $0.user = 20
            $0.delay = 79
        }
        let finding = try #require(said(.userSpin, of: [starved]))
        #expect(finding.claim.hasSuffix("wants 99.0 % CPU, gets 20.0 %"))
    }

    /// Each is just not one.
    static let others: [(String, @Sendable (inout MadeThread) -> Void)] = [
        ("less CPU", { $0.user = 89.9 }),
        ("waits for a CPU too little", { ($0.user, $0.delay) = (20, 69.9) }),
        ("system time", { $0.system = 1.1 }),
        ("it slept", { $0.switches = 18 }),
        ("sleeps not known", { $0.switches = nil }),
        ("found asleep", { $0.running = 47 }),
        ("few samples", { ($0.samples, $0.running) = (19, 19) }),
        ("page faults", { $0.faults = 1.1 }),
        ("it wrote", { $0.readsAndWrites = 18 }),
    ]

    @Test(arguments: others.indices)
    func whatIsNoSpin(_ index: Int) {
        let (name, change) = Self.others[index]
        #expect(said(.userSpin, of: [spinner.with(change)]) == nil, "\(name)")
    }

    /// On a crowded box figures waver around thresholds: a spin is one until they are missed by far.
    @Test func aSpinStaysOneWhileItsFiguresWaver() {
        var machine = MadeMachine()
        machine.run(seconds: 15, [spinner])
        let wavering = spinner.with { ($0.running, $0.switches, $0.system) = (44, 40, 2.5) }
        for change in [wavering, spinner.with { $0.user = 40 }, wavering, wavering] {
            machine.run(seconds: 1, [change])
            #expect(machine.finding(.userSpin) != nil)
        }
        machine.run(seconds: 1, [spinner.with { $0.switches = 60 }])
        #expect(machine.finding(.userSpin) == nil)
        // What is no spin by itself does not become one.
        #expect(said(.userSpin, of: [wavering]) == nil)
    }

    /// A line of a log now and then, a sleep of a millisecond: it spins all the same.
    @Test func aSpinThatHardlyDoesAnythingElseIsOne() throws {
        let thread = spinner.with { ($0.running, $0.switches, $0.readsAndWrites) = (48, 17, 1) }
        let finding = try #require(said(.userSpin, of: [thread]))
        #expect(finding.evidence.last == "17 sleeps, 1 read or write call in 9s")
    }

    // MARK: Batch work

    /// As it is after 100 s, of which it has known nothing but computing.
    private func compressor(
        _ change: (inout ProcessSample) -> Void = { _ in }
    ) -> Finding? {
        var machine = MadeMachine()
        let threads = [spinner, spinner.with { $0.number += 1 }]
        machine.run(
            seconds: 20, threads,
            process: { process in
                process.totalTime = Nanoseconds(200_000_000_000)
                process.threads.insert(
                    ThreadSample(
                        id: MadeThread(number: 2214).id, process: process.id.pid, name: "xz",
                        state: .sleeping, cpu: .zero), at: 0)
                process.threadCount = 3
                change(&process)
            })
        return machine.finding(.userSpin)
    }

    @Test func workThatIsThereToComputeIsInformation() throws {
        let finding = try #require(compressor { $0.hasTerminal = true })
        #expect(finding.severity == .info)
        #expect(
            finding.meaning
                == "it has computed since it started: a program that is there to compute looks like that"
        )
        let known = try #require(compressor { $0.talksOverSockets = false })
        #expect(known.severity == .info)
        #expect(known.meaning?.contains(" and talks to nobody over sockets: ") == true)
    }

    /// A service computes now, and did not before; or has threads that wait for something else.
    @Test func aServiceThatSpinsIsAWarning() {
        #expect(compressor { $0.totalTime = Nanoseconds(10_000_000_000) }?.severity == .warning)
        #expect(compressor { $0.talksOverSockets = true }?.severity == .warning)
        // It may not be known whether it is one.
        #expect(compressor()?.severity == .warning)
        #expect(compressor { $0.nice = 10 }?.severity == .info)
        #expect(
            compressor { process in
                process.threads.append(
                    ThreadSample(
                        id: MadeThread(number: 2215).id, process: process.id.pid, name: "rdk:main",
                        state: .sleeping, cpu: .zero))
            }?.severity == .warning)
    }

    // MARK: Busy

    @Test func whatIsNeitherSpinNorStormIsSaidAsBusy() throws {
        let python = spinner.with {
            ($0.user, $0.system, $0.switches, $0.readsAndWrites) = (54, 46, 9, 740)
        }
        var machine = MadeMachine()
        machine.run(seconds: 30, [python])
        #expect(machine.finding(.busy) == nil)
        machine.run(seconds: 1, [python])
        let finding = try #require(machine.finding(.busy))
        #expect(finding.severity == .info)
        #expect(finding.claim == "poll 4127 of streamd 2214: busy, 54 % user, 46 % system")
        #expect(
            finding.evidence == [
                "100 % CPU over 10s", "sleeps 1/s", "82 read and write calls/s",
            ])
        #expect(finding.advice.hasPrefix("dxtop profile --tid 4127: "))
        #expect(said(.busy, of: [python.with { $0.user = 40 }], seconds: 60) == nil)
    }

    /// Each busy thread is told of once.
    @Test func aSpinOrAStormIsNotSaidAsBusyToo() {
        #expect(said(.busy, of: [spinner], seconds: 60) == nil)
        let caller = spinner.with { ($0.user, $0.system) = (50, 50) }
        #expect(said(.systemCallStorm, of: [caller], seconds: 60) != nil)
        #expect(said(.busy, of: [caller], seconds: 60) == nil)
    }

    /// What is counted and is no storm is busy, with what was counted.
    @Test func aCountThatIsNoStormIsEvidence() throws {
        let caller = spinner.with { ($0.user, $0.system) = (50, 50) }
        var machine = MadeMachine()
        machine.run(seconds: 60, [caller])
        machine.chronicle.note(counted(caller, 50_000, seconds: 1, ended: 60))
        machine.run(seconds: 1, [caller])
        #expect(machine.finding(.systemCallStorm) == nil)
        let finding = try #require(machine.finding(.busy))
        #expect(finding.evidence.last == "50k system calls/s, counted for 1s")
    }

    @Test func aSpinIsSaidAfterTenSeconds() {
        var machine = MadeMachine()
        machine.run(seconds: 10, [spinner])
        #expect(machine.finding(.userSpin) == nil)
        machine.run(seconds: 1, [spinner])
        #expect(machine.finding(.userSpin) != nil)
    }

    @Test func aSpinIsCertainAfterAMinuteIfItWasAnotherBefore() throws {
        var machine = MadeMachine()
        let before = spinner.with {
            $0.user = 7
            $0.system = 1
            $0.running = 4
            $0.switches = 369
        }
        machine.run(seconds: 60, [before])
        #expect(machine.finding(.userSpin) == nil)
        machine.run(seconds: 59, [spinner])
        var finding = try #require(machine.finding(.userSpin))
        #expect(finding.confidence == .medium)
        #expect(finding.baseline == "for 58s: 8.0 % CPU")
        #expect(finding.since == MadeMachine.time(60))
        machine.run(seconds: 1, [spinner])
        finding = try #require(machine.finding(.userSpin))
        #expect(finding.confidence == .high)
        #expect(finding.since == MadeMachine.time(60))
    }

    @Test func whatAlwaysComputedStaysUncertain() throws {
        var machine = MadeMachine()
        machine.run(seconds: 60, [spinner.with { $0.user = 60 }])
        machine.run(seconds: 90, [spinner])
        let finding = try #require(machine.finding(.userSpin))
        #expect(finding.confidence == .medium)
        #expect(finding.baseline?.contains("60.0 % CPU") == true)
    }

    @Test func countedCallsMakeASpinCertainAndCountAsLongAsItStands() throws {
        var machine = MadeMachine()
        machine.run(seconds: 20, [spinner])
        machine.chronicle.note(counted(spinner, 0, ended: 20))
        machine.run(seconds: 120, [spinner])
        let finding = try #require(machine.finding(.userSpin))
        #expect(finding.confidence == .high)
        #expect(finding.evidence.contains("0 system calls in 10s (counted, 2 min ago)"))
        #expect(finding.meaning?.hasPrefix("it makes no system calls") == true)
        // It did something else for a while: what was counted is of another time.
        machine.run(seconds: 2, [spinner.with { $0.user = 20 }])
        machine.run(seconds: 20, [spinner])
        #expect(machine.finding(.userSpin)?.confidence == .medium)
    }

    @Test func callsThatWereCountedLeaveASpinUncertain() throws {
        var machine = MadeMachine()
        machine.run(seconds: 20, [spinner])
        machine.chronicle.note(counted(spinner, 12, ended: 20))
        machine.run(seconds: 1, [spinner])
        let finding = try #require(machine.finding(.userSpin))
        #expect(finding.confidence == .medium)
        #expect(finding.evidence.contains("12 system calls in 10s (counted)"))
        #expect(finding.meaning == nil)
    }

    @Test(arguments: [3, 4]) func manySpinnersOfAProcessAreToldTogether(_ count: Int32) throws {
        var machine = MadeMachine()
        let threads = (0..<count).map { index in spinner.with { $0.number += index } }
        machine.run(seconds: 20, threads)
        let found = machine.findings.findings
        guard count > 3 else {
            #expect(found.count == 3)
            return
        }
        let finding = try #require(found.first)
        #expect(found.count == 1)
        #expect(finding.subject == .process(MadeMachine.id(2214)))
        #expect(
            finding.claim
                == "streamd 2214: 4 threads spin or purely compute in user space, 399 % CPU together"
        )
        #expect(finding.evidence.first == "poll 4127, poll 4128, poll 4129 and 1 more")
    }

    // MARK: Convoy

    private func waiters(
        _ count: Int32, samples: Int = 50, locked: Int = 30, switches: UInt64 = 2700,
        isLock: Bool = true
    ) -> [MadeThread] {
        (0..<count).map { index in
            MadeThread(number: 3000 + index).with {
                $0.name = "worker"
                ($0.user, $0.system) = (2 + Double(index), 1)
                ($0.samples, $0.running, $0.switches) = (samples, samples - locked, switches)
                $0.futexes = [FutexWait(address: 0x7f00_1040, isLock: isLock): locked]
            }
        }
    }

    @Test func aConvoyIsNamedWithItsLockItsThreadsAndWhoRanMost() throws {
        let finding = try #require(said(.lockConvoy, of: waiters(6)))
        #expect(finding.subject == .process(MadeMachine.id(2214)))
        #expect(finding.severity == .warning)
        #expect(finding.confidence == .medium)
        #expect(finding.claim == "streamd 2214: 6 threads contend for the lock at 0x7f001040")
        #expect(
            finding.evidence.first
                == "worker 3000 waits there in 60.0 % of 50 samples, switches 300/s")
        #expect(finding.evidence.dropFirst(4).first == "2 threads more")
        #expect(finding.evidence.last == "worker 3005 ran most: 8.0 % CPU")
        // Who runs so little sleeps with the lock: a profile would not show it.
        #expect(finding.advice == "dxtop waits --tid 3000: who holds the lock that it waits for")
    }

    @Test func whatIsNoConvoy() {
        #expect(said(.lockConvoy, of: waiters(3)) != nil)
        #expect(said(.lockConvoy, of: waiters(2)) == nil)
        #expect(said(.lockConvoy, of: waiters(6, locked: 24)) == nil)
        #expect(said(.lockConvoy, of: waiters(6, samples: 19, locked: 19)) == nil)
        // An idle pool sleeps at its lock, if it is one, and is not woken.
        #expect(said(.lockConvoy, of: waiters(6, locked: 50, switches: 899)) == nil)
        // A busy one waits for work.
        #expect(said(.lockConvoy, of: waiters(6, isLock: false)) == nil)
        // Each process has an address of its own.
        let two = waiters(4).enumerated().map { index, thread in
            thread.with { $0.process += Int32(index % 2) }
        }
        #expect(said(.lockConvoy, of: two) == nil)
    }

    // MARK: Stall

    private func stalled(
        _ number: Int32, process: Int32 = 2214, since second: Int, samples: Int = 40,
        waits: UInt64? = 0, channel: String? = "folio_wait_bit_common"
    ) -> MadeThread {
        MadeThread(number: number).with {
            $0.name = "reader"
            ($0.user, $0.process, $0.running) = (0, process, 0)
            $0.stall = ThreadPoll.Stall(
                since: Nanoseconds(UInt64(100_000 + second) * 1_000_000_000), samples: samples,
                channel: channel, waits: waits)
        }
    }

    @Test func aStallIsNamedWithWhereItWaits() throws {
        let finding = try #require(said(.ioStall, of: [stalled(77, since: 12)]))
        #expect(finding.subject == .thread(stalled(77, since: 12).id, of: MadeMachine.id(2214)))
        #expect(finding.severity == .warning)
        #expect(finding.confidence == .medium)
        #expect(
            finding.claim
                == "reader 77 of streamd 2214 blocked in folio_wait_bit_common for 8s")
        #expect(finding.since == MadeMachine.time(12))
        #expect(finding.meaning?.hasPrefix("it waits for a page that is read or written") == true)
        #expect(said(.ioStall, of: [stalled(77, since: 17)]) != nil)
        #expect(said(.ioStall, of: [stalled(77, since: 18)]) == nil)
        #expect(said(.ioStall, of: [stalled(77, since: 12, samples: 2)]) == nil)
        let nowhere = said(.ioStall, of: [stalled(77, since: 12, channel: nil)])
        #expect(nowhere?.claim.hasSuffix("blocked in the kernel for 8s") == true)
    }

    @Test func pressureMakesAStallCertain() throws {
        let thread = stalled(77, since: 12)
        let finding = said(.ioStall, of: [thread]) {
            $0.ioPressure = MadeMachine.pressure(5)
        }
        #expect(finding?.confidence == .high)
        let less = said(.ioStall, of: [thread]) {
            $0.ioPressure = MadeMachine.pressure(4.9)
        }
        #expect(less?.confidence == .medium)
    }

    @Test func waitAfterWaitIsWhatADiskIsForUnlessTheMachineWaits() {
        let busy = stalled(77, since: 5, waits: 300)
        #expect(said(.ioStall, of: [busy])?.severity == .info)
        let waiting = said(.ioStall, of: [busy]) {
            $0.ioPressure = MadeMachine.pressure(30)
        }
        #expect(waiting?.severity == .warning)
        #expect(waiting?.evidence.contains("wait after wait, 50ms each") == true)
        // A search through a cold tree waits all the time, and its disk keeps up.
        let quick = said(.ioStall, of: [stalled(77, since: 5, waits: 600)]) {
            $0.ioPressure = MadeMachine.pressure(60)
        }
        #expect(quick?.severity == .info)
    }

    @Test func stallsOfAProcessOrAtOnePlaceAreOneFinding() throws {
        let ofOne = try #require(
            said(.ioStall, of: [stalled(77, since: 12), stalled(78, since: 10)]))
        #expect(ofOne.subject == .process(MadeMachine.id(2214)))
        #expect(
            ofOne.claim == "streamd 2214: 2 threads blocked in folio_wait_bit_common for 10s")

        var machine = MadeMachine()
        let atNFS = (0..<4).map { index in
            stalled(
                100 + index, process: 100 + index, since: 12, channel: "nfs_wait_bit_killable")
        }
        machine.run(seconds: 20, atNFS + [stalled(77, since: 12)])
        let found = machine.findings.findings
        #expect(found.count == 2)
        let wide = try #require(found.first { $0.subject == .host })
        #expect(
            wide.claim == "4 threads of 4 processes blocked in nfs_wait_bit_killable for 8s")
        #expect(wide.processes.map(\.rawValue) == [100, 101, 102, 103])
    }
}
