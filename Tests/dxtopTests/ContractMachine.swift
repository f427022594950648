@testable import Diagnosis
import ProcFormats
import ProcSampling
import TestSupport
import Units

/// A machine on which every field of every document has a value once, and is unknown once: each list
/// has one row of which all is known and one of which nothing is, and others whose figures are zero,
/// have more digits than are told, or are text that has to be escaped.
struct ContractMachine {
    private(set) var snapshot: Snapshot
    private(set) var memory = MemoryHistory()
    private(set) var growth = GrowthVerdicts()
    private(set) var network = NetworkVerdicts()
    private(set) var findings = ContractMachine.findings

    /// After half an hour in which the one process grew by 1 MiB a refresh.
    init() {
        snapshot = Self.known
        for second in stride(from: 20, through: 1800, by: 20) {
            snapshot.sequence += 1
            snapshot.time.seconds += 20
            snapshot.moment += Nanoseconds(20_000_000_000)
            snapshot.processes[0].memory?.anonymous = ByteCount(UInt64(second / 20) << 20)
            if second == 1800 { snapshot.network = Self.reading(at: snapshot.moment) }
            memory.record(snapshot)
            growth.update(snapshot, memory: memory)
            _ = network.update(snapshot)
        }
    }

    private init(_ snapshot: Snapshot, findings: [Finding]) {
        self.snapshot = snapshot
        self.findings = findings
    }

    /// Nothing was read of it but who is there.
    static var unknown: ContractMachine {
        ContractMachine(
            Snapshot(
                sequence: 1, time: WallTime(seconds: 1_766_494_931), interval: nil,
                host: HostSample(name: "edge-07", kernelRelease: "3.10", cpuCount: nil),
                processes: [unknownProcess]), findings: [])
    }

    /// An older kernel, and a first look at the network: some figures were read and their like not.
    static var partlyKnown: ContractMachine {
        var host = HostSample(name: "edge-07", kernelRelease: "4.19", cpuCount: 2)
        host.cpu = CPUShares(
            user: Percent(25.126), system: Percent(6.0), ioWait: Percent(1.0), idle: Percent(68.0))
        host.cpus = (0..<2).map { number in
            let shares = CPUShares(
                user: Percent(20.333), system: Percent(Double(number)), idle: Percent(70.0))
            return HostSample.CPU(number: number, shares: shares)
        }
        host.blocked = 0
        host.pagesSwappedIn = .zero
        host.contextSwitches = Rate(8123.456)
        host.memoryPressure = Made.pressure(some: 1.25, full: 0.5)
        host.ioPressure = Made.pressure(some: 1.25, full: nil)
        let moment = Nanoseconds(400_000_000_000_000)
        return ContractMachine(
            Snapshot(
                sequence: 1, time: WallTime(seconds: 1_766_494_931), moment: moment, interval: nil,
                host: host, processes: [],
                network: NetworkReading(
                    number: 1, moment: moment, namespace: namespace, interval: nil,
                    sockets: SocketReading(sockets: [], tables: .all))),
            findings: [])
    }

    // MARK: Its parts

    static let streamd = Made.process(2214, start: 9000)
    static let poll = Made.thread(4127, start: 9100)

    private static var known: Snapshot {
        var snapshot = Snapshot(
            sequence: 1, time: WallTime(seconds: 1_766_494_931),
            moment: Nanoseconds(400_000_000_000_000), interval: .milliseconds(1004), host: host,
            processes: [process, idleProcess, unknownProcess],
            ownCost: OwnCost(cpu: Percent(0.256), residentMemory: ByteCount(9 << 20)),
            trouble: SamplingTrouble(
                denied: 3, malformed: 1, incomplete: 2, shortage: .descriptors))
        let group = "/system.slice/streamd.service"
        snapshot.memoryGroups = [
            group: MemoryGroup(
                path: group, usage: ByteCount(1 << 30), reclaimable: ByteCount(0),
                limit: ByteCount(4 << 30))
        ]
        snapshot.threadSources = ThreadSourceReport(chosen: .taskstats, refusals: [:])
        snapshot.disks = [
            disk, DiskSample(name: "dm-\u{1b}", reads: .init(rate: .zero), utilization: .zero),
        ]
        return snapshot
    }

    private static var disk: DiskSample {
        func operations(_ rate: Double, wait: Duration) -> DiskSample.Operations {
            DiskSample.Operations(
                rate: Rate(rate), bytes: Rate(rate * 4096.125), wait: wait)
        }
        var flushes = operations(3.333, wait: .microseconds(812))
        flushes.bytes = nil
        return DiskSample(
            name: "vda", reads: operations(12.125, wait: .microseconds(310)),
            writes: operations(8321, wait: .microseconds(2140)),
            discards: operations(1, wait: .seconds(9000)), flushes: flushes, inFlight: 9,
            queue: 17.2549, utilization: Percent(97.256))
    }

    private static var host: HostSample {
        var host = HostSample(name: "edge-07", kernelRelease: "6.1.0", cpuCount: 2)
        host.uptime = 400_000.5
        host.load = Made.load("4.18 3.90 3.10 3/312 9000")
        let shares = CPUShares(
            user: Percent(25.0), system: Percent(6.0), ioWait: Percent(1.0), steal: Percent(0.5),
            idle: Percent(67.5))
        host.cpu = shares
        host.cpus = [0, 1].map { HostSample.CPU(number: $0, shares: shares) }
        host.runnable = 2
        host.blocked = 1
        host.memory = Made.memory(
            totalKibibytes: 32_820_000, free: 1_000_000, available: 9_437_184,
            swapTotal: 4_194_304, swapFree: 4_089_446)
        host.pagesSwappedIn = Rate(1.0)
        host.pagesSwappedOut = Rate(2.0)
        host.bytesReadFromDisk = Rate(1_258_291.0)
        host.bytesWrittenToDisk = Rate(310_000.0)
        host.majorFaults = Rate(3.0)
        host.oomKills = OOMKills(total: 4)
        host.contextSwitches = Rate(5000.5)
        host.forks = Rate(6.5)
        let stall = Made.pressure(some: 1.5, full: 0.5)
        host.cpuPressure = stall
        host.memoryPressure = stall
        host.ioPressure = stall
        return host
    }

    private static var process: ProcessSample {
        ProcessSample(
            id: streamd, parent: ProcessID(1), user: UserID(1001), name: "streamd",
            command: "/opt/streamd --name \"poll\"", state: .sleeping,
            totalTime: Nanoseconds(184_150_000_000), cpu: Percent(131.257),
            hottestCPU: Percent(99.84), hottestThread: poll, threadCount: 5,
            residentMemory: ByteCount(64 << 20),
            memory: MemoryUse(
                anonymous: ByteCount(0), file: ByteCount(30 << 20), shared: ByteCount(4096),
                swap: ByteCount(2 << 20), peak: ByteCount(96 << 20),
                addressSpace: ByteCount(8 << 30)),
            memoryGroup: "/system.slice/streamd.service", openFiles: 91,
            cgroup: "/system.slice/streamd.service",
            threads: [
                hotThread, calling, thread(4131, cpu: 20.0, .systemCall(99_999)),
                thread(4140, cpu: 3.0, .waitChannel("jbd2_log_wait")),
                thread(4142, cpu: nil, nil),
            ])
    }

    private static var hotThread: ThreadSample {
        ThreadSample(
            id: poll, process: streamd.pid, name: "poll\u{1B}[2J", state: .running,
            processor: 3, totalTime: Nanoseconds(724_000_000_000), cpu: Percent(99.84),
            user: Percent(90.012), system: Percent(9.828), runDelay: Percent(0.1),
            voluntarySwitches: Rate(0.5), involuntarySwitches: Rate(31.4159),
            minorFaults: Rate(2.5), majorFaults: .zero, activity: .running)
    }

    private static var calling: ThreadSample {
        var calling = thread(4128, cpu: 0, .systemCall(0))
        calling.state = .sleeping
        calling.processor = 0
        calling.runDelay = Percent(80.0)
        calling.voluntarySwitches = .zero
        return calling
    }

    private static func thread(_ tid: Int32, cpu: Double?, _ activity: Activity?) -> ThreadSample {
        ThreadSample(
            id: Made.thread(tid, start: 9000),
            process: streamd.pid, name: "worker", state: .diskSleep, cpu: cpu.map { Percent($0) },
            activity: activity)
    }

    /// Of a user without a name, with nothing in use.
    private static var idleProcess: ProcessSample {
        let none = ByteCount(0)
        return ProcessSample(
            id: Made.process(310, start: 310), user: UserID(77), name: "idle\u{1B}[2J",
            command: "idle", state: .stopped, cpu: .zero, hottestCPU: .zero, minorFaults: .zero,
            majorFaults: .zero, residentMemory: none,
            memory: MemoryUse(
                anonymous: none, file: none, shared: none, swap: none, peak: none,
                addressSpace: none),
            openFiles: 0, cgroup: "/")
    }

    private static var unknownProcess: ProcessSample {
        let id = Made.process(2, start: 0)
        return ProcessSample(
            id: id, name: "kthreadd", isKernelThread: true, state: .idle,
            threads: [
                ThreadSample(
                    id: Made.thread(2, start: 0),
                    process: id.pid, name: "kthreadd", state: .idle)
            ])
    }

    // MARK: Its network

    static let namespace = NetworkNamespace(id: NamespaceID(4_026_531_840), isOwn: true)

    private static func reading(at moment: Nanoseconds) -> NetworkReading {
        var reading = NetworkReading(
            number: 1, moment: moment, namespace: namespace, interval: .seconds(1),
            sockets: SocketReading(sockets: sockets(at: moment), tables: .all))
        reading.counters[.udpReceived] = Counted(total: 81_000_000, rate: Rate(8100.126))
        reading.counters[.udpSent] = Counted(total: 5, rate: .zero)
        reading.counters[.udpBufferErrors] = Counted(
            total: 9148, rate: Rate(212.0), sinceStart: 9148)
        reading.counters[.udpMemoryErrors] = Counted(total: 0, rate: .zero)
        reading.counters[.udpNoPorts] = Counted(total: 7)
        reading.interfaces = [
            InterfaceSample(
                id: 2, name: "eth0", mtu: 1500,
                receivedPackets: Counted(total: 9_000_000, rate: Rate(12_000.0)),
                dropped: Counted(total: 0, rate: .zero))
        ]
        let losing = SocketID(namespace: namespace.id, cookie: 2)
        // Of datagrams that cost 2304 bytes each, a few of which are read from time to time.
        let queue = (0..<500).map { UInt32(2304 * (92 - $0 % 4)) }
        let stalled = SocketID(namespace: namespace.id, cookie: 7)
        reading.bursts = [
            losing: QueueBurst(
                socket: losing, duration: .seconds(5), isComplete: true,
                queue: queue, charged: queue, buffer: ByteCount(212_992), dropped: 1060),
            stalled: QueueBurst(
                socket: stalled, moment: moment, duration: .seconds(5), isComplete: true,
                queue: Array(repeating: 424_960, count: 500), buffer: ByteCount(425_984),
                dropped: 1060),
        ]
        return reading
    }

    // MARK: Its findings

    /// One of each kind of subject; the first with all that a finding may have.
    private static var findings: [Finding] {
        let socket = SocketID(namespace: namespace.id, cookie: 2)
        let subjects: [(FindingKind, Subject)] = [
            (.swapThrash, .host), (.memoryGrowth, .process(streamd)),
            (.userSpin, .thread(poll, of: streamd)), (.groupMemory, .group("/system.slice")),
            (.udpLoss, .socket(socket, inode: 8001, owner: streamd)),
            (.udpLoss, .socket(socket, inode: 0, owner: nil)), (.nicDrop, .interface("eth0")),
            (.pathMTU, .peer(IPAddress(v4: 0x0A09_0104))),
        ]
        var findings = subjects.map { kind, subject in
            Finding(
                kind: kind, subject: subject, severity: .warning, confidence: .medium,
                claim: "it is so", next: [.change("do this")],
                since: WallTime(seconds: 1_766_494_000))
        }
        findings[0].severity = .critical
        findings[0].confidence = .high
        findings[0].evidence = ["one figure", "another"]
        findings[0].baseline = "it was not"
        findings[0].meaning = "so that follows"
        findings[0].next += [
            .probe(.profile, of: .thread(poll, of: streamd), "then this"),
            .view(.sockets, of: .host, filter: "SYN_RECV", sort: .receiveQueue, "who waits"),
            .tool("ping", of: .peer(IPAddress(v4: 0x0A09_0104)), "whether it answers"),
            .setting("vm.swappiness", to: "10", "less of it"),
            .command("ip -s link", "what they drop"),
        ]
        return findings
    }
}
