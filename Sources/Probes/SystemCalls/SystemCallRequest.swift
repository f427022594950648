/// Whose system calls to count, and how.
package struct SystemCallRequest: Hashable, Sendable {
    /// A thread, or all threads of a process.
    package var target: ProbeTarget
    package var seconds: Int
    package var method: Method

    package enum Method: Hashable, Sendable {
        /// The best that does not stop the target: counted where the kernel's tracepoints may be
        /// read, else polled.
        case best
        /// The same, after tracefs was mounted: a person agreed to that.
        case mountingTracefs
        /// By `ptrace(2)`, which stops the target twice a call: a person agreed to that.
        case traced
    }

    package static let usualSeconds = 5

    package init(target: ProbeTarget, seconds: Int = usualSeconds, method: Method = .best) {
        self.target = target
        self.seconds = seconds
        self.method = method
    }
}
