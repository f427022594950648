import Probes
import ProcSampling
import Units

/// What probes found of threads, the latest of each kind: one reads it beside the thread's figures.
struct ProbeResults: Sendable {
    /// A sentence, and when it was found.
    struct Finding: Sendable {
        var text: String
        var at: Duration
    }

    struct Result: Sendable {
        var profile: Finding?
        /// The call chain with the most samples, as flame graphs fold it.
        var way: String?
        var systemCalls: Finding?
        var waits: Finding?
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
            update(target.thread) { result in
                result.profile = Finding(
                    text: "\(profile.samples) samples: \(profile.headline())", at: now)
                result.way = Self.heaviestWay(profile)
            }
        case .systemCalls(let count):
            guard case .thread(let target) = count.request.target else { return }
            update(target.thread) { $0.systemCalls = Finding(text: count.conclusion, at: now) }
        case .waits(let waits):
            update(waits.request.target.thread) {
                $0.waits = Finding(text: waits.conclusion, at: now)
            }
        case .stacks: break
        }
    }

    private mutating func update(_ thread: ThreadIdentity, _ change: (inout Result) -> Void) {
        order.removeAll { $0 == thread }
        order.append(thread)
        if order.count > Self.most { results[order.removeFirst()] = nil }
        change(&results[thread, default: Result()])
    }

    private static func heaviestWay(_ profile: Profile) -> String? {
        guard let stack = profile.stacks.max(by: { $0.count < $1.count }) else { return nil }
        let names = stack.frames.map { profile.frames[$0].name }
        return names.joined(separator: ";") + "  \(Percent(stack.count, of: profile.weight).text)%"
    }
}
