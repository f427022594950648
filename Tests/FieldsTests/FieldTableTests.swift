import ProcFormats
import ProcSampling
import TestSupport
import Testing
import Units

@testable import Fields

/// What holds for every declaration: a field that lacks text, key, JSON name or help fails here.
@Suite struct FieldTableTests {
    @Test func processes() {
        let tasks = MadeRows.tasks()
        check(
            ProcessFields.table, ProcessFields.declared,
            [ProcessRow(tasks, 0), ProcessRow(tasks, 1), ProcessRow(tasks, 0, part: 0)])
    }

    @Test func threads() {
        let tasks = MadeRows.tasks()
        check(
            ThreadFields.table, ThreadFields.declared,
            (0..<3).map { ThreadRow(tasks, 0, $0) } + [ThreadRow(tasks, 1, 0)])
    }

    @Test func sockets() {
        let rows = MadeRows.sockets([
            MadeRows.connection, MadeRows.listener, MadeRows.socket(3, .unixStream, .listen),
            MadeRows.socket(4, .packet, .close, .packet(interface: 2, protocol: 3)),
        ])
        check(SocketFields.table, SocketFields.declared, rows)
        check(SocketReaderFields.table, SocketReaderFields.declared, rows)
        // Documents of UDP sockets have the fields of both tables.
        let names = SocketFields.table.names + SocketReaderFields.table.names
        #expect(Set(names).count == names.count)
    }

    @Test func routes() {
        let route = Route(
            destination: IPAddress("10.0.3.0"), prefixLength: 24, isV6: false,
            gateway: IPAddress("10.0.3.1"), interface: 2, interfaceName: "eth0",
            source: IPAddress("10.0.3.7"), metric: 100, mtu: 1500)
        check(
            RouteFields.table, RouteFields.declared, [RouteRow(route, at: 0, interfaces: [])])
    }

    @Test func host() throws {
        var host = HostSample(name: "edge-07", kernelRelease: "6.1.0", cpuCount: 2)
        let memory = """
            MemTotal: 4 kB
            MemFree: 1 kB
            MemAvailable: 2 kB
            SwapTotal: 2 kB
            SwapFree: 1 kB

            """
        let pressure = """
            some avg10=1.25 avg60=0.00 avg300=0.00 total=9
            full avg10=0.50 avg60=0.00 avg300=0.00 total=4

            """
        let stall = try PressureStall(parsing: Array(pressure.utf8).span)
        host.uptime = 10
        host.load = try LoadAverage(parsing: Array("4.18 3.90 3.10 3/312 9000\n".utf8).span)
        host.cpu = CPUShares(user: Percent(25.0), system: Percent(6.0), idle: Percent(69.0))
        (host.runnable, host.blocked) = (2, 0)
        host.memory = try MemoryInfo(parsing: Array(memory.utf8).span)
        (host.pagesSwappedIn, host.pagesSwappedOut) = (.zero, .zero)
        (host.bytesReadFromDisk, host.bytesWrittenToDisk) = (.zero, Rate(1.0))
        (host.majorFaults, host.contextSwitches, host.forks) = (.zero, Rate(8.0), Rate(1.0))
        host.oomKills = OOMKills(total: 1)
        (host.cpuPressure, host.memoryPressure, host.ioPressure) = (stall, stall, stall)
        var snapshot = Snapshot(
            sequence: 1, time: WallTime(seconds: 0), interval: nil, host: host, processes: [])
        snapshot.ownCost = OwnCost(cpu: Percent(0.2), residentMemory: ByteCount(9 << 20))
        snapshot.trouble.shortage = .descriptors
        snapshot.threadSources = ThreadSourceReport(chosen: .proc, refusals: [:])
        check(HostFields.table, HostFields.declared, [HostRow(snapshot)])
        let cpu = HostSample.CPU(number: 0, shares: try #require(host.cpu))
        check(CPUFields.table, CPUFields.declared, [CPURow(cpu)])
    }

    @Test func disks() {
        let operations = DiskSample.Operations(
            rate: Rate(8.0), bytes: Rate(4096.0), wait: .microseconds(90))
        let disk = DiskSample(
            name: "vda", reads: operations, writes: operations, discards: operations,
            flushes: operations, inFlight: 1, queue: 0.25, utilization: Percent(97.0))
        check(
            DiskFields.table, DiskFields.declared,
            [DiskRow(disk), DiskRow(DiskSample(name: "sda"))])
        let row = DiskRow(disk)
        #expect(DiskFields.declared.readWait.text(of: row) == "90us")
        #expect(DiskFields.declared.writtenBytes.text(of: row) == "4K")
    }

    @Test func udp() {
        var reading = NetworkReading(
            number: 1, moment: Nanoseconds(0),
            namespace: NetworkNamespace(id: NamespaceID(42), isOwn: true))
        for counter in NetworkCounter.allCases {
            reading.counters[counter] = Counted(total: 1, rate: Rate(1.0))
        }
        check(UDPFields.table, UDPFields.declared, [UDPRow(reading)])
    }

    private func check<Row>(
        _ table: FieldTable<Row>, _ declared: some Sendable, _ rows: [Row],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(!table.fields.isEmpty, sourceLocation: sourceLocation)
        for problem in table.problems(declared: declared, rows: rows) {
            Issue.record("\(problem)", sourceLocation: sourceLocation)
        }
    }
}
