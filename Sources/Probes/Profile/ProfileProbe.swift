import Samples
import SystemPackage
import Units

/// Samples call chains: by the kernel's events, which stop nobody; where these are not permitted, and
/// a person said yes, by stopping the threads for a moment each time.
struct ProfileProbe: Probe {
    let request: ProfileRequest

    init(_ request: ProfileRequest) { self.request = request }

    func run(
        until stop: StopSign, report: (ProbeReading) -> Void
    ) throws(ProbeRefusal) -> ProbeReading {
        try TargetLife(of: request.target).check()
        var profile: EventProfile
        do throws(Errno) {
            profile = try EventProfile(request)
        } catch {
            var refusal = PerfRefusal(error, in: .current()).refusal(of: request.target)
            guard let stops = StopProfile(request) else { throw refusal }
            guard request.mayStop else {
                refusal.offer = stops.offer
                throw refusal
            }
            return .profile(try stops.run(until: stop) { report(.profile($0)) })
        }
        return .profile(profile.run(until: stop) { report(.profile($0)) })
    }
}
