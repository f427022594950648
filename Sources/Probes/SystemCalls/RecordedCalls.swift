import CLinux
import Glibc
import ProcFormats
import Samples
import SystemPackage
import Units

/// Calls by the tracepoints of entry and return, for kernels that take no program of ours: each is
/// counted, and told by a record as long as there is room.
///
/// That costs the target about a microsecond a call, 4 % of its time at 40,000 a second, whether the
/// records fit or not. The rings are emptied ten times a second: of a storm of calls, the names of a
/// part are told, and our own work stays small.
final class RecordedCalls: CallSource {
    let method = SystemCallCount.Method.counted
    private(set) var notes = [
        "While it is on, each system call takes about 1 us longer in the target, "
            + "0.05 us in every other program."
    ]
    let offers: [ProbeOffer] = []

    private static let period: Duration = .milliseconds(100)
    /// Bytes of all rings: room for 3,400 calls of 96 and 56 bytes.
    private static let mostBytes = 512 * 1024
    private static let leastBytes = 32 * 1024
    private static let mostThreads = 128

    private let target: CallTarget
    private let tracepoints: Tracefs.Tracepoints
    private var threads: [ThreadID: Recorded] = [:]
    private var listingDue: ContinuousClock.Instant
    private var found = CallTally()

    /// A thread that is listened to.
    private struct Recorded {
        let enter: PerfEvent
        let leave: PerfEvent
        let ring: PerfRing
        /// The call that it is in, if its entry was told.
        var pending: (number: Int32, since: UInt64)?
    }

    init(_ target: CallTarget, _ tracepoints: Tracefs.Tracepoints) throws(TracefsError) {
        self.target = target
        self.tracepoints = tracepoints
        listingDue = .now + .seconds(1)
        do throws(Errno) {
            try list()
        } catch {
            throw .noEvents(error)
        }
    }

    func end() { threads.removeAll() }

    func collect(until moment: ContinuousClock.Instant, unless stop: StopSign) -> Bool {
        while ContinuousClock.now < moment {
            if stop.wait(until: min(moment, .now + Self.period)) { break }
            for thread in threads.keys { drain(thread) }
            if target.thread == nil, ContinuousClock.now >= listingDue {
                try? list()
                listingDue = .now + .seconds(1)
            }
        }
        return true
    }

    func tally() -> CallTally {
        // Counted first: what is entered meanwhile would be counted and not told.
        let counted = threads.values.reduce(0) { $0 + Int($1.enter.count ?? 0) }
        for thread in threads.keys { drain(thread) }
        let told = found.calls.values.reduce(0) { $0 + $1.entered }
        found.total = max(counted, told)
        return found
    }

    private func drain(_ thread: ThreadID) {
        guard var recorded = threads[thread] else { return }
        recorded.ring.drain { bytes in
            guard let record = try? PerfRecord(parsing: bytes, [.time, .raw]) else { return }
            switch record {
            case .sample(let sample): take(sample, bytes, &recorded.pending)
            // Its return may be among them.
            case .lost: recorded.pending = nil
            default: break
            }
        }
        threads[thread] = recorded
    }

    /// The `format` files of sys_enter and sys_exit: the tracepoint's number in two bytes, and from
    /// the eighth on the call's number and, of a return, what it returns.
    private func take(
        _ sample: PerfSample, _ bytes: RawSpan, _ pending: inout (number: Int32, since: UInt64)?
    ) {
        guard sample.raw.count >= 16 else { return }
        let start = sample.raw.lowerBound
        let tracepoint = bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt16.self)
        let number = bytes.unsafeLoadUnaligned(fromByteOffset: start + 8, as: Int32.self)
        if UInt64(tracepoint) == tracepoints.enter {
            found.calls[number, default: CallTally.Figures()].entered += 1
            pending = (number, sample.time)
        } else if sample.raw.count >= 24, let call = pending, call.number == number {
            let result = bytes.unsafeLoadUnaligned(fromByteOffset: start + 16, as: Int64.self)
            found.addReturn(
                of: number, after: .nanoseconds(Int64(sample.time &- call.since)),
                result: Int(result))
            pending = nil
        }
    }

    /// Listens to threads that are new.
    private func list() throws(Errno) {
        let all = target.threads
        let new = all.filter { threads[$0] == nil }.prefix(Self.mostThreads - threads.count)
        var size = Self.mostBytes
        while size > Self.leastBytes, size * all.count > Self.mostBytes { size /= 2 }
        for thread in new {
            do throws(Errno) {
                threads[thread] = try listen(to: thread, ringBytes: size)
            } catch .noSuchProcess {
                continue
            }
        }
        guard target.thread == nil, notes.count == 1 else { return }
        notes.append(
            all.count > Self.mostThreads
                ? "Of its \(all.count) threads \(Self.mostThreads) are counted."
                : "Threads that begin meanwhile are counted from when they are found: once a second."
        )
    }

    private func listen(to thread: ThreadID, ringBytes: Int) throws(Errno) -> Recorded {
        func open(_ tracepoint: UInt64) throws(Errno) -> PerfEvent {
            var request = PerfRequest(.tracepoint(id: tracepoint))
            request.rate = .period(1)
            request.fields = [.time, .raw]
            return try PerfEvent(request, thread: thread)
        }
        let enter = try open(tracepoints.enter)
        let leave = try open(tracepoints.leave)
        let ring = try PerfRing(of: enter, byteCount: ringBytes)
        try leave.share(ringOf: enter)
        try leave.enable()
        try enter.enable()
        return Recorded(enter: enter, leave: leave, ring: ring)
    }
}
