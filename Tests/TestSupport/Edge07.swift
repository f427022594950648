package import ProcFormats
package import ProcSampling
import Units

/// The box of the spin case, always the same: `streamd` has twelve threads, of which `poll` spins.
package enum Edge07 {
    package static let streamd = Made.process(2214, start: 9000)
    package static let poll = Made.thread(4127, start: 9100)

    package static let users = Made.users(
        "root:x:0:0::/root:/bin/sh\nstream:x:1001:1001::/:/bin/sh\n")

    package static func snapshot() -> Snapshot {
        var host = HostSample(name: "edge-07", kernelRelease: "6.1.0", cpuCount: 8)
        host.uptime = 400_000
        host.load = Made.load("4.18 3.90 3.10 3/312 9000")
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
        host.memory = Made.memory(
            totalKibibytes: 32_820_000, free: 1_000_000, available: 9_437_184,
            swapTotal: 4_194_304, swapFree: 4_089_446)
        host.pagesSwappedIn = .zero
        host.pagesSwappedOut = .zero
        host.bytesReadFromDisk = Rate(1_258_291.0)
        host.bytesWrittenToDisk = Rate(310_000.0)
        let quiet = Made.pressure(some: 0)
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
