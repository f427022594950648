import ProcReading
package import Samples
import Synchronization

/// Counts the system calls of threads whose verdict depends on it, unasked and beside the sampling.
///
/// Only by programs in the kernel: they stop nobody, and where they may not be used nothing is
/// counted. While they are on, each call takes 0.2 us longer in every program of the machine. So one
/// thread is counted at a time, for a second, and then none for the rest of `period`. That is a
/// fiftieth of a CPU on average where a machine makes a million calls a second.
package final class CandidateCounting: Sendable {
    private struct Work {
        /// Ends the count that goes on.
        var stop: StopSign?
        var earliest = ContinuousClock.now
    }

    private static let span: Duration = .seconds(1)

    /// From the beginning of one count to that of the next.
    private let period: Duration
    private let work = Mutex(Work())
    private let report: @Sendable (CountedSystemCalls) -> Void

    /// - Parameter report: is called from a thread of its own.
    package init(
        period: Duration = .seconds(10), report: @escaping @Sendable (CountedSystemCalls) -> Void
    ) {
        self.period = period
        self.report = report
    }

    var isAtWork: Bool { work.withLock { $0.stop != nil } }

    /// Counts the first of these, if it is time for another one. Returns at once.
    package func count(_ candidates: [ThreadTarget]) {
        guard let target = candidates.first else { return }
        let stop: StopSign? = work.withLock { work in
            guard work.stop == nil, .now >= work.earliest else { return nil }
            let stop = StopSign()
            work.stop = stop
            work.earliest = .now + period
            return stop
        }
        guard let stop else { return }
        let isStarted = DetachedThread.start(name: "dxtop:count", stackSize: 512 * 1024) { [self] in
            let counted = Self.calls(of: target, until: stop)
            finish()
            if let counted { report(counted) }
        }
        if !isStarted { finish() }
    }

    /// Lets go of the thread that is counted; what was found of it is lost.
    package func stop() { work.withLock { $0.stop }?.raise() }

    private func finish() { work.withLock { $0.stop = nil } }

    /// Nil where they cannot be counted, or were not for long enough.
    private static func calls(of thread: ThreadTarget, until stop: StopSign) -> CountedSystemCalls?
    {
        let request = SystemCallRequest(target: .thread(thread))
        guard let target = try? CallTarget(request.target), target.now != nil,
            let source = CountedCalls(target)
        else { return nil }
        defer { source.end() }
        let watch = CallWatch(request: request, target: target, source: source)
        _ = source.collect(until: watch.began + span, unless: stop)
        guard !stop.isRaised, target.now != nil else { return nil }
        return watch.reading().counted
    }
}
