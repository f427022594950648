package import ProcSampling
package import Units

/// Which system calls a target made, as far as the method can tell.
package struct SystemCallCount: Hashable, Sendable {
    package var request: SystemCallRequest
    package var method: Method
    package var elapsed: Duration
    /// Calls that were entered; nil where they were only polled.
    package var total: Int?
    /// The most frequent first; those polled, the most often met.
    package var calls: [Call]
    /// Calls that the kernel could not tell us of by name, because we did not read in time: they are
    /// in `total`, not in `calls`.
    package var lost: Int
    /// CPU time that the target used meanwhile; nil if it could not be read.
    package var cpuTime: Duration?
    /// What the figures mean, in a sentence: "0 system calls in 10 s (counted), so it never entered
    /// the kernel".
    package var conclusion: String
    /// What the counting costs while it is on, and other things to know; a sentence each.
    package var notes: [String]
    /// What would tell more, for those who accept what it does: tracing, or mounting tracefs.
    package var offers: [ProbeOffer]
    /// When these figures were read, on the clock of `Snapshot.moment`.
    package var moment: Nanoseconds

    package enum Method: String, Hashable, Sendable {
        /// Every call, by the kernel's tracepoints.
        case counted
        /// By looking, again and again, in which call the target sleeps: short calls stay unseen.
        case polled
        /// Every call, by stopping at each.
        case traced
    }

    package struct Call: Hashable, Sendable {
        /// "read"; "syscall 999" where the number has no name.
        package var name: String
        /// Calls that were entered; nil where they were only polled.
        package var count: Int?
        /// Calls that returned an error; nil where that cannot be seen.
        package var errors: Int?
        /// Time from entry to return of those calls that did both; nil where it cannot be seen.
        package var time: Duration?
        /// How many calls returned, which `time` is of.
        package var returned: Int?
        /// Of those that returned, those that returned 0, and the sum of what the others did: bytes,
        /// where the call returns such. Nil where that cannot be seen.
        package var zeros: Int?
        package var sum: Int?
        /// "EAGAIN"; nil where they do not all fail in the same way, or where that cannot be seen.
        package var error: String?
        /// Of the looks, the share that found the target in this call; nil where it was counted.
        package var pollShare: Percent?

        package init(
            name: String, count: Int? = nil, errors: Int? = nil, time: Duration? = nil,
            returned: Int? = nil, zeros: Int? = nil, sum: Int? = nil, error: String? = nil,
            pollShare: Percent? = nil
        ) {
            self.name = name
            self.count = count
            self.errors = errors
            self.time = time
            self.returned = returned
            self.zeros = zeros
            self.sum = sum
            self.error = error
            self.pollShare = pollShare
        }
    }

    package init(
        request: SystemCallRequest, method: Method, elapsed: Duration = .zero, total: Int? = nil,
        calls: [Call] = [], lost: Int = 0, cpuTime: Duration? = nil, conclusion: String = "",
        notes: [String] = [], offers: [ProbeOffer] = [], moment: Nanoseconds = Nanoseconds(0)
    ) {
        self.request = request
        self.method = method
        self.elapsed = elapsed
        self.total = total
        self.calls = calls
        self.lost = lost
        self.cpuTime = cpuTime
        self.conclusion = conclusion
        self.notes = notes
        self.offers = offers
        self.moment = moment
    }

    /// For the verdict on a thread; nil for a process, and where not every call was counted. Who is
    /// stopped at each call makes few: of such only that there was none says something.
    package var counted: CountedSystemCalls? {
        guard case .thread(let target) = request.target, let total,
            method == .counted || total == 0
        else { return nil }
        return CountedSystemCalls(
            thread: target.thread, count: total, named: total - lost,
            calls: calls.prefix(CountedSystemCalls.mostCalls).map(\.counted), elapsed: elapsed,
            cpuTime: cpuTime, moment: moment)
    }
}

extension SystemCallCount.Call {
    fileprivate var counted: CountedSystemCalls.Call {
        CountedSystemCalls.Call(
            name: name, count: count ?? 0, returned: returned ?? 0, failed: errors ?? 0,
            zeros: zeros ?? 0, sum: sum ?? 0, error: error)
    }
}
