import ProcFormats
import ProcSampling
import Units

@testable import Fields

/// Rows of which everything is known, and rows of which nothing is.
enum MadeRows {
    static let id = ProcessIdentity(pid: ProcessID(2214), startTime: ClockTicks(9000))

    // MARK: Tasks

    static var thread: ThreadSample {
        ThreadSample(
            id: ThreadIdentity(tid: ThreadID(4127), startTime: ClockTicks(9100)), process: id.pid,
            name: "poll", state: .running, processor: 3, totalTime: Nanoseconds(52_110_000_000),
            cpu: Percent(99.84), user: Percent(90.0), system: Percent(9.84),
            runDelay: Percent(0.5), voluntarySwitches: Rate(1.0), involuntarySwitches: Rate(18.0),
            minorFaults: Rate(12.0), majorFaults: .zero, activity: .running)
    }

    static var process: ProcessSample {
        var waiting = thread
        waiting.activity = .waitChannel("futex_wait")
        var calling = thread
        calling.activity = .systemCall(0)
        return ProcessSample(
            id: id, parent: ProcessID(1), user: UserID(1001), name: "streamd",
            command: "/usr/bin/streamd --port 8080", state: .sleeping,
            totalTime: Nanoseconds(52_110_000_000), cpu: Percent(131.0),
            hottestCPU: Percent(99.84), endedCPU: Percent(1.5), childrenCPU: Percent(2.5),
            threadCount: 3, minorFaults: Rate(12.0),
            majorFaults: .zero, residentMemory: ByteCount(700 << 20),
            memory: MemoryUse(
                anonymous: ByteCount(600 << 20), file: ByteCount(30 << 20), shared: ByteCount(0),
                swap: ByteCount(2 << 20), peak: ByteCount(900 << 20),
                addressSpace: ByteCount(8 << 30)),
            openFiles: 812, cgroup: "/streamd.service", threads: [thread, waiting, calling])
    }

    static var unknown: ProcessSample {
        ProcessSample(
            id: ProcessIdentity(pid: ProcessID(2), startTime: ClockTicks(0)), name: "kthreadd",
            isKernelThread: true, state: .idle,
            threads: [
                ThreadSample(
                    id: ThreadIdentity(tid: ThreadID(2), startTime: ClockTicks(0)),
                    process: ProcessID(2), name: "kthreadd", state: .idle)
            ])
    }

    static let growth = ProcessGrowth.Figures(
        slope: 2_100_000, isUneven: false, shape: .kind("rising", name: "rising_floor", rank: 1),
        emphasis: .warning, timeLeft: .seconds(4400))

    static func tasks(
        _ processes: [ProcessSample] = [process, unknown], namesThreads: Bool = false,
        isCoarse: Bool = false
    ) -> TaskContext {
        let limited = MemoryGroup(
            path: "/streamd.service", usage: ByteCount(0), reclaimable: ByteCount(0),
            limit: ByteCount(4 << 30))
        return TaskContext(
            processes, userNames: UserNames(parsing: Array("stream:x:1001:".utf8).span),
            namesThreads: namesThreads, isCoarse: isCoarse,
            isHot: { process, thread in
                thread.map { process.threads[$0].cpu.map { $0 >= Percent(90.0) } ?? nil }
                    ?? process.hottestCPU.map { $0 >= Percent(90.0) }
            },
            memory: TaskContext.MemoryFigures(
                changes: {
                    $0 == id
                        ? MemoryChanges(fiveMinutes: 1 << 20, hour: 2 << 20, day: 3 << 20) : nil
                },
                growth: { $0 == id ? .known(growth) : .unknown },
                limits: { $0.id == id ? .known([limited]) : .notReadYet }),
            drops: { $0 == id ? Rate(2.5) : nil })
    }

    // MARK: Sockets

    static func address(_ text: String, _ port: UInt16) -> SocketAddress {
        IPAddress(text).map { .ip($0, port: port) } ?? .none
    }

    static func socket(
        _ cookie: UInt64, _ transport: Transport, _ state: SocketState,
        _ local: SocketAddress = .none, _ peer: SocketAddress = .none
    ) -> SocketSample {
        SocketSample(
            id: SocketID(namespace: NamespaceID(42), cookie: cookie), transport: transport,
            local: local, peer: peer, state: state, since: Nanoseconds(1_000_000_000))
    }

    static var connection: SocketSample {
        var socket = socket(
            1, .tcp, .established, address("10.0.3.7", 8080), address("10.9.1.4", 51514))
        socket.inode = 7001
        socket.user = UserID(1001)
        socket.owner = SocketOwner(process: id, descriptor: 91)
        socket.receiveQueue = 12
        socket.sendQueue = 127_072
        socket.receiveBuffer = ByteCount(131_072)
        socket.sendBuffer = ByteCount(87_040)
        socket.drops = Counted(total: 120_000, rate: Rate(2.5))
        socket.tcp = TCPFigures(
            roundTripMicroseconds: 312, retransmits: Counted(total: 9), congestionWindow: 10)
        return socket
    }

    static var listener: SocketSample {
        var socket = socket(2, .tcp, .listen, address("0.0.0.0", 80), address("0.0.0.0", 0))
        socket.receiveQueue = 129
        socket.sendQueue = 128
        return socket
    }

    static func sockets(_ sockets: [SocketSample]) -> [SocketRow] {
        var reading = NetworkReading(
            number: 1, moment: Nanoseconds(43_500_000_000),
            namespace: NetworkNamespace(id: NamespaceID(42), isOwn: true),
            sockets: SocketReading(sockets: sockets, tables: .all))
        for socket in sockets where socket.transport == .tcp && socket.state == .established {
            reading.bursts[socket.id] = QueueBurst(
                socket: socket.id, duration: .seconds(5), isComplete: true, queue: [],
                buffer: ByteCount(0), dropped: 0,
                reader: SocketReader(
                    owner: SocketOwner(process: id, descriptor: 91), epolls: [],
                    threads: [
                        SocketReader.Thread(
                            id: thread.id, name: "poll", samples: 50, waits: 50, call: "recv")
                    ], threadCount: 1))
        }
        let context = SocketContext(
            reading, userNames: UserNames(parsing: Array("stream:x:1001:".utf8).span),
            processName: { $0 == id ? "streamd" : nil },
            isFull: { $0.state == .listen && ($0.receiveQueue ?? 0) > ($0.sendQueue ?? 0) },
            reader: { $0.cookie == 1 ? reader : nil })
        return sockets.indices.map { SocketRow(context, $0) }
    }

    private static let reader = SocketReaderFigures(
        kind: .kind("STALLED", name: "stalled", rank: 0), emphasis: .critical, full: Percent(97.0),
        empty: Percent(0.0), confidence: "high", claim: "the reader has stopped reading",
        proof: ["fd 7 in epoll fd 5"], advice: "read it", datagramCost: ByteCount(768),
        capacity: 500)
}
