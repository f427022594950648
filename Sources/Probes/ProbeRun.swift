import ProcReading
import Samples

/// One run of a probe, on a thread of its own.
package final class ProbeRun: Sendable {
    private let stopSign = StopSign()
    private let done = StopSign()

    private init() {}

    /// Starts. `report` is called from that thread, with one event at a time.
    package static func start(
        _ request: any ProbeRequest, report: @escaping @Sendable (ProbeEvent) -> Void
    ) -> ProbeRun {
        let run = ProbeRun()
        // Symbols of large programs and their unwind tables are read on this stack.
        let isStarted = DetachedThread.start(name: "dxtop:probe", stackSize: 8 << 20) {
            report(run.outcome(of: request, report: report))
            FreedMemory.giveBack()
            run.done.raise()
        }
        if !isStarted {
            report(.refused(ProbeRefusal("the system has no thread to give", remedy: "try again")))
            run.done.raise()
        }
        return run
    }

    private func outcome(
        of request: some ProbeRequest, report: (ProbeEvent) -> Void
    ) -> ProbeEvent {
        do throws(ProbeRefusal) {
            return .finished(try request.run(until: stopSign) { report(.reading($0)) })
        } catch {
            return .refused(error)
        }
    }

    /// Asks it to end; what it has found comes as `finished`. Returns at once.
    package func stop() { stopSign.raise() }

    package var isFinished: Bool { done.isRaised }

    /// Waits until it has let go of its target. For the way out of the program.
    package func wait(atMost patience: Duration) { done.wait(atMost: patience) }
}
