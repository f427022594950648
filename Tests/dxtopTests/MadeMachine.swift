@testable import Diagnosis
import ProcFormats
import ProcSampling
import Units

@testable import dxtop

/// A machine whose documents are compared with what they were: every figure is there, is zero, and
/// is not known at least once.
struct MadeMachine {
    private(set) var snapshot: Snapshot
    private var memory = MemoryHistory()
    private var growth = GrowthVerdicts()
    private var network = NetworkVerdicts()

    private static let streamd = ProcessIdentity(
        pid: ProcessID(2214), startTime: ClockTicks(9000))
    private static let namespace = NetworkNamespace(id: NamespaceID(42), isOwn: true)

    init() {
        snapshot = Snapshot(
            sequence: 0, time: WallTime(seconds: 1_700_000_000), interval: .milliseconds(1004),
            host: Self.host(), processes: Self.processes())
        snapshot.ownCost = OwnCost(cpu: Percent(0.256), residentMemory: ByteCount(9 << 20))
        snapshot.trouble.denied = 3
        snapshot.trouble.shortage = .descriptors
        snapshot.memoryGroups = [
            "/streamd": MemoryGroup(
                path: "/streamd", usage: ByteCount(1 << 30), reclaimable: ByteCount(0),
                limit: ByteCount(2 << 30))
        ]
        for second in 0..<120 { pass(second: UInt64(second)) }
    }

    var rows: RowDocuments {
        let passwd = "root:x:0:0::/root:/bin/sh\nstream:x:1001:1001::/:/bin/sh\n"
        return RowDocuments(
            userNames: UserNames(parsing: Array(passwd.utf8).span), hotThreshold: Percent(90.0),
            target: nil, memory: memory, growth: growth, network: network)
    }

    private mutating func pass(second: UInt64) {
        snapshot.sequence += 1
        snapshot.time.seconds += 1
        snapshot.moment = Nanoseconds(1_000_000_000 * (500 + second))
        snapshot.processes[0].memory?.anonymous = ByteCount(600 << 20 + second * 3 << 20)
        snapshot.network = Self.reading(number: Int(second), at: snapshot.moment)
        memory.record(snapshot)
        growth.update(snapshot, memory: memory)
        _ = network.update(snapshot)
    }

    private static func host() -> HostSample {
        var host = HostSample(name: "edge-07", kernelRelease: "6.1.0", cpuCount: 2)
        host.uptime = 400_000.25
        host.load = try? LoadAverage(parsing: Array("4.18 3.90 3.10 3/312 9000\n".utf8).span)
        host.cpu = CPUShares(
            user: Percent(25.126), system: Percent(6.0), ioWait: Percent(1.0), idle: Percent(68.0))
        host.cpus = (0..<2).map { number in
            HostSample.CPU(
                number: number,
                shares: CPUShares(
                    user: Percent(20.333), system: Percent(Double(number)), idle: Percent(70.0)))
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
        host.bytesReadFromDisk = Rate(1_258_291.0)
        host.contextSwitches = Rate(8123.456)
        let pressure = """
            some avg10=1.25 avg60=0.00 avg300=0.00 total=9
            full avg10=0.50 avg60=0.00 avg300=0.00 total=4

            """
        host.memoryPressure = try? PressureStall(parsing: Array(pressure.utf8).span)
        host.ioPressure = host.memoryPressure
        host.ioPressure?.full = nil
        return host
    }

    private static func processes() -> [ProcessSample] {
        [
            ProcessSample(
                id: streamd, parent: ProcessID(1), user: UserID(1001), name: "streamd",
                command: "/usr/bin/streamd --port \"8080\"", state: .sleeping,
                totalTime: Nanoseconds(52_110_000_000), cpu: Percent(131.257),
                hottestCPU: Percent(99.84), threadCount: 3, minorFaults: Rate(12.344),
                majorFaults: .zero, residentMemory: ByteCount(700 << 20),
                memory: MemoryUse(
                    anonymous: ByteCount(600 << 20), file: ByteCount(30 << 20),
                    shared: ByteCount(0), swap: ByteCount(2 << 20), peak: ByteCount(900 << 20),
                    addressSpace: ByteCount(8 << 30)),
                memoryGroup: "/streamd", openFiles: 812, cgroup: "/system.slice/streamd.service",
                threads: threads()),
            // Of a user without a name, with nothing in use.
            ProcessSample(
                id: ProcessIdentity(pid: ProcessID(310), startTime: ClockTicks(310)),
                user: UserID(77), name: "idle\u{1B}[2J", command: "idle", state: .stopped,
                cpu: .zero,
                hottestCPU: .zero, minorFaults: .zero, majorFaults: .zero,
                residentMemory: ByteCount(0),
                memory: MemoryUse(
                    anonymous: ByteCount(0), file: ByteCount(0), shared: ByteCount(0),
                    swap: ByteCount(0), peak: ByteCount(0), addressSpace: ByteCount(0)),
                openFiles: 0, cgroup: "/"),
            // Seen for the first time: nothing is known.
            ProcessSample(
                id: ProcessIdentity(pid: ProcessID(2), startTime: ClockTicks(0)), name: "kthreadd",
                isKernelThread: true, state: .idle),
        ]
    }

    private static func threads() -> [ThreadSample] {
        func thread(_ number: Int32, _ name: String, _ state: TaskState) -> ThreadSample {
            ThreadSample(
                id: ThreadIdentity(
                    tid: ThreadID(number), startTime: ClockTicks(UInt64(9000 + number))),
                process: streamd.pid, name: name, state: state)
        }
        var hot = thread(4127, "poll", .running)
        hot.processor = 3
        hot.cpu = Percent(99.84)
        hot.user = Percent(90.012)
        hot.system = Percent(9.828)
        hot.runDelay = Percent(0.1)
        hot.voluntarySwitches = .zero
        hot.involuntarySwitches = Rate(31.4159)
        hot.minorFaults = Rate(2.5)
        hot.majorFaults = .zero
        hot.activity = .running
        var calling = thread(4128, "reader", .sleeping)
        calling.processor = 0
        calling.cpu = .zero
        calling.activity = .systemCall(0)
        var unknownCall = calling
        unknownCall.activity = .systemCall(99_999)
        unknownCall.cpu = Percent(20.0)
        unknownCall.runDelay = Percent(80.0)
        var waiting = thread(4129, "waits", .diskSleep)
        waiting.activity = .waitChannel("folio_wait_bit")
        return [hot, calling, unknownCall, waiting, thread(4130, "new", .sleeping)]
    }

    private static func ip(_ text: String, _ port: UInt16) -> SocketAddress {
        IPAddress(text).map { .ip($0, port: port) } ?? .none
    }

    private static func sockets(at moment: Nanoseconds) -> [SocketSample] {
        func socket(
            _ cookie: UInt64, _ transport: Transport, _ state: SocketState,
            _ local: SocketAddress, _ peer: SocketAddress = .none
        ) -> SocketSample {
            SocketSample(
                id: SocketID(namespace: namespace.id, cookie: cookie), transport: transport,
                local: local, peer: peer, state: state,
                since: moment.since(Nanoseconds(41_500_000_000)))
        }
        var listener = socket(1, .tcp, .listen, ip("0.0.0.0", 8080), ip("0.0.0.0", 0))
        listener.receiveQueue = 129
        listener.sendQueue = 128
        listener.inode = 7001
        listener.isFromBefore = true
        var connection = socket(2, .tcp, .closeWait, ip("10.0.3.7", 8080), ip("10.9.1.4", 51514))
        connection.inode = 7002
        connection.user = UserID(1001)
        connection.owner = SocketOwner(process: streamd, descriptor: 91)
        connection.receiveQueue = 1
        connection.sendQueue = 0
        connection.receiveBuffer = ByteCount(131_072)
        connection.drops = Counted(total: 0)
        connection.tcp = TCPFigures(
            roundTripMicroseconds: 312, retransmits: Counted(total: 9, rate: .zero),
            congestionWindow: 10)
        var reader = socket(3, .udp, .close, ip("::", 12_201), ip("::", 0))
        reader.owner = SocketOwner(process: streamd, descriptor: 7)
        reader.receiveQueue = 424_960
        reader.sendQueue = 0
        reader.receiveBuffer = ByteCount(425_984)
        reader.drops = Counted(total: 9148, rate: Rate(212.126), sinceStart: 9148)
        var quiet = socket(4, .udp, .established, ip("10.0.3.7", 53), ip("::ffff:1.2.3.4", 53))
        quiet.owner = SocketOwner(
            process: ProcessIdentity(pid: ProcessID(9999), startTime: ClockTicks(1)), descriptor: 0)
        quiet.drops = Counted(total: 0, rate: .zero)
        return [
            listener, connection, reader, quiet,
            socket(5, .tcp, .timeWait, ip("10.0.3.7", 8080), ip("10.9.1.5", 40_000)),
            socket(6, .unixStream, .listen, .unix("/run/control.sock"), .unixPeer(0)),
            socket(7, .unixDatagram, .established, .unix("@evil\u{202E}name"), .unixPeer(9011)),
            socket(8, .packet, .close, .packet(interface: 2, protocol: 0x0800)),
            socket(9, .raw, .close, ip("0.0.0.0", 1), ip("0.0.0.0", 0)),
        ]
    }

    private static func reading(number: Int, at moment: Nanoseconds) -> NetworkReading {
        let sockets = sockets(at: moment)
        var counters = NetworkCounters()
        counters[.udpReceived] = Counted(total: 81_000, rate: Rate(8100.126), sinceStart: 480)
        counters[.udpSent] = Counted(total: 5, rate: .zero)
        counters[.udpBufferErrors] = Counted(total: 9148, rate: Rate(212.0), sinceStart: 9148)
        counters[.udpMemoryErrors] = Counted(total: 0, rate: .zero)
        counters[.udpNoPorts] = Counted(total: 7)
        return NetworkReading(
            number: number, moment: moment, namespace: namespace, interval: .seconds(1),
            counters: counters,
            interfaces: [
                InterfaceSample(
                    id: 2, name: "eth0", mtu: 1500,
                    receivedPackets: Counted(total: 9_000_000, rate: Rate(12_000.0)),
                    dropped: Counted(total: 0, rate: .zero))
            ],
            sockets: SocketReading(sockets: sockets, tables: .all),
            bursts: [
                sockets[2].id: QueueBurst(
                    socket: sockets[2].id, moment: moment, duration: .seconds(5), isComplete: true,
                    queue: Array(repeating: 424_960, count: 500), buffer: ByteCount(425_984),
                    dropped: 1060)
            ])
    }
}
