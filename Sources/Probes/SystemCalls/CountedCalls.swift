import CLinux
import Glibc
import ProcReading
import Samples
import Units

/// Every call, counted by two small programs that the kernel runs at its entry and return; see
/// `CallCounter.h`.
final class CountedCalls: CallSource {
    let method = SystemCallCount.Method.counted
    /// Measured on a two-core virtual machine, with a loop of getppid.
    let notes = [
        "While it is on, each system call takes about 0.3 us longer in the target, "
            + "0.2 us in every other program."
    ]
    let offers: [ProbeOffer] = []
    private var counter: clinux_call_counter
    /// Of one number, a figure for each CPU that there can be.
    private var counts: [clinux_call_figures]

    /// Nil where the kernel does not take such programs, or not from us.
    init?(_ target: CallTarget) {
        // The kernel's programs know threads by their numbers in the first pid namespace.
        guard PIDNamespace.isFirst == true, let processors = Self.mostProcessors else { return nil }
        counter = clinux_call_counter()
        counts = Array(repeating: clinux_call_figures(), count: processors)
        let number = target.thread?.tid.rawValue ?? target.process.pid.rawValue
        guard clinux_begin_counting_calls(&counter, number, target.thread == nil) == 0 else {
            return nil
        }
    }

    /// Found out by counting our own for a moment.
    static var isPossible: Bool {
        let own = ProcessIdentity(pid: ProcessID(getpid()), startTime: ClockTicks(0))
        return (try? CallTarget(.process(own))).flatMap(CountedCalls.init) != nil
    }

    deinit { end() }

    func end() { clinux_end_counting_calls(&counter) }

    func collect(until moment: ContinuousClock.Instant, unless stop: StopSign) -> Bool {
        stop.wait(until: moment)
        return true
    }

    func tally() -> CallTally {
        var tally = CallTally()
        for number in 0..<UInt32(CLINUX_CALL_NUMBERS) {
            guard clinux_read_counted_calls(&counter, number, &counts) else { continue }
            var figures = CallTally.Figures()
            var results = CallTally.Results()
            for part in counts {
                figures.entered += Int(part.entered)
                figures.returned += Int(part.returned)
                figures.failed += Int(part.failed)
                results.zeros += Int(part.zeros)
                results.sum &+= Int(truncatingIfNeeded: part.sum)
                if part.errors > 0 { figures.error.add(Int32(truncatingIfNeeded: -part.error)) }
                if part.errors > 1 { figures.error = .several }
                figures.time += .nanoseconds(Int64(part.nanoseconds))
            }
            figures.results = results
            if figures.entered > 0 { tally.calls[Int32(number)] = figures }
        }
        tally.total = tally.calls.values.reduce(0) { $0 + $1.entered }
        return tally
    }

    /// From "0-127": the kernel writes a figure for every CPU that the machine can have.
    private static var mostProcessors: Int? {
        guard let bytes = try? smallFile("/sys/devices/system/cpu/possible") else { return nil }
        let last = String(decoding: bytes, as: UTF8.self).split { !$0.isNumber }.last
        return last.flatMap { Int($0) }.map { $0 + 1 }
    }
}
