import Probes
import ProcFormats
import Samples
import Testing
import Units

@testable import dxtop

/// What the commands of probes print: JSON with the promised names and null for what is not known,
/// text with what matters first.
struct ProbeCommandTextTests {
    private let target = ThreadTarget(
        process: ProcessIdentity(pid: ProcessID(2214), startTime: ClockTicks(5)),
        thread: ThreadIdentity(tid: ThreadID(4127), startTime: ClockTicks(6)))

    private func profile(_ event: ProfileRequest.Event = .cpuClock(frequency: 99)) -> Profile {
        Profile(
            request: ProfileRequest(target: .thread(target), event: event),
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
                    process: target.process.pid, tid: target.thread.tid, name: "poll\u{1B}[2J",
                    samples: 8)
            ],
            notes: ["user functions only"])
    }

    private func file(_ ending: String, _ profile: Profile) throws -> String {
        let kind = ProbeKind.profile
        let contents = try kind.contents(
            of: kind.file(at: "." + ending), from: profile, about: "t")
        return String(decoding: contents, as: UTF8.self)
    }

    private func json(_ profile: Profile) throws -> String { try file("json", profile) }

    private func json(_ reading: any ProbeReading) throws -> String {
        try JSONText.encode(reading.report.document())
    }

    @Test func aProfileHasTheNamesPromised() throws {
        #expect(
            try json(profile()) == #"""
                {"event":"cpu_clock","frequency":99,"functions":[\#
                {"guessed":true,"kernel":false,"module":null,"name":"spin",\#
                "self_percent":75,"total_percent":75},\#
                {"guessed":false,"kernel":true,"module":"[kernel]","name":"read",\#
                "self_percent":25,"total_percent":25},\#
                {"guessed":false,"kernel":false,"module":"streamd","name":"main",\#
                "self_percent":0,"total_percent":100}],\#
                "kernel":true,"lost":1,"method":"perf_events","notes":["user functions only"],\#
                "page_bytes":null,"pid":2214,"samples":8,"schema":1,"seconds":5,"stacks":[\#
                {"bytes":null,"frames":["main","spin"],"samples":6,"tid":4127},\#
                {"bytes":null,"frames":["main","read"],"samples":2,"tid":4127}],\#
                "threads":[{"function":"spin (?)","function_percent":75,"name":"poll\u001b[2J",\#
                "pid":2214,"samples":8,"tid":4127}],"tid":4127}

                """#)
    }

    @Test func pageFaultsAreBytes() throws {
        let json = try json(profile(.pageFaults))
        let page = Machine.current.units.pageSize.rawValue
        #expect(json.contains(#""event":"page_faults","frequency":null"#))
        #expect(json.contains(#""page_bytes":\#(page),"#))
        #expect(json.contains(#"{"bytes":\#(6 * page),"frames":["main","spin"],"samples":null,"#))
    }

    @Test func ofTheWholeMachineThereIsNoNumber() throws {
        var whole = profile()
        whole.request.target = .host
        let json = try json(whole)
        #expect(json.contains(#""pid":null,"samples""#))
        #expect(json.hasSuffix(#""tid":null}"# + "\n"))
    }

    @Test func textSaysWhatMattersFirst() {
        #expect(
            profile().report.lines == [
                #"T4127 poll\e[2J, CPU at 99 Hz"#,
                "8 samples in 5.0s, about 91ms of CPU, 25.0 % in the kernel; 1 more were lost",
                "spin (?) 75 %, read [k] 25 %", "",
                "SELF%  TOTAL%  COUNT  MODULE    FUNCTION",
                " 75.0    75.0      6  -         spin (?)",
                " 25.0    25.0      2  [kernel]  read [k]",
                "  0.0     100      8  streamd   main", "",
                "CALLS, callers first; from 5 % on", "  100 %  main", " 75.0 %    spin (?)",
                " 25.0 %    read [k]", "", "note: user functions only",
            ])
    }

    private func count(_ method: SystemCallCount.Method) -> SystemCallCount {
        let request = SystemCallRequest(target: .thread(target))
        var count = SystemCallCount(
            request: request, method: method, elapsed: .seconds(5), conclusion: "it polls",
            offers: [
                ProbeOffer(
                    price: "stops it twice a call",
                    request: SystemCallRequest(target: .thread(target), method: .traced))
            ])
        if method == .polled {
            count.calls = [.init(name: "poll", pollShare: Percent(98.0))]
        } else {
            count.total = 10
            count.calls = [
                .init(
                    name: "poll", count: 10, errors: 1, time: .microseconds(90), returned: 9)
            ]
        }
        return count
    }

    @Test func systemCallsHaveTheNamesPromised() throws {
        #expect(
            try json(count(.counted)) == #"""
                {"calls":[{"count":10,"errors":1,"mean_microseconds":10,"met_percent":null,\#
                "name":"poll","per_second":2,"total_microseconds":90}],"conclusion":"it polls",\#
                "cpu_seconds":null,"lost":0,"method":"counted","notes":[],\#
                "offers":["stops it twice a call"],"pid":2214,"schema":1,"seconds":5,"tid":4127,\#
                "total":10}
                """#)
    }

    @Test func whatWasPolledHasNoCounts() throws {
        let json = try json(count(.polled))
        #expect(
            json.contains(
                #"""
                {"count":null,"errors":null,"mean_microseconds":null,"met_percent":98,\#
                "name":"poll","per_second":null,"total_microseconds":null}
                """#))
        #expect(json.hasSuffix(#""total":null}"#))
    }

    @Test func anOfferNamesItsOption() {
        #expect(
            count(.counted).report.lines == [
                "it polls", "10 calls, counted for 5.0s", "",
                "COUNT  CALLS/s  SHARE%  ERR  MEAN  TIME  CALL",
                "   10        2     100    1  10us  90us  poll", "",
                "note: to see more, --traced would: stops it twice a call",
            ])
    }

    @Test func aRefusalIsOneSentenceWithItsWayOut() {
        let offer = ProbeOffer(
            price: "stop it 20 times a second",
            request: ProfileRequest(target: .host, mayStop: true))
        #expect(
            ProbeRefusal("not permitted", remedy: "be root", offer: offer).lines
                == ["not permitted; be root", "--stopping would: stop it 20 times a second"])
        #expect(ProbeRefusal("it has ended").lines == ["it has ended"])
    }

    @Test func waitsSayWhereAndWhatFor() throws {
        let waits = WaitReading(
            request: WaitRequest(target: target), elapsed: .seconds(5), samples: 4,
            sites: [
                .init(
                    activity: .systemCall("futex", waitChannel: "futex_do_wait"), samples: 3,
                    longest: .seconds(2), kernelStack: ["futex_do_wait", "do_futex"],
                    object: "0x7f"),
                .init(activity: .state(.diskSleep)),
            ], cpuTime: .microseconds(49), conclusion: "asleep")
        #expect(
            try json(waits) == #"""
                {"conclusion":"asleep","cpu_seconds":4.9e-05,"looks":4,"notes":[],"pid":2214,\#
                "places":[{"kernel_stack":["futex_do_wait","do_futex"],"longest_seconds":2,"looks":3,"object":"0x7f",\#
                "percent":75,"running":false,"state":null,"system_call":"futex",\#
                "wait_channel":"futex_do_wait"},\#
                {"kernel_stack":null,"longest_seconds":0,"looks":1,"object":null,"percent":25,\#
                "running":false,"state":"D","system_call":null,"wait_channel":null}],\#
                "run_delay_seconds":null,"schema":1,"seconds":5,"tid":4127}
                """#)
        #expect(
            waits.report.lines == [
                "asleep", "", "SHARE%  LONGEST  CALL       WCHAN          WAITS FOR",
                "  75.0     2.0s  futex      futex_do_wait  0x7f",
                "  25.0       0s  [state D]  -              -", "",
                "KERNEL STACKS, the innermost function first", "futex: futex_do_wait < do_futex",
            ])
    }

    @Test func stacksAreGrouped() throws {
        let listing = StackListing(
            request: StacksRequest(process: target.process),
            groups: [
                .init(
                    frames: [CodeFrame(name: "read", module: "libc.so.6")],
                    threads: [.init(id: target.thread, name: "poll", state: .sleeping)],
                    gap: "no rights")
            ])
        #expect(
            try json(listing) == #"""
                {"groups":[{"count":1,"frames":[{"guessed":false,"kernel":false,\#
                "module":"libc.so.6","name":"read"}],"gap":"no rights",\#
                "threads":[{"name":"poll","state":"S","tid":4127}]}],\#
                "longest_stop_microseconds":null,"missing":0,"notes":[],"offer":null,"pid":2214,\#
                "schema":1,"stopped":false}
                """#)
        #expect(
            listing.report.lines == [
                "1 thread in 1 group", "", "1 thread  read < (no rights)", "  T4127 poll S",
            ])
    }

    @Test func filesOfAProfileAreWhatTheirNamesSay() throws {
        #expect(try file("folded", profile()).hasPrefix(#"poll\e[2J;main;read_[k] 2"# + "\n"))
        #expect(try file("svg", profile()).hasPrefix("<?xml"))
        #expect(try file("json", profile()).hasSuffix("}\n"))
        #expect(ProbeKind.profile.file(at: "/tmp/a.svg").ending == "svg")
        #expect(ProbeKind.profile.file(at: "/tmp/a.json").ending == "json")
        #expect(ProbeKind.profile.file(at: "/tmp/svg").ending == "folded")
        for format in ProfileFormat.allCases {
            #expect(format.file.ending == format.rawValue)
        }
    }
}
