import ProcFormats
import ProcSampling
import Testing
import Units

@testable import Probes

struct SystemCallTextTests {
    func count(
        _ method: SystemCallCount.Method, _ calls: [SystemCallCount.Call]
    ) -> SystemCallCount {
        SystemCallCount(
            request: SystemCallRequest(target: .thread(unchecked(pid: 1, tid: 2))),
            method: method, elapsed: .seconds(5), calls: calls)
    }

    @Test func `counted calls have a rate and a mean`() {
        let counted = count(
            .counted,
            [
                .init(
                    name: "read", count: 205_000, errors: 3, time: .milliseconds(250),
                    returned: 100_000),
                .init(name: "poll", count: 1),
            ])
        #expect(
            counted.report.tables.map(\.text) == [
                ReportText(
                    heads: ["COUNT", "CALLS/s", "ERR", "MEAN", "TIME", "CALL"],
                    rows: [
                        ["205,000", "41k", "3", "2.5us", "250ms", "read"],
                        ["1", "0.2", "-", "-", "-", "poll"],
                    ], words: [5])
            ])
    }

    @Test func `what was polled has a share and nothing that was not seen`() {
        let polled = count(.polled, [.init(name: "futex", pollShare: Percent(98.0))])
        #expect(
            polled.report.tables.map(\.text) == [
                ReportText(heads: ["SHARE%", "CALL"], rows: [["98.0", "futex"]], words: [1])
            ])
    }

    @Test func `no call returned, so there is no mean`() {
        let call = SystemCallCount.Call(name: "x", count: 1, time: .zero, returned: 0)
        #expect(call.meanTime == nil)
    }
}

struct WaitTextTests {
    @Test func `each place has its share, its call and its channel`() {
        let reading = WaitReading(
            request: WaitRequest(target: unchecked(pid: 1, tid: 2)), samples: 200,
            sites: [
                .init(
                    activity: .systemCall("futex", waitChannel: "futex_do_wait"), samples: 196,
                    longest: .milliseconds(4200), object: "0x7f3a40, with 3 others"),
                .init(activity: .running, samples: 2),
                .init(activity: .outside(waitChannel: "folio_wait_bit"), samples: 1),
                .init(activity: .state(.diskSleep), samples: 1),
            ])
        #expect(
            reading.report.tables.map(\.text) == [
                ReportText(
                    heads: ["SHARE%", "LONGEST", "CALL", "WCHAN", "WAITS FOR"],
                    rows: [
                        ["98.0", "4.2s", "futex", "futex_do_wait", "0x7f3a40, with 3 others"],
                        ["1.0", "0s", "[runnable]", "-", "-"],
                        ["0.5", "0s", "[no system call]", "folio_wait_bit", "-"],
                        ["0.5", "0s", "[state D]", "-", "-"],
                    ], words: [2, 3, 4])
            ])
    }
}

struct StackTextTests {
    func group(_ chain: [String], threads: Int, gap: String? = nil) -> StackListing.Group {
        StackListing.Group(
            frames: chain.map(madeFrame),
            threads: (0..<Int32(threads)).map {
                .init(
                    id: ThreadIdentity(tid: ThreadID(4131 + $0), startTime: ClockTicks(1)),
                    name: "worker-\($0)", state: .sleeping)
            }, gap: gap)
    }

    @Test func `a group is its count, its chain and its threads`() {
        let group = group(["k:futex_wait", "pthread_cond_wait", "?:worker_loop"], threads: 37)
        #expect(group.title == "37 threads")
        #expect(group.chain == "futex_wait [k] < pthread_cond_wait < worker_loop (?)")
        #expect(group.members(most: 2) == "T4131 worker-0 S, T4132 worker-1 S, 35 more")
    }

    @Test func `a gap is told where the chain ends`() {
        #expect(group(["read"], threads: 1, gap: "no rights").chain == "read < (no rights)")
        #expect(group([], threads: 1, gap: "it runs").chain == "(it runs)")
        #expect(group([], threads: 1).title == "1 thread")
    }

    @Test func `the listing says how many there are`() {
        let process = ProcessIdentity(pid: ProcessID(1), startTime: ClockTicks(1))
        var listing = StackListing(
            request: StacksRequest(process: process),
            groups: [group(["a"], threads: 37), group(["b"], threads: 1)])
        #expect(listing.summary == "38 threads in 2 groups")
        listing.missing = 2
        #expect(listing.summary == "38 threads in 2 groups; 2 could not be read")
    }
}
