import CLinux
import Glibc
import ProcFormats
import ProcReading
import Samples
import Synchronization
import SystemPackage
import Units

/// Every call, by stopping the target at its entry and at its return: what strace does.
///
/// All is done by a thread of its own, and the target is let go by that thread's end: then the kernel
/// lets go of whoever it traces, running, asleep or stopped, and disturbs nobody. That is so as well
/// when dxtop is killed.
final class TracedCalls: CallSource {
    let method = SystemCallCount.Method.traced
    let notes = [
        "It was stopped twice for each call, and was slowed by that; the times of the calls include "
            + "it."
    ]
    let offers: [ProbeOffer] = []
    private let target: CallTarget
    private let tracer: CallTracer

    static func price(_ request: SystemCallRequest, _ target: CallTarget) -> String {
        """
        trace \(target.label) for \(request.seconds) s: stops it twice for each call, up to 115 us a \
        call, so a thread that makes many becomes tens to hundreds of times slower; at the start \
        \(ThreadStop.effect)
        """
    }

    init(_ target: CallTarget) throws(ProbeRefusal) {
        self.target = target
        for thread in target.threads { try Self.check(thread, target) }
        let tracer = CallTracer(target)
        self.tracer = tracer
        guard DetachedThread.start(name: "dxtop:trace", stackSize: 512 * 1024, { tracer.run() })
        else {
            throw ProbeRefusal("the system has no thread to give", remedy: "try again")
        }
        tracer.hasBegun.wait(atMost: .seconds(10))
        if let error = tracer.refusal {
            end()
            throw ProbeRefusal("\(target.label) cannot be traced: \(error)")
        }
    }

    deinit { end() }

    func collect(until moment: ContinuousClock.Instant, unless stop: StopSign) -> Bool {
        stop.wait(until: moment)
        return !tracer.hasEnded.isRaised
    }

    func tally() -> CallTally { tracer.tally }

    func end() {
        tracer.ending.raise()
        tracer.hasEnded.wait(atMost: .seconds(5))
        // It says so a moment before the kernel has let go.
        let deadline = ContinuousClock.now + .seconds(1)
        while ContinuousClock.now < deadline, target.threads.contains(where: tracer.traces) {
            usleep(5_000)
        }
    }

    private static func check(_ thread: ThreadID, _ target: CallTarget) throws(ProbeRefusal) {
        let identity = ThreadIdentity(
            tid: thread, startTime: target.thread?.startTime ?? target.process.startTime)
        let one = ThreadTarget(process: target.process, thread: identity)
        guard let reading = TargetReading.read(one) else { return }
        do throws(ToolRefusal) {
            try TargetRights(to: one, in: .current()).checkTracing(reading)
        } catch {
            throw ProbeRefusal(error.reason, remedy: error.remedy)
        }
    }
}

/// The thread that traces, and what it tells the others.
private final class CallTracer: Sendable {
    let ending = StopSign()
    let hasBegun = StopSign()
    let hasEnded = StopSign()
    private let target: CallTarget

    private struct State {
        var tally = CallTally(total: 0)
        /// The tracing thread, as the target's `TracerPid` has it.
        var number: ProcessID?
        var refusal: Errno?
    }
    private let state = Mutex(State())

    init(_ target: CallTarget) { self.target = target }

    var tally: CallTally { state.withLock { $0.tally } }
    var refusal: Errno? { state.withLock { $0.refusal } }

    /// Whether a thread is held by us.
    func traces(_ thread: ThreadID) -> Bool {
        guard let status = target.task(thread).status else { return false }
        return status.tracer != nil && status.tracer == state.withLock { $0.number }
    }

    func run() {
        defer { hasEnded.raise() }
        state.withLock { $0.number = ProcessID(clinux_thread_number()) }
        var timer: UnsafeMutableRawPointer?
        guard clinux_begin_waking(20, &timer) else {
            state.withLock { $0.refusal = Errno.current }
            return hasBegun.raise()
        }
        defer { clinux_end_waking(timer) }
        let error = seize()
        state.withLock { $0.refusal = error }
        hasBegun.raise()
        if error == nil { follow() }
    }

    /// Begins to trace all threads, those that begin meanwhile, too. Why none may be; nil if one is.
    private func seize() -> Errno? {
        var seen: Set<ThreadID> = []
        var isTracing = false
        var refusal = Errno.noSuchProcess
        while case let threads = target.threads.filter({ seen.insert($0).inserted }),
            !threads.isEmpty
        {
            for thread in threads {
                // A thread that one of ours has begun is traced by us already, and refuses.
                let error = clinux_trace_calls(thread.rawValue, target.thread == nil)
                if error == 0 {
                    isTracing = true
                    _ = clinux_interrupt(thread.rawValue)
                } else {
                    refusal = Errno(rawValue: error)
                }
            }
        }
        return isTracing ? nil : refusal
    }

    /// Lets them go from call to call until it is to end, or until nobody is left.
    private func follow() {
        var pending: [Int32: (number: Int32, since: ContinuousClock.Instant)] = [:]
        while !ending.isRaised {
            let stop = clinux_trace_wait()
            switch stop.kind {
            case CLINUX_STOP_NONE:
                continue
            case CLINUX_STOP_NOBODY:
                return
            case CLINUX_STOP_ENDED:
                pending[stop.thread] = nil
                continue
            case CLINUX_STOP_HALT:
                clinux_trace_stay(stop.thread)
                continue
            case CLINUX_STOP_ENTRY:
                let number = Int32(truncatingIfNeeded: stop.number)
                pending[stop.thread] = (number, .now)
                state.withLock { state in
                    state.tally.total = (state.tally.total ?? 0) + 1
                    state.tally.calls[number, default: CallTally.Figures()].entered += 1
                }
            case CLINUX_STOP_RETURN:
                guard let call = pending.removeValue(forKey: stop.thread) else { break }
                let time = ContinuousClock.now - call.since
                state.withLock {
                    $0.tally.addReturn(of: call.number, after: time, hasFailed: stop.has_failed)
                }
            default:
                break
            }
            clinux_trace_go_on(stop.thread, stop.signal)
        }
    }
}
