import Diagnosis
import ProcSampling
import Testing
import Units

/// The chain of losses, the header's marks, and what is remembered.
@Suite struct NetworkVerdictsTests {
    private func verdicts(
        _ readings: [NetworkReading], _ change: (inout HostSample) -> Void = { _ in }
    ) -> NetworkVerdicts {
        var machine = MadeMachine()
        for reading in readings {
            machine.refresh([MadeMachine.process(3310, anonymous: 0)], network: reading, change)
        }
        return machine.findings.network
    }

    private func stage(
        _ id: LossChain.StageID, _ change: (inout NetworkReading) -> Void
    ) throws -> LossChain.Stage {
        let chain = try #require(verdicts([MadeNetwork.reading(1, change)]).chain)
        return try #require(chain.stages.first { $0.id == id })
    }

    // MARK: The chain

    @Test func theChainGoesFromTheWireToTheProgram() throws {
        let chain = try #require(verdicts([MadeNetwork.reading()]).chain)
        #expect(chain.stages.map(\.id) == LossChain.StageID.allCases)
        #expect(chain.stages.allSatisfy { $0.lost == nil && $0.mark == nil })
        #expect(!chain.stages.contains { $0.meaning.isEmpty || $0.advice.isEmpty })
        #expect(verdicts([]).chain == nil)
    }

    @Test func bothVersionsCount() throws {
        let lost = try stage(.socket) {
            $0.counters[.udpBufferErrors] = MadeNetwork.counted(5, rate: 1)
            $0.counters[.udp6BufferErrors] = MadeNetwork.counted(7, rate: 2)
        }
        #expect(lost.lost == MadeNetwork.counted(12, rate: 3))
        #expect(lost.mark == .critical)
    }

    @Test func aStageThatLostBeforeIsNotMarked() throws {
        let quiet = try stage(.memory) { $0.counters[.udpMemoryErrors] = MadeNetwork.counted(9) }
        #expect(quiet.lost?.total == 9)
        #expect(quiet.mark == nil)
    }

    @Test func eachInterfaceHasItsParts() throws {
        let nic = try stage(.nic) {
            $0.interfaces = [
                InterfaceSample(
                    id: 2, name: "eth0", mtu: 1500, dropped: MadeNetwork.counted(3),
                    missed: MadeNetwork.counted(2, rate: 1), damaged: MadeNetwork.counted(1)),
                InterfaceSample(id: 3, name: "eth1"),
            ]
        }
        #expect(nic.lost == MadeNetwork.counted(6, rate: 1))
        #expect(nic.mark == .warning)
        #expect(nic.details.map(\.name) == ["eth0", "eth1"])
        #expect(nic.details[0].text == "mtu 1500, dropped 3, missed 2, damaged 1")
        #expect(nic.advice.hasPrefix("ethtool -S eth0"))
    }

    @Test func fragmentsComeWithTheirCauses() throws {
        let reassembly = try stage(.reassembly) {
            $0.counters[.reassemblyFailed] = MadeNetwork.counted(4, rate: 1)
            $0.counters[.reassemblyTimeouts] = MadeNetwork.counted(3)
            $0.counters[.fragmentsFailed] = MadeNetwork.counted(2)
            $0.counters[.icmp6PacketTooBigReceived] = MadeNetwork.counted(1)
            $0.limits.fragmentMemoryUsed = 4_194_000
            $0.limits.fragmentMemoryMost = 4_194_304
        }
        #expect(reassembly.lost?.total == 4, "timeouts are failures, the others are not ours")
        #expect(reassembly.details.map { $0.lost?.total } == [4, nil, nil, nil, nil])
        #expect(reassembly.details[1].text == "3: of these a fragment never came")
        #expect(
            reassembly.details.map(\.name) == [
                "Ip.ReasmFails", "Ip.ReasmTimeout", "Ip.FragFails", "Icmp6InPktTooBigs",
                "FRAG memory",
            ])
        #expect(reassembly.advice.hasSuffix("ipfrag_high_thresh is 4194304, in use 4194000"))
    }

    @Test func limitsAreInTheAdvice() throws {
        let softnet = try stage(.softnet) { $0.limits.backlogMost = nil }
        #expect(softnet.advice.hasPrefix("sysctl net.core.netdev_max_backlog: raise it;"))
    }

    /// Twice what there is may be half of all memory, and no more.
    @Test(arguments: [
        (1000 as UInt64, nil as Double?, true), (1000, 16_384_000, true), (1000, 16_380_000, false),
    ])
    func memoryForUDPHasItsLimit(_ most: UInt64, _ bytes: Double?, _ isRaised: Bool) throws {
        let reading = MadeNetwork.reading { $0.limits.udpMemoryMost = PageCount(most) }
        let verdicts = verdicts([reading]) {
            $0.pageSize = ByteCount(4096)
            $0.memory = bytes.flatMap { MadeMachine.memory(available: 0, total: $0) }
        }
        let advice = try #require(verdicts.chain?.stages.first { $0.id == .memory }?.advice)
        #expect(advice.hasPrefix("dxtop watch udp: find the reader that leaves its queue full"))
        #expect(advice.hasSuffix("net.ipv4.udp_mem from 1000 to 2000 pages") == isRaised)
        #expect(advice.hasSuffix("do not raise it") == !isRaised)
    }

    /// A bond counts what its members lost once more.
    @Test func whatABondLosesItsMembersLost() throws {
        let nic = try stage(.nic) {
            $0.interfaces = [
                InterfaceSample(id: 2, name: "eth0", master: 4, missed: MadeNetwork.counted(3)),
                InterfaceSample(id: 3, name: "eth1", master: 4, missed: MadeNetwork.counted(2)),
                InterfaceSample(id: 4, name: "bond0", missed: MadeNetwork.counted(5, rate: 1)),
            ]
        }
        #expect(nic.lost?.total == 5)
        #expect(nic.mark == nil)
        #expect(nic.details.map { $0.lost?.total } == [3, 2, nil])
        #expect(nic.details[2].text == "counted at its members, missed 5")
    }

    // MARK: Sockets

    @Test func theSocketsThatLoseAreNamed() throws {
        let stage = try stage(.socket) {
            $0.sockets.sockets = [
                MadeNetwork.udp(1, port: 53, process: nil, drops: MadeNetwork.counted(9)),
                MadeNetwork.udp(2, drops: MadeNetwork.counted(8, rate: 2)),
                MadeNetwork.udp(3, port: 54, drops: MadeNetwork.counted(0)),
            ]
            $0.counters[.udpNoPorts] = MadeNetwork.counted(6)
        }
        #expect(stage.details.map(\.name) == [":12201 streamd 3310", ":53", "Udp.NoPorts"])
        #expect(stage.details.map { $0.lost?.total } == [8, 9, nil])
        #expect(stage.details[2].text == "6: no process listens")
    }

    @Test func whatIsNoLossHasItsRateInWords() throws {
        let stage = try stage(.socket) {
            $0.counters[.udpNoPorts] = MadeNetwork.counted(600, rate: 12)
        }
        #expect(stage.details.map(\.text) == ["600 (12/s): no process listens"])
    }

    @Test(arguments: [(109 as UInt64, false), (110, true)])
    func whatNoSocketAccountsForIsSaid(_ errors: UInt64, _ isSaid: Bool) throws {
        let stage = try stage(.socket) {
            $0.counters[.udpBufferErrors] = MadeNetwork.counted(errors)
            $0.sockets.sockets = [MadeNetwork.udp(1, drops: MadeNetwork.counted(100))]
        }
        let closed = stage.details.first { $0.name == "closed sockets" }
        #expect(closed?.lost?.total == (isSaid ? 10 : nil))
    }

    @Test func whereDropsAreNotToldNoSocketIsCalledClosed() throws {
        let stage = try stage(.socket) {
            $0.counters[.udpBufferErrors] = MadeNetwork.counted(1000)
            $0.sockets.sockets = [MadeNetwork.udp(1)]
        }
        #expect(stage.details.isEmpty)
    }

    @Test func withoutATableNoSocketIsMissed() throws {
        let stage = try stage(.socket) {
            $0.counters[.udpBufferErrors] = MadeNetwork.counted(1000)
            $0.sockets.tables = []
        }
        #expect(stage.details.isEmpty)
    }

    @Test func errorsOfNoOtherKindAreAFilters() throws {
        let stage = try stage(.socket) {
            $0.counters[.udpErrors] = MadeNetwork.counted(10, rate: 4)
            $0.counters[.udpBufferErrors] = MadeNetwork.counted(6, rate: 3)
            $0.counters[.udpChecksumErrors] = MadeNetwork.counted(1)
        }
        #expect(
            stage.details.first { $0.name == "other errors" }?.lost
                == MadeNetwork.counted(3, rate: 1))
    }

    // MARK: Marks

    private func counted(_ counter: NetworkCounter, rate: Double?) -> NetworkReading {
        MadeNetwork.reading(1) { $0.counters[counter] = MadeNetwork.counted(5, rate: rate) }
    }

    @Test func theMarkOfUDP() {
        #expect(verdicts([MadeNetwork.reading()]).udp == nil, "not counted")
        #expect(verdicts([counted(.udpBufferErrors, rate: nil)]).udp == nil, "not measured yet")
        #expect(verdicts([counted(.udpBufferErrors, rate: 0)]).udp == .ok)
        let losing = verdicts([counted(.udpBufferErrors, rate: 212)])
        #expect(losing.udp == Verdict(mark: .critical, reason: "212 drops/s"))
        #expect(verdicts([counted(.udpMemoryErrors, rate: 1)]).udp?.mark == .critical)
    }

    @Test(arguments: [(61, Mark.warning), (62, .ok)])
    func whatWasLostInTheLastMinute(_ second: Int, _ mark: Mark) {
        let verdicts = verdicts(
            (1...second).map { second in
                MadeNetwork.reading(second) {
                    let lost: UInt64 = second == 1 ? 0 : 5
                    $0.counters[.udpErrors] = MadeNetwork.counted(lost)
                    $0.counters[.udpBufferErrors] = MadeNetwork.counted(lost)
                }
            })
        #expect(verdicts.udp?.mark == mark)
    }

    @Test func theMarkOfTCP() {
        #expect(verdicts([MadeNetwork.reading()]).tcp == nil)
        #expect(verdicts([counted(.tcpSegmentsSent, rate: 1)]).tcp == .ok)
        let readings = [1, 2].map { second in
            MadeNetwork.reading(second) {
                $0.counters[.tcpSegmentsSent] = MadeNetwork.counted(5)
                $0.counters[.listenOverflows] = MadeNetwork.counted(UInt64(second), rate: 1)
            }
        }
        #expect(verdicts(readings).tcp?.mark == .critical)
    }

    // MARK: Memory

    @Test func aVerdictStandsUntilTheNextBurstHasOne() throws {
        var burst = try CapturedQueue.burst("stalled")
        func reading(_ second: Int) -> NetworkReading {
            MadeNetwork.reading(second) { $0.bursts = [burst.socket: burst] }
        }
        var readings = [reading(1)]
        burst.number = 2
        burst.isComplete = false
        burst.queue = []
        readings.append(reading(2))
        #expect(verdicts(readings).reader(of: burst.socket)?.kind == .stalled)
        burst = try CapturedQueue.burst("healthy")
        burst.number = 2
        readings.append(reading(3))
        #expect(verdicts(readings).reader(of: burst.socket)?.kind == .ok)
        readings.append(MadeNetwork.reading(4))
        #expect(verdicts(readings).reader(of: burst.socket) == nil)
    }

    @Test func thatAllIsWellIsOverOnceItLoses() throws {
        let burst = try CapturedQueue.burst("healthy")
        func reading(_ second: Int, drops: UInt64, rate: Double) -> NetworkReading {
            MadeNetwork.reading(second) {
                $0.bursts = [burst.socket: burst]
                var socket = MadeNetwork.udp(1, drops: MadeNetwork.counted(drops, rate: rate))
                socket = SocketSample(
                    id: burst.socket, transport: .udp, local: socket.local, peer: socket.peer,
                    state: .close, inode: 1, drops: socket.drops)
                $0.sockets.sockets = [socket]
            }
        }
        let quiet = [reading(1, drops: 0, rate: 0), reading(2, drops: 0, rate: 0)]
        #expect(verdicts(quiet).reader(of: burst.socket)?.kind == .ok)
        let losing = quiet + [reading(3, drops: 1000, rate: 1000)]
        #expect(verdicts(losing).reader(of: burst.socket) == nil)
    }

    @Test func aReadingIsTakenOnce() {
        let reading = counted(.udpBufferErrors, rate: 212)
        var later = reading
        later.counters[.udpBufferErrors]?.rate = .zero
        #expect(verdicts([reading, later]).udp?.mark == .critical)
    }

    @Test func anotherNamespaceStartsAnew() {
        let first = MadeNetwork.reading(1) { $0.counters[.udpErrors] = MadeNetwork.counted(0) }
        func second(_ id: UInt64) -> NetworkReading {
            var reading = MadeNetwork.reading(2) {
                $0.counters[.udpErrors] = MadeNetwork.counted(500)
                $0.counters[.udpBufferErrors] = MadeNetwork.counted(500)
            }
            reading.namespace = NetworkNamespace(id: NamespaceID(id))
            return reading
        }
        #expect(verdicts([first, second(first.namespace.id.rawValue)]).udp?.mark == .warning)
        #expect(verdicts([first, second(7)]).udp == .ok)
    }
}
