internal import Glibc
package import Units

/// What our own code costs.
package enum CPUTime {
    /// CPU time that the calling thread has used; `clock_gettime(2)`, CLOCK_THREAD_CPUTIME_ID.
    package static var ofThread: Nanoseconds {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Nanoseconds(time.inNanoseconds)
    }
}
