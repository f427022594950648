import Probes
import ProcFormats
import Samples
import Units

/// More of what probes found: every field has a value somewhere and is not known elsewhere.
enum MadeReadings {
    static let process = ProcessIdentity(pid: ProcessID(2214), startTime: ClockTicks(5))
    static let thread = ThreadTarget(
        process: process, thread: ThreadIdentity(tid: ThreadID(4127), startTime: ClockTicks(6)))
    private static let other = ThreadIdentity(tid: ThreadID(4131), startTime: ClockTicks(7))

    private static let frames = [
        CodeFrame(name: "main", module: "streamd"),
        CodeFrame(name: "spin<int>", module: nil, isUnnamed: true, isGuessed: true),
        CodeFrame(name: "read", module: "[kernel]", origin: .kernel),
    ]

    static let profile = made(.process(process), .perfEvents(kernel: false))
    static let stopProfile = made(.host, .stops)

    private static func made(_ target: ProbeTarget, _ method: Profile.Method) -> Profile {
        Profile(
            request: ProfileRequest(target: target, event: .cpuClock(frequency: 49), seconds: 3),
            method: method, elapsed: .milliseconds(2996), samples: 30_017, lost: 3, frames: frames,
            stacks: [
                Profile.Stack(frames: [0, 1], thread: 0, count: 20_000),
                Profile.Stack(frames: [0, 2], thread: 1, count: 10_016),
                Profile.Stack(frames: [], thread: 1, count: 1),
            ],
            threads: [
                Profile.Thread(
                    process: process.pid, tid: thread.thread.tid, name: "po\"ll\u{7}",
                    samples: 20_000),
                Profile.Thread(
                    process: process.pid, tid: other.tid, name: "rdk:broker1", samples: 10_017),
            ],
            notes: ["user functions only", "second"])
    }

    static let counted =
        (SystemCallCount(
            request: SystemCallRequest(target: .process(process)), method: .traced,
            elapsed: .milliseconds(4321), total: 17_000_123,
            calls: [
                .init(
                    name: "futex", count: 17_000_000, errors: 29_500,
                    time: .nanoseconds(1_200_345_678), returned: 16_999_999),
                .init(name: "write", count: 3, errors: 0, time: .zero, returned: 0),
                .init(name: "syscall 999", count: 2),
            ],
            lost: 118, cpuTime: .microseconds(4_600_001), conclusion: "it waits",
            notes: ["costs 36 ns a call"],
            offers: []))

    static let polled =
        (SystemCallCount(
            request: SystemCallRequest(target: .thread(thread)), method: .polled,
            elapsed: .seconds(5),
            calls: [
                .init(name: "poll", pollShare: Percent(97.98)), .init(name: "read"),
            ],
            conclusion: "asleep in poll",
            offers: [
                ProbeOffer(
                    price: "stop it at each call",
                    request: SystemCallRequest(target: .thread(thread), method: .traced))
            ]))

    static let waits =
        (WaitReading(
            request: WaitRequest(target: thread), elapsed: .milliseconds(5003), samples: 250,
            sites: [
                .init(
                    activity: .systemCall("futex", waitChannel: "futex_do_wait"), samples: 200,
                    longest: .milliseconds(2100), kernelStack: ["futex_do_wait", "do_futex"],
                    object: "0x7f3a40, with 3 others"),
                .init(activity: .running, samples: 30, longest: .microseconds(20_001)),
                .init(
                    activity: .outside(waitChannel: "folio_wait_bit"), samples: 15, kernelStack: []),
                .init(activity: .state(.diskSleep), samples: 5),
            ],
            cpuTime: .microseconds(90_123), runDelay: .nanoseconds(1_499),
            conclusion: "asleep 80 %", notes: ["kernel stacks are for root"]))

    static let stacks =
        (StackListing(
            request: StacksRequest(process: process),
            groups: [
                .init(
                    frames: [frames[2], frames[0], frames[1]],
                    threads: [
                        .init(id: thread.thread, name: "poll", state: .sleeping),
                        .init(id: other, name: "rdk:broker1", state: .diskSleep),
                    ]),
                .init(
                    frames: [], threads: [.init(id: other, name: "x", state: .running)],
                    gap: "runs"),
            ],
            missing: 2, notes: ["read in 40 ms"],
            offer: ProbeOffer(
                price: "stop each",
                request: StacksRequest(process: process, method: .stopping))))

    static let stoppedStacks =
        (StackListing(
            request: StacksRequest(process: process, method: .stopping),
            longestStop: .nanoseconds(1_234_567)))
}
