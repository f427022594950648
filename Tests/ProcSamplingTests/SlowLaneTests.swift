import Glibc
import Synchronization
import Testing
import Units

@testable import ProcSampling

struct SlowLaneTests {
    static func identity(_ pid: Int32) -> ProcessIdentity {
        ProcessIdentity(pid: ProcessID(pid), startTime: ClockTicks(1))
    }

    /// Asks until `isDone` or 20 s are over.
    static func poll(_ isDone: () -> Bool) -> Bool {
        for _ in 0..<2000 {
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
        let lane = SlowLane(deadline: .milliseconds(20)) { process in
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

    @Test func aStuckCommandLineDoesNotStopTheSampler() throws {
        let tree = FakeTree()
        tree.setProcess(100, [(100, FakeTree.Task())])
        tree.setProcess(200, [(200, FakeTree.Task())])
        let lane = SlowLane(deadline: .milliseconds(20)) { process in
            if process.rawValue == 100 { sleep(1000) }
            return SlowLane.Facts(command: "/bin/ok")
        }
        let sampler = Sampler(
            root: try ProcRoot(path: tree.path), machine: .current, slowLane: lane)
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
