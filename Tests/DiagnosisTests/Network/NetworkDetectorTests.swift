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
        #expect(finding.claim == "udp :12201 (streamd 3310) drops 212/s, sampling its queue")
        #expect(finding.confidence == .medium)
        #expect(finding.severity == .critical)
        #expect(
            finding.subject
                == .socket(MadeNetwork.id(1), inode: 1001, owner: MadeMachine.id(3310)))
        var unknown = finding
        unknown.subject = .socket(MadeNetwork.id(1), inode: 1001, owner: nil)
        #expect(unknown.id == finding.id, "the owner may be found later")
        unknown.subject = .socket(MadeNetwork.id(2), inode: 1001, owner: MadeMachine.id(3310))
        #expect(unknown.id != finding.id)
        #expect(finding.evidence == ["212 dropped since dxtop began", "424 since it was opened"])
    }

    @Test func aLossThatComesAndGoesHasAMeanRate() throws {
        // 500 every other second: over the last five, three times.
        let finding = try #require(loss(seconds: 12) { 500 * UInt64($0 / 2) })
        #expect(finding.claim.hasSuffix("drops 300/s, sampling its queue"))
    }

    @Test func aStalledReaderIsNamed() throws {
        let burst = try CapturedQueue.burst("stalled")
        let finding = try #require(loss(seconds: 43, burst: burst) { UInt64(100 * $0) })
        #expect(
            finding.claim
                == "udp :12201 (streamd 3310) reader stalled for at least 41s: queue full in 100%"
                + " of samples, 4200 dropped")
        #expect(finding.evidence.contains("who holds it open is not known: root may see it"))
        #expect(finding.advice.hasPrefix("a bigger buffer is useless"))
    }

    /// What was lost before the first reading may have gone on since.
    @Test(arguments: [(900, "reader stalled for at least 2s: "), (0, "reader stalled 2s: ")])
    func aStallFromBeforeTheFirstReadingIsOlderThanIsKnown(_ before: Int, _ words: String) throws {
        let burst = try CapturedQueue.burst("stalled")
        let finding = try #require(
            loss(seconds: 4, burst: burst) { UInt64(before + 100 * ($0 - 1)) })
        #expect(finding.claim.contains(words), "\(finding.claim)")
    }

    @Test(arguments: [(8, "stalled 6s"), (9, "stalled 0s")])
    func aLossAfterABreakBeginsAnew(_ again: Int, _ words: String) throws {
        // After the second second, nothing is lost for five seconds or for six.
        let burst = try CapturedQueue.burst("stalled")
        let finding = try #require(
            loss(seconds: again, burst: burst) { $0 < 2 ? 0 : $0 < again ? 100 : 200 })
        #expect(finding.claim.contains(words))
    }

    @Test(arguments: [(true, [MadeNetwork.udpSubject]), (false, [.host])])
    func aTornListingClosesNoSocket(_ isTorn: Bool, _ subjects: [Subject]) {
        let found = findings(.udpLoss, seconds: 5) { second, reading in
            rising(second, [.udpBufferErrors: 100], &reading)
            reading.sockets.isTorn = isTorn && second > 2
            // It is missing from the third reading, and the fifth is whole again.
            guard second < 3 || isTorn && second == 5 else { return }
            reading.sockets.isTorn = false
            reading.sockets.sockets = [
                MadeNetwork.udp(
                    1,
                    drops: MadeNetwork.counted(second == 1 ? 0 : 100, rate: second == 2 ? 100 : 0))
            ]
        }
        #expect(found.map(\.subject) == subjects)
    }

    @Test func whereDropsAreNotToldNothingIsSaidOfClosedSockets() throws {
        let found = findings(.udpLoss, seconds: 4) { second, reading in
            rising(second, [.udpBufferErrors: 100], &reading)
            reading.sockets.sockets = [MadeNetwork.udp(1)]
        }
        let finding = try #require(found.first)
        #expect(finding.subject == .host)
        #expect(
            finding.claim
                == "udp: 100 dropped in the last minute by sockets that this kernel does not report"
        )
    }

    @Test(arguments: [
        ("slow", "reader too slow: 100/s dropped"), ("pauses", "reader pauses for 500 ms"),
        ("small", "buffer too small"),
        ("healthy", "reader keeps up: 100/s dropped, though there was room"),
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

    // MARK: Listen overflow

    private func overflow(
        queue: UInt64?, refused: UInt64 = 3, most: UInt64? = nil
    ) -> Finding? {
        finding(.listenOverflow, [.listenOverflows: refused]) { reading in
            reading.limits.acceptQueueMost = most
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
        let finding = try #require(overflow(queue: 129))
        #expect(finding.claim == "tcp :8080 (streamd 3310) accept queue full 129/128")
        #expect(finding.confidence == .high)
        #expect(finding.severity == .critical)
        #expect(overflow(queue: 128)?.confidence == .medium, "one more fits")
        #expect(overflow(queue: nil)?.claim == "a TCP accept queue overflows: 3 refused")
        #expect(overflow(queue: 129, refused: 0) == nil, "full, and nobody came")
    }

    @Test func whoRefusesIsNamedBeforeWhoIsFull() throws {
        let finding = try #require(
            finding(.listenOverflow, [.listenOverflows: 500]) { reading in
                reading.sockets.sockets = [
                    (1, 129, nil), (2, 0, MadeNetwork.counted(60, rate: 60)),
                ]
                .map { (cookie: UInt64, queue: UInt64, drops: Counted?) in
                    SocketSample(
                        id: MadeNetwork.id(cookie), transport: .tcp,
                        local: .ip(IPAddress(v4: 0), port: 8080 + UInt16(cookie)),
                        peer: .none, state: .listen, receiveQueue: queue, sendQueue: 128,
                        drops: drops)
                }
            })
        #expect(
            finding.claim == "tcp :8082 accept queue 0/128: 60 dropped since it was opened",
            "its own, not the namespace's 500")
        #expect(finding.evidence.last == "tcp :8081 accept queue full 129/128")
    }

    @Test(arguments: [
        (nil as UInt64?, "ask for a longer queue in listen(2)"),
        (128, "raise net.core.somaxconn, which is 128, and the backlog of listen(2)"),
        (129, "ask for more than 128 in listen(2): net.core.somaxconn allows 129"),
    ])
    func whatLimitsTheQueueIsSaid(_ most: UInt64?, _ words: String) {
        #expect(overflow(queue: 129, most: most)?.advice == "accept(2) faster, or \(words)")
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
        #expect(finding.advice == "sysctl -w net.core.netdev_max_backlog=4000: raise it from 1000")
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
        #expect(finding.claim == "eth0 dropped 1 packets before IP")
        #expect(finding.confidence == .medium)
        #expect(interface(damaged: 1) != nil)
        #expect(interface() == nil)
    }

    @Test(arguments: [
        (10_000 as UInt64, 9 as UInt64, false), (9_000, 10, true), (9_991, 10, false),
    ])
    func unknownProtocolsAreNoLoss(_ received: UInt64, _ dropped: UInt64, _ isFound: Bool) {
        let found = interface(received: received, dropped: dropped)
        #expect((found != nil) == isFound)
        #expect(found?.severity ?? .info == .info)
        #expect(found?.confidence ?? .low == .low)
        #expect(found?.claim.contains("before IP") ?? false == false)
        let losing = interface(received: received, dropped: dropped, missed: 1)
        #expect(losing?.severity == .warning)
        #expect(losing?.claim == "eth0 dropped 1 packets before IP")
    }

    @Test(arguments: [
        (1_000 as UInt64, 100 as UInt64, Finding.Severity.warning), (4_000, 150, .info),
        (100, 99, .info), (110, 100, .critical), (0, 5_000, .critical),
    ])
    func aGoodPartIsALoss(
        _ received: UInt64, _ dropped: UInt64, _ severity: Finding.Severity
    ) throws {
        let found = try #require(interface(received: received, dropped: dropped))
        #expect(found.severity == severity)
        #expect(found.claim.contains("unknown protocols") == (severity == .info))
    }

    @Test func nearlyAllIsSaidAsSuch() throws {
        #expect(
            try #require(interface(received: 60_000, dropped: 59_940)).claim
                == "eth0 drops nearly all of what it receives: 59940 packets dropped, 60000 received in 1s"
        )
        #expect(try #require(interface(received: 1, dropped: 999)).claim.contains("drops 99.9 %"))
    }

    @Test func aBondIsNotFoundBesideItsMember() {
        let found = findings(.nicDrop) { second, reading in
            let missed = MadeNetwork.counted(UInt64(second))
            reading.interfaces = [
                InterfaceSample(id: 2, name: "eth0", master: 4, missed: missed),
                InterfaceSample(id: 4, name: "bond0", missed: missed),
            ]
        }
        #expect(found.map(\.subject) == [.interface("eth0")])
    }

    @Test(arguments: [(true, 0), (false, 1)])
    func anInterfaceThatIsGoneIsForgotten(_ isGone: Bool, _ count: Int) {
        // A reading without any interface read none.
        let found = findings(.nicDrop, seconds: 4) { second, reading in
            let loopback = InterfaceSample(id: 1, name: "lo", isLoopback: true)
            guard second != 3 else { return reading.interfaces = isGone ? [loopback] : [] }
            reading.interfaces = [
                loopback,
                InterfaceSample(id: 2, name: "eth0", missed: MadeNetwork.counted(UInt64(second))),
            ]
        }
        #expect(found.count == count)
    }

    // MARK: Checksums

    @Test func damagedDatagramsAreTheWaysFault() throws {
        func found(_ errors: UInt64, queue: UInt64? = nil) -> Finding? {
            findings(.udpChecksum) { second, reading in
                reading.counters[.udpChecksumErrors] = MadeNetwork.counted(
                    second == 1 ? 3 : 3 + errors, rate: 5)
                guard let queue else { return }
                var socket = MadeNetwork.udp(1, drops: MadeNetwork.counted(40, rate: 5))
                socket.receiveQueue = queue
                reading.sockets.sockets = [socket]
            }.first
        }
        #expect(found(9) == nil)
        let finding = try #require(found(10))
        #expect(
            finding.claim == "UDP: 10 datagrams with a wrong checksum dropped in the last minute")
        #expect(finding.severity == .critical && finding.confidence == .medium)
        let sure = try #require(found(40, queue: 0))
        #expect(sure.confidence == .high)
        #expect(sure.evidence.last?.contains("drops with room in its queue: 0 of 425984") == true)
        // Its queue may have been full.
        #expect(found(40, queue: 400_000)?.confidence == .medium)
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
        #expect(found?.claim ?? "" == (isFound ? "connection tracking: table 90% full" : ""))
    }

    @Test func connectionsDroppedAreSure() throws {
        let found = try #require(finding(.conntrack, [.conntrackDrops: 1]))
        #expect(found.confidence == .high)
        #expect(found.severity == .critical)
        #expect(found.claim == "connection tracking: 1 packets dropped")
    }

    @Test func memoryOfUDP() throws {
        let found = try #require(finding(.udpMemory, [.udpMemoryErrors: 7]))
        #expect(found.confidence == .high)
        #expect(finding(.udpMemory, [.udpMemoryErrors: 0]) == nil)
        #expect(finding(.udpMemory, [:]) == nil)
    }

    @Test(arguments: [(949 as UInt64, nil), (950 as UInt64, Finding.Severity.warning)])
    func memoryInUseTellsItAsWell(_ used: UInt64, _ severity: Finding.Severity?) {
        let found = finding(.udpMemory, [:]) { reading in
            reading.limits.udpMemoryUsed = PageCount(used)
            reading.limits.udpMemoryFree = PageCount(1000)
            var socket = MadeNetwork.udp(1)
            socket.receiveQueue = 3_000_000
            reading.sockets.sockets = [socket, MadeNetwork.udp(2)]
        }
        #expect(found?.severity == severity)
        #expect(found.map { $0.claim.contains("streamd 3310 holds 2.9M of it") } ?? true)
        #expect(found.map { $0.subject == .process(MadeMachine.id(3310)) } ?? true)
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

    /// They are sent again, too: no second signal.
    @Test func timeoutsAreToldAndMakeNothingSure() throws {
        let found = try #require(
            finding(
                .tcpRetransmits,
                [.tcpSegmentsSent: 1000, .tcpRetransmitted: 20, .tcpTimeouts: 20]))
        #expect(found.confidence == .medium)
        #expect(found.evidence.contains("20 of them after a timeout"))
    }

    /// - Parameter again: segments that a connection to the one peer sent again.
    private func toOnePeer(
        _ again: UInt64, tables: SocketTables = .tcp, isTorn: Bool = false
    ) -> Finding? {
        finding(.tcpRetransmits, [.tcpSegmentsSent: 1000, .tcpRetransmitted: 20]) { reading in
            reading.sockets.tables = tables
            reading.sockets.isTorn = isTorn
            reading.sockets.sockets = [(1, again), (2, 1)].map { (peer: UInt32, again: UInt64) in
                SocketSample(
                    id: MadeNetwork.id(UInt64(peer)), transport: .tcp, local: .none,
                    peer: .ip(IPAddress(v4: 0x0A00_0000 + peer), port: 443), state: .established,
                    tcp: TCPFigures(retransmits: MadeNetwork.counted(again)))
            }
        }
    }

    @Test(arguments: [(9 as UInt64, Finding.Confidence.medium), (10 as UInt64, .high)])
    func onePeerMakesItSure(_ again: UInt64, _ confidence: Finding.Confidence) throws {
        let found = try #require(toOnePeer(again))
        #expect(found.confidence == confidence)
        #expect(found.claim.hasSuffix("most of it to 10.0.0.1") == (confidence == .high))
        #expect(
            found.evidence.contains("10 of them, 50 %, to 10.0.0.1 in 1 connections")
                == (confidence == .high))
    }

    @Test func halfATableNamesNobody() {
        #expect(toOnePeer(20, tables: [.closeWait, .listening])?.confidence == .medium)
        #expect(toOnePeer(20, isTorn: true)?.confidence == .medium)
    }
}
