import ProcFormats
package import ProcSampling
import Units

/// A made-up machine on which nothing lasts: with every sample a process ends and another begins,
/// threads and sockets do the same, control groups change their names, memory grows and falls, and
/// now and then a thread spins or a socket loses datagrams.
package struct MadeBox {
    private var random = SeededRandom(seed: 1)
    private var snapshot: Snapshot
    private let step: Int
    private var lastPID: Int32 = 1000
    private var lastCookie: UInt64 = 0

    private static let processCount = 150
    private static let threadsEach = 8
    private static let socketCount = 80
    private static let namespace = NamespaceID(4_026_531_840)

    package init(secondsApart step: Int) {
        self.step = step
        var host = HostSample(name: "made", kernelRelease: "6.1.0", cpuCount: 8)
        host.cpu = CPUShares(
            user: Percent(25.0), system: Percent(6.0), ioWait: Percent(1.0), idle: Percent(68.0))
        snapshot = Snapshot(
            sequence: 0, time: WallTime(seconds: 1_766_494_931),
            moment: Nanoseconds(1_000_000_000_000), interval: .seconds(step), host: host,
            processes: [])
        for _ in 0..<Self.processCount { snapshot.processes.append(newProcess()) }
        snapshot.network = NetworkReading(
            number: 0, moment: snapshot.moment,
            namespace: NetworkNamespace(
                id: Self.namespace, isOwn: true, process: snapshot.processes[0].id,
                processCount: Self.processCount),
            interval: .seconds(step), counters: NetworkCounters(), interfaces: [], softnet: [],
            sockets: SocketReading(
                sockets: (0..<Self.socketCount).map { _ in newSocket() }, tables: .all),
            bursts: [:], cost: .milliseconds(1))
    }

    /// The next sample.
    package mutating func next() -> Snapshot {
        snapshot.sequence += 1
        snapshot.time.seconds += Int64(step)
        snapshot.moment += Nanoseconds(UInt64(step) * 1_000_000_000)
        // In the kernel's order: by number, and numbers only rise here.
        snapshot.processes.remove(at: random.below(snapshot.processes.count))
        snapshot.processes.append(newProcess())
        var processes = snapshot.processes
        for index in processes.indices { change(&processes[index]) }
        snapshot.processes = processes
        changeNetwork()
        snapshot.memoryGroups = [:]
        for number in 0..<20 {
            let path = "/made/group-\(number)-\(snapshot.sequence / 50)"
            snapshot.memoryGroups[path] = MemoryGroup(
                path: path, usage: ByteCount(kibibytes: UInt64(random.below(1 << 20))),
                limit: ByteCount(kibibytes: 1 << 20))
        }
        return snapshot
    }

    // MARK: Processes

    private mutating func newProcess() -> ProcessSample {
        lastPID += 20
        let id = ProcessIdentity(
            pid: ProcessID(lastPID), startTime: ClockTicks(UInt64(lastPID) * 3))
        let threads = (0..<Int32(Self.threadsEach)).map { newThread(lastPID + $0, of: id) }
        return ProcessSample(
            id: id, parent: ProcessID(1), user: UserID(UInt32(random.below(50))),
            name: "made-\(lastPID)", command: "/opt/made/\(lastPID) --with arguments",
            state: .sleeping, threadCount: threads.count,
            residentMemory: ByteCount(kibibytes: 50_000),
            memory: MemoryUse(anonymous: ByteCount(kibibytes: 40_000)),
            memoryGroup: "/made/group-\(random.below(20))-\(snapshot.sequence / 50)",
            openFiles: 20, openFilesLimit: 1024, threads: threads)
    }

    private func newThread(_ number: Int32, of process: ProcessIdentity) -> ThreadSample {
        ThreadSample(
            id: ThreadIdentity(
                tid: ThreadID(number),
                startTime: ClockTicks(process.startTime.rawValue + UInt64(snapshot.sequence))),
            process: process.pid, name: "thread-\(number)", state: .sleeping)
    }

    private mutating func change(_ process: inout ProcessSample) {
        // One in four grows for as long as it lives, the others come and go.
        let memory = process.memory?.anonymous ?? ByteCount(0)
        let more = UInt64(random.below(512))
        process.memory?.anonymous =
            process.id.pid.rawValue % 4 == 0
            ? ByteCount(memory.rawValue + more * 1024)
            : ByteCount(kibibytes: 30_000 + more * 20)
        process.residentMemory = process.memory?.anonymous
        var hottest = Percent.zero
        for index in process.threads.indices {
            if random.below(40) == 0 {
                process.threads[index] = newThread(
                    process.id.pid.rawValue + Int32(index), of: process.id)
            }
            let spins = process.threads[index].id.tid.rawValue % 400 == 3
            let cpu = Percent(spins ? 99.0 : Double(random.below(100)) / 10)
            process.threads[index].state = spins ? .running : .sleeping
            process.threads[index].cpu = cpu
            process.threads[index].user = cpu
            process.threads[index].system = .zero
            process.threads[index].runDelay = .zero
            process.threads[index].voluntarySwitches = Rate(spins ? 0.0 : 20.0)
            guard cpu >= hottest else { continue }
            hottest = cpu
            process.hottestThread = process.threads[index].id
        }
        process.hottestCPU = hottest
        process.cpu = hottest
        process.openFiles = random.below(2048)
    }

    // MARK: Sockets

    private mutating func newSocket() -> SocketSample {
        lastCookie += 1
        let owner = snapshot.processes[random.below(snapshot.processes.count)].id
        let port = lastCookie
        let here = IPAddress("10.0.0.1")
        let peer = IPAddress("10.\(random.below(200)).\(random.below(200)).\(random.below(200))")
        return SocketSample(
            id: SocketID(namespace: Self.namespace, cookie: lastCookie),
            transport: lastCookie % 3 == 0 ? .udp : .tcp,
            local: here.map { .ip($0, port: UInt16(truncatingIfNeeded: port)) } ?? .none,
            peer: peer.map { .ip($0, port: 443) } ?? .none,
            state: lastCookie % 3 == 1 ? .closeWait : .established,
            inode: UInt32(truncatingIfNeeded: lastCookie),
            user: UserID(0), owner: SocketOwner(process: owner, descriptor: 7),
            receiveQueue: 0, sendQueue: 0, receiveBuffer: ByteCount(212_992),
            drops: Counted(total: 0, rate: .zero, sinceStart: 0), since: snapshot.moment)
    }

    private mutating func changeNetwork() {
        guard var network = snapshot.network else { return }
        network.number += 1
        network.moment = snapshot.moment
        for _ in 0..<4 {
            network.sockets.sockets[random.below(Self.socketCount)] = newSocket()
        }
        for index in network.sockets.sockets.indices {
            let lost = UInt64(random.below(50))
            let before = network.sockets.sockets[index].drops?.total ?? 0
            network.sockets.sockets[index].receiveQueue = UInt64(random.below(200_000))
            guard network.sockets.sockets[index].transport == .udp else { continue }
            network.sockets.sockets[index].drops = Counted(
                total: before + lost, rate: Rate(Double(lost)), sinceStart: before + lost)
        }
        snapshot.network = network
    }
}

extension SeededRandom {
    fileprivate mutating func below(_ limit: Int) -> Int { .random(in: 0..<limit, using: &self) }
}
