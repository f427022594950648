import Glibc
import ProcFormats
import Synchronization
import Testing
import Units

@testable import ProcSampling

struct SlowLaneTests {
    static func identity(_ pid: Int32) -> ProcessIdentity {
        ProcessIdentity(pid: ProcessID(pid), startTime: ClockTicks(1))
    }

    /// Asks until `isDone` or 60 s are over.
    static func poll(_ isDone: () -> Bool) -> Bool {
        for _ in 0..<6000 {
            if isDone() { return true }
            usleep(10_000)
        }
        return false
    }

    @Test func answersArriveLater() {
        let lane = SlowLane { SlowLane.Facts(command: "command \($0)") }
        lane.ask([Self.identity(1), Self.identity(2)])
        var answers: [String] = []
        #expect(
            Self.poll {
                answers += lane.collect().compactMap(\.facts.command)
                return answers.count == 2
            })
        #expect(answers == ["command 1", "command 2"])
    }

    @Test func aReadThatHangsMarksItsProcessAndHoldsUpNobody() {
        let lane = SlowLane { process in
            if process.rawValue == 1 { sleep(1000) }
            return SlowLane.Facts(command: "ok")
        }
        lane.ask([Self.identity(1), Self.identity(2)])
        var answered: [Int32] = []
        #expect(
            Self.poll {
                answered += lane.collect().map(\.process.pid.rawValue)
                return answered == [2]
            })
        #expect(lane.unresponsiveCount == 1)
        #expect(lane.isUnresponsive(Self.identity(1)))
    }

    @Test func noMoreThanFourThreadsAreLeftBehind() {
        let lane = SlowLane(deadline: .milliseconds(10)) { _ in
            readsStarted.add(1, ordering: .relaxed)
            sleep(1000)
            return SlowLane.Facts()
        }
        lane.ask((1...20).map(Self.identity))
        #expect(
            Self.poll {
                _ = lane.collect()
                return lane.unresponsiveCount == SlowLane.mostAbandoned
            })
        _ = lane.collect()
        #expect(readsStarted.load(ordering: .relaxed) == SlowLane.mostAbandoned)
    }

    /// Holds up reads until it is opened.
    final class Gate: Sendable {
        private let isOpen = Atomic(false)
        func open() { isOpen.store(true, ordering: .releasing) }
        func pass() { while !isOpen.load(ordering: .acquiring) { usleep(1000) } }
    }

    @Test func aThreadThatComesBackLateBringsItsAnswerAndWorksOnForTheRest() {
        let gate = Gate()
        let lane = SlowLane { process in
            if process.rawValue <= 4 { gate.pass() }
            return SlowLane.Facts(command: "command \(process)")
        }
        lane.ask((1...6).map(Self.identity))
        #expect(
            Self.poll {
                _ = lane.collect()
                return lane.unresponsiveCount == SlowLane.mostAbandoned
            })
        // One of them ends meanwhile: nobody asks about it any more.
        lane.forget(Self.identity(2))
        #expect(lane.unresponsiveCount == 3)
        gate.open()
        var answered: Set<Int32> = []
        #expect(
            Self.poll {
                answered.formUnion(lane.collect().map(\.process.pid.rawValue))
                return answered.count == 5
            })
        #expect(answered == [1, 3, 4, 5, 6])
        #expect(lane.unresponsiveCount == 0)
    }

    @Test func questionsAreAskedOnceAndBounded() {
        let gate = Gate()
        defer { gate.open() }
        let lane = SlowLane(deadline: .seconds(1000)) { _ in
            gate.pass()
            return SlowLane.Facts()
        }
        let room = lane.room
        lane.ask([Self.identity(1)])
        #expect(Self.poll { lane.room == room })
        for _ in 0..<3 { lane.ask((2...100).map(Self.identity)) }
        #expect(lane.room == room - 99)
        lane.ask((1000...100_000).map(Self.identity))
        #expect(lane.room == 0)
        for process in (2...100).map(Self.identity) { lane.forget(process) }
        #expect(lane.room == 99)
    }

    @Test func aProcessForgottenWhileItIsReadIsNotUnresponsive() {
        let gate = Gate()
        defer { gate.open() }
        let reads = Atomic(0)
        let lane = SlowLane(deadline: .milliseconds(10)) { _ in
            reads.add(1, ordering: .relaxed)
            gate.pass()
            return SlowLane.Facts()
        }
        lane.ask([Self.identity(1)])
        #expect(Self.poll { reads.load(ordering: .relaxed) == 1 })
        lane.forget(Self.identity(1))
        lane.ask([Self.identity(2)])
        #expect(
            Self.poll {
                _ = lane.collect()
                return lane.isUnresponsive(Self.identity(2))
            })
        #expect(lane.unresponsiveCount == 1)
    }

    @Test func aProcessThatIsGoneFromTheListIsForgotten() throws {
        let tree = FakeTree()
        for pid in [100, 200, 300] { tree.setProcess(pid, [(pid, FakeTree.Task())]) }
        let gate = Gate()
        defer { gate.open() }
        let lane = SlowLane(deadline: .milliseconds(10)) { _ in
            gate.pass()
            return SlowLane.Facts()
        }
        let sampler = try tree.sampler(clock: .kernel, slowLane: lane)
        #expect(Self.poll { sampler.sample(Interest()).trouble.unresponsive == 3 })
        tree.remove("200")
        #expect(sampler.sample(Interest()).trouble.unresponsive == 2)
        tree.remove("300")
        #expect(sampler.sample(Interest()).trouble.unresponsive == 1)
    }

    @Test func aStuckCommandLineDoesNotStopTheSampler() throws {
        let tree = FakeTree()
        tree.setProcess(100, [(100, FakeTree.Task())])
        tree.setProcess(200, [(200, FakeTree.Task())])
        let lane = SlowLane { process in
            if process.rawValue == 100 { sleep(1000) }
            return SlowLane.Facts(command: "/bin/ok")
        }
        let sampler = try tree.sampler(clock: .kernel, slowLane: lane)
        var snapshot = sampler.sample(Interest())
        #expect(
            Self.poll {
                snapshot = sampler.sample(Interest())
                return snapshot.processes.last?.command == "/bin/ok"
            })
        #expect(snapshot.processes.first?.command == nil)
        #expect(snapshot.trouble.unresponsive == 1)
    }
}

private let readsStarted = Atomic(0)
