import Glibc
import ProcFormats
import Synchronization
import Testing
import Units

@testable import ProcSampling

/// When mappings are read, and what becomes of readings that are not wanted or hang.
struct MappingsLaneTests {
    private func wish(_ pid: Int32, _ number: Int = 1) -> Interest.MappingsWish {
        Interest.MappingsWish(process: SlowLaneTests.identity(pid), number: number)
    }

    private final class Log: Sendable {
        let started = Mutex<[Int32]>([])
        let ended = Atomic(0)
        let changes = Atomic(0)

        var pids: [Int32] { started.withLock { $0 } }
    }

    /// A lane whose reading of process 1 goes on until it is not wanted, that of 2 hangs, and any
    /// other is complete at once.
    private func lane(_ log: Log, pause: Duration = .seconds(1000)) -> MappingsLane {
        MappingsLane(
            pause: pause, deadline: .milliseconds(250),
            changed: { log.changes.add(1, ordering: .relaxed) },
            read: { process, session in
                log.started.withLock { $0.append(process.pid.rawValue) }
                switch process.pid.rawValue {
                case 1:
                    while session.goesOn { usleep(1000) }
                    log.ended.add(1, ordering: .relaxed)
                case 2:
                    sleep(1000)
                default:
                    session.publish([Mapping(start: 0, end: 4096, kind: .heap)])
                    session.end(.complete)
                }
            })
    }

    @Test func aReadingArrivesAndIsNotRepeatedUnasked() {
        let log = Log()
        let lane = lane(log)
        #expect(lane.reading == nil)
        lane.want(wish(5))
        #expect(SlowLaneTests.poll { lane.reading?.progress == .complete })
        #expect(lane.reading?.number == 1)
        #expect(lane.reading?.mappings.count == 1)
        #expect(SlowLaneTests.poll { log.changes.load(ordering: .relaxed) >= 1 })
        lane.want(wish(5))
        #expect(log.pids == [5])
        // Nobody reads on, then the same person comes back: what is known is here at once.
        lane.want(nil)
        #expect(lane.reading == nil)
        lane.want(wish(5))
        #expect(lane.reading?.number == 1)
        #expect(log.pids == [5])
    }

    @Test func aPersonWhoAsksAgainIsAnsweredAtOnce() {
        let log = Log()
        let lane = lane(log)
        lane.want(wish(5))
        #expect(SlowLaneTests.poll { lane.reading?.progress == .complete })
        lane.want(wish(5, 2))
        #expect(SlowLaneTests.poll { lane.reading?.progress == .complete })
        #expect(lane.reading?.number == 2)
        lane.want(wish(6, 2))
        #expect(SlowLaneTests.poll { lane.reading?.progress == .complete })
        #expect(lane.reading?.process == SlowLaneTests.identity(6))
        #expect(lane.reading?.number == 1)
    }

    @Test func afterThePauseItIsReadAgain() {
        let lane = lane(Log(), pause: .milliseconds(30))
        lane.want(wish(5))
        #expect(
            SlowLaneTests.poll {
                lane.want(wish(5))
                return lane.reading?.number == 3
            })
    }

    @Test func aReadingTellsWhenItIsRepeated() throws {
        let log = Log()
        let lane = lane(log)
        let before = Nanoseconds.sinceBoot
        lane.want(wish(1))
        #expect(lane.reading?.nextAt == nil)
        lane.want(wish(5))
        #expect(SlowLaneTests.poll { lane.reading?.progress == .complete })
        let pause = Nanoseconds(1_000_000_000_000)
        let next = try #require(lane.reading?.nextAt)
        #expect(next >= before + pause)
        #expect(next <= Nanoseconds.sinceBoot + pause)
    }

    @Test func aLongReadingHasALongPause() throws {
        let lane = MappingsLane(pause: .milliseconds(1), changed: {}) { _, session in
            usleep(20_000)
            session.end(.complete)
        }
        lane.want(wish(5))
        #expect(SlowLaneTests.poll { lane.reading?.progress == .complete })
        let reading = try #require(lane.reading)
        let pause = try #require(reading.nextAt).since(reading.moment)
        #expect(pause.rawValue >= 20 * reading.duration.inNanoseconds.rawValue)
        #expect(reading.duration >= .milliseconds(20))
    }

    @Test func aReadingIsCutWhenItsTimeIsOver() throws {
        let tree = FakeTree()
        tree.setProcess(100, [(100, FakeTree.Task())])
        tree.write(
            "100/smaps", "1000-2000 r--p 0 0:0 0 \nRss: 4 kB\nPss: 4 kB\nVmFlags: rd\n")
        let root = try ProcRoot(path: tree.path)
        let process = ProcessIdentity(pid: ProcessID(100), startTime: ClockTicks(500))
        let lane = MappingsLane(changed: {}) { process, session in
            MappingsReader(root: root, session: session, longest: Nanoseconds(0)).read(process)
        }
        lane.want(Interest.MappingsWish(process: process))
        #expect(SlowLaneTests.poll { lane.reading?.progress == .cut(.time) })
        #expect(lane.reading?.mappings.count == 1)
    }

    @Test func aReadingThatNobodyWantsEnds() {
        let log = Log()
        let lane = lane(log)
        lane.want(wish(1))
        #expect(SlowLaneTests.poll { log.pids == [1] })
        #expect(lane.reading?.progress == .reading)
        // Another process takes over; the first reading does not write into its place.
        lane.want(wish(5))
        #expect(SlowLaneTests.poll { lane.reading?.progress == .complete })
        #expect(SlowLaneTests.poll { log.ended.load(ordering: .relaxed) == 1 })
        #expect(lane.reading?.process == SlowLaneTests.identity(5))
        lane.want(wish(1))
        lane.want(nil)
        #expect(SlowLaneTests.poll { log.ended.load(ordering: .relaxed) == 2 })
        // It was cut short, so who comes back need not wait.
        lane.want(wish(1))
        #expect(SlowLaneTests.poll { log.pids == [1, 5, 1, 1] })
        lane.want(nil)
    }

    @Test func aReadThatHangsIsGivenUpAndNotForEver() {
        let log = Log()
        let lane = lane(log)
        let given = ProcError.failed(path: "smaps", errno: ETIMEDOUT)
        for number in 1...MappingsLane.mostThreads {
            lane.want(wish(2, number))
            #expect(
                SlowLaneTests.poll {
                    lane.want(wish(2, number))
                    return lane.reading?.progress == .failed(given)
                })
        }
        lane.want(wish(2, 100))
        lane.want(wish(5))
        #expect(lane.reading?.progress == .failed(.failed(path: "smaps", errno: EAGAIN)))
        #expect(log.pids == Array(repeating: 2, count: MappingsLane.mostThreads))
    }
}
