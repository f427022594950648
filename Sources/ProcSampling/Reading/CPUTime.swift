internal import Glibc
internal import Units

/// What our own code costs.
enum CPUTime {
    /// CPU time that the calling thread has used; `clock_gettime(2)`, CLOCK_THREAD_CPUTIME_ID.
    static var ofThread: Nanoseconds {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Nanoseconds(time.inNanoseconds)
    }
}
