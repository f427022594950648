import Glibc
import ProcFormats
import Testing
import Units

@testable import ProcSampling

/// Polls of threads between the refreshes: made ones, and programs whose behaviour is known.
@Suite(.serialized) struct PollLaneTests {
    // MARK: One thread

    private static let thread = PolledThread(
        id: ThreadIdentity(tid: ThreadID(101), startTime: ClockTicks(500)),
        process: ProcessIdentity(pid: ProcessID(100), startTime: ClockTicks(500)),
        name: "worker", processName: "served")

    private static func poll(
        _ second: Double, _ activity: Poll.Activity, isStalled: Bool = false,
        switches: UInt64? = nil
    ) -> Poll {
        Poll(
            moment: Nanoseconds(UInt64(second * 1e9)), activity: activity, isStalled: isStalled,
            counters: switches.map {
                Poll.Counters(voluntarySwitches: $0, readsAndWrites: nil)
            })
    }

    @Test func pollsOfTheLastTenSecondsAreCounted() {
        var record = PollRecord(Self.thread)
        let lock = FutexWait(address: 16, isLock: true)
        record.add(Self.poll(1, .running, switches: 5))
        record.add(Self.poll(2, .running))
        record.add(Self.poll(3, .futex(202, lock), switches: 10))
        record.add(Self.poll(4, .systemCall(0)))
        record.add(Self.poll(5, .kernel("pipe_read"), switches: 40))
        record.add(Self.poll(5.5, .kernel(nil)))
        var poll = record.poll
        #expect(poll.samples == 6)
        #expect(poll.running == 2)
        #expect(poll.systemCalls == [202: 1, 0: 1])
        #expect(poll.futexes == [lock: 1])
        #expect(poll.waitChannels == ["pipe_read": 1])
        #expect(poll.counted?.span == .seconds(4))
        #expect(poll.counted?.voluntarySwitches == 35)
        #expect(poll.voluntarySwitches == Rate(8.75))
        #expect(poll.readsAndWrites == nil)
        #expect(poll.share(waitingForLockAt: 16) == Percent(100.0 / 6))
        #expect(poll.share(waitingForLockAt: 17) == .zero)
        #expect(poll.stall == nil)
        record.add(Self.poll(12.5, .running))
        poll = record.poll
        #expect(poll.samples == 5)
        #expect(poll.running == 1)
        #expect(poll.counted?.voluntarySwitches == 30)
    }

    @Test func aStallLastsWhileEachPollFindsIt() {
        var record = PollRecord(Self.thread)
        record.add(Self.poll(1, .running, switches: 5))
        for second in 2...20 {
            let activity = Poll.Activity.kernel(second < 20 ? "folio_wait_bit" : nil)
            record.add(
                Self.poll(
                    Double(second), activity, isStalled: true, switches: second < 10 ? 7 : 9))
        }
        let expected = ThreadPoll.Stall(
            since: Nanoseconds(2_000_000_000), samples: 19, channel: "folio_wait_bit", waits: 2)
        #expect(record.poll.stall == expected)
        record.add(Self.poll(21, .kernel("pipe_read")))
        #expect(record.poll.stall == nil)
        #expect(record.stalledAt == Nanoseconds(20_000_000_000))
    }

    // MARK: Files

    @Test func whatATreeSaysIsFound() throws {
        let tree = FakeTree()
        func set(_ state: String, start: Int = 500, voluntary: Int = 3) {
            let task = FakeTree.Task(state: state, start: start, voluntary: voluntary)
            tree.setProcess(100, [(100, FakeTree.Task()), (101, task)])
        }
        set("S")
        let reader = ProcReader(root: try ProcRoot(path: tree.path))
        var watch = try #require(PollWatch(Self.thread, reader: reader))
        var poll = try #require(watch.poll(at: Nanoseconds(1)))
        #expect(poll.activity == .systemCall(0))
        #expect(poll.counters?.voluntarySwitches == 3)
        // Not again so soon.
        poll = try #require(watch.poll(at: Nanoseconds(2)))
        #expect(poll.counters == nil)

        set("D", voluntary: 4)
        tree.write("100/task/101/wchan", "folio_wait_bit")
        watch = try #require(PollWatch(Self.thread, reader: reader))
        poll = try #require(watch.poll(at: Nanoseconds(3)))
        #expect(poll.isStalled)
        #expect(poll.activity == .kernel("folio_wait_bit"))
        #expect(poll.counters?.voluntarySwitches == 4)

        // Another thread has the number.
        set("S", start: 501)
        watch = try #require(PollWatch(Self.thread, reader: reader))
        #expect(watch.poll(at: Nanoseconds(4)) == nil)
        tree.remove("100")
        #expect(PollWatch(Self.thread, reader: reader) == nil)
    }

    /// In futex_wait, whose arguments stand in another order than futex(2)'s.
    @Test func aLockIsFoundInTheNewerCall() throws {
        let tree = FakeTree()
        tree.setProcess(100, [(100, FakeTree.Task()), (101, FakeTree.Task())])
        tree.write(
            "100/task/101/syscall",
            "455 0x7f00 0x2 0xffffffff 0x82 0x0 0x1 0x7ffc00000000 0x7f1200000000\n")
        let reader = ProcReader(root: try ProcRoot(path: tree.path))
        let watch = try #require(PollWatch(Self.thread, reader: reader))
        let poll = try #require(watch.poll(at: Nanoseconds(1)))
        #expect(poll.activity == .futex(455, FutexWait(address: 0x7f00, isLock: true)))
    }

    @Test func theThreadOfTheLaneEndsWithTheLastWish() throws {
        let load = LoadThreads()
        defer { load.stop() }
        load.start(.spin)
        try #require(SlowLaneTests.poll { !load.threads.isEmpty })
        let root = try ProcRoot()
        let tid = ThreadID(load.threads[0])
        let process = try #require(root.identity(of: ProcessID(getpid())))
        let stat = try ProcReader(root: root).read(.thread(process.pid, tid, "stat")) {
            bytes throws(ParseError) in try TaskStat(parsing: bytes)
        }
        let thread = PolledThread(
            id: ThreadIdentity(tid: tid, startTime: stat.startTime), process: process,
            name: "spin", processName: "tests")
        let lane = PollLane(root: root)
        #expect(lane.records.isEmpty)
        lane.follow([thread])
        #expect(SlowLaneTests.poll { (lane.records[thread.id]?.poll.running ?? 0) > 2 })
        lane.follow([])
        #expect(SlowLaneTests.poll { lane.records.isEmpty && !lane.isThreadAlive })
        lane.follow([thread])
        #expect(SlowLaneTests.poll { !lane.records.isEmpty })
        lane.stop()
        #expect(SlowLaneTests.poll { !lane.isThreadAlive })
    }

    // MARK: Programs

    /// Refreshes until the polls of a thread are as wanted.
    private func poll(
        _ workload: StartedWorkload, until isDone: ([ThreadIdentity: ThreadPoll]) -> Bool
    ) throws -> [ThreadIdentity: ThreadPoll] {
        let sampler = Sampler(root: try ProcRoot())
        var polls: [ThreadIdentity: ThreadPoll] = [:]
        var due = Instant.now
        let isMet = SlowLaneTests.poll {
            guard Instant.now >= due else { return false }
            due = Instant.now.advanced(by: Nanoseconds(300_000_000))
            polls = sampler.sample(Interest()).polls.filter { $0.value.process.pid == workload.pid }
            return isDone(polls)
        }
        #expect(isMet, "\(polls)")
        return polls
    }

    @Test func aSpinnerIsFoundRunningAndWaitsForNothing() throws {
        let workload = try StartedWorkload("spin")
        let tid = try workload.thread("poll")
        func spinner(_ polls: [ThreadIdentity: ThreadPoll]) -> ThreadPoll? {
            polls.first { $0.key.tid == tid }?.value
        }
        let polls = try poll(workload) {
            (spinner($0)?.samples ?? 0) >= 20 && spinner($0)?.counted != nil
        }
        let found = try #require(spinner(polls))
        #expect(found.running == found.samples)
        #expect(found.counted?.voluntarySwitches == 0)
        #expect(found.counted?.readsAndWrites == 0)
        #expect(found.name == "poll")
        #expect(found.processName == "workload")
        #expect(found.stall == nil)
    }

    @Test func aConvoysLockIsFoundByItsAddress() throws {
        let workload = try StartedWorkload("convoy", "5")
        let lock = UInt64(try workload.number("lock"))
        let polls = try poll(workload) { polls in
            polls.values.filter {
                $0.samples >= 10 && $0.share(waitingForLockAt: lock) >= Percent(40.0)
                    && $0.voluntarySwitches ?? .zero >= Rate(50.0)
            }.count >= 3
        }
        #expect(polls.values.allSatisfy { $0.name.hasPrefix("queuing") })
    }

    @Test func aPoolThatWaitsForWorkHoldsNoLock() throws {
        let workload = try StartedWorkload("pool", "6", "--rate", "2000")
        let start = UInt64(try workload.number("condition"))
        let condition = start..<start + UInt64(MemoryLayout<pthread_cond_t>.size)
        let polls = try poll(workload) { polls in
            polls.values.filter { poll in
                poll.samples >= 5 && poll.futexes.keys.contains { condition.contains($0.address) }
            }.count >= 3
        }
        let share = polls.values.map { poll in
            poll.futexes.filter(\.key.isLock).values.reduce(0, +)
        }.reduce(0, +)
        #expect(share * 4 <= polls.values.map(\.samples).reduce(0, +))
    }

    @Test func whoWaitsInStateDIsFoundWithTheFunctionOfTheKernel() throws {
        let workload = try StartedWorkload("stall")
        let tid = try workload.thread("stalled")
        let polls = try poll(workload) { polls in
            polls.contains { $0.key.tid == tid && $0.value.stall?.samples ?? 0 >= 5 }
        }
        let stall = try #require(polls.first { $0.key.tid == tid }?.value.stall)
        #expect(stall.waits == 0)
        // kernel_clone or, before 5.10, _do_fork; the compiler may have put it into another.
        #expect(stall.channel?.isEmpty == false)
    }
}

extension PollWatch {
    fileprivate func poll(at moment: Nanoseconds) -> Poll? {
        readStat().map { poll($0, at: moment) }
    }
}
