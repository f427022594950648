import Diagnosis
import ProcSampling
import Testing
import Units

/// Each detector on both sides of its thresholds.
@Suite struct NetworkDetectorTests {
    /// Readings once a second: the first quiet, then what is made of the others.
    private func findings(
        _ kind: FindingKind, seconds: Int = 2, _ change: (Int, inout NetworkReading) -> Void
    ) -> [Finding] {
        var machine = MadeMachine()
        for second in 1...seconds {
            machine.refresh(
                [MadeMachine.process(3310, anonymous: 0)],
                network: MadeNetwork.reading(second) { change(second, &$0) })
        }
        return machine.findings.findings.filter { $0.kind == kind }
    }

    /// Of a counter that is at so much from the second reading on.
    private func rising(
        _ second: Int, _ counts: [NetworkCounter: UInt64], _ reading: inout NetworkReading
    ) {
        for (counter, count) in counts {
            reading.counters[counter] =
                second == 1
                ? Counted(total: 1000)
                : Counted(
                    total: 1000 + count, rate: Rate(second == 2 ? Double(count) : 0),
                    sinceStart: count)
        }
    }

    private func finding(
        _ kind: FindingKind, _ counts: [NetworkCounter: UInt64], seconds: Int = 2,
        _ change: (inout NetworkReading) -> Void = { _ in }
    ) -> Finding? {
        findings(kind, seconds: seconds) { second, reading in
            rising(second, counts, &reading)
            change(&reading)
        }.first
    }

    // MARK: UDP loss

    /// - Parameter total: what it dropped by each second.
    private func loss(
        seconds: Int, burst: QueueBurst? = nil, isFromBefore: Bool = true,
        _ total: @escaping (Int) -> UInt64
    ) -> Finding? {
        findings(.udpLoss, seconds: seconds) { second, reading in
            let before = second == 1 ? nil : Rate(Double(total(second)) - Double(total(second - 1)))
            var socket = MadeNetwork.udp(
                1,
                drops: Counted(
                    total: total(second), rate: before, sinceStart: total(second) - total(1)))
            socket.isFromBefore = isFromBefore
            reading.sockets.sockets = [socket]
            if let burst { reading.bursts = [socket.id: burst] }
        }.first
    }

    @Test func lossesBeforeTheStartAreNone() {
        #expect(loss(seconds: 5) { _ in 900 } == nil)
    }

    @Test func aLossIsToldBeforeItsKindIsKnown() throws {
        let finding = try #require(loss(seconds: 2) { UInt64(212 * $0) })
        #expect(finding.claim == "udp :12201 (streamd 3310) loses 212/s, watching its queue")
        #expect(finding.confidence == .medium)
        #expect(finding.severity == .critical)
        #expect(
            finding.subject
                == .socket(MadeNetwork.id(1), inode: 1001, owner: MadeMachine.id(3310)))
        #expect(finding.evidence == ["212 lost since dxtop began", "424 since it was opened"])
    }

    @Test func aLossThatComesAndGoesHasAMeanRate() throws {
        // 500 every other second: over the last five, three times.
        let finding = try #require(loss(seconds: 12) { 500 * UInt64($0 / 2) })
        #expect(finding.claim.hasSuffix("loses 300/s, watching its queue"))
    }

    @Test func aStalledReaderIsNamed() throws {
        let burst = try CapturedQueue.burst("stalled")
        let finding = try #require(loss(seconds: 43, burst: burst) { UInt64(100 * $0) })
        #expect(
            finding.claim
                == "udp :12201 (streamd 3310) reader stalled 41s: queue full in 100% of looks, 4200 lost"
        )
        #expect(finding.evidence.contains("who holds it open is not known: root may see it"))
        #expect(finding.advice.hasPrefix("a bigger buffer is useless"))
    }

    @Test(arguments: [
        ("slow", "reader too slow: 100/s lost"), ("pauses", "reader pauses for 500 ms"),
        ("small", "buffer too small"), ("healthy", "reader keeps up: 100/s lost, not for want"),
    ])
    func eachKindHasItsWords(_ name: String, _ words: String) throws {
        let burst = try CapturedQueue.burst(name)
        let finding = try #require(loss(seconds: 3, burst: burst) { UInt64(100 * $0) })
        #expect(finding.claim.contains(words))
    }

    @Test(arguments: [
        (7, Finding.Severity.critical), (8, .warning), (62, .warning), (63, nil),
    ])
    func aLossIsRememberedForAMinute(_ second: Int, _ severity: Finding.Severity?) {
        // The last datagram is lost in the second second.
        #expect(loss(seconds: second) { $0 < 2 ? 0 : 50 }?.severity == severity)
    }

    @Test(arguments: [(3, false), (4, true)])
    func aSocketThatClosedLosesNoMore(_ seconds: Int, _ isSaid: Bool) {
        let found = findings(.udpLoss, seconds: seconds) { second, reading in
            rising(second, [.udpBufferErrors: 100], &reading)
            guard second < 3 else { return }
            reading.sockets.sockets = [
                MadeNetwork.udp(1, drops: MadeNetwork.counted(UInt64(second) * 100, rate: 100))
            ]
        }
        #expect(found.map(\.subject) == (isSaid ? [.host] : []))
        #expect(found.allSatisfy { $0.claim.hasSuffix("by sockets that are closed by now") })
    }

    // MARK: CLOSE_WAIT

    private func closeWait(
        seconds: Int, sockets: @escaping (Int) -> Int, owner: Int32? = 3310
    ) -> Finding? {
        findings(.closeWait, seconds: seconds) { second, reading in
            reading.sockets.sockets = (0..<sockets(second)).map { index in
                // Each is there since there were so many.
                let first = (1...second).first { sockets($0) > index } ?? second
                return SocketSample(
                    id: MadeNetwork.id(UInt64(index)), transport: .tcp,
                    local: .ip(IPAddress(v4: 1), port: 8080),
                    peer: .ip(IPAddress(v4: 0x0A09_0104), port: 5), state: .closeWait,
                    owner: owner.map {
                        SocketOwner(process: MadeMachine.id($0), descriptor: Int32(index))
                    }, since: MadeNetwork.moment(first))
            }
        }.first
    }

    @Test(arguments: [(80, true), (79, false)])
    func twentyTakeAMinute(_ seconds: Int, _ isFound: Bool) {
        #expect((closeWait(seconds: seconds) { $0 } != nil) == isFound)
    }

    @Test func closeWaitMustRise() throws {
        #expect(closeWait(seconds: 200) { _ in 500 } == nil)
        #expect(closeWait(seconds: 200) { _ in 500 } == nil)
        #expect(closeWait(seconds: 200, sockets: { $0 }, owner: nil) == nil)
        let finding = try #require(closeWait(seconds: 200) { $0 < 100 ? 500 : 501 })
        #expect(finding.subject == .process(MadeMachine.id(3310)))
        #expect(
            finding.claim
                == "streamd 3310 holds 501 sockets in CLOSE_WAIT: its peers closed, it did not call close()"
        )
        #expect(finding.evidence.contains("500 -> 501: they become more"))
        #expect(finding.evidence.contains("501 with 10.9.1.4"))
        #expect(finding.confidence == .high)
    }

    // MARK: Listen overflow

    private func overflow(queue: UInt64?, refused: UInt64 = 3) -> Finding? {
        finding(.listenOverflow, [.listenOverflows: refused]) { reading in
            guard let queue else { return }
            reading.sockets.sockets = [
                SocketSample(
                    id: MadeNetwork.id(9), transport: .tcp,
                    local: .ip(IPAddress(v4: 0), port: 8080), peer: .none, state: .listen,
                    owner: SocketOwner(process: MadeMachine.id(3310), descriptor: 4),
                    receiveQueue: queue, sendQueue: 128)
            ]
        }
    }

    @Test func anOverflowNamesItsListener() throws {
        let finding = try #require(overflow(queue: 128))
        #expect(finding.claim == "tcp :8080 (streamd 3310) accept queue full 128/128: 3 refused")
        #expect(finding.confidence == .high)
        #expect(finding.severity == .critical)
        #expect(overflow(queue: 127)?.confidence == .medium)
        #expect(overflow(queue: nil)?.claim == "a TCP accept queue overflows: 3 refused")
        #expect(overflow(queue: 128, refused: 0) == nil, "full, and nobody came")
    }

    // MARK: Softnet and NIC

    private func softnet(dropped: UInt64, squeezed: UInt64 = 0) -> Finding? {
        findings(.softnetDrop) { second, reading in
            reading.softnet = [0, 3].map { cpu in
                let count = cpu == 3 && second > 1 ? dropped : 0
                return SoftnetSample(
                    id: cpu, processed: MadeNetwork.counted(1000),
                    dropped: MadeNetwork.counted(count, rate: Double(count)),
                    squeezed: MadeNetwork.counted(squeezed * UInt64(second)))
            }
            reading.limits.backlogMost = 1000
        }.first
    }

    @Test func aDroppedBacklogIsSureASqueezeIsNothing() throws {
        let finding = try #require(softnet(dropped: 40))
        #expect(finding.claim == "CPU 3 dropped 40 packets: its backlog was full")
        #expect(finding.confidence == .high)
        #expect(finding.advice.hasPrefix("raise net.core.netdev_max_backlog from 1000 to 4000"))
        #expect(softnet(dropped: 0, squeezed: 50) == nil)
    }

    private func interface(
        received: UInt64 = 10_000, dropped: UInt64 = 0, missed: UInt64 = 0, damaged: UInt64 = 0
    ) -> Finding? {
        findings(.nicDrop) { second, reading in
            func count(_ count: UInt64) -> Counted {
                MadeNetwork.counted(second == 1 ? 5 : 5 + count)
            }
            reading.interfaces = [
                InterfaceSample(
                    id: 2, name: "eth0", receivedPackets: count(received), dropped: count(dropped),
                    missed: count(missed), damaged: count(damaged))
            ]
        }.first
    }

    @Test func anInterfaceThatMissesIsFound() throws {
        let finding = try #require(interface(missed: 1))
        #expect(finding.subject == .interface("eth0"))
        #expect(finding.claim == "eth0 lost 1 packets before IP")
        #expect(finding.confidence == .medium)
        #expect(interface(damaged: 1) != nil)
        #expect(interface() == nil)
    }

    @Test(arguments: [
        (10_000 as UInt64, 9 as UInt64, false), (9_000, 10, true), (9_991, 10, false),
    ])
    func unknownProtocolsAreNoLoss(_ received: UInt64, _ dropped: UInt64, _ isFound: Bool) {
        #expect((interface(received: received, dropped: dropped) != nil) == isFound)
    }

    // MARK: Reassembly, connection tracking, memory

    @Test(arguments: [
        (9 as UInt64, 100 as UInt64, false), (10, 100, true), (10, 10_000, true),
        (10, 10_001, false),
    ])
    func fragments(_ failed: UInt64, _ needed: UInt64, _ isFound: Bool) {
        let found = finding(.reassembly, [.reassemblyFailed: failed, .reassemblyNeeded: needed])
        #expect((found != nil) == isFound)
        let v6 = finding(.reassembly, [.reassembly6Failed: failed, .reassembly6Needed: needed])
        #expect((v6 != nil) == isFound)
    }

    @Test func fragmentsAreForgottenAfterAMinute() {
        let counts: [NetworkCounter: UInt64] = [.reassemblyFailed: 50, .reassemblyNeeded: 100]
        #expect(finding(.reassembly, counts, seconds: 61) != nil)
        #expect(finding(.reassembly, counts, seconds: 62) == nil)
    }

    @Test(arguments: [(89_999 as UInt64, false), (90_000, true)])
    func aTableOfConnections(_ used: UInt64, _ isFound: Bool) {
        let found = finding(.conntrack, [:]) {
            $0.limits.trackedConnections = used
            $0.limits.trackedConnectionsMost = 100_000
        }
        #expect((found != nil) == isFound)
        #expect(found?.confidence ?? .medium == .medium)
        #expect(found?.claim ?? "" == (isFound ? "connection tracking table 90% full" : ""))
    }

    @Test func connectionsDroppedAreSure() throws {
        let found = try #require(finding(.conntrack, [.conntrackDrops: 1]))
        #expect(found.confidence == .high)
        #expect(found.severity == .critical)
        #expect(found.claim == "connection tracking 1 packets dropped")
    }

    @Test func memoryOfUDP() throws {
        let found = try #require(finding(.udpMemory, [.udpMemoryErrors: 7]))
        #expect(found.confidence == .high)
        #expect(finding(.udpMemory, [.udpMemoryErrors: 0]) == nil)
        #expect(finding(.udpMemory, [:]) == nil)
    }

    // MARK: TCP

    @Test(arguments: [
        (999 as UInt64, 100 as UInt64, nil), (1000, 9, nil), (1000, 10, .warning),
        (1000, 49, .warning), (1000, 50, Finding.Severity.critical),
    ])
    func retransmits(_ sent: UInt64, _ again: UInt64, _ severity: Finding.Severity?) {
        let found = finding(.tcpRetransmits, [.tcpSegmentsSent: sent, .tcpRetransmitted: again])
        #expect(found?.severity == severity)
        #expect(found?.confidence ?? .medium == .medium)
    }

    @Test func retransmitsAreForgottenAfterHalfAMinute() {
        let counts: [NetworkCounter: UInt64] = [.tcpSegmentsSent: 1000, .tcpRetransmitted: 100]
        #expect(finding(.tcpRetransmits, counts, seconds: 31) != nil)
        #expect(finding(.tcpRetransmits, counts, seconds: 32) == nil)
    }

    @Test(arguments: [(9 as UInt64, Finding.Confidence.medium), (10, .high)])
    func timeoutsMakeItSure(_ timeouts: UInt64, _ confidence: Finding.Confidence) {
        let found = finding(
            .tcpRetransmits,
            [.tcpSegmentsSent: 1000, .tcpRetransmitted: 20, .tcpTimeouts: timeouts])
        #expect(found?.confidence == confidence)
    }

    @Test(arguments: [(49.0, Finding.Confidence.medium), (50, .high)])
    func onePeerMakesItSure(_ share: Double, _ confidence: Finding.Confidence) throws {
        let rest = (100 - share) / 2
        let rates: [(peer: UInt32, rate: Double)] = [(1, share), (2, rest), (3, rest)]
        let found = try #require(
            finding(.tcpRetransmits, [.tcpSegmentsSent: 1000, .tcpRetransmitted: 20]) { reading in
                reading.sockets.sockets = rates.map { peer, rate in
                    SocketSample(
                        id: MadeNetwork.id(UInt64(peer)), transport: .tcp, local: .none,
                        peer: .ip(IPAddress(v4: 0x0A00_0000 + peer), port: 443),
                        state: .established,
                        tcp: TCPFigures(retransmits: MadeNetwork.counted(10, rate: rate)))
                }
            })
        #expect(found.confidence == confidence)
        #expect(found.claim.hasSuffix("most of it to 10.0.0.1") == (confidence == .high))
    }
}
