import ProcFormats
import Samples
import TestSupport
import Units

/// Rows of which every property is set, each to a value of its own; and plain ones, of which as
/// little is as can be.
enum FilledRows {
    static let pid = ProcessID(4711)

    /// - Parameter number: another one has other figures.
    static func thread(_ number: Int32) -> ThreadSample {
        // Whole eighths: floating point has them as they are.
        let base = Double(number)
        return ThreadSample(
            id: Made.thread(number, start: 5000 + UInt64(number)), process: pid,
            name: "worker-\(number)", state: .diskSleep, processor: Int16(number % 100),
            // In hundredths of a second, as it is kept.
            totalTime: Nanoseconds(UInt64(number) * 1_230_000_000), cpu: Percent(base + 0.125),
            user: Percent(base + 0.25), system: Percent(base + 0.375),
            runDelay: Percent(base + 0.5), voluntarySwitches: Rate(base + 100.125),
            involuntarySwitches: Rate(base + 100.25), minorFaults: Rate(base + 100.375),
            majorFaults: Rate(base + 100.5), activity: .waitChannel("futex_wait-\(number)"),
            isCarriedOver: true)
    }

    static func plainThread(_ number: Int32, of process: ProcessID = pid) -> ThreadSample {
        ThreadSample(
            id: Made.thread(number, start: 5000 + UInt64(number)), process: process,
            name: "plain", state: .sleeping)
    }

    /// The first of its threads is the hottest, the second waited most.
    static func process() -> ProcessSample {
        let threads = [thread(4721), thread(4722)]
        // Memory in KiB, as it is kept.
        func memory(_ kibibytes: UInt64) -> ByteCount { ByteCount(kibibytes: kibibytes) }
        var process = ProcessSample(
            id: Made.process(pid.rawValue, start: 5001), parent: ProcessID(4712),
            user: UserID(1001), name: "streamd", command: "/opt/streamd --config x",
            isKernelThread: true, state: .stopped, totalTime: Nanoseconds(987_650_000_000),
            cpu: Percent(131.125), hottestCPU: Percent(99.25), hottestThread: threads[0].id,
            endedCPU: Percent(31.375), childrenCPU: Percent(12.5), runDelay: Percent(61.625),
            mostDelayed: delayed(threads[1]), threadCount: 77,
            taskLimit: TaskLimit(group: "/tasks", limit: 4096, used: 3000),
            minorFaults: Rate(501.125), majorFaults: Rate(502.25), residentMemory: memory(9001),
            memory: MemoryUse(
                anonymous: memory(9002), file: memory(9003), shared: memory(9004),
                swap: memory(9005), peak: memory(9006), addressSpace: memory(9007)),
            memoryGroup: "/memory", lacksMemoryGroup: true, addressSpaceLimit: memory(9008),
            openFiles: 53, openFilesLimit: 1024, cgroup: "/unified", cpuGroup: "/cpu",
            threads: threads)
        process.tracer = ProcessID(4713)
        process.hasTerminal = true
        process.nice = -5
        process.childrenFaults = Rate(503.375)
        process.hasExeced = true
        process.talksOverSockets = true
        return process
    }

    static func plainProcess(_ number: Int32 = pid.rawValue) -> ProcessSample {
        ProcessSample(
            id: Made.process(number, start: 5001), name: "plain", state: .sleeping,
            threads: [plainThread(4721), plainThread(4722)])
    }

    /// What a process says of its thread that waited most.
    static func delayed(_ thread: ThreadSample) -> DelayedThread? {
        guard let cpu = thread.cpu, let runDelay = thread.runDelay else { return nil }
        return DelayedThread(
            id: thread.id, cpu: cpu, system: thread.system, runDelay: runDelay,
            voluntarySwitches: thread.voluntarySwitches)
    }

    static func cpu() -> HostSample.CPU {
        var cpu = HostSample.CPU(
            number: 3,
            shares: CPUShares(
                user: Percent(11.125), system: Percent(12.25), ioWait: Percent(13.375),
                steal: Percent(14.5), idle: Percent(15.625)),
            interrupts: Percent(16.75))
        cpu.softInterrupt = "NET_RX"
        cpu.device = "eth0-rx-3"
        return cpu
    }

    static func plainCPU() -> HostSample.CPU {
        HostSample.CPU(number: 0, shares: CPUShares(user: .zero, system: .zero, idle: .zero))
    }

    static let namespace = NamespaceID(4_026_531_840)

    static func socket() -> SocketSample {
        SocketSample(
            id: SocketID(namespace: namespace, cookie: 601), transport: .udp,
            local: .ip(IPAddress(v4: 0x0A00_0307), port: 8080),
            peer: .ip(IPAddress(v4: 0x0A00_0308), port: 443), state: .closeWait, interface: 602,
            inode: 603, user: UserID(604),
            owner: SocketOwner(process: Made.process(605), descriptor: 606), otherOwners: 607,
            receiveQueue: 608, sendQueue: 609, receiveBuffer: ByteCount(610),
            sendBuffer: ByteCount(611),
            drops: Counted(total: 612, rate: Rate(613.125), sinceStart: 614),
            tcp: TCPFigures(
                roundTripMicroseconds: 615, roundTripVariationMicroseconds: 616,
                retransmits: Counted(total: 617, rate: Rate(618.125), sinceStart: 619),
                congestionWindow: 620, pathMTU: 621, lastSentMilliseconds: 622,
                lastReceivedMilliseconds: 623, lastAcknowledgedMilliseconds: 624,
                unacknowledged: 625, bytesReceived: 626, bytesAcknowledged: 627,
                receiveWindowLimitedMicroseconds: 628),
            since: Nanoseconds(629), isFromBefore: true)
    }

    static func plainSocket() -> SocketSample {
        SocketSample(
            id: SocketID(namespace: namespace, cookie: 600), transport: .tcp, local: .none,
            peer: .unixPeer(0), state: .established)
    }

    static func memoryGroup() -> MemoryGroup {
        MemoryGroup(
            path: "/made", usage: ByteCount(kibibytes: 701),
            reclaimable: ByteCount(kibibytes: 702), limit: ByteCount(703), high: ByteCount(704),
            swap: ByteCount(kibibytes: 705), swapLimit: ByteCount(706), limitHits: 707,
            oomKills: 708)
    }

    static func cpuGroup() -> CPUGroup {
        CPUGroup(
            path: "/made", limit: 1.5, periods: 711, throttledPeriods: 712,
            throttledTime: Nanoseconds(713), throttled: Percent(71.5))
    }
}
