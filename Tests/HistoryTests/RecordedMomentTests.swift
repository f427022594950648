import History
import ProcFormats
import Samples
import TestSupport
import Testing
import Units

/// The same of all that is no row of a thread or process: CPUs, sockets, groups, and what a moment
/// has beside its rows.
struct RecordedMomentTests {
    /// What of a snapshot a moment has no more, and why.
    private static let notOfMoments = [
        "processes": "rows of their own, with tests of their own",
        "mounts": "not kept; `History`", "mappings": "not kept; `History`",
        "polls": "not kept; `History`", "extent": "says that it is recorded",
    ]
    private static let notOfReadings = [
        "routes": "not kept; `RecordedNetwork`", "namespaces": "not kept; `RecordedNetwork`",
        "bursts": "what came of them; `RecordedBurstRow`",
    ]

    /// One moment with all that may be in it, between two with as little as can be.
    private static func recorded(_ snapshot: Snapshot) throws -> Snapshot {
        var history = History()
        history.record(plain(sequence: 1))
        history.record(snapshot)
        history.record(plain(sequence: 3))
        return try #require(history.snapshot(sequence: snapshot.sequence))
    }

    private static func plain(sequence: Int) -> Snapshot {
        Snapshot(
            sequence: sequence, time: WallTime(seconds: 0), interval: nil,
            host: HostSample(name: "edge-07", kernelRelease: "6.18", cpuCount: nil),
            processes: [])
    }

    private static func filled() throws -> Snapshot {
        var host = HostSample(name: "edge-08", kernelRelease: "6.19", cpuCount: 4)
        host.cpus = [FilledRows.cpu()]
        // Of groups those are kept that limit a process; why others are missing, too.
        let processes = ["/made", "/lost"].enumerated().map { index, group in
            ProcessSample(
                id: Made.process(Int32(index) + 1), name: "streamd", state: .sleeping,
                memoryGroup: group, cpuGroup: group)
        }
        let selected = try detail()
        var snapshot = Snapshot(
            sequence: 2, time: WallTime(seconds: 801, nanoseconds: 802),
            moment: Nanoseconds(803), interval: .milliseconds(804), host: host,
            processes: processes, memoryGroups: ["/made": FilledRows.memoryGroup()],
            groupGaps: MemoryGroupGaps(reasons: ["/lost": .failed]),
            cpuGroups: ["/made": FilledRows.cpuGroup()], disks: [Self.disk], network: reading(),
            selectedThread: selected,
            ownCost: OwnCost(
                process: ProcessID(805), cpu: Percent(8.5), residentMemory: ByteCount(806),
                reads: 807, isHeldBack: true),
            trouble: SamplingTrouble(denied: 808, malformedFiles: ["/proc/809"]))
        snapshot.threadSources = ThreadSourceReport(
            chosen: .proc, refusals: [.iterator: ThreadSourceRefusal("no rights")])
        return snapshot
    }

    private static let disk = DiskSample(
        name: "vda",
        reads: DiskSample.Operations(rate: Rate(1301.5), bytes: Rate(1302.5), wait: .seconds(13)),
        inFlight: 1304, queue: 13.5, utilization: Percent(13.6))

    private static func detail() throws -> ThreadDetail {
        let stat =
            "4131 (rdk) S 1 1 1 0 -1 64 0 0 0 0 0 0 0 0 20 0 12 0 9000 1000000 250 "
            + "18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
        return ThreadDetail(
            id: Made.thread(4131, start: 9000), process: ProcessID(1),
            stat: try TaskStat(parsing: Array(stat.utf8).span),
            systemCall: .failure(.denied(path: "syscall")), kernelStack: .success(["a"]),
            io: .failure(.denied(path: "io")))
    }

    private static func reading() -> NetworkReading {
        func counted(_ total: UInt64) -> Counted {
            Counted(total: total, rate: Rate(Double(total) + 0.5), sinceStart: total + 50)
        }
        var reading = NetworkReading(
            number: 901, moment: Nanoseconds(5_000_000_000),
            namespace: NetworkNamespace(id: FilledRows.namespace, isOwn: true, processCount: 902),
            interval: .milliseconds(903),
            interfaces: [
                InterfaceSample(
                    id: 1, name: "eth0", mtu: 1500, master: 2, isUp: false, isLoopback: true,
                    receivedPackets: counted(1001), sentPackets: counted(1002),
                    dropped: counted(1003), missed: counted(1004), overrun: counted(1005),
                    damaged: counted(1006), sendDropped: counted(1007))
            ],
            softnet: [
                SoftnetSample(
                    id: 3, processed: counted(1101), dropped: counted(1102),
                    squeezed: counted(1103), backlog: 1104)
            ],
            sockets: SocketReading(
                sockets: [FilledRows.socket()], tables: .all, fromFiles: .raw, isTorn: true),
            cost: .milliseconds(904), failure: .denied(path: "ns/net"))
        reading.revision = 905
        reading.counters[.udpErrors] = counted(1201)
        reading.limits.budget = 906
        return reading
    }

    @Test func allPropertiesAreSetHere() {
        #expect(StoredFields.gaps(in: FilledRows.cpu(), plain: FilledRows.plainCPU()) == [])
        #expect(StoredFields.gaps(in: FilledRows.socket(), plain: FilledRows.plainSocket()) == [])
        #expect(
            StoredFields.gaps(
                in: FilledRows.memoryGroup(), plain: MemoryGroup(path: "/", usage: ByteCount(0)))
                == [])
        #expect(
            StoredFields.gaps(in: FilledRows.cpuGroup(), plain: CPUGroup(path: "/", limit: 0))
                == [])
    }

    @Test func aMomentHasAllThatTheSnapshotHad() throws {
        let snapshot = try Self.filled()
        let fields = StoredFields(of: snapshot)
        // A property that is added is set above, or left out for a reason.
        let kept = Set(fields.names).subtracting(Self.notOfMoments.keys)
        let filled = fields.changes(from: StoredFields(of: Self.plain(sequence: 1)))
        #expect(Set(filled).isSuperset(of: kept))
        #expect(Set(fields.names).isSuperset(of: Self.notOfMoments.keys))
        let found = try Self.recorded(snapshot)
        let exceptions = Self.notOfMoments.merging(["network": "see below"]) { $1 }
        #expect(StoredFields(of: found).differences(from: fields, except: exceptions) == [])
    }

    @Test func aReadingOfTheNetworkHasAllThatItHad() throws {
        let snapshot = try Self.filled()
        let reading = try #require(snapshot.network)
        let found = try #require(try Self.recorded(snapshot).network)
        #expect(
            StoredFields(of: found).differences(
                from: StoredFields(of: reading), except: Self.notOfReadings) == [])
        let names = StoredFields(of: reading).names
        #expect(Set(names).isSuperset(of: Self.notOfReadings.keys))
    }

    /// Each of what interrupts a CPU, alone.
    @Test func aCPUThatChangesIsTakenAgain() throws {
        let before = FilledRows.cpu()
        var cpus = [before, before, before, before, before]
        cpus[1].shares.ioWait = Percent(99.5)
        cpus[2].interrupts = nil
        cpus[3].softInterrupt = "TIMER"
        cpus[4].device = nil
        var history = History()
        for (sequence, cpu) in cpus.enumerated() {
            var snapshot = Self.plain(sequence: sequence)
            snapshot.host.cpus = [cpu]
            history.record(snapshot)
        }
        for (sequence, cpu) in cpus.enumerated() {
            #expect(history.snapshot(sequence: sequence)?.host.cpus == [cpu])
        }
    }

    /// How long ago something came grows while nothing does: the row stands, and tells it all the
    /// same.
    @Test func timesOfASocketGoOn() throws {
        var history = History()
        for sequence in 0..<4 {
            var snapshot = Self.plain(sequence: sequence)
            snapshot.network = Self.reading(sequence)
            history.record(snapshot)
        }
        for sequence in 0..<4 {
            let network = try #require(history.snapshot(sequence: sequence)?.network)
            let tcp = try #require(network.sockets.sockets.first?.tcp)
            let passed = UInt32(sequence) * 1000
            #expect(tcp.lastSentMilliseconds == 622 + passed)
            #expect(tcp.lastReceivedMilliseconds == 623 + passed)
            #expect(tcp.lastAcknowledgedMilliseconds == 624 + passed)
        }
    }

    private static func reading(_ second: Int) -> NetworkReading {
        var reading = Self.reading()
        reading.number += second
        reading.moment += Nanoseconds(UInt64(second) * 1_000_000_000)
        let passed = UInt32(second) * 1000
        reading.sockets.sockets[0].tcp?.lastSentMilliseconds = 622 + passed
        reading.sockets.sockets[0].tcp?.lastReceivedMilliseconds = 623 + passed
        reading.sockets.sockets[0].tcp?.lastAcknowledgedMilliseconds = 624 + passed
        return reading
    }
}
