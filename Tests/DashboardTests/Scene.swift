import Dashboard
import ProcFormats
import ProcSampling
import Screen
import Testing
import Units

/// A made-up machine, always the same: the box of the spin case.
struct Scene {
    var snapshot: Snapshot
    var state: State
    private(set) var now = Duration.zero

    init(
        columns: Int = 80, rows: Int = 24, glyphs: Glyphs = .ascii, place: Place = .overview,
        snapshot: Snapshot = Scene.edge07()
    ) {
        self.snapshot = snapshot
        let passwd = "root:x:0:0::/root:/bin/sh\nstream:x:1001:1001::/:/bin/sh\n"
        state = State(
            settings: Settings(glyphs: glyphs, secondsFromUTC: 3600),
            size: Size(columns: columns, rows: rows), interval: .seconds(1),
            userNames: UserNames(parsing: Array(passwd.utf8).span), place: place)
    }

    /// Lets samples arrive, one a second.
    @discardableResult
    mutating func sample(_ count: Int = 1, _ change: (inout Snapshot) -> Void = { _ in })
        -> [Effect]
    {
        var effects: [Effect] = []
        for _ in 0..<count {
            snapshot.sequence += 1
            snapshot.time.seconds += 1
            snapshot.moment += Nanoseconds(1_000_000_000)
            snapshot.host.uptime = snapshot.host.uptime.map { $0 + 1 }
            now += .seconds(1)
            change(&snapshot)
            effects += state.update(.sample(snapshot), at: now)
        }
        return effects
    }

    @discardableResult
    mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { state.update(.key($0), at: now) }
    }

    @discardableResult
    mutating func type(_ text: String) -> [Effect] {
        text.flatMap { state.update(.key(.character($0)), at: now) }
    }

    /// Lets time pass without a sample.
    @discardableResult
    mutating func wait(_ duration: Duration) -> [Effect] {
        now += duration
        return state.update(.tick, at: now)
    }

    /// What a row of the screen says.
    func row(_ number: Int) -> String { state.render().text(row: number) }

    /// What some rows say.
    func rows(_ numbers: Range<Int>) -> [String] {
        let surface = state.render()
        return numbers.map { surface.text(row: $0) }
    }

    /// Whether some row of the screen has this in it.
    func shows(_ text: String) -> Bool {
        rows(0..<state.size.rows).contains { $0.contains(text) }
    }

    /// Whether some row of the list has this in it.
    func lists(_ text: String) -> Bool {
        rows(6..<state.size.rows - 1).contains { $0.contains(text) }
    }

    // MARK: The machine

    static let streamd = ProcessIdentity(pid: ProcessID(2214), startTime: ClockTicks(9000))
    static let poll = ThreadIdentity(tid: ThreadID(4127), startTime: ClockTicks(9100))

    static func edge07() -> Snapshot {
        var host = HostSample(name: "edge-07", kernelRelease: "6.1.0", cpuCount: 8)
        host.uptime = 400_000
        host.load = try? LoadAverage(parsing: Array("4.18 3.90 3.10 3/312 9000\n".utf8).span)
        host.cpu = CPUShares(
            user: Percent(25.0), system: Percent(6.0), ioWait: Percent(1.0), idle: Percent(68.0))
        host.cpus = (0..<8).map { number in
            let busy = number == 3 ? 99.8 : 20.0 + Double(number)
            return HostSample.CPU(
                number: number,
                shares: CPUShares(
                    user: Percent(busy), system: .zero, idle: Percent(100 - busy)))
        }
        host.runnable = 2
        host.blocked = 0
        let memory = """
            MemTotal: 32820000 kB
            MemFree: 1000000 kB
            MemAvailable: 9437184 kB
            SwapTotal: 4194304 kB
            SwapFree: 4089446 kB

            """
        host.memory = try? MemoryInfo(parsing: Array(memory.utf8).span)
        host.pagesSwappedIn = .zero
        host.pagesSwappedOut = .zero
        host.bytesReadFromDisk = Rate(1_258_291.0)
        host.bytesWrittenToDisk = Rate(310_000.0)
        let pressure = """
            some avg10=0.00 avg60=0.00 avg300=0.00 total=0
            full avg10=0.00 avg60=0.00 avg300=0.00 total=0

            """
        let quiet = try? PressureStall(parsing: Array(pressure.utf8).span)
        host.cpuPressure = quiet
        host.memoryPressure = quiet
        host.ioPressure = quiet
        return Snapshot(
            sequence: 1, time: WallTime(seconds: 1_766_494_931),
            moment: Nanoseconds(400_000_000_000_000), interval: .seconds(1), host: host,
            processes: [initProcess, kernelThread, streamdProcess, journald],
            ownCost: OwnCost(
                cpu: Percent(0.4), residentMemory: ByteCount(kibibytes: 9216), reads: 60))
    }

    private static func process(
        _ pid: Int32, parent: Int32 = 1, user: UInt32 = 0, name: String, command: String?,
        state: TaskState = .sleeping, cpu: Double = 0, rss: UInt64 = 4096,
        threads: [ThreadSample] = []
    ) -> ProcessSample {
        let identity = ProcessIdentity(
            pid: ProcessID(pid), startTime: ClockTicks(pid == 2214 ? 9000 : UInt64(pid)))
        let sole = ThreadSample(
            id: ThreadIdentity(tid: ThreadID(pid), startTime: identity.startTime),
            process: identity.pid, name: name, state: state, processor: 1, cpu: Percent(cpu),
            user: Percent(cpu), system: .zero, runDelay: .zero, minorFaults: .zero,
            majorFaults: .zero)
        let all = threads.isEmpty ? [sole] : threads
        let hottest = all.max { ($0.cpu ?? .zero) < ($1.cpu ?? .zero) }
        return ProcessSample(
            id: identity, parent: ProcessID(parent), user: UserID(user), name: name,
            command: command, isKernelThread: command == nil, state: state,
            totalTime: Nanoseconds(184_150_000_000), cpu: Percent(cpu), hottestCPU: hottest?.cpu,
            hottestThread: hottest?.id, threadCount: all.count, minorFaults: .zero,
            majorFaults: .zero, residentMemory: ByteCount(kibibytes: rss), threads: all)
    }

    private static let initProcess = process(
        1, parent: 0, name: "systemd", command: "/sbin/init", rss: 12_000)
    private static let kernelThread = process(
        57, parent: 2, name: "kworker/0:1", command: nil, state: .idle, cpu: 0.3, rss: 0)
    private static let journald = process(
        310, name: "journald", command: "/usr/bin/journald --flush", cpu: 1.2, rss: 33_000)

    private static let streamdProcess = process(
        2214, user: 1001, name: "streamd", command: "/opt/streamd --config /etc/streamd.toml",
        cpu: 131, rss: 19_083_000,
        threads: [
            thread(2214, "streamd", cpu: 0),
            thread(
                4127, start: 9100, "poll", state: .running, cpu: 99.8, involuntary: 18,
                activity: .running),
            thread(
                4131, "rdk:broker1", cpu: 8.2, system: 3.1, voluntary: 412, involuntary: 6,
                activity: .systemCall(7)),
            thread(
                4140, "ws-write", state: .diskSleep, cpu: 3.0, system: 2.6, voluntary: 88,
                activity: .waitChannel("jbd2_log_wait")),
        ] + (0..<8).map { thread(4200 + $0, "worker-\($0)", cpu: 2.5) })

    private static func thread(
        _ tid: Int32, start: UInt64 = 9000, _ name: String, state: TaskState = .sleeping,
        cpu: Double, system: Double = 0, voluntary: Double = 0, involuntary: Double = 0,
        activity: Activity? = nil
    ) -> ThreadSample {
        ThreadSample(
            id: ThreadIdentity(tid: ThreadID(tid), startTime: ClockTicks(start)),
            process: ProcessID(2214), name: name, state: state, processor: 3,
            totalTime: Nanoseconds(724_000_000_000), cpu: Percent(cpu),
            user: Percent(cpu - system), system: Percent(system), runDelay: Percent(0.1),
            voluntarySwitches: Rate(voluntary), involuntarySwitches: Rate(involuntary),
            minorFaults: .zero, majorFaults: .zero, activity: activity)
    }
}

extension Scene: CustomTestStringConvertible {
    /// The screen: a failed expectation shows what a person would have seen.
    var testDescription: String {
        rows(0..<state.size.rows).map { "\n|" + $0 }.joined()
    }
}
