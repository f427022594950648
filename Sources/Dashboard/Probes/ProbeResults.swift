import Probes
import ProcSampling

/// What probes found of threads, the latest of each kind: one reads it beside the thread's figures.
struct ProbeResults: Sendable {
    struct Result: Sendable {
        var profile: (Profile, at: Duration)?
        var systemCalls: (SystemCallCount, at: Duration)?
        var waits: (WaitReading, at: Duration)?
    }

    private var results: [ThreadIdentity: Result] = [:]
    private var order: [ThreadIdentity] = []
    private static let most = 32

    subscript(thread: ThreadIdentity) -> Result? { results[thread] }

    mutating func note(_ reading: ProbeReading, at now: Duration) {
        switch reading {
        case .profile(let profile):
            guard case .thread(let target) = profile.request.target,
                case .cpuClock = profile.request.event
            else { return }
            update(target.thread) { $0.profile = (profile, now) }
        case .systemCalls(let count):
            guard case .thread(let target) = count.request.target else { return }
            update(target.thread) { $0.systemCalls = (count, now) }
        case .waits(let waits):
            update(waits.request.target.thread) { $0.waits = (waits, now) }
        case .stacks: break
        }
    }

    private mutating func update(_ thread: ThreadIdentity, _ change: (inout Result) -> Void) {
        order.removeAll { $0 == thread }
        order.append(thread)
        if order.count > Self.most { results[order.removeFirst()] = nil }
        change(&results[thread, default: Result()])
    }
}
