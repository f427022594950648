import ProcFormats
import ProcReading
import Samples
import Units

/// CPU time that a target used while it was sampled, by its own clock.
struct TargetUse {
    private let target: ProbeTarget
    private let start: Duration?
    private var begin: Duration?
    private var latest: Duration?

    init(of target: ProbeTarget) {
        self.target = target
        start = Self.now(target)
        (begin, latest) = (start, start)
    }

    /// What was known stands when it has ended.
    mutating func read() { latest = Self.now(target) ?? latest }

    /// `sinceBegin` counts from now on.
    mutating func restart() { begin = latest }

    /// Nil where it is not known, as of the host.
    var total: Duration? { difference(from: start) }
    var sinceBegin: Duration? { difference(from: begin) }

    private func difference(from earlier: Duration?) -> Duration? {
        guard let latest, let earlier else { return nil }
        return max(.zero, latest - earlier)
    }

    private static func now(_ target: ProbeTarget) -> Duration? {
        let used: Nanoseconds? =
            switch target {
            case .thread(let target):
                TaskHandle(target.thread, of: target.process.pid).times?.runTime
            case .process(let process): CPUClock.read(process.pid)
            case .host: nil
            }
        return used.map { .nanoseconds(Int64(clamping: $0.rawValue)) }
    }
}
