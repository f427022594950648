import Diagnosis
import ProcSampling
import Testing
import Units

/// Connections that a process does not close, on both sides of the thresholds.
@Suite struct CloseWaitTests {
    /// Readings once a second.
    ///
    /// - Parameters:
    ///   - torn: a second at which the listing is.
    ///   - sockets: how many there are at a second.
    private func closeWait(
        seconds: Int, torn: Int? = nil, sockets: (Int) -> Int, owner: Int32? = 3310
    ) -> Finding? {
        var machine = MadeMachine()
        for second in 1...seconds {
            let listed = (0..<sockets(second)).map { index -> SocketSample in
                // Each is there since there were so many.
                let first = (1...second).first { sockets($0) > index } ?? second
                return SocketSample(
                    id: MadeNetwork.id(UInt64(index)), transport: .tcp,
                    local: .ip(IPAddress(v4: 1), port: 8080),
                    peer: .ip(IPAddress(v4: 0x0A09_0104), port: 5), state: .closeWait,
                    owner: owner.map {
                        SocketOwner(process: MadeMachine.id($0), descriptor: Int32(index))
                    }, since: MadeNetwork.moment(first), isFromBefore: first == 1)
            }
            let reading = MadeNetwork.reading(second) {
                $0.sockets.sockets = listed
                $0.sockets.isTorn = second == torn
            }
            machine.refresh([MadeMachine.process(3310, anonymous: 0)], network: reading)
        }
        return machine.finding(.closeWait)
    }

    @Test(arguments: [(80, true), (79, false)])
    func twentyTakeAMinute(_ seconds: Int, _ isFound: Bool) {
        #expect((closeWait(seconds: seconds) { $0 } != nil) == isFound)
    }

    @Test func theyMustBecomeMore() throws {
        #expect(closeWait(seconds: 200) { _ in 500 } == nil)
        #expect(closeWait(seconds: 200, sockets: { $0 }, owner: nil) == nil)
        #expect(closeWait(seconds: 200) { $0 < 100 ? 500 : 524 } == nil, "less than one in twenty")
        let finding = try #require(closeWait(seconds: 200) { $0 < 100 ? 500 : 525 })
        #expect(finding.subject == .process(MadeMachine.id(3310)))
        #expect(
            finding.claim
                == "streamd 3310 holds 525 sockets in CLOSE_WAIT: its peers closed, it did not call close()"
        )
        #expect(finding.evidence.contains("500 -> 525: they become more"))
        #expect(finding.evidence.contains("525 with 10.9.1.4"))
        #expect(finding.confidence == .high)
    }

    @Test(arguments: [(1, false), (2, true)])
    func oneMoreOfAFewIsNoRise(_ more: Int, _ isFound: Bool) {
        #expect((closeWait(seconds: 200) { $0 < 100 ? 25 : 25 + more } != nil) == isFound)
    }

    @Test func whatIsOnItsWayIsNoRise() {
        // Five more at any time, of which none waits for a minute.
        #expect(closeWait(seconds: 200) { $0 % 50 < 25 ? 25 : 30 } == nil)
    }

    @Test func aTornListingIsNoFall() {
        #expect(closeWait(seconds: 200, torn: 100) { $0 == 100 ? 3 : 25 } == nil)
    }

    // MARK: In words

    /// What the second line of evidence says.
    private func course(seconds: Int, _ sockets: (Int) -> Int) -> String? {
        let evidence = closeWait(seconds: seconds, sockets: sockets)?.evidence ?? []
        return evidence.count > 1 ? evidence[1] : nil
    }

    /// A program that makes all of them at once, while dxtop watches, gets no more.
    @Test(arguments: [(75, "1m13s"), (130, "2m08s"), (500, "8m18s")])
    func whatCameAtOnceIsNoRise(_ seconds: Int, _ quiet: String) {
        let words = "300, none was closed for \(quiet)"
        #expect(course(seconds: seconds) { $0 < 2 ? 0 : 300 } == words)
        #expect(course(seconds: seconds) { $0 < 2 ? 0 : $0 == 2 ? 120 : 300 } == words)
    }

    @Test func theyBecomeMoreWhileTheyDo() {
        // One a second: each counts once it is a minute old.
        #expect(course(seconds: 100) { $0 } == "1 -> 40: they become more")
        #expect(course(seconds: 100) { max(0, $0 - 1) } == "11 -> 39: they become more")
        // The last 25 count from the 160th second on.
        func words(_ seconds: Int) -> String? { course(seconds: seconds) { $0 < 100 ? 500 : 525 } }
        #expect(words(220) == "500 -> 525: they become more")
        #expect(words(400) == "500 -> 525, no more for 4m00s")
    }

    /// One in seven minutes or so: the last one may have come long ago.
    @Test func aSlowRiseIsOne() {
        let words = course(seconds: 1500) { 25 + $0 / 400 }
        #expect(words == "25 -> 28: they become more")
    }

    @Test func whatIsClosedIsTold() {
        let words = course(seconds: 95) { $0 < 2 ? 0 : $0 < 90 ? 300 : 290 }
        #expect(words == "290, the last was closed 5s ago")
    }
}
