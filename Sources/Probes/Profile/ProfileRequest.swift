/// What to profile, and how.
package struct ProfileRequest: Hashable, Sendable {
    package var target: ProbeTarget
    package var event: Event
    package var seconds: Int
    /// A person agreed to stopping the threads, where the kernel gives no samples.
    package var mayStop: Bool

    /// What makes a sample.
    package enum Event: Hashable, Sendable {
        /// So many samples a second of CPU time.
        case cpuClock(frequency: Int)
        /// Page faults: each gives the process a page it did not have, so this is where memory
        /// grows. `PERF_COUNT_SW_PAGE_FAULTS` in `perf_event_open(2)`.
        case pageFaults
    }

    /// As perf's habit has it: 99, so as not to beat with what happens 100 times a second.
    package static let usualFrequency = 99
    package static let usualSeconds = 5

    package init(
        target: ProbeTarget, event: Event = .cpuClock(frequency: usualFrequency),
        seconds: Int = usualSeconds, mayStop: Bool = false
    ) {
        self.target = target
        self.event = event
        self.seconds = seconds
        self.mayStop = mayStop
    }
}
