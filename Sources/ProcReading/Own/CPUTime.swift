internal import Glibc
package import Units

/// What our own code costs.
package enum CPUTime {
    /// CPU time that the calling thread has used; `clock_gettime(2)`, CLOCK_THREAD_CPUTIME_ID.
    package static var ofThread: Nanoseconds { read(CLOCK_THREAD_CPUTIME_ID) }

    /// CPU time that all our threads have used, those that ended included;
    /// CLOCK_PROCESS_CPUTIME_ID.
    package static var ofProcess: Nanoseconds { read(CLOCK_PROCESS_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> Nanoseconds {
        var time = timespec()
        clock_gettime(clock, &time)
        return Nanoseconds(time.inNanoseconds)
    }
}
