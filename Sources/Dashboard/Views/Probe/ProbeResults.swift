import Probes
import Units

/// What probes found of threads, the latest of each kind: one reads it beside the thread's figures.
struct ProbeResults: Sendable {
    /// A remark, and when it was made.
    struct Finding: Sendable {
        var remark: ReportRemark
        var at: Duration
    }

    private var results: [ThreadIdentity: [ProbeKind: Finding]] = [:]
    private var order: [ThreadIdentity] = []
    private static let most = 32

    /// In the order of the probes' registry.
    subscript(thread: ThreadIdentity) -> [Finding] {
        let findings = results[thread] ?? [:]
        return ProbeKind.all.compactMap { findings[$0] }
    }

    mutating func note(_ remark: ReportRemark, at now: Duration) {
        order.removeAll { $0 == remark.thread }
        order.append(remark.thread)
        if order.count > Self.most { results[order.removeFirst()] = nil }
        results[remark.thread, default: [:]][remark.kind] = Finding(remark: remark, at: now)
    }
}
