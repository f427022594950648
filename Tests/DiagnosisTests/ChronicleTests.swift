import ProcFormats
import ProcSampling
import TestSupport
import Testing
import Units

@testable import Diagnosis

/// A machine with many threads and sockets, of which few do anything.
private struct BusyCorner {
    static let threadCount = 1200
    static let socketCount = 80
    private let namespace = NamespaceID(1)

    func snapshot(_ second: Int) -> Snapshot {
        let worker = MadeMachine.id(100)
        let threads = (0..<Self.threadCount).map { number -> ThreadSample in
            let isBusy = number < 3
            return ThreadSample(
                id: ThreadIdentity(
                    tid: ThreadID(Int32(100 + number)), startTime: ClockTicks(UInt64(1000 + number))
                ),
                process: worker.pid, name: "worker-\(number % 9)", state: .sleeping, processor: 1,
                totalTime: Nanoseconds(isBusy ? UInt64(second) * 900_000_000 : 70_000_000),
                cpu: isBusy ? Percent(Double(90 + (second + number) % 9)) : .zero,
                user: isBusy ? Percent(80.0) : .zero, system: .zero)
        }
        var process = MadeMachine.process(
            100, anonymous: 100e6 + 3e6 * Double(second), group: "/a")
        process.threads = threads
        process.threadCount = threads.count
        var snapshot = MadeMachine.snapshot(
            second, [process], groups: [MadeMachine.group("/a", usage: 2e9, limit: 4e9)]
        ) { $0.memory = MadeMachine.memory(available: 9e9) }
        snapshot.network = NetworkReading(
            number: second, moment: snapshot.moment, namespace: NetworkNamespace(id: namespace),
            interval: .seconds(1), sockets: SocketReading(sockets: sockets(second), tables: .all))
        return snapshot
    }

    private func sockets(_ second: Int) -> [SocketSample] {
        (0..<Self.socketCount).map { number in
            let isBusy = number % 20 == 0
            let drops = UInt64(isBusy ? second * 10 : 0)
            return SocketSample(
                id: SocketID(namespace: namespace, cookie: UInt64(number)), transport: .udp,
                local: .ip(IPAddress(v4: 0), port: UInt16(5000 + number)), peer: .none,
                state: .close, inode: UInt32(number),
                receiveQueue: UInt64(isBusy ? 200_000 + second : 0),
                receiveBuffer: ByteCount(212_992),
                drops: Counted(total: drops, rate: Rate(isBusy ? 10.0 : 0), sinceStart: drops))
        }
    }
}

@Suite struct ChronicleTests {
    @Test func aMomentHasAllThatThereWas() throws {
        let machine = BusyCorner()
        var chronicle = Chronicle()
        var then: (findings: [Finding], outlook: MemoryOutlook?, chain: LossChain?)?
        for second in 1...900 {
            chronicle.take(machine.snapshot(second))
            guard second == 700 else { continue }
            then = (
                chronicle.verdicts.findings, chronicle.verdicts.growth[MadeMachine.id(100)],
                chronicle.verdicts.network.chain
            )
        }
        let known = try #require(then)
        #expect(Set(known.findings.map(\.kind)).isSuperset(of: [.memoryGrowth, .udpLoss]))
        let moment = try #require(chronicle.moment(sequence: 700))
        let live = machine.snapshot(700)
        let process = try #require(moment.snapshot.processes.first)
        #expect(process.threads.map(\.id) == live.processes[0].threads.map(\.id))
        #expect(process.threads.map(\.cpu) == live.processes[0].threads.map(\.cpu))
        #expect(process.threads.map(\.name) == live.processes[0].threads.map(\.name))
        let sockets = try #require(moment.snapshot.network?.sockets.sockets)
        #expect(sockets.map(\.id) == live.network?.sockets.sockets.map(\.id))
        #expect(sockets.map(\.drops) == live.network?.sockets.sockets.map(\.drops))
        #expect(sockets.map(\.receiveQueue) == live.network?.sockets.sockets.map(\.receiveQueue))
        #expect(moment.snapshot.recordedTotals?.threads == BusyCorner.threadCount)
        #expect(moment.verdicts.findings == known.findings)
        #expect(moment.verdicts.foundCount == known.findings.count)
        #expect(moment.verdicts.network.chain == known.chain)
        let outlook = try #require(moment.verdicts.growth[MadeMachine.id(100)])
        #expect(outlook.growth.shape == known.outlook?.growth.shape)
        #expect(outlook.limit == known.outlook?.limit)
        #expect(outlook.timeLeft == known.outlook?.timeLeft)
        // Fifteen minutes of it: three threads, four sockets, one process, and what was said.
        #expect(chronicle.history.byteCount < 6_000_000)
    }

    /// Live detectors and those of a replay are the same, and so is what they say.
    @Test func aRecordingIsDiagnosedLikeTheMachine() throws {
        let machine = BusyCorner()
        var live = Chronicle()
        var replayed = Chronicle()
        for second in 1...120 {
            let snapshot = machine.snapshot(second)
            live.take(snapshot)
            replayed.take(try coded(snapshot))
            #expect(replayed.verdicts.findings == live.verdicts.findings)
        }
        #expect(!live.verdicts.findings.isEmpty)
    }

    /// What `History` has of a moment is as good.
    @Test func whatWasKeptIsDiagnosedLikeTheMachine() throws {
        let machine = BusyCorner()
        var live = Chronicle()
        for second in 1...120 { live.take(machine.snapshot(second)) }
        var again = Chronicle()
        for second in 1...120 {
            again.take(try #require(live.moment(sequence: second)).snapshot)
        }
        #expect(again.verdicts.findings == live.verdicts.findings)
    }

    @Test func verdictsReachBackAsFarAsRows() throws {
        let machine = BusyCorner()
        var chronicle = Chronicle()
        for second in stride(from: 1, through: 3000, by: 2) {
            var snapshot = machine.snapshot(second)
            snapshot.processes[0].threads.removeLast(1190)
            snapshot.interval = .seconds(2)
            chronicle.take(snapshot)
        }
        let oldest = try #require(chronicle.history.sequences?.lowerBound)
        #expect(oldest > 1)
        #expect(chronicle.moment(sequence: oldest)?.verdicts.findings.isEmpty == false)
        #expect(chronicle.moment(sequence: oldest - 2) == nil)
    }
}
