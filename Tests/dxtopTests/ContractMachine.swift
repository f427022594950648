@testable import Diagnosis
import ProcFormats
import ProcSampling
import TestSupport
import Units

/// A machine on which every field of every document has a value once, and is unknown once: each list
/// has one row of which all is known and one of which nothing is.
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

    // MARK: Its parts

    static let streamd = Made.process(2214, start: 9000)
    static let poll = Made.thread(4127, start: 9100)

    private static var known: Snapshot {
        var snapshot = Snapshot(
            sequence: 1, time: WallTime(seconds: 1_766_494_931),
            moment: Nanoseconds(400_000_000_000_000), interval: .milliseconds(1004), host: host,
            processes: [process, unknownProcess],
            ownCost: OwnCost(cpu: Percent(0.4), residentMemory: ByteCount(9 << 20)),
            trouble: SamplingTrouble(
                denied: 3, malformed: 1, incomplete: 2, shortage: .descriptors))
        let group = "/system.slice/streamd.service"
        snapshot.memoryGroups = [
            group: MemoryGroup(
                path: group, usage: ByteCount(1 << 30), reclaimable: ByteCount(0),
                limit: ByteCount(4 << 30))
        ]
        snapshot.threadSources = ThreadSourceReport(chosen: .taskstats, refusals: [:])
        return snapshot
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
            command: "/opt/streamd --config /etc/streamd.toml", state: .sleeping,
            totalTime: Nanoseconds(184_150_000_000), cpu: Percent(131.0), hottestCPU: Percent(99.8),
            hottestThread: poll, threadCount: 4, residentMemory: ByteCount(64 << 20),
            memory: MemoryUse(
                anonymous: ByteCount(0), file: ByteCount(30 << 20), shared: ByteCount(4096),
                swap: ByteCount(0), peak: ByteCount(96 << 20), addressSpace: ByteCount(8 << 30)),
            memoryGroup: "/system.slice/streamd.service", openFiles: 91,
            cgroup: "/system.slice/streamd.service",
            threads: [
                ThreadSample(
                    id: poll, process: streamd.pid, name: "poll\u{1B}[2J", state: .running,
                    processor: 3, totalTime: Nanoseconds(724_000_000_000), cpu: Percent(99.8),
                    user: Percent(99.0), system: Percent(0.8), runDelay: Percent(0.1),
                    voluntarySwitches: Rate(0.5), involuntarySwitches: Rate(18.0),
                    minorFaults: Rate(1.0), majorFaults: .zero, activity: .running),
                thread(4131, cpu: 8.2, .systemCall(99_999)),
                thread(4140, cpu: 3.0, .waitChannel("jbd2_log_wait")),
            ])
    }

    private static func thread(_ tid: Int32, cpu: Double, _ activity: Activity) -> ThreadSample {
        ThreadSample(
            id: Made.thread(tid, start: 9000),
            process: streamd.pid, name: "worker", state: .diskSleep, cpu: Percent(cpu),
            activity: activity)
    }

    private static var unknownProcess: ProcessSample {
        let id = Made.process(57, start: 57)
        return ProcessSample(
            id: id, name: "kworker/0:1", isKernelThread: true, state: .idle,
            threads: [
                ThreadSample(
                    id: Made.thread(57, start: 57),
                    process: id.pid, name: "kworker/0:1", state: .idle)
            ])
    }

    // MARK: Its network

    private static let namespace = NetworkNamespace(id: NamespaceID(4_026_531_840), isOwn: true)

    private static func reading(at moment: Nanoseconds) -> NetworkReading {
        var reading = NetworkReading(
            number: 1, moment: moment, namespace: namespace, interval: .seconds(1),
            sockets: SocketReading(sockets: sockets(at: moment), tables: .all))
        reading.counters[.udpReceived] = Counted(total: 81_000_000, rate: Rate(8100.5))
        reading.counters[.udpBufferErrors] = Counted(total: 9148, rate: Rate(212.0))
        reading.interfaces = [
            InterfaceSample(
                id: 2, name: "eth0", mtu: 1500,
                receivedPackets: Counted(total: 9_000_000, rate: Rate(12_000.0)),
                dropped: Counted(total: 0, rate: .zero))
        ]
        let losing = SocketID(namespace: namespace.id, cookie: 2)
        // Of datagrams that cost 2304 bytes each, a few of which are read from time to time.
        let queue = (0..<500).map { UInt32(2304 * (92 - $0 % 4)) }
        reading.bursts = [
            losing: QueueBurst(
                socket: losing, duration: .seconds(5), isComplete: true,
                queue: queue, charged: queue, buffer: ByteCount(212_992), dropped: 1060)
        ]
        return reading
    }

    private static func sockets(at moment: Nanoseconds) -> [SocketSample] {
        func socket(
            _ cookie: UInt64, _ transport: Transport, _ state: SocketState, _ local: SocketAddress
        ) -> SocketSample {
            SocketSample(
                id: SocketID(namespace: namespace.id, cookie: cookie), transport: transport,
                local: local, peer: .none, state: state,
                since: Nanoseconds(moment.rawValue - 90_500_000_000))
        }
        var stream = socket(
            1, .tcp, .closeWait, .ip(IPAddress(high: 0, low: 1), port: 80))
        stream.peer = .ip(IPAddress(v4: 0x0A09_0104), port: 51_514)
        stream.inode = 7002
        stream.receiveQueue = 1
        stream.sendQueue = 0
        stream.receiveBuffer = ByteCount(131_072)
        stream.tcp = TCPFigures(roundTripMicroseconds: 250, retransmits: Counted(total: 9))
        stream.owner = SocketOwner(process: streamd, descriptor: 91)
        var losing = socket(2, .udp, .close, .ip(IPAddress(v4: 0), port: 12_201))
        losing.inode = 8001
        losing.owner = SocketOwner(process: streamd, descriptor: 7)
        losing.receiveQueue = 208_000
        losing.receiveBuffer = ByteCount(212_992)
        losing.drops = Counted(total: 9148, rate: Rate(212.0), sinceStart: 9148)
        var listener = socket(4, .tcp, .listen, .ip(IPAddress(v4: 0), port: 443))
        listener.receiveQueue = 3
        listener.sendQueue = 128
        return [
            stream, losing, socket(3, .udp, .close, .ip(IPAddress(v4: 0), port: 9)), listener,
            socket(5, .unixStream, .listen, .unix("/run/streamd/control.sock")),
            socket(6, .unixDatagram, .established, .unix("")),
        ]
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
        findings[0].next.append(.probe(.profile, of: .thread(poll, of: streamd), "then this"))
        return findings
    }
}
