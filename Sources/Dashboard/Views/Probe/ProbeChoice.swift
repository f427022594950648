import Probes
import ProcSampling

/// A probe that the tool menu offers for what is selected.
package struct ProbeChoice: Hashable, Sendable {
    /// The key that starts it without the menu, and in it.
    let key: Character?
    let title: String
    /// What it does to the target, and for how long.
    let effect: String
    let request: ProbeRequest
    let subject: ProbeSubject

    static func choices(
        of target: ThreadTarget, _ thread: ProbeSubject, _ process: ProbeSubject
    ) -> [ProbeChoice] {
        [
            ProbeChoice(
                key: "p", title: "profile: functions it spends its CPU time in",
                effect: "5 s, leaves it alone: 99 interrupts a second, at most 0.2 % of its time",
                request: .profile(ProfileRequest(target: .thread(target))), subject: thread),
            ProbeChoice(
                key: "n", title: "count its system calls, by name",
                effect: "5 s, leaves it alone; where it calls often, up to 1 us a call",
                request: .systemCalls(SystemCallRequest(target: .thread(target))), subject: thread),
            ProbeChoice(
                key: "o", title: "off-CPU: where it sleeps, and for what",
                effect: "5 s, leaves it alone: looks from outside, 50 times a second",
                request: .waits(WaitRequest(target: target)), subject: thread),
            ProbeChoice(
                key: "S", title: "stacks of all threads of its process",
                effect: "leaves it alone: stacks are read from outside, once",
                request: .stacks(StacksRequest(process: target.process)), subject: process),
            ProbeChoice(
                key: nil, title: "profile of its process, thread by thread",
                effect: "5 s, leaves it alone: 99 interrupts a second and busy CPU",
                request: .profile(ProfileRequest(target: .process(target.process))),
                subject: process),
            ProbeChoice(
                key: nil, title: "count the system calls of its process",
                effect: "5 s, leaves it alone; where it calls often, up to 1 us a call",
                request: .systemCalls(SystemCallRequest(target: .process(target.process))),
                subject: process),
            ProbeChoice(
                key: nil, title: "page faults of its process: which code grows its memory",
                effect: "10 s, slows page faults by some us each",
                request: .profile(
                    ProfileRequest(
                        target: .process(target.process), event: .pageFaults, seconds: 10)),
                subject: process),
            ProbeChoice(
                key: nil, title: "profile of the whole host",
                effect: "5 s, leaves it alone: 99 interrupts a second and busy CPU",
                request: .profile(ProfileRequest(target: .host)), subject: .host),
        ]
    }
}
