import Samples
import SystemPackage

/// Samples call chains: by the kernel's events, which stop nobody; where these are not permitted, and
/// a person agreed, by stopping the threads for a moment each time.
extension ProfileRequest: ProbeRequest {
    package var kind: ProbeKind { event == .pageFaults ? .pageFaults : .profile }
    package var subject: ProbeTarget { target }
    package var time: Duration? { .seconds(seconds) }

    package var command: String {
        "dxtop profile \(target.option) --seconds \(seconds)"
            + (event == .pageFaults ? " --faults" : "")
    }

    package var consent: String? { mayStop ? "--stopping" : nil }

    package var withoutConsent: ProfileRequest {
        var request = self
        request.mayStop = false
        return request
    }

    package func run(
        until stop: StopSign, report: (Profile) -> Void
    ) throws(ProbeRefusal) -> Profile {
        try TargetLife(of: target).check()
        var profile: EventProfile
        do throws(Errno) {
            profile = try EventProfile(self)
        } catch {
            var refusal = PerfRefusal(error, in: .current()).refusal(of: target)
            guard let stops = StopProfile(self) else { throw refusal }
            guard mayStop else {
                refusal.offer = stops.offer
                throw refusal
            }
            return try stops.run(until: stop, report: report)
        }
        return profile.run(until: stop, report: report)
    }
}

extension ProbeKind {
    package static let profile = ProbeKind(
        id: "profile", title: "profile", label: "PROFILE",
        uses: [
            Use(
                .thread, "profile: functions it spends its CPU time in",
                effect: "5 s, no measurable overhead: 99 interrupts a second, at most 0.2 % of its"
                    + " time"),
            Use(
                .process, "profile of its process, thread by thread",
                effect: "5 s, no measurable overhead: 99 interrupts a second and busy CPU"),
            Use(
                .host, "profile of the whole host",
                effect: "5 s, no measurable overhead: 99 interrupts a second and busy CPU"),
        ],
        pages: [.functions, .callTree, .sampledThreads], files: [.flameGraph, .folded, .json],
        usualFile: .folded
    ) { ProfileRequest(target: $0) }

    package static let pageFaults = ProbeKind(
        id: "faults", title: "page faults", label: "FAULTS",
        uses: [
            Use(
                .process, "page faults of its process: which code grows its memory",
                effect: "10 s, slows page faults by some us each")
        ],
        pages: [.functions, .callTree, .sampledThreads], files: [.flameGraph, .folded, .json],
        usualFile: .folded
    ) { ProfileRequest(target: $0, event: .pageFaults, seconds: 10) }
}

extension ProbeFile {
    static let flameGraph = ProbeFile(
        ending: "svg", name: "a flame graph",
        contents: .own { reading, title in
            (reading as? Profile).map { FlameGraph.svg($0, title: title) }
        })

    static let folded = ProbeFile(
        ending: "folded", name: "stacks",
        contents: .own { reading, _ in (reading as? Profile).map(FoldedStacks.text) })
}
