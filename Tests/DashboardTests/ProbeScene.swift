import Dashboard
import Probes
import ProcFormats
import ProcSampling
import Units

/// What probes found of the machine of `Scene`, made up.
extension Scene {
    static let target = ThreadTarget(process: streamd, thread: poll)

    /// The number of the probe that effects start; nil if they start none.
    static func started(_ effects: [Effect]) -> (request: any ProbeRequest, run: Int)? {
        for case .startProbe(let request, let run) in effects { return (request, run) }
        return nil
    }

    /// The same for a probe of one kind.
    static func started<Request: ProbeRequest>(
        _ effects: [Effect], as: Request.Type
    ) -> (request: Request, run: Int)? {
        guard let (request, run) = started(effects), let request = request as? Request else {
            return nil
        }
        return (request, run)
    }

    mutating func probe(_ event: ProbeEvent, run: Int) {
        _ = state.update(.probe(event, run: run), at: now)
    }

    /// What the probe that was asked for found.
    static func reading(of request: any ProbeRequest) -> (any ProbeReading)? {
        switch request {
        case let request as ProfileRequest: profile(request)
        case let request as SystemCallRequest: count(request)
        case let request as WaitRequest: waits(request)
        case let request as StacksRequest: stacks(request)
        default: nil
        }
    }

    /// The spin case, as its profile looked: three chains, one of them in the kernel, and a second
    /// thread that did little.
    static func profile(_ request: ProfileRequest, samples: Int = 495) -> Profile {
        let names: [(String, String, CodeFrame.Origin)] = [
            ("start_thread", "libc.so.6", .user), ("rd_kafka_consume0", "streamd", .user),
            ("rd_kafka_q_pop_serve", "streamd", .user), ("cnd_timedwait_abs", "streamd", .user),
            ("pthread_cond_timedwait", "libc.so.6", .user), ("clock_gettime", "[vdso]", .user),
            ("asm_sysvec_apic_timer_interrupt", "[kernel]", .kernel),
            ("app::Flusher::run()", "streamd", .user),
        ]
        let spin = [0, 1, 2, 3, 4]
        return Profile(
            request: request, method: .perfEvents(kernel: true), elapsed: .seconds(5),
            samples: samples, lost: 0,
            frames: names.map { CodeFrame(name: $0.0, module: $0.1, origin: $0.2) },
            stacks: [
                Profile.Stack(frames: spin, thread: 0, count: samples * 61 / 100),
                Profile.Stack(frames: spin + [5], thread: 0, count: samples * 31 / 100),
                Profile.Stack(frames: spin + [6], thread: 0, count: samples * 5 / 100),
                Profile.Stack(frames: [0, 7], thread: 1, count: samples * 3 / 100),
            ],
            threads: [
                Profile.Thread(
                    process: streamd.pid, tid: poll.tid, name: "poll", samples: samples * 97 / 100),
                Profile.Thread(
                    process: streamd.pid, tid: ThreadID(4131), name: "rdk:broker1",
                    samples: samples * 3 / 100),
            ])
    }

    static func count(_ request: SystemCallRequest) -> SystemCallCount {
        SystemCallCount(
            request: request, method: .counted, elapsed: .seconds(5), total: 63_000,
            calls: [
                SystemCallCount.Call(
                    name: "futex", count: 60_000, errors: 29_500, time: .milliseconds(1_200),
                    returned: 60_000),
                SystemCallCount.Call(
                    name: "write", count: 3_000, errors: 0, time: .milliseconds(54),
                    returned: 3_000),
            ],
            cpuTime: .milliseconds(4_600),
            conclusion: "12.6k calls/s, 95 % of them futex; half of those return an error",
            notes: ["while it counts, every system call on this box takes about 36 ns longer"])
    }

    static func waits(_ request: WaitRequest) -> WaitReading {
        WaitReading(
            request: request, elapsed: .seconds(5), samples: 250,
            sites: [
                WaitReading.Site(
                    activity: .systemCall("futex", waitChannel: "futex_do_wait"), samples: 245,
                    longest: .milliseconds(2_100),
                    kernelStack: ["futex_do_wait", "__futex_wait", "do_futex"],
                    object: "0x7f3a40, with 3 others: T4131 rdk:broker1, T4140 ws-write, T2214 main"
                ),
                WaitReading.Site(activity: .running, samples: 5, longest: .milliseconds(20)),
            ],
            cpuTime: .milliseconds(90), runDelay: .milliseconds(1),
            conclusion: "asleep 98 % of 5 s in futex(0x7f3a40), with 3 other threads")
    }

    static func stacks(_ request: StacksRequest) -> StackListing {
        let wait = [
            CodeFrame(name: "futex_wait", module: "[kernel]", origin: .kernel),
            CodeFrame(name: "pthread_cond_wait", module: "libc.so.6"),
            CodeFrame(name: "worker_loop", module: "streamd", isGuessed: true),
        ]
        let workers = (0..<37).map { number in
            StackListing.Thread(
                id: ThreadIdentity(
                    tid: ThreadID(5000 + Int32(number)), startTime: ClockTicks(9100)),
                name: "worker-\(number)", state: .sleeping)
        }
        let poll = StackListing.Thread(id: Self.poll, name: "poll", state: .running)
        return StackListing(
            request: request,
            groups: [
                StackListing.Group(frames: wait, threads: workers),
                StackListing.Group(frames: [], threads: [poll], gap: "it runs: p profiles it"),
            ],
            missing: 1, notes: ["read from outside in 40 ms"],
            offer: ProbeOffer(
                price: "stop each of 38 threads for about 100 us",
                request: StacksRequest(process: streamd, method: .stopping)))
    }
}
