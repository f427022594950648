import Diagnosis
import ProcFormats
import ProcSampling
import TestSupport
import Testing
import Units

/// Findings about mounts, tasks and what is stopped, on both sides of their thresholds.
@Suite struct MachineDetectorTests {
    private static let mebibyte = 1_048_576.0

    private func process(_ pid: Int32, _ name: String, parent: Int32 = 1) -> ProcessSample {
        ProcessSample(
            id: MadeMachine.id(pid), parent: ProcessID(parent), name: name, state: .sleeping)
    }

    // MARK: Mounts

    private func mount(
        available: UInt64 = 1 << 30, freeFiles: UInt64 = 100, isReadOnly: Bool = false,
        isForced: Bool = false, readOnlySince: WallTime? = nil, silentSince: WallTime? = nil,
        writers: [MountSample.Writer] = []
    ) -> MountSample {
        MountSample(
            path: "/var", type: "ext4", source: "/dev/vdb", isReadOnly: isReadOnly,
            isForcedReadOnly: isForced, readOnlySince: readOnlySince,
            room: MountSample.Room(
                size: ByteCount(4 << 30), used: ByteCount((4 << 30) - available),
                available: ByteCount(available), files: 1000, freeFiles: freeFiles),
            silentSince: silentSince, writers: writers)
    }

    private func found(_ mount: MountSample) -> Finding? {
        var machine = MadeMachine()
        machine.refresh([process(7, "logd")], mounts: [mount])
        return machine.finding(.mountTrouble)
    }

    private func writer(bytes: Double) -> MountSample.Writer {
        MountSample.Writer(
            process: MadeMachine.id(7), name: "logd", file: "/var/log/x", calls: Rate(310.0),
            bytes: Rate(bytes))
    }

    @Test func aFullMountIsAWarning() throws {
        #expect(found(mount()) == nil)
        #expect(found(mount(available: (1 << 20) + 1)) == nil)
        let full = try #require(found(mount(available: 1 << 20)))
        #expect(full.severity == .warning && full.confidence == .medium)
        #expect(full.claim == "/var is full")
        #expect(full.subject == .file("/var"))
        let files = try #require(found(mount(freeFiles: 0)))
        #expect(files.claim == "/var has no inode left")
    }

    @Test func whoFailsToWriteMakesItSure() throws {
        let failing = try #require(found(mount(available: 0, writers: [writer(bytes: 0)])))
        #expect(failing.confidence == .high)
        #expect(failing.claim == "/var is full; logd 7 fails to write there")
        let writing = try #require(found(mount(available: 0, writers: [writer(bytes: 5000)])))
        #expect(writing.confidence == .medium)
    }

    @Test func readOnlyIsOneOnlyWhereItTurnedSo() throws {
        #expect(found(mount(available: 0, isReadOnly: true)) == nil)
        let turned = try #require(
            found(mount(isReadOnly: true, readOnlySince: MadeMachine.time(1))))
        #expect(turned.claim == "/var turned read-only")
        let forced = try #require(found(mount(isReadOnly: true, isForced: true)))
        #expect(forced.confidence == .high)
    }

    /// Anybody who may mount chooses the path, and root pastes the command.
    @Test func aPathRunsNothingInACommand() throws {
        func commands(_ mount: MountSample) throws -> [String] {
            var mount = mount
            mount.path = "/tmp/x y;id $(id)'"
            return try #require(found(mount)).next.compactMap {
                if case .command(let line) = $0.kind { line } else { nil }
            }
        }
        let word = #"'/tmp/x y;id $(id)'\'''"#
        #expect(
            try commands(mount(available: 0)) == [
                "du -xh --max-depth=2 \(word) | sort -h | tail", "lsof +L1 \(word)",
            ])
        #expect(
            try commands(mount(silentSince: MadeMachine.time(1))) == [
                #"grep -lF ' /tmp/x\040y;id\040$(id)'\'' ' /proc/[0-9]*/mountinfo"#,
                "umount -l \(word)",
            ])
    }

    @Test func oneThatDoesNotAnswerIsTold() throws {
        let silent = try #require(found(mount(silentSince: MadeMachine.time(1))))
        #expect(silent.claim == "/var does not answer")
        #expect(silent.since == MadeMachine.time(1))
    }

    @Test(arguments: [(5.0, true), (0.0, false)])
    func aTmpfsThatGrowsIsTold(_ rate: Double, _ isFound: Bool) throws {
        var machine = MadeMachine(interval: 5)
        for step in 0..<40 {
            var mount = mount()
            mount.type = "tmpfs"
            mount.room?.used = ByteCount(UInt64(rate * 5 * Double(step) * Self.mebibyte) + 1)
            machine.refresh([process(7, "spooler")], mounts: [mount]) {
                $0.memory = MadeMachine.memory(available: 1024 * 8 * Self.mebibyte)
            }
        }
        let finding = machine.finding(.sharedMemoryGrowth)
        #expect((finding != nil) == isFound)
        if isFound {
            #expect(finding?.severity == .critical)
            #expect(finding?.claim.hasPrefix("/var (tmpfs) +5.0 MiB/s for ") == true)
        }
    }

    // MARK: Stopped

    private func stopped(
        _ state: TaskState, for seconds: Int, _ change: (inout ProcessSample) -> Void = { _ in }
    ) -> Finding? {
        var machine = MadeMachine()
        var process = process(7, "server")
        process.state = state
        change(&process)
        for _ in 0...seconds { machine.refresh([process, self.process(8, "gdb")]) }
        return machine.finding(.stopped)
    }

    @Test func aStoppedServiceIsAWarning() throws {
        #expect(stopped(.stopped, for: 4) == nil)
        let finding = try #require(stopped(.stopped, for: 5))
        #expect(finding.severity == .warning && finding.confidence == .high)
        #expect(finding.next.first?.command == "kill -CONT 7")
        #expect(stopped(.sleeping, for: 20) == nil)
    }

    @Test func aJobOfATerminalIsInformation() {
        #expect(stopped(.stopped, for: 9) { $0.hasTerminal = true }?.severity == .info)
    }

    @Test func theTracerIsNamed() throws {
        let finding = try #require(stopped(.traced, for: 9) { $0.tracer = ProcessID(8) })
        #expect(finding.claim.hasPrefix("server 7 is stopped by gdb 8, which traces it"))
        #expect(finding.severity == .warning)
        let debugged = stopped(.traced, for: 9) {
            $0.tracer = ProcessID(8)
            $0.parent = ProcessID(8)
        }
        #expect(debugged?.severity == .info)
    }

    // MARK: Tasks

    private func forks(_ rate: Double, seconds: Int = 12, names: [String]) -> Finding? {
        var machine = MadeMachine()
        for second in 0..<seconds {
            var parent = process(7, "sh")
            parent.childrenFaults = Rate(rate * 100)
            let child = process(
                Int32(100 + second), names[second % names.count], parent: 7)
            machine.refresh([parent, child]) { $0.forks = Rate(rate) }
        }
        return machine.finding(.forkStorm)
    }

    @Test func aForkStormNamesItsParent() throws {
        #expect(forks(199, names: ["true"]) == nil)
        #expect(forks(600, seconds: 8, names: ["true"]) == nil)
        let finding = try #require(forks(600, names: ["true"]))
        #expect(finding.severity == .warning)
        #expect(finding.subject == .process(MadeMachine.id(7)))
        #expect(finding.claim.hasPrefix("sh 7 starts about 600 processes/s (true)"))
    }

    /// Threads come and go: the kernel counts them as new tasks, and nothing says whose those are but
    /// what the processes that are met have in common.
    private func forksBesideThreads(
        children: Int, age: Double, faults: Double, seconds: Int = 12
    ) -> Finding? {
        var machine = MadeMachine()
        let ticks = 1 / Machine.current.clockTick.seconds
        for second in 1...seconds {
            var parent = process(7, "sh")
            parent.childrenFaults = Rate(faults)
            var threads = process(9, "server")
            threads.endedCPU = Percent(30.0)
            let started = UInt64((100_000 + Double(second) - age) * ticks)
            let made = (0..<children).map { number -> ProcessSample in
                let sample = process(Int32(1000 + second * children + number), "sleep", parent: 7)
                return ProcessSample(
                    id: Made.process(sample.id.pid.rawValue, start: started),
                    parent: sample.parent, name: sample.name, state: .running)
            }
            machine.refresh([parent, threads] + made) { $0.forks = Rate(7000.0) }
        }
        return machine.finding(.forkStorm)
    }

    @Test func threadsThatComeAndGoAreNotTakenForProcesses() throws {
        // A shell that starts one program a second, which is met at any time of its life.
        for age in [0.5, 0.9] {
            let finding = try #require(forksBesideThreads(children: 1, age: age, faults: 90))
            #expect(finding.subject == .process(MadeMachine.id(9)))
            #expect(finding.severity == .info)
            #expect(finding.claim.hasPrefix("server 9 starts threads that soon end"))
        }
        // A hundred downloads a second, each with many faults, hardly ever met.
        #expect(
            forksBesideThreads(children: 0, age: 0, faults: 80_000)?.subject
                == .process(MadeMachine.id(9)))
    }

    @Test func processesThatSoonEndAreFoundBesideThreads() throws {
        let finding = try #require(forksBesideThreads(children: 2, age: 0, faults: 300_000))
        #expect(finding.subject == .process(MadeMachine.id(7)))
        #expect(finding.severity == .warning)
    }

    @Test func aParentStartsNoMoreThanItsChildrensFaultsAllow() {
        var machine = MadeMachine()
        for _ in 0..<12 {
            var parent = process(7, "sh")
            parent.childrenFaults = Rate(1100.0)
            machine.refresh([parent]) { $0.forks = Rate(7000.0) }
        }
        #expect(machine.finding(.forkStorm)?.claim.contains("about 110 processes/s") == true)
    }

    @Test func aBuildStartsManyKinds() {
        #expect(forks(600, names: ["sed", "grep", "cc1"])?.severity == .info)
    }

    @Test(arguments: [(4, false), (5, true)])
    func whoExecsAgainAndAgainIsTold(_ times: Int, _ isFound: Bool) {
        var machine = MadeMachine()
        for _ in 0..<times {
            var process = process(7, "sh")
            process.hasExeced = true
            machine.refresh([process])
        }
        #expect((machine.finding(.forkStorm) != nil) == isFound)
    }

    @Test(arguments: [(79, false), (80, true)])
    func aGroupNearItsLimitOfTasksIsTold(_ used: UInt64, _ isFound: Bool) {
        var machine = MadeMachine()
        var process = process(7, "worker")
        process.taskLimit = TaskLimit(group: "/a", limit: 100, used: used)
        machine.refresh([process])
        #expect((machine.finding(.taskLimit) != nil) == isFound)
    }

    @Test(arguments: [(2, true), (0, false)])
    func childrenThatPileUpAreTold(_ more: Int, _ isFound: Bool) {
        var machine = MadeMachine(interval: 5)
        for step in 0..<30 {
            let children = (0..<(20 + more * step)).map { number -> ProcessSample in
                var child = process(Int32(1000 + number), "session", parent: 7)
                child.memory = MemoryUse(anonymous: ByteCount(UInt64(20 * Self.mebibyte)))
                return child
            }
            machine.refresh([process(7, "server")] + children) {
                $0.memory = MadeMachine.memory(available: 8192 * Self.mebibyte)
            }
        }
        let finding = machine.finding(.childrenPileUp)
        #expect((finding != nil) == isFound)
        if isFound { #expect(finding?.severity == .warning) }
    }

    // MARK: Java, interrupts

    private func collecting(_ cpu: Double, of all: Double, grows: Bool = false) -> Finding? {
        var machine = MadeMachine()
        for second in 0..<12 {
            var java = process(7, "java")
            java.cpu = Percent(all)
            java.residentMemory = ByteCount(
                UInt64(256 * Self.mebibyte) * UInt64(grows ? second + 1 : 1))
            java.threads = ["VM Thread", "GC Thread#0", "main"].enumerated().map { number, name in
                ThreadSample(
                    id: ThreadIdentity(
                        tid: ThreadID(Int32(7 + number)), startTime: ClockTicks(7)),
                    process: ProcessID(7), name: name, state: .running,
                    cpu: number == 1 ? Percent(cpu) : .zero)
            }
            machine.refresh([java])
        }
        return machine.finding(.garbageCollection)
    }

    @Test func aFullHeapIsToldAndABusyOneIsNot() {
        #expect(collecting(95, of: 100)?.severity == .warning)
        #expect(collecting(45, of: 100) == nil)
        #expect(collecting(60, of: 190) == nil)
        #expect(collecting(95, of: 100, grows: true) == nil)
    }

    @Test(arguments: [(95.0, Finding.Severity.warning), (70, .info), (50, nil)])
    func aCPUFullOfInterruptsIsTold(_ share: Double, _ severity: Finding.Severity?) {
        var machine = MadeMachine()
        for _ in 0..<12 {
            machine.refresh([]) {
                $0.cpus = [
                    HostSample.CPU(
                        number: 1,
                        shares: CPUShares(user: .zero, system: Percent(share), idle: .zero),
                        interrupts: Percent(share))
                ]
            }
        }
        #expect(machine.finding(.interruptLoad)?.severity == severity)
    }

    // MARK: Shared memory

    /// - Parameter host: what the machine's shared memory gains of it.
    private func sharing(host: Double) -> Finding? {
        var machine = MadeMachine()
        for second in 0..<150 {
            var process = process(7, "cache")
            let bytes = 8 * Double(second) * Self.mebibyte
            process.memory = MemoryUse(
                anonymous: ByteCount(UInt64(Self.mebibyte)), shared: ByteCount(UInt64(bytes)),
                swap: ByteCount(0))
            machine.refresh([process]) {
                $0.memory = MadeMachine.memory(available: 16_384 * Self.mebibyte - bytes)
                $0.memory?.shared = ByteCount(UInt64(host * bytes))
            }
        }
        return machine.finding(.memoryGrowth)
    }

    @Test func sharedMemoryThatIsNewIsGrowth() throws {
        let finding = try #require(sharing(host: 1))
        #expect(finding.claim.hasPrefix("cache 7 shared memory +8.0 MiB/s"))
        #expect(finding.severity != .info)
        #expect(sharing(host: 0) == nil, "it maps what others had before")
    }
}
