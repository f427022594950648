import Diagnosis
import ProcSampling
import Testing
import Units

/// What is said of a reader, and how surely, on both sides of the thresholds.
@Suite struct ReaderVerdictTests {
    private static let cost: UInt32 = 1280

    private func burst(
        _ queue: [UInt32], buffer: UInt64 = 128_000, dropped: UInt64 = 1000,
        isComplete: Bool = true, reader: SocketReader = SocketReader()
    ) -> QueueBurst {
        QueueBurst(
            socket: MadeNetwork.id(1), duration: .milliseconds(10 * queue.count),
            isComplete: isComplete, queue: queue.map { $0 * Self.cost },
            buffer: ByteCount(buffer), dropped: dropped, reader: reader)
    }

    private func judged(
        _ burst: QueueBurst, _ change: (inout NetworkReading) -> Void = { _ in }
    ) -> ReaderVerdict? {
        ReaderVerdict(burst, in: MadeNetwork.reading(1, change))
    }

    private func reader(
        waits: Int = 0, runs: Int = 0, elsewhere: Int = 0, switches: UInt64 = 0,
        cpu: UInt64 = 0, epolls: [SocketReader.Epoll] = [], isDenied: Bool = false,
        others: Int = 0, threadCount: Int = 3
    ) -> SocketReader {
        let samples = waits + runs + elsewhere
        let thread = SocketReader.Thread(
            id: ThreadIdentity(tid: ThreadID(3318), startTime: ClockTicks(1)), name: "edged",
            samples: samples, waits: waits, sleepsElsewhere: elsewhere, runs: runs,
            call: waits > 0 ? "epoll_wait" : elsewhere > 0 ? "nanosleep" : nil,
            cpuTime: Nanoseconds(cpu), voluntarySwitches: switches)
        return SocketReader(
            owner: SocketOwner(process: MadeMachine.id(3310), descriptor: 7), otherOwners: others,
            epolls: epolls, threads: samples > 0 ? [thread] : [], isDenied: isDenied,
            threadCount: threadCount)
    }

    private let edge = SocketReader.Epoll(descriptor: 5, isEdgeTriggered: true)
    /// Full, never read; slow; away for 400 ms and quick again; short bursts; well.
    private let stalled = [UInt32](repeating: 98, count: 500)
    private let slow = (0..<500).map { UInt32(100 - $0 % 25) }
    private let pauses = (0..<500).map { index in
        let sample = index % 100
        return sample < 40 ? UInt32(min(100, sample * 9 + sample % 3)) : 0
    }
    private let bursts = (0..<500).map { [0, 0, 100, 60, 20][$0 % 5] as UInt32 }
    private let well = (0..<500).map { UInt32($0 % 4) }

    // MARK: How many samples

    /// A socket to send from is never full either, and nobody reads it.
    @Test func whatNobodyWaitsForIsNotCalledRead() {
        let empty = [UInt32](repeating: 0, count: 500)
        let sender = burst(empty, dropped: 0, reader: reader(elsewhere: 50))
        #expect(judged(sender) == nil)
        let waiting = burst(empty, dropped: 0, reader: reader(waits: 50))
        #expect(judged(waiting)?.kind == .ok)
        let once = burst(empty.dropLast() + [1], dropped: 0, reader: reader(elsewhere: 50))
        #expect(judged(once)?.kind == .ok)
    }

    @Test(arguments: [(99, false), (100, true)])
    func oneSecondIsTheLeast(_ samples: Int, _ isSaid: Bool) {
        let early = burst(Array(stalled.prefix(samples)), isComplete: false)
        #expect((judged(early) != nil) == isSaid)
    }

    /// Where each sample is dear, five seconds are 60 samples, and the verdicts are the same.
    @Test(arguments: ["stalled", "slow", "pauses", "stopped"])
    func fewerSamplesOfTheSameTimeSayTheSame(_ reader: String) throws {
        let stopped = Array(well[..<200]) + [UInt32](repeating: 98, count: 300)
        let queues = ["stalled": stalled, "slow": slow, "pauses": pauses, "stopped": stopped]
        let queue = try #require(queues[reader])
        let all = burst(queue)
        let few = queue.enumerated().filter { $0.offset % 8 == 0 }.map(\.element)
        var dear = burst(few)
        dear.duration = .seconds(5)
        #expect(try #require(judged(dear)).kind == (try #require(judged(all)).kind))
    }

    @Test func whatIsNotOverCountsForLess() throws {
        let proof = reader(waits: 50, epolls: [edge])
        #expect(judged(burst(stalled, reader: proof))?.confidence == .high)
        let early = burst(Array(stalled.prefix(200)), isComplete: false, reader: proof)
        #expect(judged(early)?.confidence == .medium)
        #expect(judged(burst(Array(stalled.prefix(200)), isComplete: false))?.confidence == .low)
    }

    // MARK: Kinds

    /// A program that drains its socket every eleven seconds looks like one that has stopped.
    @Test func aQueueThatNeverMovesIsNotReadOnceItIsFullOrLoses() {
        let half = [UInt32](repeating: 40, count: 500)
        #expect(judged(burst(half, dropped: 0, reader: reader(elsewhere: 50))) == nil)
        #expect(judged(burst(half, dropped: 1))?.kind == .stalled)
        #expect(judged(burst(stalled, dropped: 0))?.kind == .stalled)
        #expect(judged(burst([UInt32](repeating: 0, count: 500), dropped: 0))?.kind == .ok)
        var read = half
        read[250] = 39
        #expect(judged(burst(read, dropped: 0))?.kind == .ok)
    }

    /// What was read and is not released takes room that the queue does not show.
    @Test func fullIsWhatTheKernelComparesWithTheBuffer() throws {
        var quiet = burst([UInt32](repeating: 78, count: 500), dropped: 0)
        quiet.charged = [UInt32](repeating: 100 * Self.cost, count: 500)
        let full = try #require(judged(quiet))
        #expect(full.kind == .stalled && full.full == Percent(Float(100)))
        #expect(full.claim.contains("full in 100 % of 500 samples"))

        // As far below full as it may stand still while it loses, and yet there is room.
        var losing = burst([UInt32](repeating: 78, count: 500), dropped: 10)
        let unknown = try #require(judged(losing))
        #expect(unknown.full > Percent(Float(99)))
        losing.charged = [UInt32](repeating: 80 * Self.cost, count: 500)
        #expect(judged(losing)?.full == .zero)
        #expect(judged(losing)?.kind == .stalled)
    }

    /// A reader that reads is judged by how the queue moves.
    @Test func whatIsChargedMakesNoReaderSlow() {
        var read = burst(well, dropped: 0)
        read.charged = [UInt32](repeating: 95 * Self.cost, count: 500)
        #expect(judged(read)?.kind == .ok)
    }

    @Test func oneReadInFiveSecondsIsSlowNotStalled() {
        var read = stalled
        for index in 250..<500 { read[index] = 97 }
        #expect(judged(burst(read))?.kind == .slow)
    }

    @Test(arguments: [(24, ReaderVerdict.Kind.ok), (25, .slow)])
    func aHealthyQueueIsSeldomFull(_ full: Int, _ kind: ReaderVerdict.Kind) {
        // 30 % filled and moving all the time, but for some samples at its end.
        let queue = (0..<500).map { $0 >= 500 - full ? 95 : UInt32(30 + $0 % 2) }
        #expect(judged(burst(queue, dropped: 0))?.kind == kind)
    }

    @Test(arguments: [(199, ReaderVerdict.Kind.pauses), (200, .stalled)])
    func whoStaysAwayForTwoSecondsHasStopped(_ samples: Int, _ kind: ReaderVerdict.Kind) {
        let queue = (0..<500).map { $0 < 500 - samples ? UInt32($0 % 2) : 98 }
        #expect(judged(burst(queue))?.kind == kind)
    }

    @Test(arguments: [(9, ReaderVerdict.Kind.bufferTooSmall), (10, .pauses)])
    func aPauseTakesATenthOfASecond(_ samples: Int, _ kind: ReaderVerdict.Kind) {
        let queue = (0..<500).map { $0 % 100 < samples ? 98 as UInt32 : 0 }
        #expect(judged(burst(queue))?.kind == kind)
    }

    @Test func whatFillsAndEmptiesBetweenSamplesIsNoPause() {
        // Full in four of five samples, by chance; a run of 10 comes by itself.
        let queue = (0..<500).map { ($0 * 7919 % 101) < 81 ? 98 as UInt32 : 0 }
        #expect(judged(burst(queue))?.kind == .bufferTooSmall)
    }

    @Test func aReaderThatWorksAllTheTimeIsSlow() {
        #expect(judged(burst(bursts, reader: reader(waits: 6, runs: 44)))?.kind == .bufferTooSmall)
        #expect(judged(burst(bursts, reader: reader(waits: 5, runs: 45)))?.kind == .slow)
    }

    @Test func whatIsDroppedByAFilterIsNotTheReadersFault() throws {
        func judged(_ errors: UInt64?) -> ReaderVerdict? {
            ReaderVerdict(burst(well), in: MadeNetwork.reading(), bufferErrors: errors)
        }
        let verdict = try #require(judged(499))
        #expect(verdict.kind == .ok)
        #expect(verdict.claim.contains("did not meet a full queue"))
        #expect(verdict.confidence == .medium)
        #expect(judged(500)?.kind == .bufferTooSmall)
        #expect(judged(nil)?.kind == .bufferTooSmall)
    }

    // MARK: Shared sockets

    /// The owner of a socket that a child inherited may never read it.
    @Test func whatTheOwnerDoesNotDoProvesNothingOfOthers() throws {
        for (count, words) in [
            (1, "1 other process holds it and was not sampled"),
            (3, "3 other processes hold it and were not sampled"),
        ] {
            let shared = reader(elsewhere: 50, others: count)
            let verdict = try #require(judged(burst(stalled, reader: shared)))
            #expect(verdict.kind == .stalled)
            #expect(verdict.confidence == .medium)
            #expect(verdict.proof.first == words)
            #expect(!verdict.proof.contains { $0.contains("no process reads") })
            #expect(verdict.advice.contains("which of the \(count + 1) processes"))
            #expect(!verdict.advice.contains("restart"))
        }
    }

    @Test func onlyOneThatIsAloneIsSure() {
        let once = SocketReader.Epoll(descriptor: 5, isOneShot: true, isForReading: false)
        for (queue, alone, shared) in [
            (
                stalled, reader(waits: 50, epolls: [edge]),
                reader(waits: 50, epolls: [edge], others: 1)
            ),
            (stalled, reader(epolls: [once]), reader(epolls: [once], others: 1)),
            (slow, reader(waits: 1, runs: 49), reader(waits: 1, runs: 49, others: 1)),
        ] {
            #expect(judged(burst(queue, reader: alone))?.confidence == .high)
            #expect(judged(burst(queue, reader: shared))?.confidence == .medium)
        }
    }

    // MARK: Threads that only used CPU

    /// Of several threads of which none was seen to wait for it, any may have run for other work.
    @Test func aBusyThreadThatNeverWaitedMayBeAnother() {
        for (queue, kind) in [(slow, ReaderVerdict.Kind.slow), (pauses, .pauses)] {
            let any = judged(burst(queue, reader: reader(runs: 30, elsewhere: 20)))
            #expect(any?.kind == kind && any?.confidence == .medium)
            let only = judged(
                burst(queue, reader: reader(runs: 30, elsewhere: 20, threadCount: 1)))
            #expect(only?.kind == kind && only?.confidence == .high)
        }
        #expect(judged(burst(bursts, reader: reader(runs: 50)))?.kind == .bufferTooSmall)
        #expect(judged(burst(bursts, reader: reader(runs: 50, threadCount: 1)))?.kind == .slow)
    }

    // MARK: Proof

    @Test func anEdgeTriggeredReaderThatSleepsIsProof() throws {
        let verdict = try #require(
            judged(burst(stalled, reader: reader(waits: 50, epolls: [edge]))))
        #expect(
            verdict.proof == [
                "fd 7 in epoll fd 5, EDGE-TRIGGERED",
                "T3318 blocked in epoll_wait in 50 of 50 samples, 0 switches, no CPU",
                "a full queue raises no new edge: it will not recover by itself",
            ])
        #expect(
            verdict.claim
                == "the reader has stopped reading: the queue was full in 100 % of 500 samples")
        #expect(verdict.advice.hasPrefix("a bigger buffer is useless"))
        #expect(verdict.advice.contains("EAGAIN"))
    }

    @Test func aThreadThatWorksForOthersConfirmsNothing() {
        let awake = reader(waits: 50, switches: 900, cpu: 40_000_000, epolls: [edge])
        #expect(judged(burst(stalled, reader: awake))?.confidence == .medium)
    }

    @Test func nobodyReads() throws {
        let verdict = try #require(judged(burst(stalled, reader: reader(runs: 0))))
        #expect(
            verdict.proof == ["no thread waits for it, and no epoll holds it: no process reads it"])
        #expect(verdict.confidence == .high)
    }

    @Test func aReaderThatIsElsewhereIsProof() throws {
        let level = SocketReader.Epoll(descriptor: 5)
        let stuck = reader(elsewhere: 50, epolls: [level])
        let verdict = try #require(judged(burst(stalled, reader: stuck)))
        #expect(
            verdict.proof == [
                "fd 7 in epoll fd 5",
                "T3318 asleep in nanosleep, not for this socket, in 50 of 50 samples",
                "no thread waits for it: the one that should is elsewhere",
            ])
        #expect(verdict.confidence == .high)
        #expect(judged(burst(slow, reader: stuck))?.proof == ["fd 7 in epoll fd 5"], "not this one")
    }

    @Test func aOneShotThatIsNotArmedAgainIsProof() throws {
        let once = SocketReader.Epoll(descriptor: 5, isOneShot: true, isForReading: false)
        let verdict = try #require(judged(burst(stalled, reader: reader(epolls: [once]))))
        #expect(verdict.proof.first == "fd 7 in epoll fd 5, ONE-SHOT and not armed again")
        #expect(verdict.confidence == .high)
        #expect(verdict.advice.contains("EPOLLONESHOT"))
    }

    @Test func whatIsDeniedIsSaid() throws {
        let denied = try #require(judged(burst(stalled, reader: reader(isDenied: true))))
        #expect(denied.proof == ["its threads may not be sampled: root may"])
        #expect(denied.confidence == .medium)
        let unknown = try #require(judged(burst(stalled)))
        #expect(unknown.proof == ["who holds it open is not known: root may see it"])
        let searched = judged(burst(stalled)) { $0.sockets.owners.pending = 3 }
        #expect(searched?.proof == ["who holds it open is still being resolved"])
    }

    @Test func aBusyReaderCannotReadFaster() throws {
        let verdict = try #require(
            judged(burst(slow, reader: reader(waits: 1, runs: 48, elsewhere: 1))))
        #expect(verdict.kind == .slow)
        #expect(verdict.confidence == .high)
        #expect(
            verdict.proof == ["T3318 ran in 48 of 50 samples, 96 % of a CPU: it cannot read faster"]
        )
        #expect(verdict.claim.contains("never below 76 %"))
        let waiting = reader(waits: 6, runs: 44)
        #expect(judged(burst(slow, reader: waiting))?.confidence == .medium)
    }

    // MARK: Figures

    @Test func theQueueTellsWhatADatagramCosts() throws {
        let capacity = try #require(judged(burst(slow))?.capacity)
        #expect(capacity.datagramCost == ByteCount(1280))
        #expect(capacity.datagrams == 100)
        #expect(!capacity.isEstimate)
        #expect(judged(burst(stalled))?.capacity?.datagramCost == nil, "one value, many divisors")
    }

    @Test func theMeanSizeStandsInForWhatIsNotKnown() throws {
        let capacity = try #require(
            judged(burst(stalled)) {
                $0.counters[.ipReceived] = MadeNetwork.counted(0, rate: 1000)
                $0.counters[.ipReceivedBytes] = MadeNetwork.counted(0, rate: 328_000)
            }?.capacity)
        #expect(capacity.datagramCost == ByteCount(1280))
        #expect(
            capacity.text
                == "125K holds ~100 datagrams of about the mean size here = 500 ms at 200/s")
    }

    @Test(arguments: [
        // Payloads of 100, 300, 1000, 1400 and 8000 bytes, as measured.
        (128.0, 832), (328, 1280), (1028, 2304), (1428, 2304), (8028, 16_640),
    ])
    func theKernelChargesInSteps(_ packet: Double, _ charge: UInt64) {
        let capacity = judged(burst(stalled)) {
            $0.counters[.ipReceived] = MadeNetwork.counted(0, rate: 10)
            $0.counters[.ipReceivedBytes] = MadeNetwork.counted(0, rate: 10 * packet)
        }?.capacity
        #expect(capacity?.datagramCost == ByteCount(charge))
    }

    @Test func arrivalsAreBetweenWhatIsSeenAndWhatAllRead() throws {
        let capacity = try #require(
            judged(burst(pauses, dropped: 6000)) {
                $0.counters[.udpReceived] = MadeNetwork.counted(0, rate: 2800)
            }?.capacity)
        // 1200/s dropped, and 100 came to the queue in each of five pauses.
        #expect(capacity.arrivals == 1300...4000)
        #expect(capacity.time == .milliseconds(25))
        #expect(
            capacity.text
                == "125K holds ~100 datagrams of this size = at least 25 ms at 1300 to 4000/s")
    }

    @Test func aPauseNeedsABufferThatLastsIt() throws {
        func advice(_ most: UInt64?) -> String? {
            judged(burst(pauses, dropped: 4000)) {
                $0.counters[.udpReceived] = MadeNetwork.counted(0, rate: 2000)
                $0.limits.receiveBufferMost = most
            }?.advice
        }
        // 900 datagrams of 1280 bytes in each pause: 1.1 MiB.
        let program = "set SO_RCVBUF=1048576 in the program (the kernel doubles it)"
        #expect(
            advice(212_992)
                == "sysctl -w net.core.rmem_max=1048576: raise it from 212992; \(program)"
        )
        #expect(advice(1_048_575)?.hasSuffix("raise it from 1048575; \(program)") == true)
        #expect(
            advice(1_048_576)
                == "\(program); net.core.rmem_max 1048576 allows it")
        #expect(advice(nil)?.hasPrefix(program) == true)
    }

    @Test func burstsNeedWhatTheyLose() throws {
        // Fifty bursts, one in ten samples, and 75 datagrams of each do not fit.
        let queue = (0..<500).map { (sample: Int) -> UInt32 in
            sample % 10 == 0 ? 12 + UInt32(sample % 7) : 0
        }
        let verdict = try #require(
            judged(burst(queue, buffer: 32_768, dropped: 3750)) {
                $0.counters[.udpReceived] = MadeNetwork.counted(0, rate: 9000)
                $0.limits.receiveBufferMost = 212_992
            })
        #expect(
            verdict.claim
                == "bursts too short to be sampled overflow the buffer: the queue was empty in 90 % of 500 samples,"
                + " and yet 3750 were dropped")
        // 32 KiB and twice 94 KiB.
        #expect(
            verdict.advice
                == "set SO_RCVBUF=131072 in the program (the kernel doubles it);"
                + " net.core.rmem_max 212992 allows it")
    }

    @Test func noBufferLastsForever() throws {
        let verdict = try #require(
            judged(burst(pauses, dropped: 5_000_000_000)) {
                $0.counters[.udpReceived] = MadeNetwork.counted(0, rate: 10)
            })
        #expect(verdict.advice == "no buffer lasts so long: shorten the pauses")
    }
}
