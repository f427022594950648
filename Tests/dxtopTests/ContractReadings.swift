import Probes
import ProcFormats
import ProcSampling
import Units

/// What each probe found of `ContractMachine`, and what the doctor says of it.
enum ContractReadings {
    private static let target = ThreadTarget(
        process: ContractMachine.streamd, thread: ContractMachine.poll)

    static let profile = Profile(
        request: ProfileRequest(target: .thread(target), event: .cpuClock(frequency: 99)),
        method: .perfEvents(kernel: true), elapsed: .milliseconds(5004), samples: 8, lost: 1,
        frames: [
            CodeFrame(name: "main", module: "streamd"),
            CodeFrame(name: "spin", module: nil, isGuessed: true),
            CodeFrame(name: "read", module: "[kernel]", origin: .kernel),
        ],
        stacks: [
            Profile.Stack(frames: [0, 1], thread: 0, count: 6),
            Profile.Stack(frames: [0, 2], thread: 0, count: 2),
        ],
        threads: [
            Profile.Thread(
                process: target.process.pid, tid: target.thread.tid, name: "poll", samples: 8)
        ],
        notes: ["user functions only"])

    static let faults = Profile(
        request: ProfileRequest(target: .process(target.process), event: .pageFaults),
        method: .perfEvents(kernel: false), elapsed: .milliseconds(5004), samples: 8,
        frames: [CodeFrame(name: "fill", module: "streamd")],
        stacks: [Profile.Stack(frames: [0], thread: 0, count: 8)],
        threads: [
            Profile.Thread(
                process: target.process.pid, tid: target.thread.tid, name: "poll", samples: 8)
        ])

    private static let offer = ProbeOffer(
        price: "stops it twice a call",
        request: SystemCallRequest(target: .thread(target), method: .traced))

    static let counted = SystemCallCount(
        request: SystemCallRequest(target: .thread(target)), method: .counted,
        elapsed: .seconds(5), total: 10,
        calls: [
            .init(name: "poll", count: 10, errors: 1, time: .microseconds(90), returned: 9)
        ],
        cpuTime: .microseconds(49), conclusion: "it polls", notes: ["a note"], offers: [offer])

    static let polled = SystemCallCount(
        request: SystemCallRequest(target: .process(target.process)), method: .polled,
        elapsed: .seconds(5), calls: [.init(name: "poll", pollShare: Percent(98.0))],
        conclusion: "it polls", offers: [])

    static let waits = WaitReading(
        request: WaitRequest(target: target), elapsed: .seconds(5), samples: 6,
        sites: [
            .init(
                activity: .systemCall("futex", waitChannel: "futex_do_wait"), samples: 3,
                longest: .seconds(2), kernelStack: ["futex_do_wait", "do_futex"], object: "0x7f"),
            .init(activity: .state(.diskSleep)),
            .init(activity: .running, samples: 2, longest: .milliseconds(20)),
        ], cpuTime: .microseconds(49), runDelay: .milliseconds(1), conclusion: "asleep",
        notes: ["a note"])

    static let stacks = StackListing(
        request: StacksRequest(process: target.process),
        groups: [
            .init(
                frames: [CodeFrame(name: "read", module: "libc.so.6")],
                threads: [.init(id: target.thread, name: "poll", state: .sleeping)]),
            .init(
                frames: [], threads: [.init(id: target.thread, name: "run", state: .running)],
                gap: "no rights"),
        ],
        longestStop: .microseconds(120), missing: 1, notes: ["a note"], offer: offer)

    static let doctor = DoctorReport(lines: [
        .init(subject: "perf events", mark: .ok, what: "profiles at 99 Hz"),
        .init(
            subject: "tracepoints", mark: .part, what: "polling does without",
            why: "tracefs is not mounted", remedy: "mount -t tracefs none /sys/kernel/tracing"),
        .init(subject: "ptrace", mark: .no, what: "no stacks", why: "not permitted"),
    ])
}
